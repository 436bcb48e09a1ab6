"""A draft edited in forms, in the admin: the outline of its scheme, and one page for each part of it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from submissions import intake
from submissions.models import SchemeDraft
from submissions.models.schemes import MOST_SCHEME_CODE

from .changed import both_texts
from .drawing import drawn, tidied
from .forming import (
    KEY,
    codes_of,
    crumbs,
    digest_of,
    faults_by_path,
    faults_of_code,
    label_of,
    mark_codes,
    outline,
    pages_of,
    place_after,
    renamed,
    root_of,
    said_with,
    sent_piece,
    shown_piece,
    title_of,
    told_at,
)
from .joining import joined
from .pieces import Piece
from .rewriting import Unwritable, expected, rewrite
from .scalars import code_of
from .spots import Spot, find
from .writing import block

MOST_INPUTS = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
ROOM = 100  # inputs left for what a new row may grow to
OUTLINE, PART = "admin:submissions_schemedraft_forms", "admin:submissions_schemedraft_part"


class FormsPages:
    """The two views, beside the other pages of a draft (`SchemeDraftAdmin`)."""

    _own: Any
    _page: Any

    def forms_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        draft = self._own(request, object_id)
        if draft.state != SchemeDraft.State.DRAFT:
            return redirect("admin:submissions_schemedraft_change", draft.pk)
        return self._outline_page(request, draft)

    def part_view(self, request: HttpRequest, object_id: int, place: str) -> HttpResponse:
        draft = self._own(request, object_id)
        root = root_of(draft.text) if draft.state == SchemeDraft.State.DRAFT else None
        if root is None:
            return redirect(OUTLINE, draft.pk)
        spot = find(root, place)
        if request.method != "POST":
            if spot is None:
                raise Http404
            return self._part_page(request, draft, spot, shown_piece(spot), key=_key_of(spot))
        sent = {name: str(value).replace("\0", "") for name, value in request.POST.items()}
        if spot is None:
            return self._outline_page(request, draft, lost=_typed(sent), status=409)
        piece, key = tidied(sent_piece(spot, sent)), sent.get(KEY, "").strip()
        deed = sent.get("deed", "")
        if deed != "save" or any(one.is_unsettled for one in piece.walk()):
            _do(spot, piece, deed)
            return self._part_page(request, draft, spot, piece, key=key, seen=sent.get("seen", ""), is_open=True)
        return self._keep(request, draft, spot, piece, key, sent.get("seen", ""))

    def _keep(
        self, request: HttpRequest, draft: SchemeDraft, spot: Spot, piece: Piece, key: str, seen: str
    ) -> HttpResponse:
        """What somebody else changed elsewhere in the draft stays; the same place is shown to whoever comes second."""
        mark_codes(piece)
        own = faults_of_code(spot, key)
        if own or any(one.faults for one in piece.walk()):
            return self._part_page(request, draft, spot, piece, key=key, seen=seen, key_faults=own, status=422)
        is_late = seen != digest_of(spot)
        if is_late and not joined(piece, shown_piece(spot)):
            return self._outline_page(request, draft, lost=_as_text(piece), status=409)
        if is_late:
            piece.named("", spot.path)
        try:
            text, places = renamed(rewrite(draft.text, said_with(spot, piece, key)), spot, key)
        except Unwritable:
            why = _("The text is written in a way that this form can't change. Change this part in the text.")
            return self._part_page(request, draft, spot, piece, key=key, seen=seen, faults=[why], status=422)
        if is_late:
            both = both_texts(draft.text, text)
            return self._part_page(request, draft, spot, piece, key=key, **both, status=409)
        try:
            code = code_of(text)[:MOST_SCHEME_CODE]
            kept = intake.save_scheme(draft, text, code, by=request.user, revision=draft.revision)  # type: ignore[arg-type]
        except intake.Conflict as conflict:  # in this very moment: what they did is looked at first
            return self._again(request, conflict.current, spot, piece, key, seen)
        except intake.Refused as refused:
            words = [word for reasons in refused.reasons.values() for word in reasons]
            return self._part_page(request, draft, spot, piece, key=key, seen=seen, faults=words, status=422)
        _tell_kept(request, kept.text)
        if places:
            told = ngettext(
                "The new code was put in %(count)s place that names it.",
                "The new code was put in %(count)s places that name it.",
                places,
            )
            messages.success(request, told % {"count": places})
        return redirect(PART, draft.pk, place_after(root_of(kept.text), spot, piece, key))

    def _again(
        self, request: HttpRequest, draft: SchemeDraft, spot: Spot, piece: Piece, key: str, seen: str
    ) -> HttpResponse:
        root = root_of(draft.text)
        now = find(root, spot.place) if root is not None else None
        if now is None:
            return self._outline_page(request, draft, lost=_as_text(piece), status=409)
        why = _("Somebody changed this draft at this very moment. Save again.")
        return self._part_page(request, draft, now, piece, key=key, seen=seen, faults=[why], status=409)

    def _outline_page(
        self, request: HttpRequest, draft: SchemeDraft, *, lost: str = "", status: int = 200
    ) -> HttpResponse:
        root, faults = root_of(draft.text), faults_by_path(draft.text)
        lines = outline(root, faults) if root is not None else []
        count = sum(map(len, faults.values()))
        context = {"title": _("The scheme part by part"), "draft": draft, "lines": lines, "count": count, "lost": lost}
        response: HttpResponse = self._page(request, "outline.html", status=status, **context)
        return response

    def _part_page(
        self,
        request: HttpRequest,
        draft: SchemeDraft,
        spot: Spot,
        piece: Piece,
        *,
        key: str,
        seen: str | None = None,
        is_open: bool = False,
        status: int = 200,
        **context: Any,
    ) -> HttpResponse:
        root = root_of(draft.text)
        pages = pages_of(spot, lambda place: address_of(draft, place))
        is_stored = status == 200 and not is_open
        rest = told_at(spot, root, piece, faults_by_path(draft.text)) if is_stored and not spot.is_new else []
        whole = {
            "title": f"{label_of(spot)} {title_of(spot)}".strip(),
            "draft": draft,
            "spot": spot,
            "part": drawn(piece, label_of(spot), codes_of(root), pages),
            "crumbs": list(crumbs(spot)),
            "key": key,
            "seen": digest_of(spot) if seen is None else seen,
            "faults": rest,
            "is_changed": is_open,
            "is_too_large": piece.inputs > MOST_INPUTS,
            "place": spot.place,
        }
        response: HttpResponse = self._page(request, "part.html", status=status, **(whole | context))
        return response


def _do(spot: Spot, piece: Piece, deed: str) -> None:
    if not deed.startswith("add:") or piece.inputs + ROOM <= MOST_INPUTS:
        piece.do(deed)
    piece.named("", spot.path)


def _key_of(spot: Spot) -> str:
    return "" if spot.is_new or not spot.is_coded else str(spot.steps[-1])


def _tell_kept(request: HttpRequest, text: str) -> None:
    """A draft is kept with its faults; nobody is to leave thinking that there are none."""
    if faults_by_path(text):
        messages.warning(request, _("Kept in the draft, which still has faults."))
    else:
        messages.success(request, _("Kept in the draft."))


def _as_text(piece: Piece) -> str:
    """What somebody typed, where its place has gone or rows can't be told apart any more."""
    return block(expected(None, piece.as_row), 0)


def _typed(sent: dict[str, str]) -> str:
    """What somebody typed on a page that has gone, to be copied from."""
    return "\n".join(value for name, value in sent.items() if value and ":" not in name and name not in _OWN)


_OWN = ("csrfmiddlewaretoken", "deed", "seen")


def address_of(draft: SchemeDraft, place: str) -> str:
    return reverse(PART, args=[draft.pk, place])
