"""Spreadsheets that are dangerous or broken, and what is written into those that go out."""

import csv
import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest
import tablib

from submissions.files import confined
from submissions.spreadsheets import formats
from submissions.spreadsheets.figures import FiguresResource
from submissions.spreadsheets.formats import CSV, XLSX
from submissions.spreadsheets.imports import plain
from tests import factories as make

from .making import amounts, bring, faults, sheets, text, xlsx

pytestmark = pytest.mark.django_db


# Files that are dangerous or broken


def bloated(content: bytes) -> bytes:
    """A workbook of half a megabyte whose one cell unpacks to 600 MB."""
    source = zipfile.ZipFile(io.BytesIO(content))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in source.namelist():
            if name != "xl/worksheets/sheet1.xml":
                packed.writestr(name, source.read(name))
        with packed.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>')
            part.write(b'<row><c t="inlineStr"><is><t>')
            for _ in range(600):
                part.write(b"a" * 2**20)
            part.write(b"</t></is></c></row></sheetData></worksheet>")
    return out.getvalue()


UNREADABLE = {
    "nothing": (b"", "empty"),
    "blank cells": (xlsx([None]), "empty"),
    "a program": (b"MZ\x90\x00\x03", "neither"),
    "a picture": (make.file_bytes("png"), "neither"),
    "a Word file": (make.file_bytes("docx"), "neither"),
    "a PDF whose name says otherwise": (make.file_bytes("pdf"), "This is a PDF"),
    "too many sheets": (sheets(**{f"s{n}": [["code"]] for n in range(21)}), "20 sheets"),
    "old Excel": (b"\xd0\xcf\x11\xe0" + bytes(500), "old .xls"),
    "cut short": (xlsx(["code"])[:-40], "damaged"),
    "only the beginning of an archive": (b"PK\x03\x04" + bytes(100), "damaged"),
    "letters of no kind": (b"code\n\xdb\xdc\xfd\n", "can't be read"),
    "null characters": (b"code\0\n", "neither"),
    "more than five megabytes": (b"code\n" + b"x" * formats.MAX_BYTES, "too much"),
    "a cell of 600 MB": (lambda: bloated(xlsx(["code"])), "too much"),  # takes seconds: when the test runs
    "too many columns": (xlsx(list(range(501))), "500 columns"),
    "too many rows": (text(["code"], *[["TH-81"]] * 10_001), "10,000 rows"),
    "a long cell": (text(["code", "x" * 2001]), "2,000 characters"),
    "a very long cell": (text(["code", "x" * 200_000]), "2,000 characters"),
    "an open quotation mark": (b'"code\n' * 3000, "damaged"),
}


@pytest.mark.parametrize(("content", "said"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_file_that_is_no_sheet_is_refused_with_the_reason(content, said):
    with pytest.raises(formats.Unreadable) as unreadable:
        formats.Spreadsheet().create_dataset(content() if callable(content) else content)
    assert said in str(unreadable.value)


def test_a_sheet_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(confined, "PATIENCE", 0.001)
    with pytest.raises(formats.Unreadable, match="too much memory or time"):
        formats.Spreadsheet().create_dataset(xlsx(["code"]))


def test_an_upload_that_was_forgotten_meanwhile_is_asked_for_again():
    with pytest.raises(formats.Unreadable, match="Choose the file again"):
        formats.Spreadsheet().create_dataset(None)


def test_a_formula_counts_as_the_result_saved_with_it_and_without_one_is_refused(round, staff):
    content = xlsx(["code", "2.1.1.collected"], ["TH-81", "=1+1"])
    source = zipfile.ZipFile(io.BytesIO(content))
    computed = io.BytesIO()
    with zipfile.ZipFile(computed, "w") as packed:
        for name in source.namelist():
            packed.writestr(name, source.read(name).replace(b"<v />", b"<v>2</v>").replace(b"<v></v>", b"<v>2</v>"))
    assert faults(bring(FiguresResource(round=round, user=staff), computed.getvalue())) == ""
    assert amounts() == {("TH-81", "2.1.1.collected", ""): "2"}
    assert "no result" in faults(bring(FiguresResource(round=round, user=staff), content))


# Out


RISKY = ["=1+1", "+66 2", "-5 baht", "@cmd", "\tx", "\rx", "=HYPERLINK(\"http://x\")"]  # fmt: skip


def sheet_of(*cells) -> tablib.Dataset:
    return tablib.Dataset([*cells], headers=["a"] * len(cells))


def test_a_formula_in_a_cell_stays_text_and_a_number_a_number():
    book = openpyxl.load_workbook(io.BytesIO(XLSX().export_data(sheet_of(*RISKY, Decimal("-5.25"), -5, "ก"))))
    cells = next(book.active.iter_rows(min_row=2))
    assert all(cell.data_type == "s" for cell in cells[: len(RISKY)])
    assert [cell.value for cell in cells[:4]] == RISKY[:4]
    assert [(cell.data_type, cell.value) for cell in cells[len(RISKY) : -1]] == [("n", -5.25), ("n", -5)]
    lines = CSV().export_data(sheet_of(*RISKY[:4], Decimal("-5.25"), "ก"))
    assert lines.startswith(b"\xef\xbb\xbf")
    (_, row) = csv.reader(io.StringIO(lines.decode("utf-8-sig")))
    assert row == ["'=1+1", "'+66 2", "'-5 baht", "'@cmd", "-5.25", "ก"]


def test_a_text_that_looks_like_a_formula_comes_back_as_it_went_out():
    for writer in (XLSX, CSV):
        (read,) = formats.Spreadsheet().create_dataset(writer().export_data(sheet_of(*RISKY[:4]))).sheets
        assert read.rows[1] == RISKY[:4]


def test_letters_that_no_spreadsheet_takes_are_replaced():
    book = openpyxl.load_workbook(io.BytesIO(XLSX().export_data(sheet_of("a\x07b"))))
    assert book.active["A2"].value == "a\N{REPLACEMENT CHARACTER}b"


def test_a_cell_with_characters_that_cannot_be_seen_is_refused():
    with pytest.raises(ValueError, match="be seen"):
        plain("กระบี่\x07")
    assert plain(" กระบี่\n") == "กระบี่"
