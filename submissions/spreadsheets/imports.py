"""What every import shares: columns known by their codes, all or nothing, each fault named by its cell.

`CarefulResource` is the manner of the resources; the door to them in the admin is `admin.spreadsheets`.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from import_export import fields, widgets
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from submissions.models import Office, Round, User
from submissions.questions.proofread import Refused

from .formats import Flaw, Sheet
from .outcome import Fault, Heading, Mark, Outcome, Shown
from .table import find

MOST_MARKS = 100  # nobody looks at more of them one by one


_Mixed: Any = object  # with a resource of the library, which has no types


class CarefulResource(_Mixed):
    """What all imports here share: headings by code, all or nothing, faults by cell."""

    required: tuple[str, ...] = ()
    named_by: tuple[str, ...] = ()  # of wide tables: the columns that a preview shows beside those that change
    other_names: Mapping[str, tuple[str, ...]] = {}  # of columns by their codes, as people call them too
    beside: tuple[Promise, ...] = ()  # sheets that the portal itself put into the file, to be read by people
    round: Any  # and `user`: None where nothing of it belongs to one, or is done in a name
    user: Any

    def __init__(
        self,
        *,
        round: Round | None = None,
        user: User | None = None,
        shown: str = "",
        ticked: Collection[str] = (),
    ) -> None:
        """`shown` is the digest of the outcome that was confirmed, `ticked` the keys of the marks that are right: no
        other outcome is written."""
        super().__init__()
        self.round, self.user, self.shown, self.ticked = round, user, shown, ticked
        self.is_trial = False
        self.lines: list[int] = []
        self.row_number = 0
        self.present: dict[tuple, Model] = {}  # what is there already, by key
        self.seen: dict[tuple, int] = {}
        self.letters: dict[str, str] = {}  # column name -> A, B, C
        self.notes: list[str] = []
        self.marks: list[Mark] = []

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

    def in_words(self, field: fields.Field, instance) -> Any:
        """A cell as a preview shows it: what a code stands for."""
        words = getattr(field.widget, "in_words", None)
        return words(field.get_value(instance)) if words else field.export(instance)

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
        self.is_trial = dry_run
        kwargs |= {"use_transactions": True, "rollback_on_validation_errors": True}
        return super().import_data(dataset, dry_run, **kwargs)

    def before_import(self, dataset, **kwargs) -> None:
        """Find the table in the file. Without its headings in order, no row is read."""
        sheets = self._sheets_of(dataset)
        dataset.wipe()
        titles = {field.column_name: self.title(field) for field in self.get_import_fields()}
        table = find(sheets, titles, self.required, self._names())
        dataset.headers = table.names
        for row in table.rows:
            dataset.append(row)
        self.lines, self.letters, self.notes = table.lines, table.letters, table.notes
        self.seen, self.marks = {}, []

    def _sheets_of(self, dataset) -> list[Sheet]:
        own = set()
        for language in ("en", "th"):
            with translation.override(language):
                own |= set(map(str, self.beside))
        return [sheet for sheet in sheets_of(dataset) if sheet.title not in own]

    def _names(self) -> dict[str, str]:
        """The codes of columns by what they are called in either language, alone or with the code, and otherwise."""
        names: dict[str, str] = {}
        for language in ("en", "th"):
            with translation.override(language):
                for field in self.get_import_fields():
                    heading = self.heading(field)
                    names |= dict.fromkeys((heading.title.casefold(), str(heading).casefold()), field.column_name)
        return names | {name.casefold(): code for code, others in self.other_names.items() for name in others}

    def after_import(self, dataset, result, **kwargs) -> None:
        """Rows go by the numbers they have in the spreadsheet. What is written is what was shown, or nothing is."""
        for row in result.invalid_rows:
            row.number = self.lines[row.number - 1]
        result.about, result.notes, result.marks = str(self.round or ""), self.notes, self.marks
        result.lines, result.named_by = self.lines, self.named_by
        if result.is_wrong:
            return
        if len(self.marks) > MOST_MARKS:
            sentence = _(
                "%(count)s figures are unusual. Is it the right file, and does each column hold what its heading says?"
            )
            raise Refused({"": [sentence % {"count": f"{len(self.marks):,}"}]})
        if self.shown and not (result.digest == self.shown and {mark.key for mark in self.marks} <= set(self.ticked)):
            raise Refused({"": [_("This is not what was confirmed.")]})

    def save_instance(self, instance, is_create, row, **kwargs) -> None:
        """A trial writes nothing: what it wrote only to undo it would be held until the last row is read."""
        if not self.is_trial:
            self.do_instance_save(instance, is_create)

    def get_or_init_instance(self, instance_loader, row):
        """What can't be read makes a row wrong, not the whole file an error: its fault is told with its cell."""
        names = self._meta.import_id_fields
        try:
            key = tuple(self.fields[name].clean(row) for name in names)
        except (ValueError, ValidationError):
            return self.init_instance(row), True
        if set(names) != set(self.fields):  # of two rows that say the same, one is enough
            self.check_once(names[0], key)
        found = self.present.get(key)
        return (found, False) if found else (self.init_instance(row), True)

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
        places = list(self.letters)
        for name, texts in sorted(found.items(), key=lambda one: places.index(one[0]) if one[0] in places else -1):
            cell = f"{self.letters.get(name, '')}{line}"
            where = _("cell %(cell)s") if name in self.letters else _("row %(cell)s")
            heading = str(self.heading(self.fields[name])) if name in self.fields else ""
            key = " ".join(filter(None, [heading, f"({where % {'cell': cell}})"]))
            placed.setdefault(key, []).extend(texts)
        return ValidationError(placed)


def sheets_of(dataset) -> list[Sheet]:
    """Those of the file; of a table that was never in one, itself."""
    return getattr(dataset, "sheets", None) or [Sheet("", [dataset.headers or [], *dataset], [])]


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

    def clean(self, value, row=None, **kwargs) -> Any:
        return plain(value)


class Choice(Text):
    """One of a closed list, by its code or by what it is called in either language."""

    def __init__(self, choices, blank: bool = False) -> None:
        super().__init__()
        self.labels, self.blank = dict(choices), blank

    def clean(self, value, row=None, **kwargs) -> str:
        text = plain(value).casefold()
        if self.blank and not text:
            return ""
        if (code := self._codes.get(text)) is None:
            known = ", ".join(_label(code, str(label)) for code, label in self.labels.items())
            raise ValueError(
                _("“%(value)s” is not allowed here. Allowed: %(known)s.") % {"value": plain(value), "known": known}
            )
        return code

    def in_words(self, code: str | None) -> str:
        return str(self.labels.get(code, code or ""))

    @cached_property
    def _codes(self) -> dict[str, str]:
        codes = {code: code for code in self.labels}
        for language in ("th", "en"):
            with translation.override(language):
                codes |= {str(label).casefold(): code for code, label in self.labels.items()}
        return codes


def _label(code: str, label: str) -> str:
    return code if label == code else f"{code} ({label})"


class YesNo(Text):
    words = {"true": True, "yes": True, "ใช่": True, "false": False, "no": False, "ไม่ใช่": False}

    def clean(self, value, row=None, **kwargs) -> bool:
        text = plain(value).casefold()
        if text not in self.words:
            raise ValueError(_("Write yes or no."))
        return self.words[text]

    def render(self, value, obj=None, **kwargs) -> str:
        return _("Yes") if value else _("No")


class OfficeByCode(widgets.ForeignKeyWidget):
    """An office of those that the resource has read, all of them at once."""

    def __init__(self) -> None:
        super().__init__(Office, "code")
        self.offices: dict[str, Office] = {}

    def clean(self, value, row=None, **kwargs) -> Office | None:
        code = plain(value)
        if code and code not in self.offices:
            sentence = _("There is no office with the code “%(code)s”.") % {"code": code}
            raise ValueError(" ".join([sentence, *self._meant(code)]))
        return self.offices[code] if code else None

    def _meant(self, name: str) -> list[str]:
        """The code of the only office that is called so: many write the name, and districts share theirs."""
        named = [code for code, office in self.offices.items() if name in (office.name, office.name_th)]
        return [_("Is “%(name)s” meant?") % {"name": named[0]}] if len(named) == 1 else []

    def in_words(self, office: Office | None) -> str:
        return f"{office.name} ({office.code})" if office else ""
