"""Spreadsheets as people make them, read in, and what is said against them."""

import csv
import io

import openpyxl

from submissions.models import Value
from submissions.spreadsheets import formats
from submissions.spreadsheets.figures import FiguresResource


def xlsx(*rows, **shapes) -> bytes:
    """A workbook of these rows; `shapes` are number formats by cell."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell, shape in shapes.items():
        book.active[cell].number_format = shape
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheets(**rows) -> bytes:
    """A workbook of sheets by their names."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, cells in rows.items():
        sheet = book.create_sheet(name)
        for row in cells:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def merged(areas: str, *rows) -> bytes:
    """A workbook of these rows with areas of merged cells, of each of which only the first keeps what it holds."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for area in areas.split():
        book.active.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text(*rows, encoding="utf-8", divider=",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=divider).writerows(rows)
    return out.getvalue().encode(encoding)


def bring(resource, content: bytes, dry_run=False):
    return resource.import_data(formats.Spreadsheet().create_dataset(content), dry_run=dry_run)


def figures(round, staff, *rows, dry_run=False, make_file=xlsx):
    return bring(FiguresResource(round=round, user=staff), make_file(*rows), dry_run)


def faults(result) -> str:
    """All that is wrong, as people read it."""
    wrong = [str(error.error) for error in result.base_errors]
    assert not result.row_errors(), [errors[0].error for _, errors in result.row_errors()]
    for row in result.invalid_rows:
        wrong += [f"{where}: {reason}" for where, reasons in row.error_dict.items() for reason in reasons]
    return "\n".join(wrong)


def amounts() -> dict:
    return {(v.entry.office.code, v.code, v.period): v.text for v in Value.objects.select_related("entry__office")}
