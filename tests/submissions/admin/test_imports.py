"""The imports of a round: who brought what, undone on a page that shows first what would be put back and what left."""

import pytest
from django.urls import reverse

from submissions.intake import enter_values
from submissions.models import Import, Value
from tests import factories as make

from .test_spreadsheets import VALUES, confirm, upload

pytestmark = pytest.mark.django_db
SHEET = "code,2.2.1.updated,3.4.news.2023-06\nTH-81,11,4\nTH-20,12,\n"


def page(done: Import) -> str:
    return reverse("admin:submissions_import_change", args=[done.pk])


@pytest.fixture
def staff(committee, browser):
    return browser(committee.staff)


@pytest.fixture
def done(committee, staff):
    response = confirm(staff, VALUES, upload(staff, VALUES, SHEET, round=committee.round.pk))
    done = Import.objects.get()
    assert response["Location"] == page(done)
    return done


def test_an_import_is_a_row_with_its_file_and_its_counts(committee, staff, done):
    assert (done.file_name, done.offices, done.amounts) == ("figures.csv", 2, 3)
    assert (done.round, done.imported_by, len(done.sha256)) == (committee.round, committee.staff, 64)
    listed = staff.get(reverse("admin:submissions_import_changelist") + f"?round={done.round_id}").content.decode()
    assert "figures.csv" in listed
    assert reverse("admin:submissions_value_import") in listed
    assert "figures.csv" in b"".join(staff.get(reverse("admin:submissions_import_list", args=["csv"]))).decode()


def test_it_is_undone_from_its_page_once(committee, staff, done):
    enter_values(committee.other, {("2.2.1.updated", ""): "9"}, by=committee.staff)
    shown = staff.get(page(done))
    assert "2 amounts go back to what stood there before" in shown.content.decode()
    assert "1 amount stays as it is" in shown.content.decode()
    assert Value.objects.count() == 3
    seen = {"seen": shown.context["seen"]}
    told = staff.post(page(done), seen, follow=True)
    assert "2 amounts were put back. 1 was left as it is." in told.content.decode()
    assert [value.text for value in Value.objects.all()] == ["9"]
    back, left = told.context["parts"]
    assert [one["now"] for one in back["amounts"]] == ["", ""]
    assert [(one["entry"], one["after"], one["now"]) for one in left["amounts"]] == [(committee.other, "12", "9")]
    assert "What was left" in told.content.decode()
    again = staff.post(page(done), seen)
    assert again.status_code == 422
    assert f"It was undone already, by {committee.staff}." in again.content.decode()
    assert "Undo the import" not in staff.get(page(done)).content.decode()


def test_what_changed_since_it_was_shown_is_shown_again(committee, staff, done):
    seen = {"seen": staff.get(page(done)).context["seen"]}
    enter_values(committee.entry, {("2.2.1.updated", ""): "9"}, by=committee.staff)
    again = staff.post(page(done), seen)
    assert again.status_code == 409
    assert "Nothing was undone yet" in again.content.decode()
    assert Value.objects.count() == 3


@pytest.mark.parametrize("seen", ["", "\x00", "ab" * 40])
def test_nonsense_undoes_nothing(staff, done, seen):
    assert staff.post(page(done), {"seen": seen}).status_code in (409, 422)
    assert Value.objects.count() == 3


@pytest.mark.parametrize("count", [1, 3])
def test_its_page_asks_as_much_of_one_amount_as_of_many(staff, committee, count, django_assert_num_queries):
    for number in range(count):
        make.make_entry(committee.round, f"TH-E{number}")
    sheet = "code,2.2.1.updated\n" + "".join(f"TH-E{number},5\n" for number in range(count))
    confirm(staff, VALUES, upload(staff, VALUES, sheet, round=committee.round.pk))
    address = page(Import.objects.get())
    staff.get(address)
    with django_assert_num_queries(12):
        staff.get(address)


def test_a_file_of_another_round_with_half_its_columns_and_a_wrong_cell_is_told_at_its_places(committee, staff):
    other = make.make_contest_round("missions-2565", name_en="Missions")
    sheet = "code,m1.1.1.target,m5.repaid\nTH-81,1,2\n"
    meant = upload(staff, VALUES, sheet, round=committee.round.pk).content.decode()
    assert f"The columns of this file are those of “{other}”" in meant
    wrong = upload(staff, VALUES, "code,2.2.1.updated\nTH-81,many\nTH-20,12\n", round=committee.round.pk)
    ((where, _why),) = wrong.context["result"].faults
    assert where.endswith("[2.2.1.updated] (cell B2)")
    right = upload(staff, VALUES, "code,2.2.1.updated\nTH-81,12\n", round=committee.round.pk).content.decode()
    assert "columns are not in this file: what stands there stays." in right
    assert not Value.objects.exists()
