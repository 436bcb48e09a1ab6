"""Pages on which central staff try a scheme on what was announced, and see what it would have made of it."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from awards import tasks
from awards.afterwards import hindsight
from awards.models import Publication
from scoring import engine
from scoring.authoring.texts import faults_of
from scoring.models import PastTrial
from submissions.accounts.events import Thing, record_file
from submissions.fields import show_reasons, whole
from submissions.models import Edition, SchemeDraft
from submissions.pages.dear import dear
from submissions.questions import access
from submissions.questions.proofread import Refused
from submissions.queue import send

from . import past_book
from .past_report import MOVES, SORTS, Choice, PastReport

PATIENCE, IMPATIENCE = 900, 10  # how often a page asks for progress, and after how often the worker is asked again
LATEST = 10  # trials that are shown beneath the form
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Source:
    """The scheme that is tried: an edition, or a draft of one."""

    edition: Edition | None
    draft: SchemeDraft | None

    @property
    def text(self) -> str:
        return self.edition.text if self.edition else self.draft.text if self.draft else ""

    @property
    def address(self) -> str:
        """Of its page in the administration."""
        model, row = ("edition", self.edition) if self.edition else ("schemedraft", self.draft)
        return reverse(f"admin:submissions_{model}_change", args=[row.pk]) if row else ""


class PastForm(forms.Form):
    """On which publication, and by how many years days are moved."""

    publication = forms.TypedChoiceField(
        label=gettext_lazy("On which publication"),
        coerce=int,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": gettext_lazy("Choose a publication.")},
    )
    years = forms.IntegerField(
        label=gettext_lazy("Years between the two schemes"),
        required=False,
        min_value=-hindsight.MOST_YEARS,
        max_value=hindsight.MOST_YEARS,
        help_text=gettext_lazy("Left empty: as said beside the publication, by the last days of both schemes."),
    )

    fields: dict[str, Any]

    def __init__(self, offered: list[hindsight.Offered], data: Any = None) -> None:
        super().__init__(data, initial={"publication": offered[0].publication.pk if offered else None})
        self.offered = {one.publication.pk: one for one in offered}
        self.fields["publication"].choices = [(pk, str(one.publication)) for pk, one in self.offered.items()]

    @property
    def options(self) -> list[tuple[Any, hindsight.Offered]]:
        """Each as a button to choose it by, and what is known of it."""
        return list(zip(self["publication"], self.offered.values(), strict=True))

    def begin(self, source: Source, user: Any) -> PastTrial:
        chosen = self.offered[self.cleaned_data["publication"]]
        years = self.cleaned_data["years"]
        return hindsight.begin(
            source.text,
            chosen.publication,
            chosen.years if years is None else years,
            by=user,
            edition=source.edition,
            draft=source.draft,
        )


@login_required
@require_http_methods(["GET", "POST"])
@dear("30/min")
def of_edition(request, pk: int) -> HttpResponse:
    _check(request)
    return _begin(request, Source(get_object_or_404(Edition, pk=pk), None))


@login_required
@require_http_methods(["GET", "POST"])
@dear("30/min")
def of_draft(request, pk: int) -> HttpResponse:
    _check(request)
    return _begin(request, Source(None, get_object_or_404(SchemeDraft.objects.visible_to(request.user).kept(), pk=pk)))


def _begin(request, source: Source) -> HttpResponse:
    """Which publication; what was tried before. Sent, the form begins a trial."""
    try:
        form = PastForm(
            hindsight.offered(source.text, request.user), request.POST if request.method == "POST" else None
        )
    except hindsight.Unread:
        return _unread(request, source)
    if form.is_bound and form.is_valid():
        try:
            begun = form.begin(source, request.user)
        except Refused as refused:
            show_reasons(form, refused.reasons)
        else:
            transaction.on_commit(lambda: send(tasks.try_on_past, begun.pk), robust=True)
            return redirect("past-trial", begun.pk)
    latest = list(
        PastTrial.objects.visible_to(request.user)
        .filter(edition=source.edition, draft=source.draft)
        .in_short()[:LATEST]
    )
    tried = hindsight.tried_from(latest)
    context = {
        "source": source,
        "scheme": engine.load(source.text),
        "form": form,
        "latest": [(trial, tried.get(trial.publication)) for trial in latest],
    }
    return render(request, "awards/past/begin.html", context, status=422 if form.is_bound else 200)


def _unread(request, source: Source) -> HttpResponse:
    faults = faults_of(source.text)
    return render(request, "awards/past/unread.html", {"source": source, "faults": faults}, status=409)


def _check(request) -> None:
    if reason := access.why_not_try_on_past(request.user):
        raise PermissionDenied(reason)


@login_required
@require_GET
def past_trial(request, pk: int) -> HttpResponse:
    """How far it is; then what came of it."""
    trial, publication = _trial_or_404(request, pk)
    context = {"trial": trial, "publication": publication, "again": _again(trial), **_times_asked(request)}
    if request.htmx and request.htmx.target != "content":
        if not trial.is_over and context["asked"] == IMPATIENCE:
            send(tasks.try_on_past, trial.pk)  # the first message may be lost
        return render(request, "awards/past/progress.html", context)
    if trial.report is not None:
        context |= _shown(request, trial)
    return render(request, "awards/past/trial.html", context)


def _again(trial: PastTrial) -> str:
    """Where the same scheme is tried on another publication."""
    kind, pk = ("edition", trial.edition_id) if trial.edition_id else ("draft", trial.draft_id)
    return reverse(f"past-trial-of-{kind}", args=[pk]) if pk else ""


def _shown(request, trial: PastTrial) -> dict[str, Any]:
    choice = Choice.of(request.GET)
    report = PastReport(trial, choice)
    page = report.page(request.GET.get("page"))
    return {
        "report": report,
        "choice": choice,
        "moves": MOVES.items(),
        "sorts": SORTS.items(),
        "page": page,
        "pages": [
            (str(number), choice.url(page=number)) for number in page.paginator.get_elided_page_range(page.number)
        ],
    }


def _trial_or_404(request, pk: int) -> tuple[PastTrial, Publication | None]:
    trial = get_object_or_404(PastTrial.objects.visible_to(request.user).with_source(), pk=pk)
    _check(request)
    return trial, hindsight.tried_from([trial]).get(trial.publication)


def _times_asked(request) -> dict[str, Any]:
    """How often the page has asked, and whether it goes on asking."""
    times = (whole(request.GET.get("asked", "")) or 0) + 1
    return {"asked": times, "goes_on": times < PATIENCE}


@login_required
@require_GET
@dear("10/min")
def past_sheet(request, pk: int) -> HttpResponse:
    """All that came of it as a workbook, in Thai."""
    trial, publication = _trial_or_404(request, pk)
    if trial.report is None or publication is None:
        raise Http404
    with translation.override("th"):
        content = past_book.write(trial, publication)
        name = f"{past_book.title_of(trial, publication)}.xlsx"
    record_file(request, Thing.PUBLICATION, publication.pk, name)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


urls = [
    path("past-trials/edition/<int:pk>/", of_edition, name="past-trial-of-edition"),
    path("past-trials/draft/<int:pk>/", of_draft, name="past-trial-of-draft"),
    path("past-trials/<int:pk>/", past_trial, name="past-trial"),
    path("past-trials/<int:pk>.xlsx", past_sheet, name="past-trial-sheet"),
]
