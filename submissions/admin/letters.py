"""What was sent to whom, and why something was not: for central staff to read."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from submissions.models import Letter
from submissions.spreadsheets import tables

from .exporting import ExportedList
from .filters import ChoiceFilter
from .roles import STAFF, RoleAdmin, short_time

STATES = {"sent": _("Sent"), "waiting": _("Waiting to be sent"), "failed": _("Given up")}
WHERE: dict[str, dict[str, Any]] = {
    "sent": {"sent_at__isnull": False},
    "waiting": {"due_at__isnull": False},
    "failed": {"sent_at": None, "due_at": None},
}


class StateFilter(ChoiceFilter):
    title, parameter_name = _("status"), "state"

    def lookups(self, request, model_admin):
        return list(STATES.items())

    def narrow(self, request, queryset):
        return queryset.filter(**WHERE[self.value()])


@admin.register(Letter)
class LetterAdmin(ExportedList, RoleAdmin):
    columns = staticmethod(tables.letters)
    viewers = (STAFF,)
    list_display = ["user", "about", "channel", "made", "sent", "state", "tries", "fault", "next_try"]
    list_filter = [StateFilter]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__full_name", "user__email"]
    fields = readonly_fields = [
        "user",
        "about",
        "address",
        "channel",
        "made",
        "sent",
        "state",
        "tries",
        "fault",
        "next_try",
    ]

    @display(description=_("made at"), ordering="made_at")
    def made(self, letter: Letter) -> str:
        return short_time(letter.made_at)

    @display(description=_("sent at"), ordering="sent_at")
    def sent(self, letter: Letter) -> str:
        return short_time(letter.sent_at)

    @display(description=_("next try"), ordering="due_at")
    def next_try(self, letter: Letter) -> str:
        return short_time(letter.due_at)

    @display(description=_("status"), label={"waiting": "warning", "sent": "success", "failed": "danger"})
    def state(self, letter: Letter):
        return letter.state, STATES[letter.state]
