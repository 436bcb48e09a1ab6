"""Spreadsheets in and out: whole or not at all, each fault by its cell, nothing guessed."""

import csv
import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
import tablib
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from submissions import confined, formats
from submissions.formats import CSV, XLSX
from submissions.imports import plain
from submissions.models import Event, Office, Round, User, Value
from submissions.resources import FiguresResource, OfficeResource, UserResource
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def staff():
    return make.make_user("staff")


@pytest.fixture
def round():
    """Three provinces."""
    round = make.make_round()
    for code, name in (("TH-81", "กระบี่"), ("TH-82", "พังงา"), ("TH-83", "ภูเก็ต")):
        make.make_entry(round, make.make_office(code, name_th=name))
    return round


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


# The official figures


def test_figures_come_in_through_intake(round, staff):
    result = figures(
        round, staff,
        ["code", "name", "2.1.1.collected", "2.1.1.confidence", "3.4.conference_held.2023-02"],
        ["TH-81", "กระบี่", 50210, 96.2, 2],
        ["TH-82", None, None, 91, 0],
    )  # fmt: skip
    assert faults(result) == ""
    assert amounts() == {
        ("TH-81", "2.1.1.collected", ""): "50210",
        ("TH-81", "2.1.1.confidence", ""): "96.2",
        ("TH-81", "3.4.conference_held", "2023-02"): "2",
        ("TH-82", "2.1.1.confidence", ""): "91",
        ("TH-82", "3.4.conference_held", "2023-02"): "0",
    }
    assert set(Value.objects.values_list("source", "entered_by")) == {("import", staff.pk)}
    assert Event.objects.filter(verb="value.entered", actor=staff).count() == 5


def test_entries_are_held_in_the_order_that_everybody_keeps_whatever_the_sheet_s(round, staff):
    """Rows in another order than a rescore's would leave the two waiting for each other."""
    rows = ["TH-82", 91], ["TH-81", 90]
    with CaptureQueriesContext(connection) as statements:
        figures(round, staff, ["code", "2.1.1.confidence"], *rows)
    asked = [one["sql"] for one in statements if 'FROM "submissions_entry"' in one["sql"]]
    assert f'WHERE "submissions_entry"."round_id" = {round.pk} ORDER BY 1 ASC' in asked[0]
    assert any('"submissions_entry"."id" = ' in sql for sql in asked[1:])


def test_the_template_has_every_office_every_column_and_what_is_known(round, staff):
    make.make_value(round.entries.get(office__code="TH-82"), "2.1.1.collected", "1234.5")
    sheet = openpyxl.load_workbook(io.BytesIO(XLSX().export_data(FiguresResource(round=round).export()))).active
    headings = [cell.value for cell in sheet[1]]
    central = [v for v in round.scheme.values.values() if v.by == "central"]
    wanted = [f"{v.code}.{p.code}" if p else v.code for v in central for p in v.periods or (None,)]
    assert [heading.rpartition("[")[2][:-1] for heading in headings] == ["code", "name", *wanted]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["TH-81", "TH-82", "TH-83"]
    assert sheet.cell(3, headings.index(next(h for h in headings if "2.1.1.collected" in h)) + 1).value == 1234.5


@pytest.mark.parametrize("writer", [XLSX, CSV])
@pytest.mark.parametrize("language", ["th", "en"])
def test_what_goes_out_comes_back_in_unchanged(round, staff, writer, language):
    entry = round.entries.get(office__code="TH-81")
    for code, amount in {
        "2.1.1.confidence": "96.25", "2.1.2.received_on": "2023-05-30", "4.1.extra_content": "true",
        "4.1.parts_complete": "false", "4.2.downloads": "2000",
    }.items():  # fmt: skip
        make.make_value(entry, code, amount)
    with translation.override(language):
        sent = writer().export_data(FiguresResource(round=round).export())
        result = bring(FiguresResource(round=round, user=staff), sent)
        assert faults(result) == ""
    assert (result.totals["skip"], result.totals["update"]) == (3, 0)
    assert not Event.objects.exists()


def test_a_dry_run_shows_the_differences_and_changes_nothing(round, staff):
    make.make_value(round.entries.get(office__code="TH-81"), "2.1.1.collected", "50000")
    result = figures(
        round, staff, ["code", "2.1.1.collected", "2.1.1.target"], ["TH-81", 50210, 50000], ["TH-82", None, None],
        dry_run=True,
    )  # fmt: skip
    (changed,) = result.rows
    shown = dict(zip((heading.code for heading in result.diff_headers), changed.diff, strict=True))
    assert shown["2.1.1.collected"] == "<del>50000</del> <ins>50210</ins>"  # whole, not the digits that differ
    assert shown["2.1.1.target"] == "<ins>50000</ins>"
    assert shown["code"] == "TH-81"
    assert (result.totals["update"], result.totals["skip"]) == (1, 1)
    assert amounts() == {("TH-81", "2.1.1.collected", ""): "50000"}
    assert not Event.objects.exists()


def test_one_fault_anywhere_and_nothing_is_taken(round, staff):
    result = figures(
        round, staff,
        ["code", "2.1.1.collected", "2.1.1.target"],
        ["TH-81", 50210, 50000],
        ["TH-82", 40000, -1],
        [None, None, None],
        ["TH-99", 1, 1],
        ["TH-81", 1, 1],
    )  # fmt: skip
    said = faults(result)
    assert "[2.1.1.target] (cell C3)" in said
    assert "[code] (cell A5): No office with the code “TH-99” takes part." in said
    assert "[code] (cell A6): The same is in row 2 already." in said
    assert not Value.objects.exists()


def test_faults_are_told_in_thai_to_thai_readers(round, staff):
    with translation.override("th"):
        said = faults(figures(round, staff, ["code", "2.1.1.target"], ["TH-81", "ห้าหมื่น"]))
    assert "C2" in said or "B2" in said
    assert any("ก" <= letter <= "๙" for letter in said.partition(": ")[2])


def test_a_row_whose_name_is_another_office_s_is_refused(round, staff):
    said = faults(figures(round, staff, ["code", "name", "2.1.1.collected"], ["TH-81", "พังงา", 1]))
    assert "[name] (cell B2): The code TH-81 is" in said


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        (["code", "2.1.1.colected"], "Cell B1: no column is called “2.1.1.colected”"),
        (["code", "3.4.news.2023-02"], "no column is called"),  # the offices enter it, not the centre
        (["2.1.1.collected"], "The column “code” is missing."),
        (["code", "code"], "Cell B1: “code” is there twice."),
        (["code", None, "2.1.1.target"], "Cell B1: the column has no heading."),
        (["code", "ผิด [2.1.1.target]", "x [2.1.1.target]"], "Cell C1: “2.1.1.target” is there twice."),
    ],
)
def test_headings_must_be_known_and_all_that_is_wrong_with_them_is_said(round, staff, headings, said):
    result = figures(round, staff, headings, ["TH-81", *[1] * (len(headings) - 1)])
    assert said in faults(result)
    assert not Value.objects.exists()


GOOD = [
    ("2.1.1.collected", "50,210", "50210"),
    ("2.1.1.collected", "๕๐,๒๑๐", "50210"),
    ("2.1.1.collected", " 50210 ", "50210"),
    ("2.1.1.collected", 50210.0, "50210"),
    ("2.1.1.confidence", "96.20", "96.2"),
    ("2.1.1.confidence", "๙๖.๒", "96.2"),
    ("2.1.1.confidence", 0.1 + 0.2, "0.3"),
    ("2.1.1.confidence", "96.2%", "96.2"),
    ("2.1.2.received_on", datetime(2023, 5, 30), "2023-05-30"),  # noqa: DTZ001  as Excel has it
    ("2.1.2.received_on", datetime(2566, 5, 30), "2023-05-30"),  # noqa: DTZ001  30/05/2566 typed into Excel
    ("2.1.2.received_on", "30/05/2566", "2023-05-30"),
    ("2.1.2.received_on", "๓๐ พฤษภาคม ๒๕๖๖", "2023-05-30"),
    ("2.1.2.received_on", "2023-05-30", "2023-05-30"),
    ("2.1.2.received_on", "29/02/2567", "2024-02-29"),
    ("4.1.extra_content", True, "true"),
    ("4.1.extra_content", "ใช่", "true"),
    ("4.1.extra_content", "No", "false"),
]


@pytest.mark.parametrize(("code", "cell", "kept"), GOOD)
def test_cells_are_taken_as_people_write_them(round, staff, code, cell, kept):
    result = figures(round, staff, ["code", code], ["TH-81", cell])
    assert faults(result) == ""
    assert amounts() == {("TH-81", code, ""): kept}


BAD = [
    ("2.1.1.collected", "50.210,5"),
    ("2.1.1.collected", "50,21"),
    ("2.1.1.collected", "5,0210"),
    ("2.1.1.collected", "50 210"),
    ("2.1.1.collected", "about 50210"),
    ("2.1.1.collected", "-1"),
    ("2.1.1.collected", -1),
    ("2.1.1.collected", "NaN"),
    ("2.1.1.collected", "1e5"),
    ("2.1.1.collected", True),
    ("2.1.1.collected", datetime(2023, 5, 30)),  # noqa: DTZ001
    ("2.1.1.collected", "96%"),
    ("2.1.2.received_on", "30/05/2023"),
    ("2.1.2.received_on", "05/30/2566"),
    ("2.1.2.received_on", "30/05/66"),
    ("2.1.2.received_on", "2566-05-30"),
    ("2.1.2.received_on", "31/02/2566"),
    ("2.1.2.received_on", datetime(2568, 2, 29)),  # noqa: DTZ001  there is no such day in 2025
    ("2.1.2.received_on", datetime(2023, 5, 30, 8)),  # noqa: DTZ001
    ("2.1.2.received_on", 45076),
    ("4.1.extra_content", "1"),
    ("4.1.extra_content", 1),
    ("4.1.extra_content", "maybe"),
    ("2.1.1.collected", "=1+1"),
]


@pytest.mark.parametrize(("code", "cell"), BAD)
def test_what_could_mean_two_things_is_refused(round, staff, code, cell):
    said = faults(figures(round, staff, ["code", code], ["TH-81", cell]))
    assert f"[{code}] (cell B2): " in said
    assert not Value.objects.exists()


def test_a_percentage_is_what_excel_shows(round, staff):
    content = xlsx(["code", "2.1.1.confidence"], ["TH-81", 0.962], B2="0.0%")
    assert faults(bring(FiguresResource(round=round, user=staff), content)) == ""
    assert amounts() == {("TH-81", "2.1.1.confidence", ""): "96.2"}
    content = xlsx(["code", "2.1.1.target"], ["TH-81", 0.962], B2="0.0%")
    assert "percent sign" in faults(bring(FiguresResource(round=round, user=staff), content))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "tis-620", "utf-16"])
@pytest.mark.parametrize("divider", [",", ";", "\t"])
def test_csv_comes_in_the_encodings_that_excel_writes(round, staff, encoding, divider):
    content = text(["รหัส [code]", "สำนักงาน [name]", "2.1.1.collected"], ["TH-81", "กระบี่", "50,210"],
                   encoding=encoding, divider=divider)  # fmt: skip
    assert faults(bring(FiguresResource(round=round, user=staff), content)) == ""
    assert amounts() == {("TH-81", "2.1.1.collected", ""): "50210"}


def test_a_closed_round_takes_no_figures(round, staff):
    Round.objects.update(is_closed=True)
    round.refresh_from_db()
    assert "closed" in faults(figures(round, staff, ["code", "2.1.1.collected"], ["TH-81", 1]))
    assert not Value.objects.exists()


def test_a_resource_without_a_round_has_no_figures():
    assert [field.column_name for field in FiguresResource().get_import_fields()] == ["code", "name"]


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
    "a Word file": (make.file_bytes("docx"), "damaged"),
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
    "a cell beyond the headings": (xlsx(["code"], ["TH-81", None, 5]), "Cell C2 lies in a column without a heading"),
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
        read = formats.Spreadsheet().create_dataset(writer().export_data(sheet_of(*RISKY[:4])))
        assert list(read[0]) == RISKY[:4]


def test_letters_that_no_spreadsheet_takes_are_replaced():
    book = openpyxl.load_workbook(io.BytesIO(XLSX().export_data(sheet_of("a\x07b"))))
    assert book.active["A2"].value == "a\N{REPLACEMENT CHARACTER}b"


# People and offices


HEAD = ["username", "full_name", "email", "role", "office", "is_active"]


def people(staff, *rows, dry_run=False):
    return bring(UserResource(user=staff), xlsx(HEAD, *rows), dry_run)


def test_people_come_in_without_a_password(staff):
    make.make_office("TH-81")
    assert faults(people(staff, ["krabi", "สมชาย ใจดี", "k@example.org", "officer", "TH-81", "yes"])) == ""
    person = User.objects.get(username="krabi")
    assert (person.role, person.office.code, person.is_active) == ("officer", "TH-81", True)
    assert not person.has_usable_password()
    assert not person.is_superuser


def test_a_person_who_is_there_keeps_their_password(staff):
    person = make.make_user("officer", "krabi")
    assert faults(people(staff, ["krabi", "ชื่อใหม่", "", "officer", "TH-81", True])) == ""
    person.refresh_from_db()
    assert person.full_name == "ชื่อใหม่"
    assert person.check_password(make.PASSWORD)


@pytest.mark.parametrize(("language", "answer"), [("th", "ใช่"), ("en", "Yes")])
def test_people_go_out_and_come_back_in_unchanged_in_the_language_of_the_reader(staff, language, answer):
    make.make_user("judge", "gone", is_active=False)
    with translation.override(language):
        dataset = UserResource().export(User.objects.exclude(pk=staff.pk))
        result = bring(UserResource(user=make.make_user("admin")), XLSX().export_data(dataset))
        dataset_of_one = UserResource().export(User.objects.filter(pk=staff.pk))
    assert faults(result) == ""
    assert result.is_idle
    assert dataset_of_one[0][-1] == answer


def test_no_password_leaves(staff):
    sent = CSV().export_data(UserResource().export()).decode()
    assert "password" not in sent.lower()
    assert staff.password not in sent


@pytest.mark.parametrize(
    ("row", "where", "said"),
    [
        (["a", "", "", "boss", "TH-81", "yes"], "[role] (cell D2)", "Allowed: officer, judge, staff"),
        (["a", "", "", "officer", "", "yes"], "[office] (cell E2)", "An officer needs an office."),
        (["a", "", "", "officer", "TH-00", "yes"], "[office] (cell E2)", "no office with the code “TH-00”"),
        (["a", "", "no mail", "judge", "", "yes"], "[email] (cell C2)", ""),
        (["a b", "", "", "judge", "", "yes"], "[username] (cell A2)", ""),
        (["", "x", "", "judge", "", "yes"], "[username] (cell A2)", ""),
        (["a", "", "", "judge", "", "perhaps"], "[is_active] (cell F2)", "yes or no"),
    ],
)
def test_each_fault_of_a_person_is_named_by_its_cell(staff, row, where, said):
    make.make_office("TH-81")
    before = User.objects.count()
    found = faults(people(staff, row, ["fine", "", "", "judge", "", "yes"]))
    assert where in found
    assert said in found
    assert User.objects.count() == before


def test_staff_do_not_change_a_system_administrator_nor_themselves(staff):
    root = make.make_user("admin", "root")
    said = faults(people(staff, ["root", "x", "", "staff", "", "yes"]))
    assert "[username] (cell A2)" in said
    assert "own account" in faults(people(root, ["root", "x", "", "staff", "", "yes"]))
    assert User.objects.get(username="root").full_name == ""


def test_a_column_that_would_raise_somebody_is_not_known(staff):
    for name in ("password", "is_superuser", "is_staff", "user_permissions"):
        said = faults(bring(UserResource(user=staff), xlsx([*HEAD, name], ["a", "", "", "judge", "", "yes", "1"])))
        assert f"“{name}”" in said
    assert not User.objects.filter(username="a").exists()


def test_offices_come_in_as_a_tree(staff):
    result = bring(
        OfficeResource(user=staff),
        xlsx(
            ["code", "kind", "name_th", "name_en", "parent", "size"],
            ["R06", "region", "เขต 6", "Region 6", None, None],
            ["TH-81", "province", "กระบี่", "Krabi", "R06", "small"],
            [8101, "district", "เมืองกระบี่", "", "TH-81", ""],
        ),
    )
    assert faults(result) == ""
    district = Office.objects.get(code="8101")
    assert (district.parent.code, district.parent.parent.code, district.sort_key[:2]) == ("TH-81", "R06", "มเ")
    again = bring(OfficeResource(user=staff), CSV().export_data(OfficeResource().export()))
    assert faults(again) == ""
    assert again.totals["skip"] == 3


def test_an_office_with_faults_is_refused(staff):
    said = faults(
        bring(OfficeResource(user=staff), xlsx(["code", "kind", "name_th", "size"], ["X", "planet", "", "huge"]))
    )
    assert "[kind] (cell B2)" in said
    assert "[size] (cell D2)" in said
    assert "[name_th] (cell C2)" in said
    assert not Office.objects.exists()


def test_an_office_lies_in_no_smaller_one(staff):
    make.make_office("TH-81")
    circle = xlsx(["code", "kind", "name_th", "parent"], ["TH-81", "province", "กระบี่", "TH-81"])
    assert "[parent] (cell D2)" in faults(bring(OfficeResource(user=staff), circle))


@pytest.mark.parametrize("resource", [OfficeResource, UserResource, FiguresResource])
def test_what_a_row_is_about_is_told_with_its_cell_when_it_can_t_be_read_or_comes_twice(resource, round, staff):
    key = "username" if resource is UserResource else "code"
    more = {"round": round} if resource is FiguresResource else {}
    unread = resource(user=staff, **more).import_data(tablib.Dataset([formats.Flaw("a formula")], headers=[key]))
    assert f"[{key}] (cell A2)" in faults(unread)
    twice = resource(user=staff, **more).import_data(tablib.Dataset(["TH-81"], ["TH-81"], headers=[key]))
    assert f"[{key}] (cell A3): The same is in row 2 already." in faults(twice)


def test_a_number_has_no_more_digits_than_can_be_kept(round, staff):
    said = faults(figures(round, staff, ["code", "2.1.1.collected"], ["TH-81", "1" * 61], dry_run=True))
    assert "[2.1.1.collected] (cell B2): Write the number with 60 digits at most." in said


def test_dates_need_no_year_of_the_common_era_anywhere(round):
    make.make_value(round.entries.get(office__code="TH-81"), "2.1.2.received_on", date(2023, 5, 30).isoformat())
    assert "30/05/2566" in CSV().export_data(FiguresResource(round=round).export()).decode("utf-8-sig")


def test_what_is_not_there_is_no_word(round, staff):
    right = figures(round, staff, ["code", "2.1.1.collected"], ["TH-81", 50210], dry_run=True)
    wrong = figures(round, staff, ["code", "2.1.1.collected", "2.1.1.target"], ["TH-81", -1, None], dry_run=True)
    assert "None" not in "".join(right.rows[0].diff)
    assert wrong.invalid_rows[0].values[:4] == ("TH-81", "---", -1, "")


def test_the_pages_list_the_columns_by_their_headings(round, staff):
    with translation.override("th"):
        columns = [field.column_name for field in FiguresResource(round=round, user=staff).get_user_visible_fields()]
    assert columns[0] == "รหัส [code]"
    assert "ครัวเรือนที่จัดเก็บข้อมูล จปฐ. (ครัวเรือน) [2.1.1.collected]" in columns


def test_a_cell_with_characters_that_cannot_be_seen_is_refused():
    with pytest.raises(ValueError, match="be seen"):
        plain("กระบี่\x07")
    assert plain(" กระบี่\n") == "กระบี่"
