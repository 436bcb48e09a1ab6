"""Which offices take part in a round: all of a kind, in the country or inside one office, looked at before."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Case, Exists, OuterRef, Value, When
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelect2Widget, UnfoldAdminSelectWidget

from submissions import intake
from submissions.fields import posted, status_of
from submissions.models import Entry, Office, Round
from submissions.models.places import is_above, within
from submissions.templatetags.wording import office_name

from .preparing import back_to
from .roles import Part, page_context


class EnterForm(forms.Form):
    """All offices of a kind, inside another office or everywhere."""

    kind = forms.ChoiceField(label=_("which offices"), choices=Office.Kind.choices, widget=UnfoldAdminSelectWidget)
    inside = forms.ModelChoiceField(
        # Regions by their numbers, then provinces, then districts, by name.
        Office.objects.exclude(kind=Office.Kind.SUBDISTRICT).order_by(
            Case(When(kind=Office.Kind.REGION, then=0), When(kind=Office.Kind.PROVINCE, then=1), default=2),
            Case(When(kind=Office.Kind.REGION, then="code"), default=Value("")),
            "sort_key",
        ),
        label=_("inside"),
        required=False,
        empty_label=_("the whole country"),
        widget=UnfoldAdminSelect2Widget,
    )

    fields: dict[str, Any]

    def __init__(self, round: Round, data=None) -> None:
        self.round = round
        super().__init__(data, initial={"kind": _kind_of(round)})
        self.fields["inside"].label_from_instance = office_name
        if organiser := round.organiser:
            below = [(kind.value, kind.label) for kind in Office.Kind if is_above(organiser.kind, kind)]
            self.fields["kind"].choices = below
            self.fields["inside"].queryset = self.fields["inside"].queryset.filter(within(organiser, "parent"))
            self.fields["inside"].empty_label = office_name(organiser)

    def missing(self) -> list[Office]:
        """Those that are not in the round, or not any more: `withdrew`."""
        inside, entries = self.cleaned_data["inside"], Entry.objects.filter(round=self.round)
        there = entries.exclude(state=Entry.State.WITHDRAWN).values("office")
        offices = Office.objects.filter(kind=self.cleaned_data["kind"]).exclude(pk__in=there)
        offices = offices.annotate(withdrew=Exists(entries.filter(office=OuterRef("pk"))))
        inside = inside or self.round.organiser
        chosen = offices.filter(within(inside, "parent")) if inside else offices
        return list(chosen.select_related("parent").order_by("parent__sort_key", "parent", "sort_key"))


def _kind_of(round: Round) -> str:
    """What the scheme is run by: districts where they name somebody, provinces otherwise."""
    if round.current_stage:
        return round.current_stage.per
    if round.organiser and not is_above(round.organiser.kind, Office.Kind.PROVINCE):
        return Office.Kind.DISTRICT
    return Office.Kind.DISTRICT if round.scheme.nominees else Office.Kind.PROVINCE


class EnterOffices(Part):
    """Part of an admin of Round."""

    @action(description=_("Enter offices"), icon="group_add", permissions=["change"])
    def enter_offices(self, request, object_id) -> HttpResponse:
        """Which offices, then who they are; only the button there enters them."""
        round = self._object_or_404(request, object_id)
        form = EnterForm(round, posted(request))
        context = {"title": _("Enter offices"), "subtitle": str(round), "form": form}
        if form.is_valid() and "again" not in request.POST:
            offices = form.missing()
            # What is entered is what was shown: somebody may have been quicker.
            if request.POST.get("confirmed") == str(len(offices)) and self._enter(request, round, offices):
                return back_to(round)
            context = page_context(self, request, **context, offices=offices)
            return render(request, "submissions/admin/enter_offices.html", context)
        context = page_context(self, request, **context, button=_("Look at them"))
        return render(request, "submissions/admin/form.html", context, status=status_of(form))

    def _enter(self, request, round: Round, offices: list[Office]) -> bool:
        try:
            count = len(intake.enter_offices(round, offices, by=request.user))
        except intake.Refused as refused:
            messages.error(request, str(refused))
            return False
        sentence = ngettext("%(count)s office was entered.", "%(count)s offices were entered.", count)
        messages.success(request, sentence % {"count": count})
        return True
