"""A round that is closed and not yet published still hangs on its holidays: who was late by how many business days."""

from datetime import date

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from scoring.models import Scorecard
from scoring.recompute import rescore
from submissions import intake
from submissions.log import findings as found
from submissions.log.check import check
from submissions.models import Event, Holiday, Round
from tests import factories as make

from .sql import run, undone
from .world import World

pytestmark = pytest.mark.django_db
LATE, BETWEEN = "2023-06-06", "2023-06-01"  # four business days after 31 May; a Thursday in between
CRITERION = "2.1.2"  # within 3 business days: 3 points, within 5: 2
INSERT = f"INSERT INTO submissions_holiday (date, name_th, name_en) VALUES ('{BETWEEN}', 'x', '')"


@pytest.fixture
def world() -> World:
    """Of three offices one was four business days late; the round is closed."""
    world = World()
    intake.enter_values(world.entries[0], {("2.1.2.received_on", ""): LATE}, by=world.staff)
    close(world)
    return world


def close(world, is_closed: bool = True) -> None:
    round = Round.objects.get(pk=world.round.pk)
    round.is_closed = is_closed
    round.save()


def points(world):
    rescore([world.entries[0].pk])
    card = Scorecard.objects.get(entry=world.entries[0], basis="verified")
    return card.criteria[CRITERION]["earned"]


def telling() -> int:
    return Event.objects.filter(verb="terms.changed").count()


def test_a_holiday_that_is_put_in_after_the_close_is_found(world):
    assert check().findings == []
    assert points(world) == "2.00"
    with undone():
        run(INSERT)
        assert points(world) == "3.00", "it moves points"
        [finding] = check().findings
        assert (finding.fault, finding.field, finding.entries) == (found.ALTERED, "holidays", 3)
        assert (finding.log, finding.row) == ([], [BETWEEN])


@pytest.mark.parametrize("change", [lambda day: day.delete(), lambda day: day.save()], ids=["deleted", "moved"])
def test_a_holiday_that_staff_change_in_good_faith_is_told_in_closed_rounds_too(world, change):
    holiday = make.make_holiday(BETWEEN)
    assert telling() == 3 * 2, "closed, and the holiday"
    assert points(world) == "3.00"
    assert check().findings == []
    holiday.date = date(2023, 12, 31)  # after the round's last day
    change(holiday)
    assert telling() == 3 * 3
    assert points(world) == "2.00"
    assert check().findings == []


def test_next_year_s_holidays_are_no_deed_in_a_closed_round(world):
    for day in ("2024-01-01", "2024-05-01"):
        make.make_holiday(day)
    assert telling() == 3
    run("DELETE FROM submissions_holiday WHERE date = '2024-01-01'")
    assert check().findings == []


def test_when_it_is_opened_again_it_follows_them_and_covers_nothing(world):
    make.make_holiday("2024-01-01")
    QuerySet(Holiday).filter(date="2023-01-02").update(date="2023-01-03")
    close(world, False)
    said = Event.objects.filter(verb="terms.changed").latest("pk").data
    assert said["holidays"] == {"added": ["2024-01-01"], "removed": []}
    assert [(one.log, one.row) for one in check().findings] == [(["2023-01-02"], ["2023-01-03"])]


def test_a_later_day_that_is_set_lets_more_holidays_count(world):
    make.make_holiday("2024-01-01")
    round = Round.objects.get(pk=world.round.pk)
    round.settings = {**round.settings, "2.1.2.due": "2024-02-01"}
    round.save()
    said = Event.objects.filter(verb="terms.changed").latest("pk").data
    assert said["holidays"] == {"added": ["2024-01-01"], "removed": []}
    assert check().findings == []


def test_an_extension_lets_more_holidays_count(world):
    close(world, False)
    order = {"until": date(2024, 1, 31), "reason": "น้ำท่วม", "by": world.staff}
    intake.grant_extensions(world.entries[:1], slots=[("1.1.report", "")], **order)
    close(world)
    make.make_holiday("2024-01-01")
    make.make_holiday("2024-02-01")
    assert check().findings == []
    with undone():
        run("DELETE FROM submissions_holiday WHERE date = '2024-02-01'")
        assert check().findings == []
        run("DELETE FROM submissions_holiday WHERE date = '2024-01-01'")
        assert [one.log for one in check().findings] == [["2024-01-01"]]


def test_a_holiday_costs_as_many_statements_however_many_rounds_are_closed(world):
    costs = []
    for day in ("2024-03-01", "2024-03-04"):
        with CaptureQueriesContext(connection) as caught:
            make.make_holiday(day)
        costs.append(len(caught))
        for _ in range(3):
            make.make_round(is_closed=True)
    assert costs[0] == costs[1]
