"""Spreadsheets in and out of the lists: whose they are, for which round, and that nothing is imported half."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from submissions.models import Event, Office, User, Value
from tests import factories as make

VALUES, USERS, OFFICES = (f"/admin/submissions/{name}/" for name in ("value", "user", "office"))


def upload(client, where: str, text: str, **more):
    sheet = SimpleUploadedFile("figures.csv", text.encode())
    return client.post(where + "import/", {"import_file": sheet, "format": "0", "resource": "", **more})


def confirm(client, where: str, response):
    return client.post(where + "process_import/", response.context["confirm_form"].initial)


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


@pytest.mark.parametrize("where", [VALUES, USERS, OFFICES])
@pytest.mark.parametrize("page", ["import/", "export/", "process_import/"])
def test_spreadsheets_are_for_central_staff(committee, browser, where, page):
    judge = browser(committee.judge)
    assert judge.get(where + page).status_code in (403, 405)
    assert judge.post(where + page, {"format": "0", "round": committee.round.pk}).status_code == 403
    if page != "process_import/":
        assert browser(committee.staff).get(where + page).status_code == 200
