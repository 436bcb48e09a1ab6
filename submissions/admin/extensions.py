"""More time: the extensions that those grant who run a round, to one entry or to many at once."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelect2MultipleWidget, UnfoldAdminSelect2Widget

from submissions import intake
from submissions.fields import BuddhistDateField, show_reasons, status_of, whole
from submissions.models import Entry, Extension, Office, Round
from submissions.models.editions import MOST_REASON
from submissions.models.rounds import MOST_ORDER_NUMBER
from submissions.questions.deadlines import who_gains
from submissions.spreadsheets import tables

from .exporting import ExportedList
from .filters import OfficeFilter, RegionFilter, RoundFilter, rounds_of, slot_choices, slot_title
from .roles import RUNNERS, HistoryAdmin, page_context, short_date, short_time


class ExtensionForm(forms.Form):
    """What `intake.grant_extensions` is told, for one round. A slot is a requirement and its period."""

    whom = forms.ChoiceField(label=_("for whom"), widget=UnfoldAdminSelect2Widget)
    slots = forms.MultipleChoiceField(
        label=_("requirements and periods"),
        widget=UnfoldAdminSelect2MultipleWidget,
        help_text=_("Several may be chosen; all of them get the same day."),
    )
    until = BuddhistDateField(label=_("until the end of"), help_text=_("Such as 31/12/2566"))
    reason = forms.CharField(label=_("reason"), max_length=MOST_REASON)
    order_number = forms.CharField(label=_("order number"), max_length=MOST_ORDER_NUMBER, required=False)
    beyond_close = forms.BooleanField(label=_("It is meant to reach beyond the close"), required=False)
    in_the_past = forms.BooleanField(label=_("It is meant to be a day that has passed"), required=False)

    fields: dict[str, Any]

    def __init__(self, round: Round, *args, **options) -> None:
        super().__init__(*args, **options)
        self.scheme, self.today = round.scheme, timezone.localdate(round.now())
        entries = round.entries.taking_part().with_round().select_related("office__parent__parent__parent")
        self.entries = list(entries.order_by("office__sort_key", "pk"))
        self.many = self._many()
        single = [(f"entry.{entry.pk}", str(entry)) for entry in self.entries]
        many = [(choice, f"{title} ({len(group)})") for choice, (title, group) in self.many.items()]
        self.fields["whom"].choices = [("", ""), (_("Many at once"), many), (_("One entry"), single)]
        self.fields["slots"].choices = slot_choices(round.scheme)
        self._ask_about_the_day()

    def _ask_about_the_day(self) -> None:
        """A day behind the scheme's close, or one that has passed, is asked about once it was typed."""
        until = self._typed_day()
        if until and until > self.scheme.close:
            self.fields["beyond_close"].help_text = self._about_the_close()
        else:
            del self.fields["beyond_close"]
        if until and until < self.today:
            self.fields["in_the_past"].help_text = self._about_the_past()
        else:
            del self.fields["in_the_past"]

    def _typed_day(self) -> date | None:
        try:
            until = BuddhistDateField(required=False).clean(self.data.get("until", ""))
        except forms.ValidationError:
            return None
        return date.fromisoformat(until) if until else None

    def _about_the_close(self) -> str:
        sentence = _(
            "The scheme closes on %(day)s. What is handed in until the new day counts all the same, so that scores may "
            "change until then. Points for punctuality, and figures, go by their own days: no extension moves them."
        )
        return str(sentence) % {"day": short_date(self.scheme.close)}

    def _about_the_past(self) -> str:
        sentence = _(
            "Today is %(day)s. Nobody can use this time any more: only what came by that day counts as in time."
        )
        return str(sentence) % {"day": short_date(self.today)}

    def _many(self) -> dict[str, tuple[str, list[Entry]]]:
        """Whom to choose in one go: everybody, and every office with several entries in it, regions first."""
        groups: dict = {}
        for entry in self.entries:
            office: Office | None = entry.office
            while office is not None:
                groups.setdefault(office, []).append(entry)
                office = office.parent
        several = [(office, group) for office, group in groups.items() if len(group) > 1 or office.kind == "region"]
        several.sort(key=lambda group: (group[0].kind != "region", group[0].code))
        everybody = {"all": (str(_("The whole round")), self.entries)}
        return everybody | {f"office.{office.pk}": (str(office), group) for office, group in several}

    def clean(self) -> dict:
        super().clean()
        cleaned = self.cleaned_data
        if "beyond_close" in self.fields and not cleaned.get("beyond_close"):
            self.add_error("beyond_close", _("The day lies behind the close. Tick this, or write an earlier day."))
        if "in_the_past" in self.fields and not cleaned.get("in_the_past"):
            self.add_error("in_the_past", _("The day has passed. Tick this, or write a later day."))
        if not self.errors:
            self.chosen = self._chosen(cleaned["whom"])
            cleaned["slots"] = [tuple(slot.split("|")) for slot in cleaned["slots"]]
            cleaned["until"] = date.fromisoformat(cleaned["until"])
            self.gaining = who_gains(self.chosen, cleaned["slots"], cleaned["until"])
        return cleaned

    def _chosen(self, whom: str) -> list[Entry]:
        if whom in self.many:
            return self.many[whom][1]
        return [entry for entry in self.entries if f"entry.{entry.pk}" == whom]

    @property
    def count(self) -> int:
        """How many extensions would be granted."""
        return sum(len(gainers) for gainers in self.gaining.values())

    def preview(self) -> Iterator[tuple[str, list[Entry], list[Entry]]]:
        """Of each slot its name, who gains time, and who has as much already."""
        for slot, gainers in self.gaining.items():
            gaining = {entry.pk for entry in gainers}
            others = [entry for entry in self.chosen if entry.pk not in gaining]
            yield " · ".join(filter(None, slot_title(self.scheme, *slot))), gainers, others

    def grant(self, user) -> list[Extension]:
        terms = {name: self.cleaned_data[name] for name in ("slots", "until", "reason", "order_number")}
        return intake.grant_extensions(self.chosen, by=user, **terms)


def _back(request) -> str:
    """The thread in which more time was asked for; "" where whoever gives it does not come from one."""
    back = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return back if is_ours else ""


@admin.register(Extension)
class ExtensionAdmin(ExportedList, HistoryAdmin):
    """Granted, never altered: of several for the same slot, the latest day counts."""

    viewers = adders = RUNNERS
    to_round = "entry__round"
    columns = staticmethod(tables.extensions)
    list_display = ["entry", "slot_in_words", "until_day", "reason", "order_number", "granted"]
    list_filter = [RoundFilter, RegionFilter, OfficeFilter]
    list_select_related = ["entry__round__edition", "entry__office", "entry__nominee_office", "granted_by"]
    ordering = ["-pk"]  # as they were granted: practice rounds have clocks of their own
    search_fields = ["entry__office__name_th", "entry__office__name_en", "order_number", "reason"]
    fields = ["entry", "slot_in_words", "until_day", "reason", "order_number", "granted", "granted_by"]
    readonly_fields = fields

    def get_queryset(self, request):
        return super().get_queryset(request).defer("entry__round__edition__text")

    def add_view(self, request, form_url="", extra_context=None):
        """First the round, if there are several; then whom and what for; and before many get time, who they are."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        rounds = [round for round in rounds_of(request) if not round.is_closed]
        chosen = [round for round in rounds if round.pk == whole(request.GET.get("round", ""))] or rounds
        if len(chosen) != 1:
            context = page_context(self, request, title=_("Give more time"), rounds=rounds)
            return render(request, "submissions/admin/extension_round.html", context)
        return self._add_in(request, chosen[0])

    def _add_in(self, request, round: Round) -> HttpResponse:
        asked = {name: request.GET.get(name, "") for name in ("whom", "until")}  # by a link
        asked["slots"] = request.GET.getlist("slots")
        form = ExtensionForm(round, *([request.POST] if request.method == "POST" else []), initial=asked)
        title = _("Give more time")
        back = _back(request)
        page = {"title": f"{title} · {round}", "form": form, "button": title, "back": back}
        if form.is_valid() and "again" not in request.POST:
            if form.count > 1 and request.POST.get("confirmed") != str(form.count):
                return render(request, "submissions/admin/extension_preview.html", page_context(self, request, **page))
            if self._grant(request, form):
                return HttpResponseRedirect(back or reverse("admin:submissions_extension_changelist"))
        status = status_of(form)
        return render(request, "submissions/admin/form.html", page_context(self, request, **page), status=status)

    def _grant(self, request, form: ExtensionForm) -> bool:
        try:
            granted = form.grant(request.user)
        except intake.Refused as refused:
            show_reasons(form, refused.reasons)
            return False
        if len(granted) == 1:
            sentence = _("%(office)s has time until %(day)s.")
        else:
            sentence = _("More time until %(day)s was given %(count)s times.")
        first = granted[0]
        words = {"office": first.entry, "day": short_date(first.until), "count": len(granted)}
        messages.success(request, sentence % words)
        return True

    @display(description=_("requirement and period"))
    def slot_in_words(self, extension: Extension) -> str:
        return " · ".join(
            filter(None, slot_title(extension.entry.round.scheme, extension.requirement, extension.period))
        )

    @display(description=_("until the end of"), ordering="until")
    def until_day(self, extension: Extension) -> str:
        return short_date(extension.until)

    @display(description=_("granted at"), ordering="granted_at")
    def granted(self, extension: Extension) -> str:
        return short_time(extension.granted_at)
