"""A draft edited in forms, in the admin: the outline of its scheme, and one page for each part of it."""

from dataclasses import dataclass, replace
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


@dataclass(frozen=True)
class _Part:
    """One part as its page shows it, or as it came back: `key` is its code, `seen` marks the text it was made from."""

    spot: Spot
    piece: Piece
    key: str
    seen: str

    @property
    def is_late(self) -> bool:
        """Whether somebody else changed this place meanwhile."""
        return self.seen != digest_of(self.spot)

    def written(self, text: str) -> tuple[str, int]:
        """The draft's text with this part in it, and how many places name its new code. Unwritable: by no form."""
        return renamed(rewrite(text, said_with(self.spot, self.piece, self.key)), self.spot, self.key)


def _as_stored(spot: Spot) -> _Part:
    key = "" if spot.is_new or not spot.is_coded else str(spot.steps[-1])
    return _Part(spot, shown_piece(spot), key, digest_of(spot))


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
            return self._part_page(request, draft, _as_stored(spot))
        sent = {name: str(value).replace("\0", "") for name, value in request.POST.items()}
        if spot is None:
            return self._outline_page(request, draft, lost=_typed(sent), status=409)
        part = _Part(spot, tidied(sent_piece(spot, sent)), sent.get(KEY, "").strip(), sent.get("seen", ""))
        deed = sent.get("deed", "")
        if deed != "save" or any(one.is_unsettled for one in part.piece.walk()):
            _do(part, deed)
            return self._part_page(request, draft, part, is_open=True)
        return self._keep(request, draft, part)

    def _keep(self, request: HttpRequest, draft: SchemeDraft, part: _Part) -> HttpResponse:
        """What somebody else changed elsewhere in the draft stays; the same place is shown to whoever comes second."""
        spot, piece = part.spot, part.piece
        mark_codes(piece)
        own = faults_of_code(spot, part.key)
        if own or any(one.faults for one in piece.walk()):
            return self._part_page(request, draft, part, key_faults=own, status=422)
        if part.is_late and not joined(piece, shown_piece(spot)):
            return self._outline_page(request, draft, lost=_as_text(piece), status=409)
        if part.is_late:
            piece.named("", spot.path)
        try:
            text, places = part.written(draft.text)
        except Unwritable:
            why = _("The text is written in a way that this form can't change. Change this part in the text.")
            return self._part_page(request, draft, part, faults=[why], status=422)
        if part.is_late:
            both = both_texts(draft.text, text)
            return self._part_page(request, draft, replace(part, seen=digest_of(spot)), **both, status=409)
        return self._store(request, draft, part, text, places)

    def _store(self, request: HttpRequest, draft: SchemeDraft, part: _Part, text: str, renamed_in: int) -> HttpResponse:
        try:
            code = code_of(text)[:MOST_SCHEME_CODE]
            kept = intake.save_scheme(draft, text, code, by=request.user, revision=draft.revision)  # type: ignore[arg-type]
        except intake.Conflict as conflict:  # in this very moment: what they did is looked at first
            return self._again(request, conflict.current, part)
        except intake.Refused as refused:
            words = [word for reasons in refused.reasons.values() for word in reasons]
            return self._part_page(request, draft, part, faults=words, status=422)
        _tell_kept(request, kept.text, renamed_in)
        return redirect(PART, draft.pk, place_after(root_of(kept.text), part.spot, part.piece, part.key))

    def _again(self, request: HttpRequest, draft: SchemeDraft, part: _Part) -> HttpResponse:
        root = root_of(draft.text)
        now = find(root, part.spot.place) if root is not None else None
        if now is None:
            return self._outline_page(request, draft, lost=_as_text(part.piece), status=409)
        why = _("Somebody changed this draft at this very moment. Save again.")
        return self._part_page(request, draft, replace(part, spot=now), faults=[why], status=409)

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
        part: _Part,
        *,
        is_open: bool = False,
        status: int = 200,
        **context: Any,
    ) -> HttpResponse:
        root, spot, piece = root_of(draft.text), part.spot, part.piece
        pages = pages_of(spot, lambda place: address_of(draft, place))
        is_stored = status == 200 and not is_open
        rest = told_at(spot, root, piece, faults_by_path(draft.text)) if is_stored and not spot.is_new else []
        whole = {
            "title": f"{label_of(spot)} {title_of(spot)}".strip(),
            "draft": draft,
            "spot": spot,
            "part": drawn(piece, label_of(spot), codes_of(root), pages),
            "crumbs": list(crumbs(spot)),
            "key": part.key,
            "seen": part.seen,
            "faults": rest,
            "is_changed": is_open,
            "is_too_large": piece.inputs > MOST_INPUTS,
            "place": spot.place,
        }
        response: HttpResponse = self._page(request, "part.html", status=status, **(whole | context))
        return response


def _do(part: _Part, deed: str) -> None:
    if not deed.startswith("add:") or part.piece.inputs + ROOM <= MOST_INPUTS:
        part.piece.do(deed)
    part.piece.named("", part.spot.path)


def _tell_kept(request: HttpRequest, text: str, renamed_in: int) -> None:
    """A draft is kept with its faults; nobody is to leave thinking that there are none."""
    if faults_by_path(text):
        messages.warning(request, _("Kept in the draft, which still has faults."))
    else:
        messages.success(request, _("Kept in the draft."))
    if renamed_in:
        told = ngettext(
            "The new code was put in %(count)s place that names it.",
            "The new code was put in %(count)s places that name it.",
            renamed_in,
        )
        messages.success(request, told % {"count": renamed_in})


def _as_text(piece: Piece) -> str:
    """What somebody typed, where its place has gone or rows can't be told apart any more."""
    return block(expected(None, piece.as_row), 0)


def _typed(sent: dict[str, str]) -> str:
    """What somebody typed on a page that has gone, to be copied from."""
    return "\n".join(value for name, value in sent.items() if value and ":" not in name and name not in _OWN)


_OWN = ("csrfmiddlewaretoken", "deed", "seen")


def address_of(draft: SchemeDraft, place: str) -> str:
    return reverse(PART, args=[draft.pk, place])
