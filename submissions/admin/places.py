"""Offices, the registers of former models, and public holidays."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from submissions import thai
from submissions.invalidation import why_not_save
from submissions.models import Holiday, Office, RegisterLine
from submissions.models.places import registers_asked
from submissions.spreadsheets import tables
from submissions.spreadsheets.resources import BuddhistYear, OfficeResource, RegisterResource

from .exporting import ExportedList
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


class YearField(forms.CharField):
    """A year written 2561; its clean value is the year of the Common Era."""

    def prepare_value(self, value):
        return value + thai.ERA if isinstance(value, int) else value

    def clean(self, value) -> int:
        try:
            return BuddhistYear().clean(super().clean(value))
        except ValueError as fault:
            raise forms.ValidationError(str(fault)) from None


@admin.register(RegisterLine)
class RegisterAdmin(Spreadsheets, GuardedAdmin):
    """Former models, which are not named again in the years that a scheme says."""

    resource_classes = [RegisterResource]
    adders = changers = deleters = (STAFF,)
    list_display = ["office", "parents", "buddhist_year", "register"]
    list_filter = ["register"]
    list_select_related = ["office__parent__parent"]
    search_fields = ["office__name_th", "office__name_en", "office__code"]
    search_help_text = _("Name or code")
    fields = ["register", "office", "year"]
    autocomplete_fields = ["office"]

    def get_changeform_initial_data(self, request) -> dict:
        return {"register": next(iter(registers_asked()), "")} | super().get_changeform_initial_data(request)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "year":
            widget = UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric", "autocomplete": "off"})
            return YearField(label=db_field.verbose_name, help_text=_("Such as 2561"), widget=widget)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @display(description=_("belongs to"))
    def parents(self, line: RegisterLine) -> str:
        above = line.office.parent
        return " · ".join(str(office) for office in (above, above and above.parent) if office)

    @display(description=_("year"), ordering="year")
    def buddhist_year(self, line: RegisterLine) -> int:
        return line.year + thai.ERA


@admin.register(Holiday)
class HolidayAdmin(ExportedList, GuardedAdmin):
    columns = staticmethod(tables.holidays)
    adders = changers = deleters = (STAFF,)
    list_display = ["day", "name_in_language"]
    search_fields = ["name_th", "name_en"]
    fields = ["date", "name_th", "name_en"]
    ordering = ["-date"]

    def has_delete_permission(self, request, obj=None) -> bool:
        """One on which points that were announced provisionally may rest stays."""
        return super().has_delete_permission(request, obj) and (obj is None or why_not_save(obj) is None)

    @display(description=_("date"), ordering="date")
    def day(self, holiday: Holiday) -> str:
        return thai.format_date(holiday.date, thai.language())

    @display(description=_("name"))
    def name_in_language(self, holiday: Holiday) -> str:
        return holiday.name
