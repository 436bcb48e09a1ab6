"""A contest whose totals a test chooses: points given by one judge, to entries that handed in what is judged."""

from decimal import Decimal

import pytest
from django.utils import translation

from awards.models import Publication
from awards.publishing.publish import publish
from submissions.models import Round, User
from tests import factories
from tests.rows import once

from .publishing.hearing import make_heard


def give_points(entry, judge, total) -> None:
    """Have the entry earn exactly `total` (0 to 10)."""
    for requirement in ("5.report", "5.checklist"):
        factories.make_evidence(entry, requirement, status="accepted")
    left, points = Decimal(total), {}
    for code, item in entry.round.scheme.items.items():
        given = min(left, item.max)
        points[code], left = str(given), left - given
    factories.make_sheet(entry, judge, points=points)


def make_contest(*totals, **fields) -> Round:
    """A round with an entry for each total: offices TH-A01, TH-A02 and so on."""
    judge = factories.make_user("judge")
    round = factories.make_round(judges=[judge], **fields)
    for number, total in enumerate(totals, start=1):
        entry = factories.make_entry(round, f"TH-A{number:02d}")
        if total:
            give_points(entry, judge, total)
    return round


def falling(count: int) -> list[Decimal]:
    """Totals without a tie, best first."""
    return [Decimal(10) - Decimal(number) / 2 for number in range(count)]


@pytest.fixture
def staff(db) -> User:
    return User.objects.get(pk=once("staff", lambda: factories.make_user("staff").pk))


@pytest.fixture
def contest(db) -> Round:
    """Sixteen entries without a tie."""
    return Round.objects.get(pk=once("contest", lambda: make_contest(*falling(16)).pk))


@pytest.fixture
def publication(contest, staff) -> Publication:
    return Publication.objects.get(
        pk=once("publication", lambda: publish(contest, by=staff).pk, on=("contest", "staff"))
    )


@pytest.fixture
def english():
    """What is refused is told in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def heard(db):
    return make_heard()
