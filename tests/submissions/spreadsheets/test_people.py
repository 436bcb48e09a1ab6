"""Accounts in bulk: who a row means, what a new account is called, and what is against it, cell by cell."""

import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from submissions.models import User
from submissions.spreadsheets.people import UserResource
from tests import factories as make

from .making import bring, faults, xlsx

pytestmark = pytest.mark.django_db
HEAD = ["full_name", "email", "office", "role", "is_head"]
THAI = ["ชื่อ-นามสกุล", "อีเมล", "รหัสสำนักงาน", "บทบาท", "หัวหน้า"]


@pytest.fixture(autouse=True)
def _two_provinces():
    make.make_office("TH-81", name_th="กระบี่")
    make.make_office("TH-82", name_th="พังงา")


def people(staff, *rows, head=HEAD, dry_run=False):
    return bring(UserResource(user=staff), xlsx(head, *rows), dry_run)


def test_a_thai_sheet_makes_accounts_that_nobody_can_log_in_to_yet(staff):
    rows = [
        ["สมชาย ใจดี", "Somchai@CDD.go.th", "TH-81", "เจ้าหน้าที่", "ใช่"],
        ["สมหญิง ดีงาม", "", "TH-81", "เจ้าหน้าที่", "ไม่ใช่"],
        ["สมศรี มีสุข", "", "TH-81", "เจ้าหน้าที่", ""],
        ["สมปอง เที่ยงธรรม", "", "", "กรรมการ", ""],
    ]
    with translation.override("th"):
        outcome = people(staff, *rows, head=THAI, dry_run=True)
        assert not outcome.is_wrong, outcome.faults
        assert not User.objects.filter(full_name="สมชาย ใจดี").exists()
        assert faults(people(staff, *rows, head=THAI)) == ""
    made = {user.full_name: user for user in User.objects.exclude(pk=staff.pk)}
    names = [made[row[0]].username for row in rows]
    assert names == ["somchai@cdd.go.th", "th-81-1", "th-81-2", "judge-1"]
    assert [made[row[0]].is_head for row in rows] == [True, False, False, False]
    assert not any(user.has_usable_password() for user in made.values())


def test_a_preview_tells_roles_and_offices_in_words(staff):
    with translation.override("th"):
        (row,) = people(staff, ["ก", "a@x.org", "TH-81", "officer", "yes"], dry_run=True).rows
    assert {"<ins>กระบี่ (TH-81)</ins>", "<ins>เจ้าหน้าที่</ins>", "<ins>ใช่</ins>"} <= set(row.diff)


def test_the_same_file_again_changes_nothing(staff):
    rows = [["ก", "a@x.org", "TH-81", "officer", "yes"], ["ข", "", "TH-81", "officer", ""]]
    assert faults(people(staff, *rows)) == ""
    assert people(staff, *rows, dry_run=True).is_idle


def test_an_account_is_changed_only_where_the_file_says_so(staff):
    person = make.make_user("officer", "krabi", full_name="ก", email="a@x.org", is_head=True)
    assert faults(people(staff, ["ก", "a@x.org", "", "", ""])) == ""
    person.refresh_from_db()
    assert (person.office.code, person.role, person.is_head) == ("TH-81", "officer", True)
    assert faults(people(staff, ["", "a@x.org", "TH-82", "", ""])) == ""
    person.refresh_from_db()
    assert (person.office.code, person.full_name, person.is_head) == ("TH-82", "ก", False)  # head of the former one
    assert person.check_password(make.PASSWORD)


def test_who_runs_rounds_of_an_office_is_not_moved_unseen(staff):
    person = make.make_user("officer", "krabi", full_name="ก", email="a@x.org", is_organiser=True)
    assert faults(people(staff, ["ก", "a@x.org", "TH-81", "", "yes"])) == ""
    for row in (["ก", "a@x.org", "TH-82", "", ""], ["ก", "a@x.org", "", "judge", "no"]):
        assert "runs rounds" in faults(people(staff, row))
    person.refresh_from_db()
    assert (person.office.code, person.role, person.is_organiser) == ("TH-81", "officer", True)


def test_who_has_no_address_yet_gets_it_from_the_file(staff):
    person = make.make_user("officer", "krabi", full_name="ก")
    assert faults(people(staff, ["ก", "A@x.org", "TH-81", "", ""])) == ""
    person.refresh_from_db()
    assert person.email == "a@x.org"
    assert User.objects.filter(full_name="ก").count() == 1


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_half_done(staff):
    make.make_user("officer", "krabi", full_name="ก", email="a@x.org")
    make.make_user("officer", "somying", full_name="ข", office=make.make_office("TH-82"))
    before = User.objects.count()
    rows = [
        ["ค", "a@x.org", "TH-81", "officer", ""],  # whose address it is is called otherwise
        ["ง", "", "TH-00", "officer", ""],
        ["จ", "e@x.org", "TH-81", "officer", ""],
        ["จ", "e@x.org", "TH-81", "officer", ""],
        ["ข", "", "TH-81", "officer", ""],  # somebody of this name elsewhere
        ["ฉ", "f@x.org", "TH-81", "boss", "perhaps"],
        ["ช", "g@x.org", "", "judge", "yes"],
        ["ซ", "s@x.org", "", "staff", ""],  # nobody's account is changed: the role is what is not to be given
        ["ดี", "good@x.org", "TH-81", "officer", ""],
    ]
    outcome = people(staff, *rows)
    said = faults(outcome)
    told = ["(cell B2): The account krabi (ก)", "(cell C3)", "(cell B5): The same is in row 4", "(cell A6)"]
    told += ["(cell D7)", "(cell E7)", "(cell E8): Only an officer is the head"]
    told += ["(cell D9): Only a system administrator gives this role."]
    assert [one for one in told if one not in said] == []
    assert said.count("(cell") == len(told), said
    assert outcome.notes == []  # nobody is new, as long as anything is wrong
    assert User.objects.count() == before


def test_half_the_columns_are_told_by_name(staff):
    said = faults(people(staff, ["ก", "TH-81"], head=["full_name", "office"]))
    assert "[email]” is missing" in said
    assert "[role]” is missing" in said


def test_by_user_name_somebody_gets_another_name_but_nobody_another_s_address(staff):
    make.make_user("officer", "krabi", full_name="ก", email="a@x.org")
    make.make_user("officer", "other", full_name="ข", email="b@x.org")
    head = ["username", *HEAD]
    assert faults(people(staff, ["krabi", "ใหม่", "a@x.org", "", "", ""], head=head)) == ""
    said = faults(people(staff, ["KRABI", "ใหม่", "B@x.org", "", "", ""], head=head))
    assert "(cell C2): The account other (ข) has this address already." in said
    assert User.objects.get(username="krabi").full_name == "ใหม่"


def test_a_trial_asks_the_same_however_many_rows_there_are(staff):
    for number in range(3):
        make.make_user("officer", f"old{number}", full_name=f"เดิม {number}", email=f"old{number}@x.org")

    def statements(count: int) -> int:
        rows = [[f"เดิม {n}", f"old{n}@x.org", "TH-82", "", ""] for n in range(count)]
        rows += [[f"ใหม่ {n}", f"new{n}@x.org", "TH-81", "officer", ""] for n in range(count)]
        with CaptureQueriesContext(connection) as asked:
            assert not people(staff, *rows, dry_run=True).is_wrong
        return len(asked)

    assert statements(1) == statements(3)


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_template_is_understood_when_it_is_filled_in(staff, language):
    with translation.override(language):
        book = openpyxl.load_workbook(io.BytesIO(UserResource.template()))
        book.worksheets[0].append(["ก", "a@x.org", "TH-81", str(User.Role.OFFICER.label), ""])
        filled = io.BytesIO()
        book.save(filled)
        outcome = bring(UserResource(user=staff), filled.getvalue())
        assert faults(outcome) == ""
        assert len(outcome.notes) == 1  # who is new has no password; the sheet of codes is the portal's own
    assert [row[0] for row in book.worksheets[1].values][1:] == ["TH-81", "TH-82"]
    assert User.objects.get(email="a@x.org").office.code == "TH-81"
