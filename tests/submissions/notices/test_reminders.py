"""Officers are reminded of what is missing: seven, three and one day before, in one notice, and not at night."""

import pytest

from submissions.models import Notice, Reminded, Round
from submissions.notices import reminders
from tests import factories as make

from .test_notices import SLOT, told_to

pytestmark = pytest.mark.django_db


def on(day: str, clock: str = "09:00", judge=None) -> Round:
    return make.make_round(make.at(day, clock))


@pytest.mark.parametrize(("day", "days"), [("2023-07-24", 7), ("2023-07-28", 3), ("2023-07-30", 1)])
def test_missing_things_are_told_seven_three_and_one_day_before(day, days):
    entry = make.make_entry(on(day), "TH-81")
    officer = make.make_user("officer", office=entry.office)
    make.make_evidence(entry, SLOT, status="accepted")
    make.make_evidence(entry, "3.1.plan", status="returned")
    assert (reminders.remind(), reminders.remind()) == (1, 0)
    (notice,) = Notice.objects.filter(user=officer)
    asked = {(item["requirement"], item["days"]) for item in notice.data["items"]}
    assert ("3.1.plan", days) in asked
    assert (SLOT, days) not in asked
    assert notice.data["count"] == len(notice.data["items"]) > 3
    (said,) = told_to(officer)
    assert any(f"เหลือ {days} วัน ถึงวันที่ 31 กรกฎาคม 2566" in line.text for line in said.lines)


@pytest.mark.parametrize("day", ["2023-07-23", "2023-07-25", "2023-07-31"])
def test_on_other_days_nobody_is_reminded_of_the_last_one(day):
    entry = make.make_entry(on(day), "TH-81")
    make.make_user("officer", office=entry.office)
    reminders.remind()
    items = [item for notice in Notice.objects.all() for item in notice.data["items"]]
    assert all(item["until"] != "2023-07-31" for item in items)


@pytest.mark.parametrize(
    ("last", "today", "days"),
    [("23", "25", [6]), ("24", "25", []), ("21", "29", [2]), ("28", "28", []), ("29", "31", [0]), ("30", "24", [7])],
    ids=(
        *("a day without a worker", "told yesterday", "a week without", "told today", "the last day itself"),
        "a clock set back",
    ),
)
def test_what_nobody_could_tell_is_made_up_for(last, today, days):
    entry = make.make_entry(on(f"2023-07-{today}"), "TH-81")
    make.make_user("officer", office=entry.office)
    Reminded.objects.create(round=entry.round, day=f"2023-07-{last}")
    reminders.remind()
    items = [item for notice in Notice.objects.all() for item in notice.data["items"]]
    assert sorted({item["days"] for item in items if item["until"] == "2023-07-31"}) == days
    assert str(Reminded.objects.get().day) == f"2023-07-{today}"


def test_an_extension_moves_the_reminder():
    entry = make.make_entry(on("2023-07-30"), "TH-81")
    officer = make.make_user("officer", office=entry.office)
    make.make_extension(entry, SLOT, until="2023-08-06")
    reminders.remind()
    items = Notice.objects.get(user=officer).data["items"]
    assert [item["days"] for item in items if item["requirement"] == SLOT] == [7]


@pytest.mark.parametrize(("clock", "told"), [("06:59", 0), ("07:01", 1)])
def test_nobody_is_woken_at_night(clock, told):
    entry = make.make_entry(on("2023-07-30", clock), "TH-81")
    make.make_user("officer", office=entry.office)
    assert reminders.remind() == told


def test_a_closed_round_and_whoever_withdrew_are_left_alone():
    entry = make.make_entry(on("2023-07-30"), "TH-81")
    make.make_user("officer", office=entry.office)
    entry.state = entry.State.WITHDRAWN
    entry.save()
    assert reminders.remind() == 0
    entry.state = entry.State.TAKING_PART
    entry.save()
    Round.objects.update(is_closed=True)
    assert reminders.remind() == 0


def test_reminders_of_many_offices_cost_the_same(django_assert_max_num_queries):
    round = on("2023-07-30")
    for number in range(3):
        entry = make.make_entry(round, f"TH-2{number}")
        make.make_user("officer", office=entry.office)
    with django_assert_max_num_queries(13):
        assert reminders.remind() == 3
    with django_assert_max_num_queries(1):
        assert reminders.remind() == 0
