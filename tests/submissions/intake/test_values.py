"""Values come in: what is taken, what is refused and why, what is written down about it."""

import pytest

from submissions import intake
from submissions.intake import Conflict, Refused
from submissions.models import Event, Value
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_values_are_kept_in_canonical_text_and_every_change_is_written_down(entry, staff):
    slots = {("2.1.1.collected", ""): " 50210 ", ("2.1.1.confidence", ""): "96.20", ("4.1.extra_content", ""): "true"}
    intake.enter_values(entry, slots, by=staff)
    kept = {v.code: v.text for v in entry.values.all()}
    assert kept == {"2.1.1.collected": "50210", "2.1.1.confidence": "96.2", "4.1.extra_content": "true"}
    changed = intake.enter_values(entry, {**slots, ("2.1.1.collected", ""): "50211"}, by=staff)
    assert [v.code for v in changed] == ["2.1.1.collected"]
    event = Event.objects.filter(entry=entry, verb="value.entered").first()
    assert (event.data["before"], event.data["after"]) == ("50210", "50211")


def test_an_empty_text_takes_a_value_back(entry, staff):
    intake.enter_values(entry, {("2.2.1.updated", ""): "12"}, by=staff)
    intake.enter_values(entry, {("2.2.1.updated", ""): ""}, by=staff)
    assert not entry.values.exists()
    assert Event.objects.filter(entry=entry, verb="value.entered").count() == 2


def test_one_bad_value_keeps_all_out(entry, staff):
    with pytest.raises(Refused) as refused:
        intake.enter_values(
            entry,
            {
                ("2.1.1.collected", ""): "100",
                ("3.3.total", ""): "0",
                ("3.3.protected", ""): "-1",
                ("2.1.2.received_on", ""): "31/05/2566",
                ("3.4.news", "2023-13"): "5",
                ("no.such", ""): "1",
                ("4.1.extra_content", ""): "perhaps",
                ("2.1.1.confidence", ""): "NaN",
            },
            by=staff,
        )
    assert set(refused.value.reasons) == {
        "3.3.total", "3.3.protected", "2.1.2.received_on", "3.4.news.2023-13", "no.such", "4.1.extra_content",
        "2.1.1.confidence",
    }  # fmt: skip
    assert not entry.values.exists()


def test_a_month_s_value_is_given_by_the_office_until_the_month_is_over(entry, officer, staff):
    entry.round.clock_offset *= 0
    last = make.at("2023-03-31", "23:59:59.999999")
    after = make.at("2023-04-01", "00:00:00")
    slot = ("3.4.news", "2023-03")
    intake.enter_values(entry, {slot: "12"}, by=officer, at=last)
    with pytest.raises(Refused):
        intake.enter_values(entry, {slot: "13"}, by=officer, at=after)
    assert intake.enter_values(entry, {slot: "12"}, by=officer, at=after) == []  # sent back as it was
    intake.enter_values(entry, {slot: "13"}, by=staff, at=after)
    assert entry.values.get().text == "13"


def test_official_figures_are_not_for_the_office(entry, officer):
    with pytest.raises(Refused) as refused:
        intake.enter_values(entry, {("2.1.1.collected", ""): "100"}, by=officer)
    assert list(refused.value.reasons) == ["2.1.1.collected"]


def test_a_value_that_was_taken_back_and_entered_anew_is_not_the_one_that_was_read(entry, staff):
    slot = ("2.2.1.updated", "")
    for text in ("10", "", "11"):
        intake.enter_values(entry, {slot: text}, by=staff)
    with pytest.raises(Conflict):
        intake.enter_values(entry, {slot: "12"}, by=staff, revisions={slot: 1})
    assert (entry.values.get().text, entry.values.get().revision) == ("11", 2)


def test_the_second_of_two_who_enter_the_same_value_is_told(entry, staff):
    slot = ("2.2.1.updated", "")
    intake.enter_values(entry, {slot: "10"}, by=staff, revisions={slot: 0})
    with pytest.raises(Conflict) as conflict:
        intake.enter_values(entry, {slot: "11"}, by=staff, revisions={slot: 0})
    assert conflict.value.current.text == "10"
    assert Value.objects.get().text == "10"
