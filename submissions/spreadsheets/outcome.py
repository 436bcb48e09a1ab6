"""What an import would do, or what is wrong with its file: as people read it, and as one digest of exactly that."""

import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from import_export import results
from import_export.resources import Diff

from submissions.models import Import
from submissions.questions.proofread import Refused


class Fault(results.Error):
    """An error as people read it; where in the program it arose is nobody's business."""

    traceback = ""


class Mark(NamedTuple):
    """A figure that is hardly meant so: it is taken only when somebody says that it is right."""

    key: str
    cell: str
    of: str
    figure: str
    why: str


class Heading(NamedTuple):
    """What stands over a column: a title for people, and the code by which an import knows it."""

    title: str
    code: str

    def __str__(self) -> str:
        return f"{self.title} [{self.code}]"


class Outcome(results.Result):
    """What an import would do, under the headings of the spreadsheet; and what is to be said of the file."""

    def __init__(self) -> None:
        super().__init__()
        self.about = ""  # what the rows are of, beside their kind
        self.named_by: tuple[str, ...] = ()  # the columns that say of whom a row is
        self.done: Import | None = None  # of figures that were taken: the row of the import
        self.lines: list[int] = []  # the numbers that the spreadsheet gives the rows
        self.notes: list[str] = []
        self.marks: list[Mark] = []

    @property
    def is_idle(self) -> bool:
        """Everything is there already: nothing would be made or changed."""
        return not any(self.totals[kind] for kind in ("new", "update", "delete"))

    @cached_property
    def columns(self) -> list[int]:
        """Those that are shown, by their places: of whom each row is, and what would change in any."""
        moved = {place for row in self.valid_rows() for place, cell in enumerate(row.diff) if cell.startswith(_MARKS)}
        if not self.named_by:
            return list(range(len(self.diff_headers)))
        return [place for place, heading in enumerate(self.diff_headers) if place in moved | self._named()]

    @property
    def unmoved(self) -> int:
        """How many columns of the file are not shown."""
        return len(self.diff_headers) - len(self.columns)

    def _named(self) -> set[int]:
        return {place for place, heading in enumerate(self.diff_headers) if heading.code in self.named_by}

    @property
    def is_wrong(self) -> bool:
        return self.has_errors() or self.has_validation_errors()

    @property
    def faults(self) -> list[tuple[str, str]]:
        """All that is wrong, each as where it is and what it is: of the whole file first, then by rows."""
        return [*self._faults_of_all(), *self._faults_of_rows()]

    def _faults_of_all(self) -> Iterator[tuple[str, str]]:
        for base in self.base_errors:
            reasons = base.error.reasons if isinstance(base.error, Refused) else {"": [str(base.error)]}
            yield from (("", reason) for reason in chain.from_iterable(reasons.values()))
        for number, errors in self.row_errors():
            where = _("Row %(line)s") % {"line": self.lines[number - 1]}
            yield from ((where, str(fault.error)) for fault in errors)

    def _faults_of_rows(self) -> Iterator[tuple[str, str]]:
        for row in self.invalid_rows:
            yield from ((where, reason) for where, reasons in row.error_dict.items() for reason in reasons)

    @property
    def digest(self) -> str:
        """Of all that would be changed, and what is strange in it: who confirms it confirms exactly this."""
        rows = [[row.import_type, *row.diff] for row in self.rows]
        return hashlib.sha256(json.dumps([rows, self.marks]).encode()).hexdigest()

    def append_invalid_row(self, number, row, validation_error) -> None:
        """A refused row as the spreadsheet had it: an empty cell is empty."""
        cells = {heading: row.get(heading.code, "---") for heading in self.diff_headers}
        shown = {heading: "" if cell is None else cell for heading, cell in cells.items()}
        super().append_invalid_row(number, shown, validation_error)


class Shown(Diff):
    """What an import would change, by whole cells: letter by letter, 17701 made 1 would show a 1 that stays."""

    @classmethod
    def _cells(cls, resource, instance) -> list:
        return [resource.in_words(field, instance) for field in resource.get_import_fields()]

    def __init__(self, resource, instance, new) -> None:
        self.left: list = self._cells(resource, instance)
        self.right: list = []
        self.new = new

    def compare_with(self, resource, instance) -> None:
        self.right = self._cells(resource, instance)

    def as_html(self) -> list[str]:
        left, right = (list(map(legible, cells)) for cells in (self.left, self.right))
        return [_change("" if self.new else before, after) for before, after in zip(left, right, strict=False)]


def legible(cell) -> str:
    """A cell as people read it: a number with its thousands apart."""
    return "" if cell is None else f"{cell:,f}" if isinstance(cell, Decimal) else str(cell)


_MARKS = ("<del>", "<ins>")  # no text of a cell begins so: it is escaped


def _change(before: str, after: str) -> str:
    marks = [("<del>{}</del>", before), ("<ins>{}</ins>", after)]
    shown = [format_html(mark, text) for mark, text in marks if text] if before != after else [after]
    return format_html_join(" ", "{}", ((text,) for text in shown))
