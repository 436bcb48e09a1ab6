"""How the country stands: every figure is that of the rows it is told of."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring.boards.country import Country
from scoring.models import ScoreChange
from submissions.models import Entry
from tests import factories as make
from tests.markup import flat

pytestmark = pytest.mark.django_db


@pytest.fixture
def round():
    return make.make_round()


@pytest.fixture
def staff():
    return make.make_user("staff")


def enter(round, total: str, *, region="R01", size="small", earned="1.00"):
    office = make.make_office(region, kind="region", size="", name_th=f"เขต {region}", name_en="")
    entry = make.make_entry(round)
    entry.office.parent, entry.office.size = office, size
    entry.office.save()
    dimensions = {one.code: {"earned": earned} for one in round.scheme.dimensions}
    make.put_card(entry, total, dimensions=dimensions)
    return entry


def country(round) -> Country:
    return Country(round, Entry.objects.all())


def change(entry, total: str, *, days: int) -> None:
    moment = entry.round.now() - timedelta(days=days)
    kept = {"total": total, "attainable": 100, "facts_version": 1}
    ScoreChange.objects.create(entry=entry, basis="verified", at=moment, **kept)


def test_totals_lie_in_classes_and_the_most_there_is_in_the_last(round):
    for total in ("0", "9.99", "10", "95", "100"):
        enter(round, total)
    make.make_entry(round)  # without points yet
    shown = country(round)
    assert [count for _name, count in shown.distribution()] == [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert [name for name, _count in shown.distribution()][:2] == ["0–10", "10–20"]
    assert shown.unknown == 1


def test_medians_are_told_by_size_and_by_region(round):
    for total, region, size, earned in (
        ("10", "R01", "small", "1"),
        ("20", "R01", "large", "2"),
        ("40.01", "R02", "large", "4"),
    ):
        enter(round, total, region=region, size=size, earned=earned)
    everybody, small, large = country(round).by_size()
    assert (everybody.offices, everybody.points[0], everybody.points[-1]) == (3, Decimal("2.00"), Decimal("20.00"))
    assert (small.offices, small.points[-1]) == (1, Decimal("10.00"))
    assert (large.offices, large.points[0], large.points[-1]) == (2, Decimal("3.00"), Decimal("30.01"))
    assert [(one.title, one.points[-1]) for one in country(round).by_region()] == [
        ("เขต R01", Decimal("15.00")),
        ("เขต R02", Decimal("40.01")),
    ]


def test_what_moved_is_the_difference_to_a_week_ago(round):
    rose, fell, stayed, fresh = (enter(round, total) for total in ("30", "5", "7", "50"))
    change(rose, "10", days=30)
    change(rose, "12", days=8)
    change(rose, "30", days=1)
    change(fell, "9", days=8)
    change(stayed, "7", days=8)
    change(fresh, "50", days=2)  # of which nothing is known from before
    assert [(one.entry, one.gain) for one in country(round).moved] == [(rose, 18), (fell, -4)]


def test_what_waits_longest_comes_first_and_the_rate_says_how_long_it_takes(round):
    entry = enter(round, "1")
    make.make_evidence(entry, "3.1.plan", submitted_at=make.at("2023-07-08"))
    for day in ("2023-07-01", "2023-07-05"):
        make.make_evidence(entry, "3.5.report", "2023-06", submitted_at=make.at(day))
    gone = enter(round, "1")
    make.make_evidence(gone, "3.1.review", submitted_at=make.at("2023-01-01"))
    gone.state = Entry.State.WITHDRAWN
    gone.save()
    for number in range(7):
        make.make_evidence(entry, "1.1.report", status="accepted", reviewed_at=make.at(f"2023-07-0{number + 1}"))
    make.make_evidence(entry, "1.1.report", status="returned", reviewed_at=make.at("2023-05-01"))
    shown = country(round)
    assert [(one.pieces, one.days) for one in shown.waiting] == [(2, 9), (1, 2)]
    assert (shown.left, shown.rate, shown.needed, shown.days_left) == (3, Decimal("0.5"), 6, 21)
    assert sum(shown.reviewed.values()) == 7
    assert len(shown.reviewed) == 28


def test_where_nothing_is_reviewed_no_end_is_told(round):
    make.make_evidence(enter(round, "1"))
    assert country(round).needed is None


def page(client, user, round):
    client.force_login(user)
    return client.get(reverse("country", args=[round.pk]))


def test_each_chart_has_its_numbers_beneath(client, round, staff):
    entry = enter(round, "42")
    make.make_evidence(entry, "1.1.report", status="accepted", reviewed_at=make.at("2023-07-03"))
    text = flat(page(client, staff, round).content.decode())
    assert text.count('<svg class="chart" aria-hidden="true" ') == 2
    assert '<th scope="row">40–50</th><td class="count-of">1</td>' in text
    assert '<th scope="row">3 ก.ค. 2566</th><td class="count-of">1</td>' in text


def test_a_round_without_anything_has_a_page(client, round, staff):
    assert page(client, staff, round).status_code == 200


def test_judges_see_it_once_points_sway_nobody(client, round, staff):
    judge = make.make_user("judge")
    round.judges.add(judge)
    assert page(client, judge, round).status_code == 403
    round.is_closed = True
    round.save()
    assert page(client, judge, round).status_code == 200


def test_it_asks_as_much_for_many_offices_as_for_one(client, round, staff):
    def asked() -> int:
        page(client, staff, round)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("country", args=[round.pk]))
        return len(captured)

    make.make_evidence(enter(round, "1"))
    one = asked()
    for _ in range(2):
        entry = enter(round, "2")
        change(entry, "1", days=8)
        make.make_evidence(entry)
    assert asked() == one <= 12
