"""Reads an uploaded spreadsheet, an .xlsx or CSV file, into the rows of cells of its sheets; run by `confined`.

A sheet is an object of `title` (a CSV file's is empty), `rows` and `merged`, the areas of merged cells: "B3:B6". A
cell is null, a text, true or false, or an object with one key: `number` (its digits), `percent` (the digits shown
before the sign), `date` (ISO), or `fault` (`formula`: no result was saved with it; `error`: #DIV/0! and the like;
`time`: a moment, not a day).
"""

import csv
import io
import re
import zipfile
from collections import Counter
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import BinaryIO

from .confined import Unreadable

MAX_ROWS = 10_000
MAX_COLUMNS = 500
MAX_TEXT = 2_000  # characters in a cell
MAX_SHEETS = 20
FIRST_LINES = 20  # of a CSV file, by which it is seen what divides its cells
ZIP, OLD_EXCEL, PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-"
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
# A text that begins so gets an apostrophe when written (`resources.escape`), and loses it when read.
RISKY = ("=", "+", "-", "@", "\t", "\r")


def read(file: BinaryIO) -> list[dict]:
    content = file.read()
    if content.startswith(OLD_EXCEL):
        raise Unreadable("old")
    if content.startswith(PDF):
        raise Unreadable("pdf")
    sheets = read_workbook(content) if content.startswith(ZIP) else [sheet("", read_text(content))]
    if not any(found["rows"] for found in sheets):
        raise Unreadable("empty")
    return sheets


def sheet(title: str, rows: list[list], merged: list[str] | None = None) -> dict:
    return {"title": title, "rows": rows, "merged": merged or []}


def read_workbook(content: bytes) -> list[dict]:
    """All its sheets. A formula counts as the result that was saved with it."""
    import openpyxl

    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        if not any(name.startswith("xl/") for name in archive.namelist()):
            raise Unreadable("kind")
        written = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        shown = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        if len(shown.worksheets) > MAX_SHEETS:
            raise Unreadable("sheets")
        return [
            sheet(b.title, workbook_rows(a, b), merged(archive.read(b._worksheet_path)))
            for a, b in zip(written.worksheets, shown.worksheets, strict=True)
        ]
    except (zipfile.BadZipFile, KeyError, IndexError, ValueError, TypeError, AttributeError, OSError, SyntaxError):
        raise Unreadable("damaged") from None


def workbook_rows(written, shown) -> list[list]:
    pairs = zip(written.iter_rows(), shown.iter_rows(), strict=True)
    return bounded([workbook_cell(a, b) for a, b in zip(*pair, strict=True)] for pair in pairs)


def merged(xml: bytes) -> list[str]:
    """The areas of merged cells; openpyxl does not tell them while it reads row by row."""
    return [area.decode() for area in _MERGED.findall(xml)]


def workbook_cell(written, shown):
    value = shown.value
    if value is None:
        return {"fault": "formula"} if written.data_type == "f" else None
    if shown.data_type == "e":
        return {"fault": "error"}
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float | Decimal):
        return number(value, shown.number_format or "")
    if isinstance(value, datetime):
        return {"date": value.date().isoformat()} if value.time() == time() else {"fault": "time"}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, time | timedelta):
        return {"fault": "time"}
    return text(str(value))


def number(value, shape: str) -> dict:
    # Excel itself knows 15 digits; what lies beyond is the dust of binary arithmetic.
    digits = Decimal(format(value, ".15g"))
    if not digits.is_finite():
        return {"fault": "error"}
    if "%" in shape:
        return {"percent": f"{digits * 100:f}"}
    return {"number": f"{digits:f}"}


def read_text(content: bytes) -> list[list]:
    plain = decode(content)
    csv.field_size_limit(max(len(plain), 1))  # a cell that is too long is told as that, not as damage
    try:
        return bounded(
            [text(cell) for cell in row] for row in csv.reader(io.StringIO(plain, newline=""), separator(plain))
        )
    except csv.Error:
        raise Unreadable("damaged") from None


def decode(content: bytes) -> str:
    """UTF-8 with or without its mark, Excel's "Unicode text" (UTF-16), or Thai Windows."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in content and not marked:
        raise Unreadable("kind")
    encodings = ["utf-16"] if marked else ["utf-8-sig", "cp874"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("encoding")


def separator(plain: str) -> type[csv.Dialect]:
    """What divides the cells: tab, semicolon or comma, whichever cuts the most of the first lines alike.

    A title may stand above the headings, and commas in titles, texts and numbers.
    """
    lines = plain.split("\n", FIRST_LINES)[:FIRST_LINES]

    def alike(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if len(row) > 1)
        return max(((count, width) for width, count in widths.items()), default=(0, 0))

    class Divided(csv.excel):
        delimiter = max("\t;,", key=alike)
        strict = True

    return Divided


def text(plain: str):
    if len(plain) > MAX_TEXT:
        raise Unreadable("text")
    if plain[:1] == "'" and plain[1:2] in RISKY:
        plain = plain[1:]
    return plain if plain.strip() else None


def bounded(rows) -> list[list]:
    """The rows up to their last cell that holds something. Blank rows keep their place, and so rows their number."""
    kept: list[list] = []
    for count, row in enumerate(rows):
        while row and row[-1] is None:
            row.pop()
        if len(row) > MAX_COLUMNS:
            raise Unreadable("columns")
        if row:
            if count >= MAX_ROWS:
                raise Unreadable("rows")
            kept.extend([] for _ in range(count - len(kept)))
            kept.append(row)
    return kept
