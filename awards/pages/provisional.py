"""An office's provisional result: its points with the reasons, and each criterion disputed from there."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from awards.content.columns import Columns
from awards.models import Publication, Result
from awards.publishing.hearing import provisional_of
from scoring.wording.points_shown import PointsShown
from submissions import intake, thai
from submissions.fields import show_reasons
from submissions.models import Appeal, Entry
from submissions.models.appeals import MOST_APPEAL
from submissions.pages.history import amount_title
from submissions.questions import access
from submissions.questions.appeals import amounts_of, days_left, pieces_of, why_not_appeal
from submissions.questions.proofread import slot_field
from submissions.questions.slots import title_of
from submissions.templatetags.wording import amount_shown


@login_required
@require_GET
def provisional(request, pk: int) -> HttpResponse:
    """All criteria with their points and reasons, and what may be done about each."""
    entry, publication, result = _of_entry(request, pk)
    own = {appeal.criterion: appeal for appeal in entry.appeals.filter(publication=publication.number)}
    context = {
        **_frame(request, entry, publication),
        "shown": Columns(publication.frame, thai.language()).of_whole(result),
        "rank": None if publication.hides_ranks_from(request.user) else result.shown_rank,
        "has_tier": not publication.hides_ranks_from(request.user),
        "dimensions": _dimensions(publication, result, own),
        "disputed": len(own),
    }
    return render(request, "awards/provisional.html", context)


def _of_entry(request, pk: int) -> tuple[Entry, Publication, Result]:
    """The entry with its line in the provisional result that the round stands at."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user).with_round(), pk=pk)
    publication = provisional_of(entry.round)
    if publication is None:
        raise Http404
    if reason := access.why_not_see_points(request.user, entry):
        raise PermissionDenied(reason)
    return entry, publication, get_object_or_404(publication.results, entry=entry)


def _frame(request, entry: Entry, publication: Publication) -> dict[str, Any]:
    now = entry.round.now()
    return {
        "entry": entry,
        "round": entry.round,
        "publication": publication,
        "until": publication.appeals_until,
        "left": days_left(entry.round, now) if entry.round.hears_appeals(now) else 0,
        "is_open": entry.round.hears_appeals(now),
        "why_not": why_not_appeal(request.user, entry, now),
    }


def _dimensions(publication: Publication, result: Result, own: dict[str, Appeal]) -> list[dict[str, Any]]:
    language = thai.language()
    marks = PointsShown.of_frame(publication.frame, language)
    titles = {one["code"]: one for one in publication.frame["dimensions"]}
    groups: dict[str, list[dict[str, Any]]] = {code: [] for code in titles}
    for one in publication.frame["criteria"]:
        part = result.criteria[one["code"]]
        line = {"code": one["code"], "title": _titled(one), "shown": marks.show(part), "most": marks.show(part, "max")}
        line |= {"why": part.get(f"why_{language}", []), "appeal": own.get(one["code"])}
        groups[one["dimension"]].append(line)
    return [{"code": code, "title": _titled(titles[code]), "lines": lines} for code, lines in groups.items() if lines]


def _titled(part: dict[str, str]) -> str:
    return part[f"title_{thai.language()}"] or part["title_th"]


class DisputeForm(forms.Form):
    """What is disputed, and the pieces and amounts that it points at."""

    text = forms.CharField(
        label=gettext_lazy("What is wrong, and why"),
        required=False,
        help_text=gettext_lazy("Only what was handed in before counts; nothing new is taken."),
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": MOST_APPEAL}),
    )
    evidence = forms.MultipleChoiceField(
        label=gettext_lazy("What you had handed in"), required=False, widget=forms.CheckboxSelectMultiple
    )
    values = forms.MultipleChoiceField(
        label=gettext_lazy("Amounts"), required=False, widget=forms.CheckboxSelectMultiple
    )
    fields: dict[str, Any]

    def __init__(self, entry: Entry, criterion, data=None) -> None:
        super().__init__(data)
        choices = {"evidence": pieces_as_choices(entry, criterion), "values": amounts_as_choices(entry, criterion)}
        for name, offered in choices.items():
            self.fields[name].choices = offered
            if not offered:
                del self.fields[name]


def pieces_as_choices(entry: Entry, criterion) -> list[tuple[str, str]]:
    scheme, language = entry.round.scheme, thai.language()
    return [
        (str(piece.pk), f"{title_of(scheme, piece.requirement, piece.period, language)} – {piece.title}")
        for piece in pieces_of(entry, criterion)
    ]


def amounts_as_choices(entry: Entry, criterion) -> list[tuple[str, str]]:
    known, language = entry.round.scheme.values, thai.language()
    return [
        (
            slot_field((one.code, one.period)),
            f"{amount_title(known[one.code], one.period, language)}: {amount_shown(one.text, known[one.code].kind)}",
        )
        for one in amounts_of(entry, criterion)
    ]


@login_required
@require_http_methods(["GET", "POST"])
def dispute(request, pk: int, code: str) -> HttpResponse:
    entry, publication, result = _of_entry(request, pk)
    criterion = entry.round.scheme.criteria.get(code)
    if criterion is None or code not in result.criteria:
        raise Http404
    if made := entry.appeals.filter(publication=publication.number, criterion=code).first():
        return redirect("appeal", made.pk)
    frame = _frame(request, entry, publication)
    if frame["why_not"]:
        raise PermissionDenied(frame["why_not"])
    form = DisputeForm(entry, criterion, request.POST if request.method == "POST" else None)
    if form.is_bound and (made := _made(request, entry, code, form)):
        messages.success(request, _("Your appeal is made. The committee answers it with reasons."))
        return redirect("appeal", made.pk)
    line = next(one for group in _dimensions(publication, result, {}) for one in group["lines"] if one["code"] == code)
    context = {**frame, "form": form, "line": line}
    return render(request, "awards/dispute.html", context, status=422 if form.errors else 200)


def _made(request, entry: Entry, code: str, form: DisputeForm) -> Appeal | None:
    """None, and the form says why, where it can't be made."""
    if not form.is_valid():
        return None
    said = form.cleaned_data
    pieces = [int(one) for one in said.get("evidence", ())]
    deed = {"text": said["text"], "evidence": pieces, "values": said.get("values", ())}
    try:
        return intake.make_appeal(entry, code, by=request.user, **deed)
    except intake.Refused as refused:
        show_reasons(form, refused.reasons)
        return None


urls = [
    path("entries/<int:pk>/provisional/", provisional, name="provisional"),
    path("entries/<int:pk>/provisional/<str:code>/", dispute, name="dispute"),
]
