"""A publication's papers with their codes, and how one of them is revoked: for those who run the round."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from awards.documents import papers
from awards.documents.revoke import propose_to_revoke, revoke, why_not_revoke
from awards.models import MOST_REASON, Paper, Publication, Result
from submissions.questions import access
from submissions.questions.proofread import Refused

A_PAGE = 100


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everybody who asks about the paper reads it. Name no person."),
    )


@login_required
@require_GET
def of_publication(request, pk: int) -> HttpResponse:
    publication = _publication_or_404(request, pk)
    rows = publication.papers.select_related("revocation").order_by("kind", "office")
    asked = request.GET.get("office", "").replace("\0", "").strip()  # no database looks for a null
    if asked:
        rows = rows.filter(office__in=_offices(publication, asked))
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    names = {one.office_code: one.nominee_name or one.office_name for one in _named(publication, page.object_list)}
    context = {
        "publication": publication,
        "round": publication.round,
        "page": page,
        "pages": _pages(page, asked),
        "papers": [(one, names.get(one.office, "")) for one in page],
        "asked": asked,
    }
    return render(request, "awards/papers/papers.html", context)


def _pages(page: Page, asked: str) -> list[tuple[str, str]]:
    """The pages as (number, address)."""
    numbers = page.paginator.get_elided_page_range(page.number)
    return [(str(number), "?" + urlencode({"office": asked, "page": number})) for number in numbers]


def _offices(publication: Publication, asked: str) -> list[str]:
    found = publication.results.filter(office_name_th__icontains=asked)
    return [asked.upper(), *found.values_list("office_code", flat=True)]


def _named(publication: Publication, shown: Iterable[Paper]) -> QuerySet[Result]:
    results = publication.results.filter(office_code__in={one.office for one in shown})
    return results.defer("facts", "criteria", "dimensions")


@login_required
@require_http_methods(["GET", "POST"])
def revoke_paper(request, pk: int, code: str) -> HttpResponse:
    """What it is, why it is revoked, and the word that it can't be taken back."""
    publication = _publication_or_404(request, pk)
    rows = Paper.objects.select_related("publication__round", "publication__edition", "revocation")
    paper = get_object_or_404(rows, publication=publication, code=code)
    form = RevokeForm(request.POST if request.method == "POST" else None)
    why_not = why_not_revoke(request.user, paper)
    if form.is_bound and form.is_valid():
        try:
            return _revoked(request, paper, form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, str(refused))
    context = {
        "told": papers.tell(paper),
        "form": form,
        "why_not": why_not,
        "publication": publication,
        "takes_two": publication.round.needs_two_persons,
    }
    return render(request, "awards/papers/revoke.html", context, status=422 if form.is_bound else 200)


def _revoked(request, paper: Paper, reason: str) -> HttpResponse:
    """Proposed where two persons decide, else done at once."""
    if paper.publication.round.needs_two_persons:
        made = propose_to_revoke(paper, by=request.user, reason=reason)
        messages.success(request, _("It is proposed. A second person confirms it."))
        return redirect("proposal", made.pk)
    revoke(paper, by=request.user, reason=reason)
    messages.success(request, _("The paper is revoked."))
    return redirect("verify-paper", paper.code)


def _publication_or_404(request, pk: int) -> Publication:
    publication = get_object_or_404(Publication.objects.visible_to(request.user).with_round(), pk=pk)
    if reason := access.why_not_run(request.user, publication.round):
        raise PermissionDenied(reason)
    return publication


urls = [
    path("publications/<int:pk>/papers/", of_publication, name="papers"),
    path("publications/<int:pk>/papers/<slug:code>/revoke/", revoke_paper, name="revoke-paper"),
]
