"""A workbook as an office makes one: to read, to filter, to print on A4. Days are days, shown in the Buddhist era."""

import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell as OneCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from . import writing

TYPEFACE, SIZE = "TH SarabunPSK", 14
DAY = "[$-107041E]d mmm yyyy"  # 107: Latin digits, Buddhist era; 041E: Thai
INK, LINK, HEAD, LINE = "FF16181D", "FF0B5A6B", "FFE3EEF0", "FFB9C2C6"
LONGEST = 2000  # letters of an address; a file with a longer one is told to be damaged
_OF_ADDRESSES = re.compile(r'[%#?"<>|{}\\^` ]')


class Link(NamedTuple):
    """A text that leads to a file beside the workbook, or to an address; "" to nothing."""

    text: str
    target: str


Cell = str | int | Decimal | date | datetime | Link | None


@dataclass(frozen=True)
class Column:
    """`width` in digits of the typeface. What is not printed stands right of all that is."""

    heading: str
    cell: Callable[[Any], Cell]
    width: int
    is_printed: bool = True


@dataclass(frozen=True)
class Leaf:
    """One sheet of the workbook."""

    title: str
    columns: list[Column]
    rows: Iterable[Any]
    columns_in_sight: int = 0  # that stay where they are beside the headings


def write(title: str, leaves: Iterable[Leaf]) -> bytes:
    """The workbook; `title` heads its printed pages."""
    book = Workbook()
    book.remove(book.active)
    book._fonts[0] = Font(name=TYPEFACE, size=SIZE, color=INK)  # of whatever says nothing else: widths hang on it
    for leaf in leaves:
        _fill(book.create_sheet(leaf.title), title, leaf)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def beside(path: str) -> str:
    """A path from the workbook as a link takes it: Thai stays as it is, which Excel finds in every language."""
    return _OF_ADDRESSES.sub(lambda found: f"%{ord(found[0]):02X}", path)


def _fill(sheet: Worksheet, title: str, leaf: Leaf) -> None:
    for number, column in enumerate(leaf.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
        head = sheet.cell(1, number)
        writing.fill(head, column.heading)
        head.font = Font(name=TYPEFACE, size=SIZE, bold=True, color=INK)
        head.fill = PatternFill("solid", start_color=HEAD)
        head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        head.border = _border()
    last = 1
    for last, row in enumerate(leaf.rows, 2):
        for number, column in enumerate(leaf.columns, 1):
            _put(sheet.cell(last, number), column.cell(row))
    _set_up(sheet, title, leaf.columns, last)
    sheet.freeze_panes = f"{get_column_letter(leaf.columns_in_sight + 1)}2"


def _border() -> Border:
    side = Side(style="thin", color=LINE)
    return Border(left=side, right=side, top=side, bottom=side)


def _put(cell: OneCell, value: Cell) -> None:
    cell.font = Font(name=TYPEFACE, size=SIZE, color=INK)
    cell.border = _border()
    cell.alignment = Alignment(vertical="top", wrap_text=True, horizontal="left")
    if isinstance(value, datetime):
        cell.value = timezone.localtime(value).replace(tzinfo=None, microsecond=0)
        cell.number_format = f"{DAY} hh:mm"
    elif isinstance(value, date):
        cell.value, cell.number_format = value, DAY
    elif isinstance(value, Link):
        writing.fill(cell, value.text)
        if 0 < len(value.target) <= LONGEST:
            cell.hyperlink = value.target
            cell.font = Font(name=TYPEFACE, size=SIZE, color=LINK, underline="single")
    else:
        writing.fill(cell, value)
        if isinstance(value, int | Decimal):
            cell.alignment = Alignment(vertical="top", wrap_text=True, horizontal="right")
            cell.number_format = "#,##0" if value == round(value) else "#,##0.00"


def _set_up(sheet: Worksheet, title: str, columns: list[Column], last: int) -> None:
    """Headings on every page, filters, A4 across, as wide as the page, numbered."""
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"
    printed = sum(column.is_printed for column in columns)
    sheet.print_area = f"A1:{get_column_letter(printed)}{last}"
    sheet.print_title_rows = "1:1"
    page = sheet.page_setup
    page.paperSize, page.orientation, page.fitToWidth, page.fitToHeight = sheet.PAPERSIZE_A4, "landscape", 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.75, 0.6
    font = f'&"{TYPEFACE},Bold"&16'
    sheet.oddHeader.center.text = f"{font}{title.replace('&', '&&')}"
    sheet.oddFooter.left.text = sheet.title
    sheet.oddFooter.right.text = _("Page %(number)s of %(all)s") % {"number": "&P", "all": "&N"}
