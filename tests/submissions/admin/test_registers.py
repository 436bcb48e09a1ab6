"""Offices, people, rounds, holidays, and the log: what staff keep, and what nobody alters."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring.recompute import read_facts
from submissions import intake
from submissions.models import Entry, Event, Holiday, Office, Round, User
from tests import factories as make

from .conftest import fields_of


def address(model: str, *args, page: str = "") -> str:
    return reverse(f"admin:submissions_{model}_{page or ('change' if args else 'changelist')}", args=args)


# People


def new_person(**more) -> dict:
    return {"username": "newcomer", "full_name": "คนใหม่", "role": "judge", "usable_password": "true",
            "password1": "a-long-pass-phrase-2566", "password2": "a-long-pass-phrase-2566", **more}  # fmt: skip


def test_staff_make_officers_and_judges(committee, browser):
    staff = browser(committee.staff)
    assert staff.post(address("user", page="add"), new_person()).status_code == 302
    person = User.objects.get(username="newcomer")
    assert person.check_password("a-long-pass-phrase-2566")
    assert (person.role, person.is_superuser) == ("judge", False)
    officer = new_person(username="officer9", role="officer", office=committee.entry.office.pk)
    assert staff.post(address("user", page="add"), officer).status_code == 302
    response = staff.post(address("user", page="add"), new_person(username="x", role="officer"))
    assert "An officer needs an office" in response.content.decode()
    response = staff.post(address("user", page="add"), new_person(username="y", password1="1234", password2="1234"))
    assert "password2" in response.context["adminform"].form.errors


@pytest.mark.parametrize("more", [{"role": "staff"}, {"role": "admin"}, {"is_superuser": "on"}, {"is_staff": "on"}])
def test_staff_raise_nobody_above_what_they_manage(committee, browser, more):
    staff = browser(committee.staff)
    staff.post(address("user", page="add"), new_person(**more))
    made = User.objects.filter(username="newcomer").first()
    assert made is None or (made.role, made.is_superuser, made.is_staff) == ("judge", False, False)
    judge = committee.judge
    data = fields_of(staff.get(address("user", judge.pk)))
    staff.post(address("user", judge.pk), {**data, **more})
    judge.refresh_from_db()
    assert (judge.role, judge.is_superuser) == ("judge", False)


@pytest.mark.parametrize("who", ["staff", "admin"])
def test_staff_do_not_touch_their_equals_or_betters(committee, browser, who):
    other, staff = make.make_user(who), browser(committee.staff)
    before = other.password
    response = staff.get(address("user", other.pk))
    assert response.status_code == 200
    assert not response.context["has_change_permission"]
    assert staff.post(address("user", other.pk), {"username": "taken", "role": "judge"}).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[other.pk])
    phrase = {"password1": "a-long-pass-phrase-2566", "password2": "a-long-pass-phrase-2566", "usable_password": "true"}
    assert staff.get(password).status_code == 403
    assert staff.post(password, phrase).status_code == 403
    other.refresh_from_db()
    assert (other.password, other.username) == (before, other.username)


def test_staff_set_a_new_password_for_those_they_manage(committee, browser):
    staff, password = browser(committee.staff), reverse("admin:auth_user_password_change", args=[committee.judge.pk])
    assert staff.get(password).status_code == 200
    phrase = {"password1": "a-long-pass-phrase-2566", "password2": "a-long-pass-phrase-2566", "usable_password": "true"}
    assert staff.post(password, phrase).status_code == 302
    committee.judge.refresh_from_db()
    assert committee.judge.check_password("a-long-pass-phrase-2566")
    assert committee.judge.history.first().history_user == committee.staff
    history = staff.get(address("user", committee.judge.pk, page="history")).content.decode()
    assert str(committee.staff) in history


def test_a_superuser_makes_central_staff(browser):
    admin = browser(make.make_user("admin"))
    assert admin.post(address("user", page="add"), new_person(role="staff")).status_code == 302
    assert User.objects.get(username="newcomer").is_central


# Rounds


def test_a_round_is_made_and_then_set(committee, browser):
    staff = browser(committee.staff)
    new = {"name_th": "รอบปี 2567", "edition": committee.round.edition_id, "rank_visibility": "own"}
    assert staff.post(address("round", page="add"), new).status_code == 302
    round = Round.objects.get(name_th="รอบปี 2567")
    data = fields_of(staff.get(address("round", round.pk)))
    assert not round.settings
    staff.post(
        address("round", round.pk), {**data, "setting-2.1.2.due": "๓๑ พฤษภาคม ๒๕๖๖", "judges": [committee.judge.pk]}
    )
    round.refresh_from_db()
    assert round.settings == {"2.1.2.due": "2023-05-31"}
    assert set(round.judges.all()) == {committee.judge}


def test_all_faults_of_a_rounds_settings_are_told_at_once(committee, browser):
    staff = browser(committee.staff)
    data = fields_of(staff.get(address("round", committee.round.pk)))
    wrong = {**data, "setting-2.1.2.due": "31/05/2023", "setting-2.2.2.due": "yesterday", "name_th": ""}
    response = staff.post(address("round", committee.round.pk), wrong)
    assert set(response.context["adminform"].form.errors) == {"setting-2.1.2.due", "setting-2.2.2.due", "name_th"}
    assert 'value="31/05/2023"' in response.content.decode()
    committee.round.refresh_from_db()
    assert committee.round.settings == make.DUE


def test_only_judges_sit_on_a_committee_and_the_edition_stays(committee, browser):
    staff, other = browser(committee.staff), make.make_edition(committee.round.edition.text + "\n# amended\n")
    data = fields_of(staff.get(address("round", committee.round.pk)))
    response = staff.post(address("round", committee.round.pk), {**data, "judges": [committee.staff.pk]})
    assert "judges" in response.context["adminform"].form.errors
    staff.post(address("round", committee.round.pk), {**data, "edition": other.pk, "name_en": "Kept"})
    committee.round.refresh_from_db()
    assert (committee.round.name_en, committee.round.edition == other) == ("Kept", False)


def test_closing_a_round_marks_its_entries_for_rescoring(committee, browser):
    staff, before = browser(committee.staff), committee.entry.facts_version
    data = fields_of(staff.get(address("round", committee.round.pk)))
    staff.post(address("round", committee.round.pk), {**data, "is_closed": "on"})
    committee.entry.refresh_from_db()
    committee.round.refresh_from_db()
    assert committee.round.is_closed
    assert committee.entry.facts_version > before


def test_a_rounds_entries_are_held_before_the_round_as_publishing_does(committee, browser):
    """In the other order the two would wait for each other."""
    staff = browser(committee.staff)
    data = fields_of(staff.get(address("round", committee.round.pk)))
    with CaptureQueriesContext(connection) as statements:
        staff.post(address("round", committee.round.pk), {**data, "is_closed": "on"})
    asked = [one["sql"] for one in statements]
    entries = next(n for n, sql in enumerate(asked) if 'FROM "submissions_entry"' in sql and "ORDER BY 1 ASC" in sql)
    assert entries < next(n for n, sql in enumerate(asked) if 'FROM "submissions_round"' in sql)


def test_all_provinces_enter_a_round_once(committee, browser):
    missing = [make.make_office(f"TH-{n}") for n in (50, 51)]
    make.make_office("5001", kind="district", parent=missing[0])
    staff, enter = browser(committee.staff), address("round", committee.round.pk, page="enter_offices")
    chosen = {"kind": "province", "inside": ""}
    assert staff.get(enter).context["form"]["kind"].value() == "province"
    assert set(staff.post(enter, chosen).context["offices"]) == set(missing)
    assert Entry.objects.filter(round=committee.round).count() == 2
    for _again in range(2):
        staff.post(enter, chosen | {"confirmed": "2"})
    assert Entry.objects.filter(round=committee.round).count() == 4
    assert Event.objects.filter(verb="entry.made", actor=committee.staff).count() == 2
    assert browser(committee.judge).post(enter).status_code == 403


def test_the_districts_of_one_province_enter_a_round_in_which_they_name_somebody(browser):
    staff, inside = make.make_user("staff"), make.make_office("TH-20")
    round = make.make_round(edition=make.make_edition(scheme="itperson-2564"), settings={})
    own = [make.make_office(f"TH-20{n:02}", kind="district", parent=inside, size="") for n in (1, 2)]
    make.make_office("TH-5001", kind="district", parent=make.make_office("TH-50"), size="")
    client, enter = browser(staff), address("round", round.pk, page="enter_offices")
    form = client.get(enter).context["form"]
    assert form["kind"].value() == "district"
    for number in (10, 2):
        make.make_office(f"R{number:02}", kind="region", name_th=f"เขตตรวจราชการที่ {number}")
    page = browser(staff, "th").get(enter).content.decode()
    names = re.search(r'<select name="inside".*?</select>', page, re.DOTALL)[0]
    found = [names.index(one) for one in ("เขตตรวจราชการที่ 2<", "เขตตรวจราชการที่ 10<", "จังหวัด", "อำเภอ")]
    assert found == sorted(found)
    chosen = {"kind": "district", "inside": inside.pk}
    assert client.post(enter, chosen).context["offices"] == own
    client.post(enter, chosen | {"confirmed": "1"})  # not the number that was shown
    assert not round.entries.exists()
    client.post(enter, chosen | {"confirmed": "2"})
    assert {entry.office for entry in round.entries.all()} == set(own)
    assert client.post(enter, {"kind": "planet", "inside": "x"}).status_code == 422


def test_an_office_that_withdrew_may_enter_again(committee, browser):
    entry, staff = committee.entry, browser(committee.staff)
    intake.withdraw_entry(entry, by=committee.staff, reason="a slip")
    enter, chosen = address("round", committee.round.pk, page="enter_offices"), {"kind": "province", "inside": ""}
    assert "Krabi – withdrew before" in staff.post(enter, chosen).content.decode()
    staff.post(enter, chosen | {"confirmed": "1"})
    assert committee.round.entries.filter(office=entry.office).count() == 2


def test_a_stage_s_places_and_day_are_shown_and_changed(browser):
    round = make.make_round(edition=make.make_edition(scheme="tambon-2565"), settings={})
    client, page = browser(make.make_user("staff")), address("round", round.pk)
    shown = client.get(page)
    assert "Each district names one tambon" in shown.content.decode()
    data = fields_of(shown)
    assert (data["places_per"], data["places"], data["named_by"]) == ("district", 1, "15/12/2564")
    assert client.post(page, data | {"named_by": "", "places": "2", "ranking": ""}).status_code == 302
    round.refresh_from_db()
    assert (round.named_by, round.places, round.ranked) == (None, 2, "region")
    assert client.post(page, fields_of(client.get(page)) | {"named_by": "20/12/2564"}).status_code == 302
    round.refresh_from_db()
    assert round.named_by.isoformat() == "2021-12-20"


def test_the_round_says_which_region_each_judge_covers_and_where_nobody_does(browser):
    regions = [make.make_office(f"R0{n}", kind="region", size="", name_en=f"Region {n}") for n in (1, 2)]
    judge = make.make_user("judge", full_name="Somchai", office=regions[0])
    round = make.make_round(judges=[judge])
    for number, region in enumerate(regions):
        make.make_entry(round, make.make_office(f"TH-1{number}", parent=region))
    shown = browser(make.make_user("staff")).get(address("round", round.pk)).content.decode()
    assert "<li>Region 1: Somchai</li><li>Region 2: nobody yet</li>" in shown
    assert "Somchai (Region 1)" in shown


def test_the_round_says_who_of_its_committee_can_judge_no_more_and_staff_take_them_off(committee, browser):
    client, page = browser(committee.staff), address("round", committee.round.pk)
    assert "account closed" not in client.get(page).content.decode()
    make.make_sheet(committee.entry, committee.colleague)
    committee.colleague.is_active, committee.colleague.full_name = False, "มานี มีตา"
    committee.colleague.save()
    shown = client.get(page)
    assert f"{committee.colleague} – account closed" in shown.content.decode()
    assert f"{committee.colleague} can&#x27;t judge any more" in shown.content.decode()
    expected = Entry.objects.with_committee()
    assert {one.expected_sheets for one in expected} == {2}, "an account's end changes no committee"
    data = fields_of(shown) | {"judges": [str(committee.judge.pk)]}
    assert client.post(page, data).status_code == 302
    assert {one.expected_sheets for one in expected.all()} == {1}
    assert "account closed</" not in client.get(page).content.decode()
    entry = expected.get(pk=committee.entry.pk)
    assert len(read_facts([entry], None)[entry.pk].sheets) == 1, "the final one counts"


def test_a_closed_round_takes_no_new_entries(committee, browser):
    make.make_office("TH-50")
    Round.objects.filter(pk=committee.round.pk).update(is_closed=True)
    staff, enter = browser(committee.staff), address("round", committee.round.pk, page="enter_offices")
    sent = {"kind": "province", "inside": "", "confirmed": "1"}
    assert "The round is closed" in staff.post(enter, sent, follow=True).content.decode()
    assert Entry.objects.filter(round=committee.round).count() == 2


# Offices and holidays


def test_an_offices_size_reaches_its_scores(committee, browser):
    staff, office, before = browser(committee.staff), committee.entry.office, committee.entry.facts_version
    staff.post(address("office", office.pk), {**fields_of(staff.get(address("office", office.pk))), "size": "large"})
    office.refresh_from_db()
    committee.entry.refresh_from_db()
    assert office.size == "large"
    assert committee.entry.facts_version > before
    assert office.history.first().history_user == committee.staff


def test_an_office_lies_in_a_larger_one_and_keeps_the_size_group_that_it_is_scored_by(committee, browser):
    """A circle would be walked for ever, and whoever has no size group can't be scored."""
    staff, province = browser(committee.staff), committee.entry.office
    district = make.make_office("8101", kind="district", parent=province, size="")
    sent = fields_of(staff.get(address("office", province.pk)))
    for more, field in (
        ({"parent": district.pk}, "parent"),
        ({"parent": province.pk}, "parent"),
        ({"kind": "subdistrict"}, "kind"),
        ({"size": ""}, "size"),
    ):
        response = staff.post(address("office", province.pk), sent | more)
        assert field in response.context["adminform"].form.errors, more
    region = make.make_office("R06", kind="region", size="")
    assert staff.post(address("office", province.pk), sent | {"parent": region.pk}).status_code == 302


def test_offices_without_the_size_group_that_points_hang_on_do_not_enter(committee, browser):
    make.make_office("8101", kind="district", size="", name_en="Mueang Krabi")
    enter = address("round", committee.round.pk, page="enter_offices")
    sent = {"kind": "district", "inside": "", "confirmed": "1"}
    assert "have none: Mueang Krabi" in browser(committee.staff).post(enter, sent).content.decode()
    assert committee.round.entries.count() == 2


def test_holidays_are_typed_and_shown_with_their_buddhist_year(committee, browser):
    staff = browser(committee.staff)
    for text in ("01/08/2023", "2023-08-01", "32/01/2566", "วันนี้", ""):
        response = staff.post(address("holiday", page="add"), {"date": text, "name_th": "วันหยุด"})
        assert "date" in response.context["adminform"].form.errors, text
    staff.post(address("holiday", page="add"), {"date": "๑ ส.ค. ๒๕๖๖", "name_th": "วันหยุด"})
    holiday = Holiday.objects.get()
    assert holiday.date == date(2023, 8, 1)
    assert "1 August 2566 BE (2023)" in staff.get(address("holiday")).content.decode()
    assert 'value="01/08/2566"' in staff.get(address("holiday", holiday.pk)).content.decode()
    staff.post(address("holiday", holiday.pk, page="delete"), {"post": "yes"})
    assert not Holiday.objects.exists()


# The log


def test_the_log_is_checked_and_an_altered_event_is_named(committee, browser):
    round = make.make_round(name_en="Checked")
    first, second = intake.enter_offices(round, [committee.entry.office, committee.other.office], by=committee.staff)
    for number in range(3):
        intake.enter_values(first, {("3.3.protected", ""): str(number)}, by=committee.staff)
    staff, page = browser(committee.staff), reverse("admin:submissions_event_check_chains")
    check = f"{page}?round={round.pk}"
    assert "The log holds and explains every row." in staff.get(check).content.decode()
    assert Event.objects.broken_chains() == {}
    forged = Event(entry=first, sequence=5, previous="", verb="confirmation.asked", at=make.NOW, digest="0" * 64)
    forged.save()
    second.values.create(code="3.3.protected", text="9", entered_at=make.NOW)
    first.values.update(text="7")
    shown = staff.get(check).content.decode()
    assert "3 things are there that the log does not explain" in shown
    assert "The log does not hold at event 5" in shown
    assert "amount: the log says “2”, the row says “7”." in shown
    assert "The row is there, but nothing in the log tells of it." in shown
    assert Event.objects.broken_chains() == {first.pk: [5]}
    assert "Krabi · Checked" in shown
    assert [staff.get(f"{page}?round={odd}").status_code for odd in ("x", "999999")] == [200, 404]
    assert browser(committee.judge).get(page).status_code == 403


def test_an_edition_is_read_with_its_doubts(committee, browser):
    content = browser(committee.staff).get(address("edition", committee.round.edition_id)).content.decode()
    assert committee.round.edition.digest in content
    assert "scheme: cdd40-2566" in content or "code: cdd40-2566" in content
    assert committee.round.scheme.doubts[0].text.en in content
    response = browser(committee.staff).post(address("edition", committee.round.edition_id), {"text": "x"})
    assert response.status_code == 403


def test_a_new_offices_code_is_unique(committee, browser):
    staff = browser(committee.staff)
    response = staff.post(address("office", page="add"), {"code": "TH-81", "kind": "province", "name_th": "ซ้ำ"})
    assert "code" in response.context["adminform"].form.errors
    assert Office.objects.filter(code="TH-81").count() == 1
