"""An entry, and everybody from whom its facts come."""

import pytest

from tests import factories as make


@pytest.fixture
def entry():
    return make.make_entry(office="TH-81")


@pytest.fixture
def officer(entry):
    return make.make_user("officer", office=entry.office)


@pytest.fixture
def judge(entry):
    judge = make.make_user("judge")
    entry.round.judges.add(judge)
    return judge


@pytest.fixture
def staff():
    return make.make_user("staff")


def version(entry) -> int:
    entry.refresh_from_db()
    return entry.facts_version
