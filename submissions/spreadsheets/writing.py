"""Writes tables of any length row by row: Excel through a file on disk, CSV as it is sent. No cell computes."""

import csv
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import Cell as OneCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter

from submissions.documents.printable import printable
from submissions.files.spreadsheet import RISKY
from submissions.thai import ERA

Cell = str | int | Decimal | date | datetime | None
Row = list[Cell]
Column = tuple[Any, Callable[[Any], Cell]]  # its heading, and a row's cell
AT_ONCE = 64 * 1024  # characters of CSV sent together
NARROW, WIDE = 12, 24  # letters


def moment(at: datetime) -> str:
    """A time as it sorts, with its Buddhist year: 2566-07-10 16:20:05."""
    local = timezone.localtime(at)
    return f"{local.year + ERA}-{local:%m-%d %H:%M:%S}"


def write_xlsx(headings: list[str], rows: Iterable[Row]) -> IO[bytes]:
    """A file on disk, open at its beginning, that is gone when it is closed. Rows are not held in memory.

    They are collected on the disk of the files: where temporary files lie otherwise is memory in a container.
    """
    folder = settings.FILE_UPLOAD_TEMP_DIR
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    with NamedTemporaryFile(dir=folder, suffix=".upload.xml") as collected:  # by which `vault.sweep` knows its kind
        sheet._writer = _OnDisk(sheet, collected.name)
        lay_out(sheet, headings)
        sheet._writer.write_top()
        with closing(sheet):
            sheet.append([_heading(sheet, heading) for heading in headings])
            for row in rows:
                sheet.append([_cell(sheet, value) for value in row])
        file = TemporaryFile(dir=folder)  # noqa: SIM115  whoever sends it closes it
        book.save(file)
    file.seek(0)
    return file


class _OnDisk(WorksheetWriter):
    """Collects a sheet's rows in a file that whoever made it removes, also when a row can't be read."""

    def cleanup(self) -> None:
        pass


def lay_out(sheet, headings: list) -> None:
    """As wide as the headings ask for; they stay in sight."""
    sheet.freeze_panes = "A2"
    for number, heading in enumerate(headings, 1):
        sheet.column_dimensions[get_column_letter(number)].width = NARROW if len(str(heading)) < NARROW else WIDE


def fill(cell: OneCell, value: Cell) -> None:
    """Numbers are numbers, days are days, times are written; the rest is text, however like a formula it looks."""
    if isinstance(value, int | Decimal | date | None) and not isinstance(value, datetime):
        cell.value = value
        return
    text = _text(value)
    cell.value = printable(text, instead="\N{REPLACEMENT CHARACTER}")
    cell.data_type = "s"
    if text.startswith(RISKY):
        cell.quotePrefix = True


def fill_heading(cell: OneCell, text: str) -> None:
    fill(cell, text)
    cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")


def _heading(sheet, text: str) -> OneCell:
    cell = WriteOnlyCell(sheet)
    fill_heading(cell, text)
    return cell


def _cell(sheet, value: Cell) -> OneCell | None:
    if value is None:
        return None
    cell = WriteOnlyCell(sheet)
    fill(cell, value)
    return cell


def write_csv(headings: list[str], rows: Iterable[Row]) -> Iterator[str]:
    """Piece by piece, with the mark by which Excel knows UTF-8; a risky text has an apostrophe before it."""
    pieces = _Pieces()
    writer = csv.writer(pieces)
    yield "\ufeff"
    lines: Iterable[Iterable[Cell]] = chain([headings], rows)
    for row in lines:
        writer.writerow([_escaped(cell) for cell in row])
        if pieces.length > AT_ONCE:
            yield pieces.take()
    yield pieces.take()


def _escaped(value: Cell) -> str:
    text = _text(value)
    return f"'{text}" if text.startswith(RISKY) and not isinstance(value, int | Decimal) else text


def _text(value: Cell) -> str:
    if isinstance(value, datetime):
        return moment(value)
    return "" if value is None else str(value)


class _Pieces:
    """What was written since the last piece was taken."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.length = 0

    def write(self, text: str) -> None:
        self.texts.append(text)
        self.length += len(text)

    def take(self) -> str:
        piece, self.texts, self.length = "".join(self.texts), [], 0
        return piece
