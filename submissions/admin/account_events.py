"""Who logged in, failed, or took a file away, from where: for central staff to read."""

from datetime import timedelta

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from submissions.models import AccountEvent
from submissions.spreadsheets import tables
from submissions.templatetags.accounts import account_deed, browser_name

from .exporting import ExportedList
from .filters import ChoiceFilter
from .roles import STAFF, RoleAdmin, short_time


class SinceFilter(ChoiceFilter):
    title, parameter_name = _("time"), "days"

    def lookups(self, request, model_admin):
        return [("1", _("the last 24 hours")), ("7", _("the last 7 days")), ("30", _("the last 30 days"))]

    def narrow(self, request, queryset):
        return queryset.filter(at__gt=timezone.now() - timedelta(days=int(self.value())))


@admin.register(AccountEvent)
class AccountEventAdmin(ExportedList, RoleAdmin):
    columns = staticmethod(tables.account_events)
    viewers = (STAFF,)
    list_display = ["when", "account", "what", "by", "address", "device"]
    list_filter = [SinceFilter, ("kind", ChoicesDropdownFilter)]
    list_select_related = ["user", "actor"]
    search_fields = ["username", "user__full_name", "address", "detail"]
    search_help_text = _("Name, address or file")
    fields = readonly_fields = ["when", "account", "what", "by", "address", "browser"]

    @display(description=_("time"), ordering="at")
    def when(self, event: AccountEvent) -> str:
        return short_time(event.at)

    @display(description=_("account"), ordering="username")
    def account(self, event: AccountEvent) -> str:
        name = event.user.full_name if event.user else ""
        return " · ".join(filter(None, [event.username, name])) or "–"

    @display(description=_("deed"), ordering="kind")
    def what(self, event: AccountEvent) -> str:
        return account_deed(event)

    @display(description=_("by"))
    def by(self, event: AccountEvent) -> str:
        return str(event.actor) if event.actor and event.actor_id != event.user_id else "–"

    @display(description=_("browser"))
    def device(self, event: AccountEvent) -> str:
        return browser_name(event.browser) or "–"
