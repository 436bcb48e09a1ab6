"""A judge's own sheets beside each other, and what the judge stands aside from."""

from dataclasses import dataclass
from decimal import Decimal
from statistics import mean, pstdev
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as _

from scoring.engine.arithmetic.rules.rule import exact_sum
from scoring.engine.language.display import plain_points
from submissions import intake
from submissions.fields import posted, show_reasons, status_of, whole
from submissions.models import ConflictOfInterest, Entry, Round, Sheet
from submissions.models.editions import MOST_REASON
from submissions.questions import seats
from submissions.questions.interests import questions
from submissions.questions.panel import Panel
from submissions.questions.veil import veil

from .roles import Part, page_context
from .sheet_list import address_of


@dataclass(frozen=True)
class Own:
    """One's own sheet of an entry, and its place among one's own."""

    entry: Entry
    sheet: Sheet
    total: Decimal
    place: int
    is_whole: bool

    @property
    def address(self) -> str:
        return address_of(self.entry)


def own_sheets(round: Round, judge) -> list[Own]:
    """Those begun, highest first; sheets that lack points of an item stand last, without a place."""
    judged = Entry.objects.judged_by(judge).filter(round=round).taking_part().values("pk")
    rows = Sheet.objects.filter(judge=judge, entry__in=judged).select_related("entry__office", "entry__nominee_office")
    items = round.scheme.items
    found = []
    for sheet in rows:
        sheet.entry.round = round
        total = exact_sum(Decimal(sheet.points[code]) for code in items if code in sheet.points)
        is_whole = all(code in sheet.points for code in items)
        found.append((is_whole, total, sheet))
    found.sort(key=lambda one: (not one[0], -one[1], one[2].entry.pk))
    whole_totals = [total for is_whole, total, _sheet in found if is_whole]
    return [
        Own(veil(sheet.entry, sheet.status), sheet, total, 1 + sum(other > total for other in whole_totals), is_whole)
        for is_whole, total, sheet in found
    ]


def spread(totals: list[Decimal]) -> dict[str, str] | None:
    """How far apart one's own totals lie; None of fewer than two, of which nothing can be said."""
    if len(totals) < 2:
        return None
    numbers = {"least": min(totals), "most": max(totals), "mean": mean(totals), "deviation": pstdev(totals)}
    return {name: plain_points(f"{number:.2f}") for name, number in numbers.items()}


class AsideForm(forms.Form):
    """From whom a judge stands aside, and why."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": MOST_REASON, "autocomplete": "off"}),
        help_text=_("Such as: I worked there until 2565; a relative of mine takes part. Offices never read it."),
    )
    fields: dict[str, Any]

    def __init__(self, round: Round, judge, data=None) -> None:
        super().__init__(data)
        said = ConflictOfInterest.objects.standing().filter(judge=judge, entry__round=round)
        left = round.entries.filter(taken_out=False).taking_part().exclude(pk__in=said.values("entry"))
        self.fields["entries"] = forms.ModelMultipleChoiceField(
            left.select_related("office", "nominee_office").order_by("office__sort_key"),
            label=_("Offices from which you stand aside"),
            widget=forms.CheckboxSelectMultiple,
        )


class OwnSheets(Part):
    """Part of an admin of Sheet."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("mine/<int:round_pk>/", view(self.mine_view), name="submissions_sheet_mine"),
            path("aside/<int:round_pk>/", view(self.own_aside_view), name="submissions_sheet_aside"),
            *super().get_urls(),
        ]

    def mine_view(self, request, round_pk: int) -> HttpResponse:
        """One's own ranking and spread; two entries side by side."""
        round = self._own_round_or_404(request, round_pk)
        sheets = own_sheets(round, request.user)
        chosen = [one for one in sheets if str(one.sheet.pk) in request.GET.getlist("sheet")][:2]
        items = [
            (
                item,
                [one.sheet.points.get(code, "–") for one in chosen],
                [one.sheet.notes.get(code, "") for one in chosen],
            )
            for code, item in round.scheme.items.items()
        ]
        context = page_context(
            self,
            request,
            title=_("My sheets side by side"),
            subtitle=str(round),
            round=round,
            sheets=sheets,
            chosen=chosen,
            items=[
                (item, list(zip(chosen, points, notes, strict=True)), len(set(points)) > 1)
                for item, points, notes in items
            ],
            spread=spread([one.total for one in sheets if one.is_whole]),
        )
        return render(request, "submissions/admin/own_sheets.html", context)

    def own_aside_view(self, request, round_pk: int) -> HttpResponse:
        """Say from whom one stands aside, before or during judging."""
        round = self._own_round_or_404(request, round_pk)
        form = AsideForm(round, request.user, posted(request))
        if form.is_valid():
            entries = list(form.cleaned_data["entries"])
            for entry in entries:
                entry.round = round
            try:
                intake.say_conflicts(entries, request.user, by=request.user, reason=form.cleaned_data["reason"])
            except intake.Refused as refused:
                show_reasons(form, refused.reasons)
            else:
                messages.success(request, _("It is written down. You neither see nor judge what you stand aside from."))
                return redirect("admin:submissions_sheet_aside", round.pk)
        said = ConflictOfInterest.objects.standing().filter(judge=request.user, entry__round=round)
        context = page_context(
            self,
            request,
            title=_("Conflicts of interest"),
            subtitle=str(round),
            round=round,
            form=form,
            said=said.select_related("entry__office", "entry__nominee_office"),
            questions=questions(Panel(round), [request.user]),
            why_not=seats.why_not_say_conflict(request.user, round, request.user),
            picked=[whole(value) for value in form["entries"].value() or []],
        )
        return render(request, "submissions/admin/own_aside.html", context, status=status_of(form))

    def _own_round_or_404(self, request, pk: int) -> Round:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not request.user.is_judge:
            raise Http404
        rounds = Round.objects.visible_to(request.user).select_related("edition").defer("edition__text")
        round = get_object_or_404(rounds, pk=pk)
        if not round.is_judged:
            raise Http404
        return round
