"""The template of a round's papers, and the papers as they would be now, drawn from the round's own results."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from awards.documents import drafts
from awards.documents.pdf import project
from awards.models import Document
from submissions import intake
from submissions.fields import show_reasons
from submissions.files import confined
from submissions.models import Letterhead, Round
from submissions.pages.dear import dear
from submissions.pages.printed import taken_away
from submissions.questions import access

from .letterhead_form import LetterheadForm

PATIENCE = 5  # seconds


def _round_or_404(request, round_id: int) -> Round:
    rounds = Round.objects.visible_to(request.user).select_related("edition", "organiser").defer("edition__text")
    round = get_object_or_404(rounds, pk=round_id)
    if reason := access.why_not_run(request.user, round):
        raise PermissionDenied(reason)
    return round


def _letterhead(round: Round) -> Letterhead | None:
    return Letterhead.objects.select_related("emblem", "background", "edited_by").filter(pk=round.pk).first()


@login_required
@require_http_methods(["GET", "POST"])
def letterhead(request, round_id: int) -> HttpResponse:
    """The template, and beside it the papers with it."""
    round = _round_or_404(request, round_id)
    set_now = _letterhead(round)
    if request.method == "GET":
        return _page(request, round, LetterheadForm(set_now, project(round.scheme.title.th)))
    form = LetterheadForm(set_now, project(round.scheme.title.th), request.POST, request.FILES)
    form.is_valid()
    try:
        if not _save(request, round, form):
            return _page(request, round, form, status=422)
    except intake.Conflict as conflict:
        return _conflict(request, round, str(conflict))
    messages.success(request, _("The template is kept. Below are the papers with it."))
    return redirect("letterhead", round.pk)


def _save(request, round: Round, form: LetterheadForm) -> bool:
    """Whether it was kept; if not, the form says why, everything at once."""
    faults = {name: [str(fault) for fault in found] for name, found in form.errors.items()}
    about: dict[str, Any] = {"uploads": form.uploads(), "without": form.without(), "faults": faults}
    revision = form.cleaned_data.get("revision") or 0
    try:
        intake.save_letterhead(round, form.printed(), by=request.user, revision=revision, **about)
    except intake.Refused as refused:
        show_reasons(form, {name: found for name, found in refused.reasons.items() if name not in faults})
        return False
    return True


def _conflict(request, round: Round, why: str) -> HttpResponse:
    """What was typed stays in the form, and what somebody else kept meanwhile is shown: saving again replaces it."""
    current = _letterhead(round)
    data = request.POST.copy()
    data["revision"] = str(current.revision if current else 0)
    again = LetterheadForm(current, project(round.scheme.title.th), data)
    again.is_valid()
    again.add_error(None, why)
    return _page(request, round, again, status=409, current=current)


def _page(request, round: Round, form: LetterheadForm, status: int = 200, **more: Any) -> HttpResponse:
    last = round.publications.order_by("-number").first()
    number = form.letterhead.number_th if form.letterhead else ""
    context = {
        "round": round,
        "form": form,
        "letterhead": form.letterhead,
        "papers": drafts.papers_of(round),
        "used": last if last and number and last.paper.get("number_th") == number else None,
        **more,
    }
    return render(request, "awards/letterhead.html", context, status=status)


def _drawn(round: Round, kind: str, *, is_first_page: bool) -> bytes:
    """A paper as it would be now, or 404."""
    content = drafts.content_now(round)
    if content is None:
        raise Http404
    try:
        with translation.override("th"):
            return drafts.draw(round, kind, content, is_first_page=is_first_page)
    except LookupError:
        raise Http404 from None


@login_required
@require_GET
@dear("60/min", patience=PATIENCE)
def draft(request, round_id: int, kind: str) -> HttpResponse:
    """One paper as it would be now, whole."""
    round = _round_or_404(request, round_id)
    made = _drawn(round, kind, is_first_page=False)
    with translation.override("th"):
        mark, title = _("Draft"), Document.Kind(kind).label
    return taken_away(made, f"{mark} {title} – {round.name_th}.pdf", "application/pdf")


def _come_again(request, status: int, seconds: int) -> HttpResponse:
    """Said where the paper is to stand: the page asks again by itself."""
    return render(request, "awards/draft_paper.html", {"path": request.path, "seconds": seconds})


def _picture(made: bytes) -> str:
    """Its first page as a JPEG in base64; "" where the machine has too much to do, and the PDF has to be opened."""
    try:
        picture: str = confined.read("examination.page", made, "1")
    except confined.Unreadable:
        return ""
    return picture


@login_required
@require_GET
@dear("60/min", patience=PATIENCE, later=_come_again)
def draft_page(request, round_id: int, kind: str) -> HttpResponse:
    """The first page of one paper to stand in a page, which asks for the next one then: no two are drawn at once."""
    round = _round_or_404(request, round_id)
    made = _drawn(round, kind, is_first_page=True)
    kinds = drafts.papers_of(round)
    after = kinds[kinds.index(Document.Kind(kind)) + 1 :]
    context = {
        "round": round,
        "kind": Document.Kind(kind),
        "picture": _picture(made),
        "path": reverse("draft-page", args=[round.pk, after[0].value]) if after else "",
    }
    return render(request, "awards/draft_paper.html", context)


urls = [
    path("rounds/<int:round_id>/letterhead/", letterhead, name="letterhead"),
    path("rounds/<int:round_id>/letterhead/<slug:kind>/", draft_page, name="draft-page"),
    path("rounds/<int:round_id>/letterhead/<slug:kind>.pdf", draft, name="draft-paper"),
]
