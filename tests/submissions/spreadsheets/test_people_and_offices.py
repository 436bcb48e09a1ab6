"""People and offices in and out: nobody is raised, no password comes or leaves, and offices are a tree."""

import pytest
from django.db.models import QuerySet
from django.utils import translation

from submissions.models import Entry, Office, User
from submissions.models.entries import EntryQuerySet
from submissions.spreadsheets.formats import CSV, XLSX
from submissions.spreadsheets.people import UserResource
from submissions.spreadsheets.resources import OfficeResource
from tests import factories as make

from .making import bring, faults, xlsx

pytestmark = pytest.mark.django_db


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
        (["a", "", "", "boss", "TH-81", "yes"], "[role] (cell D2)", "officer, judge (committee member), staff"),
        (["a", "", "", "officer", "", "yes"], "[office] (cell E2)", "An officer needs an office."),
        (["a", "", "", "officer", "TH-00", "yes"], "[office] (cell E2)", "no office with the code “TH-00”."),
        (["a", "", "", "officer", "จังหวัด TH-81", "yes"], "[office] (cell E2)", "Is “TH-81” meant?"),
        (["a", "", "no mail", "judge", "", "yes"], "[email] (cell C2)", ""),
        (["a b", "", "", "judge", "", "yes"], "[username] (cell A2)", ""),
        (["", "", "", "judge", "", "yes"], "[full_name] (cell B2)", "name of the person"),
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


def test_one_wrong_cell_is_one_fault_and_cells_come_in_their_order(staff):
    """Whether an office is needed can't be told where the role or the office itself is not known."""
    rows = [["a", "", "no mail", "officer", "TH-99", "perhaps"], ["b", "", "", "king", "", "yes"]]
    found = people(staff, *rows, dry_run=True).faults
    assert [where.partition("(cell ")[2][:2] for where, _said in found] == ["C2", "E2", "F2", "D3"]


def test_a_role_may_be_written_as_the_portal_calls_it(staff):
    make.make_office("TH-81")
    judges = [["b", "", "", "กรรมการ", "", "ใช่"], ["c", "", "", "Judge", "", "ใช่"]]
    assert faults(people(staff, ["a", "", "", "เจ้าหน้าที่", "TH-81", "ใช่"], *judges)) == ""
    assert [User.objects.get(username=name).role for name in "abc"] == ["officer", "judge", "judge"]


def test_whoever_imports_new_people_is_told_how_they_come_to_log_in(staff):
    outcome = people(staff, ["b", "", "", "judge", "", "yes"], dry_run=True)
    assert [note for note in outcome.notes if "password" in note]
    assert people(staff, [staff.username, "", "", "staff", "", "yes"], dry_run=True).notes == []


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


def test_all_entries_that_an_office_touches_are_held_before_it(staff, monkeypatch):
    """Its own, those of offices below it, and those whose nominee it is: whoever works in one waits for no circle."""
    province, nominee = make.make_office("TH-81"), make.make_office("TH-810101", kind="subdistrict", size="")
    below = make.make_office("TH-8101", kind="district", parent=province)
    entries = [make.make_entry(office=province), make.make_entry(office=below)]
    entries.append(make.make_entry(office=make.make_office("TH-10")))
    QuerySet(Entry).filter(pk=entries[2].pk).update(nominee_office=nominee)
    make.make_entry(office=make.make_office("TH-11"))  # nobody's nominee: of no office of the file
    held, hold = [], EntryQuerySet.hold
    monkeypatch.setattr(EntryQuerySet, "hold", lambda rows: held.append(hold(rows)) or held[-1])
    head = ["code", "kind", "name_th", "name_en", "parent", "size"]
    rows = [["TH-81", "province", "กระบี่", "Krabi", "", "large"], ["TH-810101", "subdistrict", "ใหม่", "New", "", ""]]
    rows.append(["TH-99", "province", "จังหวัดใหม่", "New Province", "", "small"])
    assert faults(bring(OfficeResource(user=staff), xlsx(head, *rows))) == ""
    touched = sorted(entry.pk for entry in entries)
    assert sorted(held[0]) == touched
    assert {pk for later in held[1:] for pk in later} <= set(touched)
