"""Offices and public holidays."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from submissions import thai
from submissions.models import Holiday, Office
from submissions.resources import OfficeResource

from .guard import GuardedAdmin
from .roles import STAFF
from .spreadsheets import Spreadsheets


@admin.register(Office)
class OfficeAdmin(Spreadsheets, GuardedAdmin):
    resource_classes = [OfficeResource]
    adders = changers = (STAFF,)
    list_display = ["name_in_language", "code", "kind", "size", "parent"]
    list_filter = [("kind", ChoicesDropdownFilter), ("size", ChoicesDropdownFilter)]
    list_select_related = ["parent"]
    search_fields = ["name_th", "name_en", "code"]
    search_help_text = _("Name or code")
    fields = ["code", "kind", "name_th", "name_en", "parent", "size"]
    autocomplete_fields = ["parent"]

    @display(description=_("name"), ordering="sort_key")
    def name_in_language(self, office: Office) -> str:
        return office.name


@admin.register(Holiday)
class HolidayAdmin(GuardedAdmin):
    adders = changers = deleters = (STAFF,)
    list_display = ["day", "name_in_language"]
    search_fields = ["name_th", "name_en"]
    fields = ["date", "name_th", "name_en"]
    ordering = ["-date"]

    @display(description=_("date"), ordering="date")
    def day(self, holiday: Holiday) -> str:
        return thai.format_date(holiday.date, thai.language())

    @display(description=_("name"))
    def name_in_language(self, holiday: Holiday) -> str:
        return holiday.name
