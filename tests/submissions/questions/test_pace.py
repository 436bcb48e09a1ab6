"""How quickly a reviewer works, of the last hour of the round's clock."""

from datetime import timedelta

import pytest

from submissions.questions.pace import pace_of
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_a_pace_is_told_of_five_decisions_of_the_last_hour():
    judge = make.make_user("judge")
    entry = make.make_entry(make.make_round(judges=[judge]))
    for minutes in (90, 40, 30, 20, 10):
        at = make.NOW - timedelta(minutes=minutes)
        make.make_evidence(entry, status="accepted", reviewed_by=judge, reviewed_at=at)
    few = pace_of(judge, entry.round, make.NOW)
    assert (few.decided, few.per_hour, few.done_by(10)) == (4, None, None)
    make.make_evidence(entry, status="returned", reviewed_by=judge, reviewed_at=make.NOW)
    make.make_evidence(make.make_entry(), status="returned", reviewed_by=judge, reviewed_at=make.NOW)
    make.make_evidence(entry, status="returned", reviewed_by=make.make_user("judge"), reviewed_at=make.NOW)
    enough = pace_of(judge, entry.round, make.NOW)
    assert (enough.decided, enough.each, enough.per_hour) == (5, timedelta(minutes=10), 6)
    assert enough.done_by(12) == make.NOW + timedelta(hours=2)
    assert enough.done_by(0) is None


def test_many_at_once_are_no_pace():
    judge = make.make_user("judge")
    entry = make.make_entry(make.make_round(judges=[judge]))
    for seconds in (50, 50, 50, 1, 1, 1):
        at = make.NOW - timedelta(seconds=seconds)
        make.make_evidence(entry, status="accepted", reviewed_by=judge, reviewed_at=at)
    assert pace_of(judge, entry.round, make.NOW).per_hour is None
