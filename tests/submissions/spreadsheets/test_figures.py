"""The official figures in and out: whole or not at all, each fault by its cell, nothing guessed."""

import io
from datetime import date, datetime

import openpyxl
import pytest
import tablib
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from scoring import shipped
from submissions.intake import enter_offices, take_out_entries, withdraw_entry
from submissions.models import Entry, Event, Round, Value
from submissions.spreadsheets import formats
from submissions.spreadsheets.figures import FiguresResource
from submissions.spreadsheets.formats import CSV, XLSX
from submissions.spreadsheets.people import UserResource
from submissions.spreadsheets.resources import OfficeResource
from tests import factories as make

from .making import amounts, bring, faults, figures, text, xlsx

pytestmark = pytest.mark.django_db


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
    assert all("ORDER BY 1 ASC" in sql for sql in asked if "UPDATE OF" in sql)


def test_the_template_has_every_office_every_column_and_what_is_known(round, staff):
    make.make_value(round.entries.get(office__code="TH-82"), "2.1.1.collected", "1234.5")
    sheet = openpyxl.load_workbook(io.BytesIO(XLSX().export_data(FiguresResource(round=round).export()))).active
    headings = [cell.value for cell in sheet[1]]
    values = round.scheme.values.values()
    wanted = [f"{v.code}.{p.code}" if p else v.code for v in values for p in v.periods or (None,)]
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


def test_only_columns_that_change_are_shown_beside_the_office(round, staff):
    make.make_value(round.entries.get(office__code="TH-81"), "2.1.1.collected", "50000")
    head = ["code", "name", "2.1.1.collected", "2.1.1.confidence"]
    result = figures(round, staff, head, ["TH-81", "กระบี่", 50000, 96.2], dry_run=True)
    assert [result.diff_headers[place].code for place in result.columns] == ["code", "name", "2.1.1.confidence"]
    assert result.unmoved == 1


def test_a_dry_run_shows_the_differences_and_changes_nothing(round, staff):
    make.make_value(round.entries.get(office__code="TH-81"), "2.1.1.collected", "50000")
    result = figures(
        round, staff, ["code", "2.1.1.collected", "2.1.1.target"], ["TH-81", 50210, 50000], ["TH-82", None, None],
        dry_run=True,
    )  # fmt: skip
    (changed,) = result.rows
    shown = dict(zip((heading.code for heading in result.diff_headers), changed.diff, strict=True))
    assert shown["2.1.1.collected"] == "<del>50,000</del> <ins>50,210</ins>"  # whole, not the digits that differ
    assert shown["2.1.1.target"] == "<ins>50,000</ins>"
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
        (["code", "3.4.news.2023-13"], "no column is called"),
        (["2.1.1.collected"], "The column “code [code]” is missing."),
        (["code", "code"], "Cell B1: “code” is there twice."),
        (["code", None, "2.1.1.target"], "Cell B1: the column has no heading, but cell B2 holds something."),
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


@pytest.mark.parametrize("divider", [";", "\t"])
def test_csv_is_understood_below_a_title_row(round, staff, divider):
    """The title has commas of its own, or none; numbers have them too."""
    table = [["code", "name", "2.1.1.collected"], ["TH-81", "กระบี่", "50,210"], ["TH-82", "พังงา", "1,040,000"]]
    for title in ("ผลการจัดเก็บข้อมูล จปฐ.", "จปฐ., ร้อยละ, ปี 2566"):
        content = "\n".join([title, *(divider.join(row) for row in table)]).encode()
        assert faults(bring(FiguresResource(round=round, user=staff), content)) == ""
        assert amounts()["TH-82", "2.1.1.collected", ""] == "1040000"
        Value.objects.all().delete()


def test_a_csv_with_commas_stays_one_though_semicolons_stand_in_its_texts(round, staff):
    content = text(["ข้อ 1; ข้อ 2; ข้อ 3"], ["code", "2.1.1.collected", "หมายเหตุ"], ["TH-81", 5, "ก; ข"])
    assert faults(bring(FiguresResource(round=round, user=staff), content)) == ""
    assert amounts() == {("TH-81", "2.1.1.collected", ""): "5"}


def test_an_error_below_a_title_is_told_with_the_row_that_the_sheet_gives_it(round, staff, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("no such thing")

    monkeypatch.setattr(FiguresResource, "import_instance", fail)
    result = figures(round, staff, ["ผล"], [None], ["code", "2.1.1.collected"], ["TH-81", 1])
    assert [where for where, _said in result.faults] == ["Row 4"]


def test_a_closed_round_takes_no_figures(round, staff):
    Round.objects.update(is_closed=True)
    round.refresh_from_db()
    assert "closed" in faults(figures(round, staff, ["code", "2.1.1.collected"], ["TH-81", 1]))
    assert not Value.objects.exists()


def test_whoever_was_taken_out_or_withdrew_is_no_row_of_the_sheet(round, staff):
    """Of two entries of one office the one that stands has the figures, and what goes out comes back in."""
    gone, withdrawn, kept = round.entries.order_by("office__code")
    take_out_entries(round, [gone], by=staff)
    withdraw_entry(withdrawn, by=staff, reason="ไม่พร้อม")
    enter_offices(round, [gone.office], by=staff)
    anew = round.entries.get(office=gone.office, taken_out=False)
    make.make_value(anew, "2.1.1.collected", "50210")
    sent = XLSX().export_data(FiguresResource(round=round, user=staff).export())
    sheet = openpyxl.load_workbook(io.BytesIO(sent)).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["TH-81", "TH-83"]
    result = bring(FiguresResource(round=round, user=staff), sent)
    assert (faults(result), result.totals["skip"]) == ("", 2)
    assert faults(figures(round, staff, ["code", "2.1.1.target"], ["TH-81", 50000], ["TH-83", 1])) == ""
    assert set(Value.objects.values_list("entry", flat=True)) == {anew.pk, kept.pk}
    assert "TH-82" in faults(figures(round, staff, ["code", "2.1.1.target"], ["TH-82", 1], ["TH-83", 2]))


def test_a_resource_without_a_round_has_no_figures():
    assert [field.column_name for field in FiguresResource().get_import_fields()] == ["code", "name"]


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


def test_a_file_of_another_round_is_one_fault(round, staff):
    text = round.edition.text
    for name in ("collected", "target", "confidence"):
        text = text.replace(f"2.1.1.{name}", f"2.1.1.new_{name}")
    other = make.make_round(edition=make.make_edition(text), name_en="Of next year")
    columns = ["2.1.1.new_collected", "2.1.1.new_target", "2.1.1.new_confidence"]
    found = faults(figures(round, staff, ["code", *columns], ["TH-81", 1, 1, 1]))
    assert found.count("not of “") == 1
    assert str(other) in found
    rows = [[f"TH-{number}", 1] for number in range(10, 20)]
    found = faults(figures(round, staff, ["code", "2.2.1.updated"], *rows, ["TH-81", 1]))
    assert "10 of the 11 codes do not take part" in found


@pytest.mark.parametrize("scheme", sorted(shipped.schemes()))
def test_every_value_of_every_scheme_goes_out_and_comes_in(scheme, staff):
    """Whoever records it; series by their months. What an office typed is replaced only with a word about it."""
    round = make.make_contest_round(scheme)
    entry = make.make_entry(round, make.make_office("TH-81", name_th="กระบี่"))
    if entry.awaits_nominee:
        Entry.objects.update(nominee_name="ก")
    maps = {value.code: ["Shopee", "ตลาดนัด [1]"] for value in round.scheme.values.values() if value.kind == "map"}
    slots = {field.slot: field for field in FiguresResource.figures_of(round.scheme, maps)}
    assert {code for code, _period in slots} == set(round.scheme.values)
    cells = {"number": 3, "map": 3, "percent": 50, "date": round.scheme.close.isoformat(), "boolean": "yes"}
    names = [field.column_name for field in slots.values()]
    if not names:
        return
    result = figures(round, staff, ["code", *names], ["TH-81", *(cells[f.value.kind] for f in slots.values())])
    assert faults(result) == ""
    assert set(Value.objects.values_list("code", "period", "source")) == {(*slot, "import") for slot in slots}
    sent = XLSX().export_data(FiguresResource(round=round).export())
    again = bring(FiguresResource(round=round, user=staff), sent)
    assert (faults(again), again.totals["skip"]) == ("", 1)


def test_names_in_a_map_are_columns_and_a_file_may_bring_others(staff):
    round = make.make_contest_round("missions-2565")
    here, there = (make.make_entry(round, make.make_office(code)) for code in ("TH-81", "TH-82"))
    make.make_value(here, "m3.channels", "9", "Shopee")
    head = [str(heading) for heading in FiguresResource(round=round).get_export_headers()]
    (shopee,) = (heading for heading in head if heading.endswith("[m3.channels.Shopee]"))
    long = "m3.channels." + "ก" * 101
    result = figures(round, staff, ["code", shopee, "m3.channels.LINE", long], ["TH-82", 7, -1, 3])
    assert "(cell C2)" in faults(result)
    assert "(cell D2): Give a name of 100 characters at most." in faults(result)
    result = figures(round, staff, ["code", shopee, "m3.channels.LINE"], ["TH-81", None, 4], ["TH-82", 7, None])
    assert faults(result) == ""
    assert amounts() == {
        ("TH-81", "m3.channels", "Shopee"): "9",
        ("TH-81", "m3.channels", "LINE"): "4",
        ("TH-82", "m3.channels", "Shopee"): "7",
    }
    assert there.values.get().source == "import"


def test_what_an_office_entered_itself_is_replaced_with_a_word_about_it(round, staff):
    make.make_value(round.entries.get(office__code="TH-81"), "3.4.news", "5", "2023-02")
    result = figures(round, staff, ["code", "3.4.news.2023-02"], ["TH-81", 6], ["TH-82", 7], dry_run=True)
    assert "1 amount that an office entered itself would be replaced." in result.notes
    same = figures(round, staff, ["code", "3.4.news.2023-02"], ["TH-81", 5], dry_run=True)
    assert not any("would be replaced" in note for note in same.notes)


def test_a_file_is_written_in_as_many_statements_for_one_office_as_for_three(round, staff):
    counts = []
    for rows in (1, 3):
        sheet = [[f"TH-8{n}", 90 + rows, rows] for n in range(1, rows + 1)]
        with CaptureQueriesContext(connection) as asked:
            figures(round, staff, ["code", "2.1.1.confidence", "2.2.1.updated"], *sheet)
        counts.append(len(asked))
    assert counts[1] <= counts[0] + 2, "the second file changes amounts as well as making new ones"
    assert Value.objects.filter(source="import").count() == 6
