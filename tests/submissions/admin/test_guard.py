"""Two people with the same form open: the second is told, sees both, and nothing is lost on either side."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from submissions.models import Event, Holiday, Office, Round, User, Value
from tests import factories as make

from .conftest import fields_of


def change(obj) -> str:
    return reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", args=[obj.pk])


@pytest.mark.postgresql
@pytest.mark.parametrize("model", [Round, Office, Holiday])
def test_entries_are_held_before_the_row_that_moves_them(committee, browser, model):
    """The order that everybody keeps; and a row that is held may still be pointed to, by a deed that names it."""
    obj, (name, text), _yours = rows(committee)[model]
    form = browser(committee.staff)
    fields = fields_of(form.get(change(obj)))
    with CaptureQueriesContext(connection) as captured:
        assert form.post(change(obj), {**fields, name: text}).status_code == 302
    held = [query["sql"] for query in captured if " FOR " in query["sql"]]
    assert "submissions_entry" in held[0]
    assert obj._meta.db_table in held[1]
    assert held[1].endswith("FOR NO KEY UPDATE")


@pytest.fixture
def pair(browser, committee):
    return browser(committee.staff), browser(make.make_user("staff", full_name="คนที่สอง"))


def rows(committee) -> dict:
    """A row of each register, a field that the first changes, and one that the second changes."""
    return {
        Round: (committee.round, ("name_th", "รอบใหม่"), ("name_en", "Renamed")),
        Office: (committee.entry.office, ("name_en", "Krabi!"), ("size", "large")),
        Holiday: (make.make_holiday("2023-08-01"), ("name_th", "วันอาสาฬหบูชา"), ("date", "02/08/2566")),
        User: (committee.judge, ("full_name", "ชื่อใหม่"), ("email", "a@example.org")),
    }


@pytest.mark.parametrize("model", [Round, Office, Holiday, User])
def test_the_second_save_is_told_and_keeps_both_changes(committee, pair, model):
    obj, (mine, mine_text), (yours, yours_text) = rows(committee)[model]
    first, second = pair
    for_first, for_second = fields_of(first.get(change(obj))), fields_of(second.get(change(obj)))
    assert first.post(change(obj), {**for_first, mine: mine_text}).status_code == 302
    response = second.post(change(obj), {**for_second, yours: yours_text})
    content = response.content.decode()
    assert response.status_code == 409
    assert "Somebody else changed this while you were working" in content
    assert str(committee.staff) in content
    back = fields_of(response)
    assert back[yours] == yours_text  # what was typed
    assert back[mine] == mine_text  # what the other did, where this person had done nothing
    obj.refresh_from_db()
    assert fields_of(first.get(change(obj)))[yours] != yours_text
    assert second.post(change(obj), back).status_code == 302
    saved = fields_of(first.get(change(obj)))
    assert (saved[mine], saved[yours]) == (mine_text, yours_text)


def test_when_both_changed_the_same_field_both_texts_are_shown(committee, pair):
    first, second = pair
    office = committee.entry.office
    stale = fields_of(second.get(change(office)))
    first.post(change(office), {**stale, "name_en": "Theirs"})
    response = second.post(change(office), {**stale, "name_en": "Mine"})
    (line,) = response.context["adminform"].form.differences
    assert (line.now, line.typed) == ("Theirs", "Mine")
    assert fields_of(response)["name_en"] == "Mine"
    office.refresh_from_db()
    assert office.name_en == "Theirs"


def test_saving_the_same_text_twice_is_no_quarrel_over_the_text(committee, pair):
    first, second = pair
    office = committee.entry.office
    stale = fields_of(second.get(change(office)))
    first.post(change(office), {**stale, "name_en": "Same"})
    response = second.post(change(office), {**stale, "name_en": "Same"})
    assert response.status_code == 409
    assert response.context["adminform"].form.differences[0].typed == ""


def test_a_change_that_left_no_history_is_seen_as_well(committee, pair):
    office, (_first, second) = committee.entry.office, pair
    stale = fields_of(second.get(change(office)))
    Office.objects.filter(pk=office.pk).update(size="large")
    assert second.post(change(office), stale).status_code == 409


def test_a_log_in_meanwhile_is_no_change(committee, pair):
    first, _second = pair
    stale = fields_of(first.get(change(committee.judge)))
    committee.judge.save(update_fields=["last_login"])
    assert first.post(change(committee.judge), stale).status_code == 302


@pytest.mark.parametrize(
    "seen", ["", "nonsense", "[]", '{"history": "x", "fields": 1}', '{"history": 0, "fields": {}}']
)
def test_a_form_that_does_not_say_what_it_showed_saves_nothing(committee, pair, seen):
    first, _second = pair
    data = fields_of(first.get(change(committee.entry.office)))
    assert first.post(change(committee.entry.office), {**data, "name_en": "Blind", "seen": seen}).status_code == 409
    assert Office.objects.get(pk=committee.entry.office.pk).name_en == "Krabi"


def test_the_committee_of_a_round_is_guarded_too(committee, pair):
    _first, second = pair
    stale = fields_of(second.get(change(committee.round)))
    committee.round.judges.remove(committee.colleague)
    response = second.post(change(committee.round), {**stale, "name_en": "Renamed"})
    assert response.status_code == 409
    assert fields_of(response)["judges"] == [str(committee.judge.pk)]
    assert second.post(change(committee.round), fields_of(response)).status_code == 302
    assert set(committee.round.judges.all()) == {committee.judge}


def test_a_setting_of_a_round_is_guarded_too(committee, pair):
    first, second = pair
    stale = fields_of(second.get(change(committee.round)))
    first.post(change(committee.round), {**stale, "setting-2.1.2.due": "01/06/2566"})
    response = second.post(change(committee.round), {**stale, "setting-2.1.2.due": "02/06/2566"})
    assert response.status_code == 409
    assert "1 June 2566 BE (2023)" in response.content.decode() or "01/06/2566" in response.content.decode()
    assert fields_of(response)["setting-2.1.2.due"] == "02/06/2566"
    assert Round.objects.get(pk=committee.round.pk).settings["2.1.2.due"] == "2023-06-01"


# Values go through intake, with a revision of their own


def test_the_second_correction_of_a_value_is_told(committee, pair):
    value = make.make_value(committee.entry, "2.2.1.updated", "10")
    first, second = pair
    assert first.post(change(value), {"revision": 1, "amount": "11"}).status_code == 302
    response = second.post(change(value), {"revision": 1, "amount": "๑๒"})
    content = response.content.decode()
    assert response.status_code == 409
    assert "There now: <strong>11</strong>" in content
    assert "๑๒" in content
    assert Value.objects.get(pk=value.pk).text == "11"
    assert second.post(change(value), {"revision": 2, "amount": "12"}).status_code == 302
    told = [event.data for event in Event.objects.filter(verb="value.entered").order_by("sequence")]
    assert [(data["before"], data["after"]) for data in told] == [("10", "11"), ("11", "12")]


def test_a_value_taken_back_meanwhile_is_a_conflict(committee, pair):
    value = make.make_value(committee.entry, "2.2.1.updated", "10")
    first, second = pair
    second.get(change(value))
    assert first.post(change(value), {"revision": 1, "amount": ""}).status_code == 302
    assert not Value.objects.exists()
    assert second.post(change(value), {"revision": 1, "amount": "12"}).status_code == 404


@pytest.mark.parametrize("data", [{"amount": "many", "revision": 1}, {"amount": "-1", "revision": 1}, {"amount": "11"}])
def test_a_value_that_makes_no_sense_is_refused_and_kept_on_the_page(committee, pair, data):
    value = make.make_value(committee.entry, "2.2.1.updated", "10")
    response = pair[0].post(change(value), data)
    assert response.status_code == 422
    assert f'value="{data["amount"]}"' in response.content.decode()
    assert Value.objects.get().text == "10"


def test_a_date_value_is_corrected_with_its_buddhist_year(committee, pair):
    value = make.make_value(committee.entry, "2.1.2.received_on", "2023-05-30")
    client = pair[0]
    assert "30/05/2566" in client.get(change(value)).content.decode()
    client.post(change(value), {"revision": 1, "amount": "๓๑ พ.ค. ๒๕๖๖"})
    assert Value.objects.get().text == str(date(2023, 5, 31))


@pytest.mark.parametrize("token", ["", "[]", '{"history": Infinity, "fields": {}}', "[" * 5000])
def test_whatever_is_sent_as_what_was_seen_is_answered(committee, browser, token):
    staff, office = browser(committee.staff), committee.entry.office
    sent = fields_of(staff.get(change(office))) | {"seen": token, "name_en": "Krabi!"}
    assert staff.post(change(office), sent).status_code == 409
