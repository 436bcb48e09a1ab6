"""What every import shares: columns known by their codes, all or nothing, each fault named by its cell.

`CarefulImport` is the door to it in the admin, `CarefulResource` the manner of the resources behind it.
"""

from decimal import Decimal
from types import SimpleNamespace
from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from import_export import fields, results, widgets
from import_export.admin import ImportMixin
from import_export.forms import ConfirmImportForm
from import_export.resources import Diff
from import_export.tmp_storages import CacheStorage
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

from .formats import IMPORT_FORMATS, Flaw, Unreadable
from .models import Round, User
from .proofread import Refused


class Fault(results.Error):
    """An error as people read it; where in the program it arose is nobody's business."""

    traceback = ""


class Heading(NamedTuple):
    """What stands over a column: a title for people, and the code by which an import knows it."""

    title: str
    code: str

    def __str__(self) -> str:
        return f"{self.title} [{self.code}]"


class Outcome(results.Result):
    """What an import would do, under the headings of the spreadsheet."""

    @property
    def is_idle(self) -> bool:
        """Everything is there already: nothing would be made or changed."""
        return not any(self.totals[kind] for kind in ("new", "update", "delete"))

    def append_invalid_row(self, number, row, validation_error) -> None:
        """A refused row as the spreadsheet had it: an empty cell is empty."""
        cells = {heading: row.get(heading.code, "---") for heading in self.diff_headers}
        shown = {heading: "" if cell is None else cell for heading, cell in cells.items()}
        super().append_invalid_row(number, shown, validation_error)


class Shown(Diff):
    """What an import would change, by whole cells: letter by letter, 17701 made 1 would show a 1 that stays."""

    def as_html(self) -> list[str]:
        left, right = (["" if c is None else str(c) for c in cells] for cells in (self.left, self.right))
        return [_change("" if self.new else before, after) for before, after in zip(left, right, strict=False)]


def _change(before: str, after: str) -> str:
    marks = [("<del>{}</del>", before), ("<ins>{}</ins>", after)]
    shown = [format_html(mark, text) for mark, text in marks if text] if before != after else [after]
    return format_html_join(" ", "{}", ((text,) for text in shown))


class CarefulResource:
    """What all imports here share: headings by code, all or nothing, faults by cell."""

    required: tuple[str, ...] = ()

    def __init__(self, *, round: Round | None = None, user: User | None = None) -> None:
        super().__init__()
        self.round, self.user = round, user
        self.lines: list[int] = []
        self.row_number = 0
        self.seen: dict[tuple, int] = {}
        self.letters: dict[str, str] = {}  # column name -> A, B, C

    @classmethod
    def get_error_result_class(cls):
        return Fault

    @classmethod
    def get_display_name(cls) -> str:
        return str(cls._meta.model._meta.verbose_name_plural)

    def heading(self, field: fields.Field) -> Heading:
        return Heading(self.title(field), field.column_name)

    def title(self, field: fields.Field) -> str:
        return str(self._meta.model._meta.get_field(field.attribute).verbose_name)

    @classmethod
    def get_result_class(cls):
        return Outcome

    def get_diff_class(self):
        return Shown

    def get_user_visible_fields(self) -> list[SimpleNamespace]:
        """The columns as the pages list them: by the headings of the spreadsheet."""
        return [SimpleNamespace(column_name=str(heading)) for heading in self.get_diff_headers()]

    def get_diff_headers(self) -> list[Heading]:
        return [self.heading(field) for field in self.get_import_fields()]

    def get_export_headers(self, selected_fields=None) -> list[str]:
        return [str(self.heading(field)) for field in self.get_export_fields(selected_fields)]

    def import_data(self, dataset, dry_run=False, **kwargs):
        kwargs |= {"use_transactions": True, "rollback_on_validation_errors": True}
        return super().import_data(dataset, dry_run, **kwargs)

    def before_import(self, dataset, **kwargs) -> None:
        """Know the columns by their codes. Without the headings in order, no row is read."""
        self.lines = getattr(dataset, "lines", None) or list(range(2, len(dataset) + 2))
        names = [code_of(heading) for heading in dataset.headers or []]
        if faults := self._heading_faults(dataset, names):
            headers = dataset.headers
            dataset.wipe()
            dataset.headers = headers
            raise Refused({"": faults})
        dataset.headers = names
        self.letters = {name: get_column_letter(number) for number, name in enumerate(names, 1) if name}
        self.seen = {}

    def _heading_faults(self, dataset, names: list[str]) -> list[str]:
        known = [field.column_name for field in self.get_import_fields()]
        faults = []
        for number, name in enumerate(names):
            cell = f"{get_column_letter(number + 1)}1"
            if not name and any(row[number] is not None for row in dataset):
                faults.append(_("Cell %(cell)s: the column has no heading.") % {"cell": cell})
            elif name and name not in known:
                faults.append(
                    _("Cell %(cell)s: no column is called “%(name)s”. Columns: %(known)s.")
                    % {"cell": cell, "name": name, "known": ", ".join(known)}
                )
            elif name and name in names[:number]:
                faults.append(_("Cell %(cell)s: “%(name)s” is there twice.") % {"cell": cell, "name": name})
        for name in self.required:
            if name not in names:
                faults.append(_("The column “%(name)s” is missing.") % {"name": name})
        return faults

    def after_import(self, dataset, result, **kwargs) -> None:
        """Rows go by the numbers they have in the spreadsheet, where the headings are row 1."""
        for row in result.invalid_rows:
            row.number = self.lines[row.number - 1]

    def get_or_init_instance(self, instance_loader, row):
        """What can't be read makes a row wrong, not the whole file an error: its fault is told with its cell."""
        names = self._meta.import_id_fields
        try:
            key = tuple(self.fields[name].clean(row) for name in names)
        except (ValueError, ValidationError):
            return self.init_instance(row), True
        if set(names) != set(self.fields):  # of two rows that say the same, one is enough
            self.check_once(names[0], key)
        return super().get_or_init_instance(instance_loader, row)

    def check_once(self, name: str, key: tuple) -> None:
        """Of two rows for one thing nobody can tell which is meant."""
        line = self.lines[self.row_number - 1]
        if (first := self.seen.setdefault(key, line)) != line:
            raise ValidationError({name: [_("The same is in row %(line)s already.") % {"line": first}]})

    def import_row(self, row, instance_loader, **kwargs):
        self.row_number = kwargs["row_number"]
        result = super().import_row(row, instance_loader, **kwargs)
        if result.validation_error:
            line = self.lines[kwargs["row_number"] - 1]
            result.validation_error = self._placed(result.validation_error, line)
        return result

    def _placed(self, error: ValidationError, line: int) -> ValidationError:
        """The same faults, each beginning with its cell."""
        placed: dict[str, list[str]] = {}
        found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, texts in found.items():
            cell = f"{self.letters.get(name, '')}{line}"
            where = _("cell %(cell)s") if name in self.letters else _("row %(cell)s")
            heading = str(self.heading(self.fields[name])) if name in self.fields else ""
            key = " ".join(filter(None, [heading, f"({where % {'cell': cell}})"]))
            placed.setdefault(key, []).extend(texts)
        return ValidationError(placed)


def code_of(heading: str) -> str:
    """`2.1.1.collected` of "ผู้ที่จัดเก็บ [2.1.1.collected]"."""
    heading = heading.strip()
    return heading[:-1].rpartition("[")[2].strip() if heading.endswith("]") and "[" in heading else heading


def plain(cell) -> str:
    """A cell as the text people would have typed. Raises ValueError for what can't be told."""
    if isinstance(cell, Flaw):
        raise ValueError(cell.why)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if ILLEGAL_CHARACTERS_RE.search(str(cell)):
        raise ValueError(_("The cell holds characters that can't be seen. Type it anew."))
    return str(cell).strip()


# Cells


class Text(widgets.CharWidget):
    """A text cell, a number among them: a code such as 8101 is kept as its digits."""

    def clean(self, value, row=None, **kwargs) -> str:
        return plain(value)


class Choice(Text):
    """One of a closed list, by its code."""

    def __init__(self, choices, blank: bool = False) -> None:
        super().__init__()
        self.codes, self.blank = [code for code, label in choices], blank

    def clean(self, value, row=None, **kwargs) -> str:
        text = plain(value).casefold()
        if text not in self.codes and not (self.blank and not text):
            raise ValueError(
                _("“%(value)s” is not allowed here. Allowed: %(known)s.")
                % {"value": plain(value), "known": ", ".join(self.codes)}
            )
        return text


class YesNo(Text):
    words = {"true": True, "yes": True, "ใช่": True, "false": False, "no": False, "ไม่ใช่": False}

    def clean(self, value, row=None, **kwargs) -> bool:
        text = plain(value).casefold()
        if text not in self.words:
            raise ValueError(_("Write yes or no."))
        return self.words[text]

    def render(self, value, obj=None, **kwargs) -> str:
        return _("Yes") if value else _("No")


# The admin's door


class OnlyForm(ConfirmImportForm):
    """There is one format and one resource: whatever else is posted was not chosen on the page."""

    format = forms.ChoiceField(choices=[("0", "")], widget=forms.HiddenInput())
    resource = forms.ChoiceField(choices=[("", ""), ("0", "")], widget=forms.HiddenInput(), required=False)


class CarefulImport(ImportMixin):
    """Import pages that read uploads in a child process, keep them in the database, and never import half of a file."""

    import_formats = IMPORT_FORMATS
    confirm_form_class = OnlyForm
    tmp_storage_class = CacheStorage  # no file of the server can be named from outside; forgotten after a day

    def get_import_resource_kwargs(self, request, **kwargs) -> dict:
        return {"user": request.user}

    def has_import_permission(self, request) -> bool:
        return request.user.is_central

    def add_data_read_fail_error_to_form(self, form, e) -> None:
        if not isinstance(e, Unreadable):
            raise e
        form.add_error("import_file", str(e))

    def import_action(self, request, **kwargs):
        """What would change; and a button to confirm it, where anything would."""
        response = super().import_action(request, **kwargs)
        context = getattr(response, "context_data", {})
        if "confirm_form" in context and context["result"].is_idle:
            del context["confirm_form"]
        return response

    def process_import(self, request, **kwargs):
        try:
            return super().process_import(request, **kwargs)
        except Unreadable as fault:
            return self._back(request, str(fault))

    def process_result(self, result, request):
        if result.has_errors() or result.has_validation_errors():
            return self._back(
                request, _("The data changed in the meantime, and nothing was imported. Upload the file again.")
            )
        return super().process_result(result, request)

    def _back(self, request, text: str) -> HttpResponseRedirect:
        messages.error(request, text)
        return HttpResponseRedirect(reverse("admin:{}_{}_import".format(*self.get_model_info())))
