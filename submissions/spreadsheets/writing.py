"""Writes tables of any length row by row: Excel through a file on disk, CSV as it is sent. No cell computes."""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import IO

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from submissions.formats import is_risky
from submissions.thai import ERA

Cell = str | int | Decimal | datetime | None
Row = list[Cell]
AT_ONCE = 64 * 1024  # characters of CSV sent together
NARROW, WIDE = 12, 28  # letters


def moment(at: datetime) -> str:
    """A time as it sorts, with its Buddhist year: 2566-07-10 16:20:05."""
    local = timezone.localtime(at)
    return f"{local.year + ERA}-{local:%m-%d %H:%M:%S}"


def write_xlsx(headings: list[str], rows: Iterable[Row]) -> IO[bytes]:
    """A file on disk, open at its beginning, that is gone when it is closed. Rows are not held in memory."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for number, heading in enumerate(headings, 1):
        sheet.column_dimensions[get_column_letter(number)].width = NARROW if len(heading) < NARROW else WIDE
    sheet.append([_heading(sheet, heading) for heading in headings])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115  whoever sends it closes it
    book.save(file)
    file.seek(0)
    return file


def _heading(sheet, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, text)
    cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    return cell


def _cell(sheet, value: Cell):
    """Numbers are numbers; a text that looks like a formula is a text."""
    if value is None or isinstance(value, int | Decimal):
        return value
    cell = WriteOnlyCell(sheet)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", _text(value))
    if is_risky(cell.value):
        cell.data_type, cell.quotePrefix = "s", True
    return cell


def write_csv(headings: list[str], rows: Iterable[Row]) -> Iterator[str]:
    """Piece by piece, with the mark by which Excel knows UTF-8; a risky text has an apostrophe before it."""
    pieces = _Pieces()
    writer = csv.writer(pieces)
    yield "\ufeff"
    for row in chain([headings], rows):
        writer.writerow([f"'{cell}" if is_risky(cell) else cell for cell in map(_text, row)])
        if pieces.length > AT_ONCE:
            yield pieces.take()
    yield pieces.take()


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
