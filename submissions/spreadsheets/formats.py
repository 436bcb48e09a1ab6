"""Spreadsheets as files: read safely, written so that Excel shows Thai and computes nothing it was not told to.

`Spreadsheet` reads (.xlsx or CSV, told apart by content), `XLSX` and `CSV` write.
"""

import hashlib
import io
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import openpyxl
import tablib
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.formats import base_formats

from submissions.files import confined, recognise, spreadsheet

from . import writing

MAX_BYTES = 5 * 2**20


class Unreadable(ValueError):
    """A file that can't be read as a spreadsheet; str() says why, for the person who sent it."""


class Percent(NamedTuple):
    """A cell that Excel shows with a percent sign: 96.2 for 96.2%."""

    shown: Decimal

    def __str__(self) -> str:
        return f"{self.shown.normalize():f}%"


class Flaw(NamedTuple):
    """A cell that holds nothing usable; `why` says so."""

    why: str

    def __str__(self) -> str:
        return "?"


class Sheet(NamedTuple):
    """The rows of one sheet, the first being row 1, and its areas of merged cells: "B3:B6"."""

    title: str
    rows: list[list]
    merged: list[str]


class Spreadsheet(base_formats.Format):
    """Reads an uploaded .xlsx or CSV in a child process that may use little memory and time."""

    def __init__(self, encoding=None) -> None:
        pass

    def get_title(self):
        return gettext_lazy("Excel (.xlsx) or CSV")

    def can_import(self) -> bool:
        return True

    def create_dataset(self, in_stream) -> tablib.Dataset:
        """A table still without rows, the `sheets` of the file, in which the resource finds its headings, and its
        `sha256`."""
        if in_stream is None:
            raise Unreadable(_("The upload is no longer here. Choose the file again."))
        content = in_stream if isinstance(in_stream, bytes) else in_stream.encode()
        dataset = tablib.Dataset()
        dataset.sheets, dataset.sha256 = parse(content), hashlib.sha256(content).hexdigest()
        return dataset


def parse(content: bytes) -> list[Sheet]:
    """The sheets of a spreadsheet. Their cells: None, str, bool, Decimal, Percent, date or Flaw. Raises Unreadable."""
    if len(content) > MAX_BYTES:
        raise Unreadable(_faults()["size"])
    try:
        sheets = confined.read("files.spreadsheet", content)
    except confined.Unreadable as fault:
        raise Unreadable(_faults()[str(fault)]) from None
    except OSError:  # the system's, not the file's
        raise Unreadable(recognise.why_unread()) from None
    return [
        Sheet(sheet["title"], [[_cell(cell) for cell in row] for row in sheet["rows"]], sheet["merged"])
        for sheet in sheets
    ]


def _faults() -> dict[str, str]:
    limits = {
        "rows": f"{spreadsheet.MAX_ROWS:,}",
        "columns": spreadsheet.MAX_COLUMNS,
        "text": f"{spreadsheet.MAX_TEXT:,}",
        "sheets": spreadsheet.MAX_SHEETS,
        "megabytes": MAX_BYTES // 2**20,
    }
    return {
        "old": _("This is an old .xls file or one with a password. Save it without a password as .xlsx or CSV."),
        "empty": _("The file is empty."),
        "kind": _("This is neither an .xlsx file nor CSV."),
        "pdf": _(
            "This is a PDF, whatever its name says: no figures can be read from it. "
            "Send the Excel or CSV file that it was made from."
        ),
        "damaged": _("The file is damaged and can't be opened."),
        "encoding": _("The letters can't be read. Save the CSV as “CSV UTF-8”, or use .xlsx."),
        "size": _(
            "Opening this file takes too much memory or time. Keep only the sheet with the figures; "
            "%(megabytes)s MB at most."
        )
        % limits,
        "rows": _("There are more than %(rows)s rows.") % limits,
        "columns": _("There are more than %(columns)s columns.") % limits,
        "sheets": _("There are more than %(sheets)s sheets. Keep only the one with the figures.") % limits,
        "text": _("A cell holds more than %(text)s characters.") % limits,
    }


def _cell(cell):
    if not isinstance(cell, dict):
        return cell
    ((kind, content),) = cell.items()
    if kind == "number":
        return Decimal(content)
    if kind == "percent":
        return Percent(Decimal(content))
    if kind == "date":
        return date.fromisoformat(content)
    return Flaw(
        {
            "formula": _("The formula has no result. Put the number itself here."),
            "error": _("The formula's result is an error."),
            "time": _("A day is needed, without a time."),
        }[content]
    )


class XLSX(base_formats.XLSX):
    """Numbers are numbers, texts are texts, even those that look like a formula."""

    def export_data(self, dataset: tablib.Dataset, **kwargs) -> bytes:
        return self.write_book([dataset])

    def write_book(self, datasets: Iterable[tablib.Dataset]) -> bytes:
        """A sheet for each, under its title where it has one."""
        book = openpyxl.Workbook()
        book.remove(book.active)
        for dataset in datasets:
            self.fill(book.create_sheet(dataset.title or "Sheet"), dataset)
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()

    @staticmethod
    def fill(sheet, dataset: tablib.Dataset) -> None:
        headings = dataset.headers or []
        writing.lay_out(sheet, headings)
        for column, heading in enumerate(headings, 1):
            writing.fill_heading(sheet.cell(1, column), heading)
        for row, cells in enumerate(dataset, 2):
            for column, value in enumerate(cells, 1):
                writing.fill(sheet.cell(row, column), value)


class CSV(base_formats.CSV):
    """With the mark by which Excel knows UTF-8; a text that looks like a formula gets an apostrophe before it."""

    def is_binary(self) -> bool:
        return True

    def export_data(self, dataset: tablib.Dataset, **kwargs) -> bytes:
        return "".join(writing.write_csv(dataset.headers or [], dataset)).encode()


IMPORT_FORMATS = [Spreadsheet]
EXPORT_FORMATS = [XLSX, CSV]
# The formats to which import-export hands numbers and days as they are.
base_formats.BINARY_FORMATS.append(XLSX)
