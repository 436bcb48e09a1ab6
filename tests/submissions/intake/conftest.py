"""Everybody else from whom an entry's facts come."""

import pytest

from tests import factories as make


@pytest.fixture
def judge(entry):
    judge = make.make_user("judge")
    entry.round.judges.add(judge)
    return judge


def version(entry) -> int:
    entry.refresh_from_db()
    return entry.facts_version
