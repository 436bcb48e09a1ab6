"""Spreadsheets in and out of the lists: whose they are, for which round, and that nothing is imported half."""

import io
import time
from datetime import UTC, datetime

import openpyxl
import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.http import content_disposition_header

from submissions.intake import discard_round, enter_values
from submissions.log.check import check
from submissions.models import Entry, Event, Office, User, Value
from submissions.spreadsheets.figures import FiguresResource
from tests import factories as make

VALUES, USERS, OFFICES = (f"/admin/submissions/{name}/" for name in ("value", "user", "office"))


def upload(client, where: str, text: str, **more):
    sheet = SimpleUploadedFile("figures.csv", text.encode())
    return client.post(where + "import/", {"import_file": sheet, "format": "0", "resource": "", **more})


def confirm(client, where: str, response, **more):
    return client.post(where + "process_import/", response.context["confirm_form"].initial | more)


def test_figures_are_shown_first_and_imported_for_the_chosen_round(committee, browser):
    older, staff = committee.round, browser(committee.staff)
    newest = make.make_round(name_th="รอบล่าสุด")
    make.make_entry(newest, committee.entry.office)
    response = upload(staff, VALUES, "code,2.2.1.updated\nTH-81,11\nTH-20,12\n", round=older.pk)
    assert not Value.objects.exists()
    assert confirm(staff, VALUES, response).status_code == 302
    assert {(v.entry, v.text, v.source, v.entered_by) for v in Value.objects.all()} == {
        (committee.entry, "11", "import", committee.staff),
        (committee.other, "12", "import", committee.staff),
    }
    assert Event.objects.filter(verb="value.entered").count() == 2


@pytest.mark.parametrize(
    "sheet", ["code,2.2.1.updated\nTH-81,11\nTH-99,12\n", "code,2.2.1.updated\nTH-81,many\n", "x", ""]
)
def test_a_sheet_with_a_fault_is_not_imported_at_all(committee, browser, sheet):
    response = upload(browser(committee.staff), VALUES, sheet, round=committee.round.pk)
    assert response.status_code == 200
    assert not response.context.get("confirm_form")
    assert not Value.objects.exists()


def test_the_export_is_the_sheet_to_fill_in(committee, browser):
    make.make_value(committee.entry, "2.2.1.updated", "10")
    response = browser(committee.staff).post(
        VALUES + "export/", {"round": committee.round.pk, "format": "0", "resource": ""}
    )
    rows = list(openpyxl.load_workbook(io.BytesIO(response.content)).active.values)
    column = next(n for n, heading in enumerate(rows[0]) if heading.endswith("[2.2.1.updated]"))
    assert {row[0]: row[column] for row in rows[1:]} == {"TH-81": 10, "TH-20": None}


def test_an_export_is_a_workbook_of_what_is_chosen_unless_one_asks_for_csv(committee, browser):
    page = browser(committee.staff).get(VALUES + "export/").content.decode()
    assert '<option value="0" selected>xlsx</option>' in page
    assert "the columns that you choose below" in page


def test_whoever_imports_people_is_led_to_the_sheet_and_then_to_who_was_made(committee, browser):
    staff = browser(committee.staff)
    assert "the sheet to fill in, which is downloaded below" in staff.get(USERS + "import/").content.decode()
    head = "username,full_name,email,role,office,is_active,หมายเหตุ\n"
    shown = upload(staff, USERS, head + "j9,กรรมการ,,judge,,yes,x\n")
    assert shown.content.decode().count('id="notes-title"') == 1
    assert len(shown.context["result"].notes) == 2
    told = [str(one) for one in get_messages(confirm(staff, USERS, shown).wsgi_request)]
    assert "Nobody was written to yet" in told[-1]


def test_an_office_comes_in_and_out(committee, browser):
    staff = browser(committee.staff)
    sheet = "code,kind,name_th,name_en,parent,size\n8101,district,เมืองกระบี่,Mueang Krabi,TH-81,\n"
    confirm(staff, OFFICES, upload(staff, OFFICES, sheet))
    assert Office.objects.get(code="8101").parent == committee.entry.office
    response = staff.post(OFFICES + "export/", {"format": "1", "resource": ""})
    assert "เมืองกระบี่" in response.content.decode("utf-8-sig")


def test_people_come_in_without_a_password_and_below_those_who_import_them(committee, browser):
    staff = browser(committee.staff)
    head = "username,full_name,email,role,office,is_active\n"
    confirm(staff, USERS, upload(staff, USERS, head + "j9,กรรมการ,,judge,,yes\n"))
    assert not User.objects.get(username="j9").has_usable_password()
    other = make.make_user("staff", username="other")
    for row in ("s9,คนใหม่,,staff,,yes\n", "other,ลดขั้น,,judge,,yes\n", f"{committee.staff.username},ฉัน,,judge,,yes\n"):
        response = upload(staff, USERS, head + row)
        assert not response.context.get("confirm_form"), row
        assert "Only a system administrator" in response.content.decode()
    other.refresh_from_db()
    assert other.role == "staff"
    admin = browser(make.make_user("admin"))
    confirm(admin, USERS, upload(admin, USERS, head + "s9,คนใหม่,,staff,,yes\n"))
    assert User.objects.get(username="s9").is_central


def test_columns_are_headed_by_what_people_read_with_the_code_beside_it(committee, browser):
    response = upload(browser(committee.staff, "th"), OFFICES, "code,kind,name_th,name_en\n81,province,ก,A\n")
    assert "ชื่อภาษาไทย <small><code>name_th</code></small></th>" in response.content.decode()


def test_a_fault_s_row_and_cell_are_counted_as_the_spreadsheet_counts(committee, browser):
    sheet = "code,kind,name_th,name_en\n81,province,ก,A\n\n82,planet,ข,B\n"
    page = upload(browser(committee.staff), OFFICES, sheet).content.decode()
    assert "[kind] (cell B4):" in page


def test_a_file_that_changes_nothing_leaves_nothing_to_confirm(committee, browser):
    staff = browser(committee.staff)
    make.make_value(committee.entry, "2.2.1.updated", "11")
    sent = "code,2.2.1.updated\nTH-81,{}\n"
    same = upload(staff, VALUES, sent.format(11), round=committee.round.pk)
    assert "nothing would change" in same.content.decode()
    assert "confirm_form" not in same.context
    assert "process_import" not in same.content.decode()
    other = upload(staff, VALUES, sent.format(12), round=committee.round.pk)
    assert "nothing would change" not in other.content.decode()
    assert other.context["confirm_form"]


FOCUSED = '<section class="notice notice-bad" role="alert" aria-labelledby="faults-title" tabindex="-1" autofocus>'


def test_what_is_wrong_stands_above_the_form_is_focused_and_a_hundred_faults_are_shown(committee, browser):
    rows = "".join(f"TH-81,{n}\nTH-{n},x\n" for n in range(100, 300))
    page = upload(browser(committee.staff), VALUES, "code,2.2.1.updated\n" + rows, round=committee.round.pk)
    shown = page.content.decode()
    assert 0 < shown.index(FOCUSED) < shown.index('name="import_file"')
    faults = len(page.context["result"].faults)
    assert (faults, shown.count("<b>code [code] (cell ")) == (399, 100)
    assert "Nothing was imported: 399 faults in the file. The first 100 are shown." in shown


@pytest.mark.parametrize("sheet", ["", "%PDF-1.7 figures"])
def test_a_file_that_can_t_be_read_is_told_in_the_same_place(committee, browser, sheet):
    shown = upload(browser(committee.staff), VALUES, sheet, round=committee.round.pk).content.decode()
    assert 0 < shown.index(FOCUSED) < shown.index('name="import_file"')


def test_of_several_rounds_one_must_be_chosen_and_is_named_in_large(committee, browser):
    staff = browser(committee.staff)
    empty = staff.get(VALUES + "import/").context["form"]
    assert not empty["round"].value()
    sheet = "code,2.2.1.updated\nTH-81,11\n"
    assert "round" in upload(staff, VALUES, sheet).context["form"].errors
    shown = upload(staff, VALUES, sheet, round=committee.round.pk).content.decode()
    assert f'<p class="import-about"><strong>{committee.round}</strong></p>' in shown


def test_the_only_round_need_not_be_chosen(browser):
    only = make.make_round()
    assert browser(make.make_user("staff")).get(VALUES + "import/").context["form"]["round"].value() == only.pk


STRANGE = "code,2.1.1.confidence,2.2.1.updated,2.1.2.received_on\nTH-81,150,13,30/05/2666\nTH-20,95,12,30/05/2566\n"


def test_unusual_figures_are_marked_and_each_needs_a_tick(committee, browser):
    staff = browser(committee.staff)
    response = upload(staff, VALUES, STRANGE, round=committee.round.pk)
    marks = response.context["result"].marks
    assert {(mark.cell, mark.figure) for mark in marks} == {("B2", "150"), ("C2", "13"), ("D2", "30/05/2666")}
    assert all(mark.of.startswith("Krabi") and mark.why for mark in marks)
    assert response.content.decode().count('name="right"') == 3
    again = confirm(staff, VALUES, response, right=[marks[0].key])
    assert not Value.objects.exists()
    shown = again.content.decode()
    assert "tick it if it is right" in shown
    assert shown.count("checked") == 1
    assert confirm(staff, VALUES, again, right=[mark.key for mark in marks]).status_code == 302
    assert Value.objects.count() == 6
    ticked = {event.data["code"] for event in Event.objects.filter(verb="value.entered") if event.data.get("ticked")}
    assert ticked == {"2.1.1.confidence", "2.2.1.updated", "2.1.2.received_on"}


def test_an_unusual_figure_that_was_there_already_is_not_asked_about_again(committee, browser):
    make.make_value(committee.entry, "2.1.1.confidence", "150")
    sheet = "code,2.1.1.confidence,2.2.1.updated\nTH-81,150,11\n"
    assert upload(browser(committee.staff), VALUES, sheet, round=committee.round.pk).context["result"].marks == []


def test_a_figure_that_nobody_can_mean_is_asked_about_and_shown_with_its_thousands_apart(committee, browser):
    staff = browser(committee.staff)
    make.make_value(committee.entry, "2.1.1.collected", "115912")
    sheet = "code,2.1.1.collected,2.1.1.target\nTH-81,99999999,120000\n"
    response = upload(staff, VALUES, sheet, round=committee.round.pk)
    (mark,) = response.context["result"].marks
    assert (mark.cell, mark.figure) == ("B2", "99,999,999")
    page = response.content.decode()
    assert "<del>115,912</del> <ins>99,999,999</ins>" in page
    assert confirm(staff, VALUES, response).status_code == 200
    assert committee.entry.values.get(code="2.1.1.collected").text == "115912"


def test_a_figure_that_makes_another_unusual_is_asked_about(committee, browser):
    enter_values(committee.entry, {("3.3.protected", ""): "40"}, by=committee.staff)
    sheet = "code,3.3.total\nTH-81,30\n"
    staff = browser(committee.staff)
    response = upload(staff, VALUES, sheet, round=committee.round.pk)
    (mark,) = response.context["result"].marks
    assert "3.3.protected" in mark.key
    assert confirm(staff, VALUES, response, right=[mark.key]).status_code == 302
    event = Event.objects.filter(verb="value.entered").order_by("pk").last()
    assert (event.data["code"], event.data.get("ticked")) == ("3.3.total", None)
    assert event.data["ticked_beside"] == ["3.3.protected"], "what was confirmed with it is on record"
    assert [found for found in check(committee.round.entries.all()).findings if found.entry == committee.entry.pk] == []


def test_more_unusual_figures_than_anybody_looks_at_are_a_fault(browser):
    round, staff = make.make_round(), make.make_user("staff")
    codes = [f"TH-{n}" for n in range(100, 201)]
    for code in codes:
        make.make_entry(round, make.make_office(code))
    sheet = "code,2.2.1.updated\n" + "".join(f"{code},13\n" for code in codes)
    response = upload(browser(staff), VALUES, sheet, round=round.pk)
    assert "101 figures are unusual." in response.content.decode()
    assert "confirm_form" not in response.context


def test_what_changed_since_it_was_shown_is_shown_again_and_nothing_is_written(committee, browser):
    staff = browser(committee.staff)
    response = upload(staff, VALUES, "code,2.2.1.updated\nTH-81,11\n", round=committee.round.pk)
    make.make_value(committee.entry, "2.2.1.updated", "9")
    again = confirm(staff, VALUES, response)
    assert "The data changed in the meantime" in again.content.decode()
    assert "<del>9</del> <ins>11</ins>" in again.content.decode()
    assert Value.objects.get().text == "9"
    assert confirm(staff, VALUES, again).status_code == 302
    assert Value.objects.get().text == "11"


SECONDS = 10  # of the processor, which has half its pace at times; what asks for each row anew takes minutes
PEOPLE = "username,full_name,email,role,office,is_active\n"


def test_five_thousand_rows_are_judged_in_seconds_and_shown_on_a_page_that_a_slow_line_bears(committee, browser):
    staff = browser(make.make_user("admin"))
    for role in ("officer", "boss"):
        sheet = PEOPLE + "".join(f"u{n},ชื่อ,,{role},TH-81,yes\n" for n in range(5000))
        began = time.process_time()
        page = upload(staff, USERS, sheet)
        assert time.process_time() - began < SECONDS
        assert len(page.content) < 500_000
        assert page.context["result"].totals["new" if role == "officer" else "invalid"] == 5000
    assert not User.objects.filter(username="u1").exists()


def test_five_thousand_figures_are_judged_in_seconds(browser):
    """Every district of the country: 878 rows of six figures. In time of the processor: the machine has other work."""
    round, staff = make.make_round(), browser(make.make_user("staff"))
    names = [{"code": f"TH-{n}", "kind": "district", "name_th": f"อำเภอ {n}"} for n in range(878)]
    offices = Office.objects.bulk_create([Office(**name) for name in names])
    Entry.objects.bulk_create([Entry(round=round, office=office) for office in offices])
    codes = [one.column_name for one in FiguresResource.figures_of(round.scheme, {}) if one.value.kind == "number"][:6]
    sheet = f"code,{','.join(codes)}\n" + "".join(f"TH-{n}{',5' * 6}\n" for n in range(878))
    began = time.process_time()
    page = upload(staff, VALUES, sheet, round=round.pk)
    assert time.process_time() - began < SECONDS
    assert page.context["result"].totals["update"] == 878, page.context["result"].faults[:3]
    assert not Value.objects.exists()


def test_a_discarded_round_is_not_offered(committee, browser):
    gone = make.make_round(name_th="รอบที่ทิ้ง", name_en="Discarded round")
    discard_round(gone, by=committee.staff)
    staff = browser(committee.staff)
    for page in ("import/", "export/"):
        assert "Discarded round" not in staff.get(VALUES + page).content.decode()
    response = upload(staff, VALUES, "code,2.2.1.updated\nTH-81,11\n", round=gone.pk)
    assert response.context["form"].errors["round"]


@pytest.mark.parametrize(
    ("where", "head", "row"),
    [
        (USERS, PEOPLE, "u{n},ชื่อ,,officer,TH-81,yes\n"),
        (OFFICES, "code,kind,name_th,parent\n", "81{n:02},district,ชื่อ,TH-81\n"),
        (VALUES, "code,2.2.1.updated,2.1.1.target\n", "TH-E{n},5,6\n"),
    ],
)
def test_no_row_is_asked_about_by_itself(committee, browser, where, head, row):
    staff, counts = browser(make.make_user("admin")), []
    for n in range(20):
        make.make_entry(committee.round, f"TH-E{n}")
    for rows in (2, 20):
        sheet = head + "".join(row.format(n=n) for n in range(rows))
        with CaptureQueriesContext(connection) as asked:
            page = upload(staff, where, sheet, round=committee.round.pk)
        assert not page.context["result"].is_wrong
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(("language", "name"), [("th", "สำนักงาน"), ("en", "offices")])
def test_an_export_is_named_by_what_it_holds_and_its_buddhist_day(committee, browser, monkeypatch, language, name):
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2023, 7, 9, 20, tzinfo=UTC))
    response = browser(committee.staff, language).post(OFFICES + "export/", {"format": "0", "resource": ""})
    assert response["Content-Disposition"] == content_disposition_header(True, f"{name}-2566-07-10.xlsx")


def test_rows_that_were_chosen_are_exported_alone(committee, browser):
    chosen = {"export_items": [committee.entry.office.pk]}
    response = browser(committee.staff).post(OFFICES + "export/", {"format": "1", "resource": "", **chosen})
    assert [line[:5] for line in response.content.decode("utf-8-sig").splitlines()[1:]] == ["TH-81"]


@pytest.mark.parametrize("where", [VALUES, USERS, OFFICES])
@pytest.mark.parametrize("page", ["import/", "export/", "process_import/"])
def test_spreadsheets_are_for_central_staff(committee, browser, where, page):
    judge = browser(committee.judge)
    assert judge.get(where + page).status_code in (403, 405)
    assert judge.post(where + page, {"format": "0", "round": committee.round.pk}).status_code == 403
    if page != "process_import/":
        assert browser(committee.staff).get(where + page).status_code == 200
