"""Spreadsheets in and out of the admin's lists. What they hold, and what they may change, is said by `resources`."""

from django import forms
from django.contrib.admin.options import IncorrectLookupParameters
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from import_export.admin import ExportMixin
from unfold.contrib.import_export.forms import ExportForm, ImportForm
from unfold.widgets import UnfoldAdminSelectWidget

from submissions import thai
from submissions.accounts.events import Thing, record_file
from submissions.formats import EXPORT_FORMATS
from submissions.imports import CarefulImport, OnlyForm
from submissions.models import Round
from submissions.resources import FiguresResource


class SpreadsheetImportForm(ImportForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["import_file"].help_text = _(
            "Excel (.xlsx) or CSV. What “Export” gives is the sheet to fill in; its headings carry codes in brackets."
        )


class Spreadsheets(CarefulImport, ExportMixin):
    """Import and export pages of a list, for central staff."""

    import_export_change_list_template = "admin/import_export/change_list_import_export.html"
    import_form_class = SpreadsheetImportForm
    export_form_class = ExportForm
    export_formats = EXPORT_FORMATS

    def has_export_permission(self, request) -> bool:
        return request.user.is_central

    def get_export_queryset(self, request):
        try:
            return super().get_export_queryset(request)
        except IncorrectLookupParameters:  # filters that make no sense filter nothing, as on the list itself
            return self.get_queryset(request)

    def get_valid_export_item_pks(self, request):
        # The library asks its own deprecated method, which warns; what may be exported is said by the queryset.
        return self.get_export_queryset(request).values_list("pk", flat=True)

    def get_export_resource_kwargs(self, request, **kwargs) -> dict:
        return {"user": request.user}

    def get_export_filename(self, request, queryset, file_format) -> str:
        """What it holds, and the day with its Buddhist year: สำนักงาน-2566-07-10.xlsx."""
        today = timezone.localdate()
        day = f"{today.year + thai.ERA}-{today:%m-%d}"
        return f"{self.model._meta.verbose_name_plural}-{day}.{file_format.get_extension()}"

    def _do_file_export(self, file_format, request, queryset, export_form=None):
        response = super()._do_file_export(file_format, request, queryset, export_form)
        # The library writes the name as it is, which no header can carry in Thai.
        name = self.get_export_filename(request, queryset, file_format)
        response["Content-Disposition"] = content_disposition_header(True, name)
        record_file(request, Thing.LIST, self.opts.model_name, name)
        return response


# The figures of a round


class OfRound(forms.Form):
    round = forms.ModelChoiceField(
        Round.objects.order_by("-pk"), label=_("round"), empty_label=None, widget=UnfoldAdminSelectWidget
    )


class FiguresImportForm(OfRound, SpreadsheetImportForm):
    """Which round the figures are of, and the file."""


class FiguresExportForm(OfRound, ExportForm):
    """Which round's figures, and as what."""


class FiguresConfirmForm(OfRound, OnlyForm):
    """The same round as on the page before."""

    round = forms.ModelChoiceField(Round.objects.all(), widget=forms.HiddenInput)


class FiguresSpreadsheets(Spreadsheets):
    """The values that central systems know, a row for each office of one round."""

    resource_classes = [FiguresResource]
    import_form_class = FiguresImportForm
    export_form_class = FiguresExportForm
    confirm_form_class = FiguresConfirmForm

    def get_confirm_form_initial(self, request, import_form) -> dict:
        initial = super().get_confirm_form_initial(request, import_form)
        return initial | ({"round": import_form.cleaned_data["round"].pk} if import_form else {})

    def get_import_resource_kwargs(self, request, **kwargs) -> dict:
        return {"round": _chosen(kwargs.get("form")), "user": request.user}

    def get_export_resource_kwargs(self, request, **kwargs) -> dict:
        return {"round": _chosen(kwargs.get("export_form")), "user": request.user}


def _chosen(form) -> Round | None:
    """The round on the form; before anything was sent, the newest."""
    if form is not None and form.is_bound and form.is_valid():
        return form.cleaned_data["round"]
    return Round.objects.order_by("-pk").first()
