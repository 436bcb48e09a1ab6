"""Where the figures lie in the files that people send: below titles, behind cover sheets, beside remarks."""

import pytest
from django.utils import translation

from submissions.questions.proofread import Refused
from submissions.spreadsheets import table
from submissions.spreadsheets.figures import FiguresResource
from submissions.spreadsheets.formats import Sheet
from submissions.spreadsheets.people import UserResource

from .making import amounts, bring, faults, figures, merged, sheets, xlsx

pytestmark = pytest.mark.django_db

COLLECTED = {("TH-81", "2.1.1.collected", ""): "50210"}


def take(round, staff, content: bytes):
    return bring(FiguresResource(round=round, user=staff), content)


@pytest.mark.parametrize("above", [1, 3])
def test_headings_may_stand_below_a_title(round, staff, above):
    titles = [["ผลการจัดเก็บข้อมูล จปฐ. ปี 2566"], *[[None]] * (above - 1)]
    result = take(round, staff, xlsx(*titles, ["code", "2.1.1.collected"], ["TH-81", 50210]))
    assert faults(result) == ""
    assert amounts() == COLLECTED
    assert f"found in row {above + 1}" in result.notes[0]


def test_rows_below_a_title_keep_the_numbers_that_the_sheet_gives_them(round, staff):
    said = faults(take(round, staff, xlsx(["title"], ["code", "2.1.1.collected"], ["TH-81", -1])))
    assert "(cell B3)" in said


def test_a_merged_title_and_merged_headings_are_understood(round, staff):
    head = ["รหัส [code]", "ครัวเรือน"], [None, "เก็บ [2.1.1.collected]"]
    assert faults(take(round, staff, merged("A1:A2", *head, ["TH-81", 50210]))) == ""
    assert amounts() == COLLECTED
    title = merged("A1:B1", ["ผลงาน", None], ["code", "2.1.1.collected"], ["TH-81", 50211])
    assert faults(take(round, staff, title)) == ""


def test_headings_that_are_all_merged_downwards_are_read_from_their_last_row(round, staff):
    head = ["รหัส [code]", "เก็บ [2.1.1.collected]"], [None, None]
    content = merged("A1:A2 B1:B2", *head, ["TH-81", 50210])
    assert faults(take(round, staff, content)) == ""
    assert amounts() == COLLECTED


def test_many_columns_without_a_heading_are_told_without_reading_the_rows_for_each(monkeypatch):
    """A sheet may have 500 columns and 10,000 rows."""
    counted = []
    monkeypatch.setattr(table, "any_cell", lambda row: counted.append(1) or True)
    rows = [["code", *[None] * 40], *[["TH-81", *[None] * 39, 1] for _ in range(20)]]
    with pytest.raises(Refused):
        table.find([Sheet("", rows, [])], {"code": "code"}, ["code"])
    assert len(counted) <= 4 * 20


def test_the_sheet_that_holds_the_figures_is_found_and_the_others_are_named(round, staff):
    content = sheets(ปก=[["หน้าปก"]], ข้อมูล=[["code", "2.1.1.collected"], ["TH-81", 50210]], หมายเหตุ=[["x"]])
    result = take(round, staff, content)
    assert faults(result) == ""
    assert amounts() == COLLECTED
    assert result.notes[0] == "Read from the sheet “ข้อมูล”. Not read: “ปก”, “หมายเหตุ”."


def test_of_two_sheets_with_figures_neither_is_taken(round, staff):
    table = [["code", "2.1.1.collected"], ["TH-81", 50210]]
    assert "“ก”, “ข” all hold such data" in faults(take(round, staff, sheets(ก=table, ข=table)))
    assert not amounts()


def test_a_remark_beside_the_table_is_left_out_and_named(round, staff):
    rows = ["ที่", "code", "2.1.1.collected", "หมายเหตุ"], [1, "TH-81", 50210, "ตรวจแล้ว"]
    result = figures(round, staff, *rows)
    assert faults(result) == ""
    assert amounts() == COLLECTED
    assert "Column D “หมายเหตุ”" in result.notes[1]


def test_a_heading_is_known_by_its_title_as_well(round, staff):
    with translation.override("th"):
        result = figures(round, staff, ["รหัส", "ครัวเรือนที่จัดเก็บข้อมูล จปฐ. (ครัวเรือน)"], ["TH-81", 50210])
    assert faults(result) == ""
    assert amounts() == COLLECTED
    with translation.override("th"):
        result = figures(round, staff, ["รหัส", "ครัวเรือนที่จัดเก็บข้อมูล จปฐ (ครัวเรือน)"], ["TH-81", 1])
    assert "“ครัวเรือนที่จัดเก็บข้อมูล จปฐ. (ครัวเรือน)”" in faults(result)


@pytest.mark.parametrize("heading", ["2.1.1.colected", "x [2.1.1.colected]", "3.4.news.2023-13"])
def test_what_may_have_been_meant_as_a_column_is_a_fault(round, staff, heading):
    assert "Correct the heading, or delete the column." in faults(
        figures(round, staff, ["code", "2.1.1.target", heading], ["TH-81", 1, 1])
    )
    assert not amounts()


def test_merged_cells_in_the_table_are_named(round, staff):
    content = merged("B2:B4", ["code", "2.1.1.collected"], ["TH-81", 50210], ["TH-82", None], ["TH-83", None])
    assert "Cells B2:B4 are merged" in faults(take(round, staff, content))
    assert not amounts()
    beside = ["code", "2.1.1.collected", "หมายเหตุ"], ["TH-81", 50210, "ก"], ["TH-82", 1, None]
    assert faults(take(round, staff, merged("C2:C3", *beside))) == ""


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["ข่าว"], ["TH-81"]], "No row of headings was found. The headings must stand in one row"),
        ([["code", "2.1.1.collected"]], "There is nothing below the headings in row 1."),
        ([["ชื่อ"], ["2.1.1.collected"], [5]], "The column “code [code]” is missing. The headings were read from row 2."),
        ([["code"], ["TH-81", None, 5]], "Cell C1: the column has no heading, but cell C2 holds something."),
    ],
)
def test_it_is_said_where_headings_must_stand(round, staff, rows, said):
    assert said in faults(figures(round, staff, *rows))


def test_codes_of_another_round_are_told_once(round, staff):
    result = figures(round, staff, ["code", "2.1.1.collected"], *[[f"TH-{n}", 1] for n in range(100, 400)])
    assert faults(result).startswith("300 of the 300 codes do not take part in “")
    assert len(result.faults) == 1


def test_people_are_found_below_a_title_too(staff):
    content = xlsx(["รายชื่อกรรมการ"], ["username", "role", "is_active"], ["j9", "judge", "yes"])
    assert faults(bring(UserResource(user=staff), content)) == ""
