"""Spreadsheets in and out of the admin's lists. What they hold, and what they may change, is said by `resources`."""

from copy import copy
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from import_export.admin import ExportMixin, ImportMixin
from import_export.forms import ConfirmImportForm
from import_export.tmp_storages import CacheStorage
from unfold.contrib.import_export.forms import ExportForm, ImportForm
from unfold.widgets import UnfoldAdminSelectWidget

from submissions import thai
from submissions.accounts.events import Thing, record_file
from submissions.models import Round, User
from submissions.spreadsheets.figures import FiguresResource
from submissions.spreadsheets.formats import EXPORT_FORMATS, IMPORT_FORMATS, Unreadable
from submissions.spreadsheets.outcome import Outcome

MOST_SHOWN = 100  # faults, or rows that would change; the rest are counted


class SpreadsheetImportForm(ImportForm):
    help_text: Any = _(
        "Excel (.xlsx) or CSV. What “Export” gives is the sheet to fill in; its headings carry codes in brackets."
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["import_file"].help_text = self.help_text


class SpreadsheetExportForm(ExportForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("format", "0")  # of Excel, which most have


class ConfirmForm(ConfirmImportForm):
    """Takes the one format and the one resource that there are; any other was not chosen on the page."""

    format = forms.ChoiceField(choices=[("0", "")], widget=forms.HiddenInput())
    resource = forms.ChoiceField(choices=[("", ""), ("0", "")], widget=forms.HiddenInput(), required=False)
    shown = forms.CharField(max_length=64, widget=forms.HiddenInput())  # the digest of what the page showed


class CarefulImport(ImportMixin):
    """Import pages that read uploads in a child process, keep them in the database, and never import half of a file.

    First what would change is shown, or all that is wrong; what is confirmed is written if it is still what was shown.
    """

    import_formats = IMPORT_FORMATS
    import_form_class = SpreadsheetImportForm
    confirm_form_class = ConfirmForm
    import_template = ""  # the name of the address of a sheet to fill in
    tmp_storage_class = CacheStorage  # no file of the server can be named from outside; forgotten after a day

    def get_import_resource_kwargs(self, request, **kwargs) -> dict:
        form = kwargs.get("form")
        shown = form.cleaned_data["shown"] if isinstance(form, ConfirmForm) else ""
        return {"user": request.user, "shown": shown, "ticked": request.POST.getlist("right")}

    def has_import_permission(self, request) -> bool:
        return request.user.is_central

    def import_action(self, request, **kwargs):
        """The form; and once a file is sent, what it would change or what is wrong with it."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = self.create_import_form(request)
        outcome = None
        if request.method == "POST" and form.is_valid():
            try:
                outcome = self._trial(request, form, self._keep(form.cleaned_data["import_file"]))
            except Unreadable as fault:
                form.add_error("import_file", str(fault))
        confirm = None
        if outcome and not outcome.is_wrong:
            confirm = self.create_confirm_form(request, form)
            confirm.initial["shown"] = outcome.digest
        return self._import_page(request, form, outcome, confirm)

    def _keep(self, file):
        """Keep the file for the confirmation, and read it."""
        storage = self.write_to_tmp_storage(file, IMPORT_FORMATS[0]())
        file.tmp_storage_name = storage.name
        return IMPORT_FORMATS[0]().create_dataset(storage.read())

    def process_import(self, request, **kwargs):
        """Take what was confirmed, if it is still what was shown and everything strange in it was ticked."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_import_permission(request):
            raise PermissionDenied
        confirm = self.create_confirm_form(request)
        if not confirm.is_valid():
            return self._back(request, str(_("Upload the file again.")))
        try:
            return self._take(request, confirm)
        except Unreadable as fault:
            return self._back(request, str(fault))

    def _take(self, request, confirm: ConfirmForm):
        storage = CacheStorage(name=confirm.cleaned_data["import_file_name"])
        dataset = IMPORT_FORMATS[0]().create_dataset(storage.read())
        dataset.file_name = confirm.cleaned_data["original_file_name"]
        result = self.process_dataset(dataset, confirm, request)
        if not result.is_wrong:
            storage.remove()
            return self.process_result(result, request)
        trial, ticked = self._trial(request, confirm, dataset), set(request.POST.getlist("right"))
        if {mark.key for mark in trial.marks} - ticked:
            refusal = _("Nothing was imported yet: look at each unusual figure, and tick it if it is right.")
        else:
            refusal = _(
                "The data changed in the meantime, and nothing was imported. This is what the file would do now."
            )
        again = None if trial.is_wrong else self._again(confirm, trial)
        return self._import_page(request, None, trial, again, ticked=ticked, refusal=str(refusal))

    def _trial(self, request, form, dataset) -> Outcome:
        """What the file would do, without writing or holding anything."""
        kwargs = self.get_import_resource_kwargs(request, form=form) | {"shown": ""}
        return self.get_import_resource_classes(request)[0](**kwargs).import_data(dataset, dry_run=True)

    def _again(self, confirm: ConfirmForm, outcome: Outcome) -> ConfirmForm:
        """The same confirmation, of what is shown now."""
        return type(confirm)(initial={field.name: field.value() for field in confirm} | {"shown": outcome.digest})

    def _import_page(self, request, form, outcome: Outcome | None, confirm, *, ticked=frozenset(), refusal: str = ""):
        context = self.admin_site.each_context(request) | {
            "title": _("Import"),
            "form": form,
            "opts": self.model._meta,
            "media": self.media,
            "result": outcome,
            "columns": self.get_import_resource_classes(request)[0](user=request.user).get_diff_headers(),
            "ticked": ticked,
            "refusal": refusal,
            "template": self.import_template,
            "most": MOST_SHOWN,
        }
        if outcome and not outcome.is_wrong and not outcome.is_idle:
            context["confirm_form"] = confirm
        return TemplateResponse(request, "admin/import_export/import.html", context)

    def _back(self, request, text: str) -> HttpResponseRedirect:
        messages.error(request, text)
        return HttpResponseRedirect(reverse("admin:{}_{}_import".format(*self.get_model_info())))


class Spreadsheets(CarefulImport, ExportMixin):
    """Import and export pages of a list, for central staff."""

    import_export_change_list_template = "admin/import_export/change_list_import_export.html"
    export_form_class = SpreadsheetExportForm
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
        day = thai.day_of_file(timezone.localdate())
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
    """One of the rounds that `user` runs."""

    user: User
    fields: dict[str, Any]
    round = forms.ModelChoiceField(
        Round.objects.none(),
        label=_("round"),
        empty_label=_("Choose the round"),
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["round"].queryset = rounds = Round.objects.run_by(self.user).order_by("-pk")
        if len(only := list(rounds[:2])) == 1:  # of several, the wrong one is a click away
            self.initial["round"] = only[0].pk


class FiguresImportForm(OfRound, SpreadsheetImportForm):
    """Which round the figures are of, and the file."""

    field_order = ("round", "import_file")


class FiguresExportForm(OfRound, SpreadsheetExportForm):
    """Which round's figures, which of them, and as what."""

    which = forms.ChoiceField(
        label=_("columns"),
        choices=[("all", _("all figures")), ("central", _("only what those who run the round record"))],
        initial="all",
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    field_order = ("round", "which", "format")


class FiguresConfirmForm(OfRound, ConfirmForm):
    """The same round as on the page before."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["round"].widget = forms.HiddenInput()


class FiguresSpreadsheets(Spreadsheets):
    """All values of one round, a row for each office."""

    resource_classes = [FiguresResource]
    import_form_class = FiguresImportForm
    export_form_class = FiguresExportForm
    confirm_form_class = FiguresConfirmForm

    def has_import_permission(self, request) -> bool:
        return request.user.runs_rounds

    def has_export_permission(self, request) -> bool:
        return request.user.runs_rounds

    def get_import_form_class(self, request):
        return _of_reader(super().get_import_form_class(request), request)

    def get_confirm_form_class(self, request):
        return _of_reader(super().get_confirm_form_class(request), request)

    def export_action(self, request):
        """The library does not tell the form who asks."""
        asked: Any = copy(self)
        asked.export_form_class = _of_reader(FiguresExportForm, request)
        return super(FiguresSpreadsheets, asked).export_action(request)

    def process_result(self, result: Outcome, request):
        """On to the import, from which it is undone."""
        if result.done is None:
            return super().process_result(result, request)
        counted = {"amounts": f"{result.done.amounts:,}", "offices": f"{result.done.offices:,}"}
        messages.success(request, _("%(amounts)s amounts of %(offices)s offices were imported.") % counted)
        return HttpResponseRedirect(reverse("admin:submissions_import_change", args=[result.done.pk]))

    def get_confirm_form_initial(self, request, import_form) -> dict:
        initial = super().get_confirm_form_initial(request, import_form)
        return initial | ({"round": import_form.cleaned_data["round"].pk} if import_form else {})

    def get_import_resource_kwargs(self, request, **kwargs) -> dict:
        return super().get_import_resource_kwargs(request, **kwargs) | {"round": _chosen(kwargs.get("form"))}

    def get_export_resource_kwargs(self, request, **kwargs) -> dict:
        form = kwargs.get("export_form")
        only_central = form is not None and form.data.get("which") == "central"
        return {"round": _chosen(form), "user": request.user, "only_central": only_central}


def _of_reader(form: type[forms.Form], request) -> type[forms.Form]:
    """The form of one of the rounds that this reader runs."""
    return type(form.__name__, (form,), {"user": request.user})


def _chosen(form) -> Round | None:
    """The round that was chosen on the form, if one was."""
    is_chosen = form is not None and form.is_valid()
    return form.cleaned_data["round"] if is_chosen else None
