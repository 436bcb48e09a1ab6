"""How a round begins and what is undone of it: prepared line by line, opened, entries taken out, discarded."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget

from submissions import intake, thai
from submissions.fields import BuddhistDateField, posted, show_reasons
from submissions.models import Entry, Round, User
from submissions.questions import access
from submissions.questions.preparing import MISSING, WRONG, lines

from .roles import Part, page_context, short_time

MORNING = time(8, 30)  # when offices begin to work
NOW, LATER, NOT_YET = "now", "later", "not_yet"
SETTING = "setting-"  # before the code, in the name of a field of what a scheme leaves to be set


class ClockField(forms.TimeField):
    """Takes 08.30 and Thai digits as well, as people write a time."""

    def to_python(self, value):
        return super().to_python(value.translate(thai.ARABIC).replace(".", ":") if isinstance(value, str) else value)


class OpeningForm(forms.Form):
    """When everybody who takes part begins to see the round."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    when = forms.ChoiceField(
        label=_("Offices and judges see the round"),
        choices=[(NOW, _("from now on")), (LATER, _("from a day and time")), (NOT_YET, _("not yet: it is prepared"))],
        widget=forms.RadioSelect,
    )
    day = BuddhistDateField(
        label=_("Day"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "31/12/2566", "autocomplete": "off"}),
    )
    time = ClockField(
        label=_("Time"),
        required=False,
        help_text=_("Such as 08:30, by Thailand's clock."),
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "08:30", "autocomplete": "off"}),
    )

    def __init__(self, round: Round, data=None) -> None:
        opens = timezone.localtime(round.opens_at) if round.opens_at else None
        when = (LATER if opens else NOT_YET) if round.is_preparing else NOW
        later = {"day": opens.date() if opens else "", "time": f"{opens:%H:%M}"} if when == LATER else {}
        super().__init__(
            data, initial={"when": when, "time": f"{MORNING:%H:%M}", "seen": intake.opening_of(round)} | later
        )
        self.round = round

    def clean(self) -> dict:
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("when") == LATER and "day" not in self.errors and not cleaned.get("day"):
            self.add_error("day", _("Say from which day."))
        return cleaned

    def opens_at(self) -> datetime | None:
        if self.cleaned_data["when"] == NOT_YET:
            return None
        if self.cleaned_data["when"] == NOW:
            return timezone.now() if self.round.is_preparing else self.round.opens_at
        moment = datetime.combine(date.fromisoformat(self.cleaned_data["day"]), self.cleaned_data["time"] or MORNING)
        return timezone.make_aware(moment)


def _overtaken(round: Round, data) -> OpeningForm:
    """The form with what was typed, and what somebody else set meanwhile; saving again is a decision."""
    form = OpeningForm(round, data.copy() | {"seen": intake.opening_of(round)})
    sentence = _("Somebody else changed the opening while you were here. Nothing was saved: look, then save again.")
    form.add_error(None, sentence)
    form.add_error(None, _("Now it stands so: %(opening)s") % {"opening": _stands(round)})
    return form


def _stands(round: Round) -> str | Promise:
    if round.opens_at is None:
        return _("not yet: it is prepared")
    sentence = _("opens %(time)s") if round.is_preparing else _("open since %(time)s")
    return sentence % {"time": short_time(round.opens_at)}


class Entries(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


class TakeOutForm(forms.Form):
    """Those for which nobody has done anything yet."""

    entries = Entries(Entry.objects.none(), label=_("Who is taken out"), required=False)
    fields: dict[str, Any]

    def __init__(self, round: Round, data=None) -> None:
        super().__init__(data)
        untouched = round.entries.filter(taken_out=False).untouched()
        self.fields["entries"].queryset = untouched.select_related("office", "nominee_office")


class PrepareRound(Part):
    """Part of an admin of Round."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.preparing_view)
        return [path("preparing/", view, name="submissions_round_preparing"), *super().get_urls()]

    def preparing_view(self, request) -> HttpResponse:
        """Where a new year begins: the rounds that are prepared, and the ways in which another is made."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        rounds = Round.objects.run_by(request.user).filter(is_closed=False).select_related("edition")
        preparing = [round for round in rounds.defer("edition__text") if round.is_preparing]
        context = page_context(self, request, title=_("Prepare a round"), rounds=preparing)
        return render(request, "submissions/admin/preparing.html", context)

    @action(description=_("Prepare"), icon="door_open", permissions=["change"])
    def prepare(self, request, object_id) -> HttpResponse:
        """What the round still needs, line by line, and its opening."""
        round = self._object_or_404(request, object_id)
        form = OpeningForm(round, posted(request))
        if form.is_valid():
            try:
                seen = form.cleaned_data["seen"] or None
                opened = intake.set_opening(round, form.opens_at(), by=request.user, seen=seen)
            except intake.Refused as refused:
                show_reasons(form, refused.reasons)
            except intake.Conflict as conflict:
                form = _overtaken(conflict.current, request.POST)
            else:
                sentence = (
                    _("It is being prepared: nobody else sees it now.") if opened.is_preparing else _("It is open.")
                )
                messages.success(request, sentence)
                return redirect("admin:submissions_round_change", round.pk)
        found = lines(round)
        context = {"title": _("Prepare “%(round)s”") % {"round": round}, "form": form, "round": round}
        context["lines"] = [(line, _link(line.code, round, request.user)) for line in found]
        context["wrong"] = [line for line in found if line.state == WRONG]
        context["missing"] = [line for line in found if line.state == MISSING]
        return self._prepared(request, "submissions/admin/prepare.html", **context)

    @action(description=_("Take offices out"), icon="group_remove", permissions=["change"])
    def take_out(self, request, object_id) -> HttpResponse:
        round = self._object_or_404(request, object_id)
        form = TakeOutForm(round, posted(request))
        if form.is_valid():
            try:
                out = intake.take_out_entries(round, form.cleaned_data["entries"], by=request.user)
            except intake.Refused as refused:
                show_reasons(form, refused.reasons)
            else:
                sentence = ngettext("%(count)s office was taken out.", "%(count)s offices were taken out.", len(out))
                messages.success(request, sentence % {"count": len(out)})
                return back_to(round)
        free = len(form.fields["entries"].queryset)
        context = {"title": _("Take offices out"), "subtitle": str(round), "form": form, "free": free}
        context["kept"] = round.entries.filter(taken_out=False).count() - free
        return self._prepared(request, "submissions/admin/take_out.html", **context)

    @action(description=_("Discard the round"), icon="delete", permissions=["change"])
    def discard(self, request, object_id) -> HttpResponse:
        round = self._object_or_404(request, object_id)
        form = forms.Form(posted(request))
        if form.is_valid():
            try:
                intake.discard_round(round, by=request.user)
            except intake.Refused as refused:
                show_reasons(form, refused.reasons)
            else:
                messages.success(request, _("The round “%(name)s” was discarded.") % {"name": round})
                return redirect("admin:submissions_round_changelist")
        context = {"title": _("Discard the round"), "subtitle": str(round), "form": form}
        context["count"] = round.entries.filter(taken_out=False).count()
        return self._prepared(request, "submissions/admin/discard.html", **context)

    def _prepared(self, request, template: str, **context) -> HttpResponse:
        status = 422 if context["form"].errors else 200
        return render(request, template, page_context(self, request, **context), status=status)


def back_to(round: Round) -> HttpResponse:
    """Where somebody goes on after a deed on a round: while it is prepared, to what it still needs."""
    return redirect(f"admin:submissions_round_{'prepare' if round.is_preparing else 'change'}", round.pk)


def _link(code: str, round: Round, reader: User) -> tuple[str, Any] | None:
    """Where one line of the preparations is done, and what that is called. None: others do it, for the whole portal."""
    if code in ("accounts", "notices", "holidays") and access.why_not_administer(reader):
        return None
    if code == "settings" and not (round.scheme.settings or round.has_nominees):
        return None  # there are none to be set
    change = reverse("admin:submissions_round_change", args=[round.pk])
    first = next((f"{SETTING}{setting}" for setting in round.scheme.settings), "named_by")
    return {
        "scheme": (reverse("scheme", args=[round.pk]), _("Read the scheme")),
        "settings": (f"{change}#id_{first}", _("Set the days")),
        "entrants": (reverse("admin:submissions_round_enter_offices", args=[round.pk]), _("Enter offices")),
        "accounts": (reverse("admin:submissions_user_waiting") + "?role=officer", _("Who has not come yet")),
        "committee": (f"{change}#id_judges", _("Choose the committee")),
        "holidays": (reverse("admin:submissions_holiday_changelist"), _("Public holidays")),
        "notices": (reverse("admin:submissions_user_changelist") + "?role__exact=officer", _("Users")),
        "hearing": (f"{change}#id_appeal_days", _("Settings of the round")),
        "ranks": (f"{change}#id_rank_visibility", _("Settings of the round")),
    }[code]
