"""The map: every province has the number and the class that the table beneath it says."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring.boards.country import Country
from scoring.boards.provinces import Provinces
from submissions.models import Entry
from tests import factories as make
from tests.markup import flat

pytestmark = pytest.mark.django_db


@pytest.fixture
def round():
    return make.make_round()


def enter(round, total: str | None, code: str, attainable: str = "100.00"):
    entry = make.make_entry(round, code)
    if total is not None:
        dimensions = {one.code: {"earned": f"{n}.00"} for n, one in enumerate(round.scheme.dimensions)}
        make.put_card(entry, total, attainable=attainable, dimensions=dimensions)
    return entry


def provinces(round, measure: str = "") -> Provinces:
    return Provinces(Country(round, Entry.objects.all()), measure)


def test_equal_numbers_are_in_one_class_and_what_has_none_in_none(round):
    totals = ("10", "10", "10", "20", "30", "40", "50", "60", "70", "80", None)
    for number, total in enumerate(totals, 30):
        enter(round, total, f"TH-{number}")
    shown = provinces(round)
    assert [(row.said, row.level) for row in shown.rows][:3] == [("80", 5), ("70", 5), ("60", 4)]
    assert [row.level for row in shown.rows if row.number == 10] == [1, 1, 1]
    assert (shown.rows[-1].number, shown.rows[-1].level, shown.unknown) == (None, 0, 1)
    assert [(one.level, one.least, one.most, one.provinces) for one in shown.classes] == [
        (5, "70", "80", 2),
        (4, "50", "60", 2),
        (3, "30", "40", 2),
        (2, "20", "20", 1),
        (1, "10", "10", 3),
    ]


def test_half_a_cent_is_rounded_up(round):
    """Of a province with two entries the median; an entry of which nothing is owed has no completeness."""
    province = make.make_office("TH-81")
    for code, total in (("8101", "10.00"), ("8102", "10.01")):
        entry = make.make_entry(round, make.make_office(code, kind="district", size="", parent=province))
        make.put_card(entry, total, attainable="90.00", dimensions={one.code: {} for one in round.scheme.dimensions})
    assert [row.number for row in provinces(round).rows] == [Decimal("10.01")]


def test_each_measure_is_told_of_the_same_entries(round):
    entry = enter(round, "40", "TH-81", attainable="90.50")
    make.make_evidence(entry, "1.4.workshop", status="accepted", submitted_at=make.at("2022-12-20"))
    enter(round, "30", "TH-82")
    assert [one.number for one in provinces(round, "attainable").rows] == [100, Decimal("90.50")]
    assert [one.number for one in provinces(round, "d|3").rows] == [2, 2]
    complete = {one.code: one.number for one in provinces(round, "complete").rows}
    assert complete["TH-82"] == 0 <= complete["TH-81"]
    assert provinces(round, "d|nothing").measure.code == ""  # what there is not is the first


def test_a_province_with_several_offices_has_their_median_and_no_single_scorecard(round):
    for number, total in enumerate(("10", "20", "60")):
        entry = enter(round, total, f"2-{number}")
        entry.office.kind, entry.office.parent = "district", make.make_office("TH-20")
        entry.office.save()
    single = enter(round, "30", "TH-21")
    assert [(row.code, row.number, row.url) for row in provinces(round).rows] == [
        ("TH-21", 30, reverse("scorecard", args=[single.pk])),
        ("TH-20", 20, ""),
    ]


def page(client, round, query: str = ""):
    client.force_login(make.make_user("staff"))
    return client.get(reverse("country", args=[round.pk]) + query)


def test_the_map_links_where_its_table_does(client, round):
    entry = enter(round, "42.5", "TH-81")
    assert '<svg class="map"' not in page(client, round).content.decode()  # nothing to compare it with
    enter(round, None, "TH-82")
    text = flat(page(client, round).content.decode())
    link = reverse("scorecard", args=[entry.pk])
    shape = '<title>จังหวัด TH-81 42.50</title><use href="/static/vendor/thailand.svg#TH-81"/>'
    assert f'<a class="level-1" href="{link}" tabindex="-1">{shape}</a>' in text
    assert f'<th scope="row"><a href="{link}">จังหวัด TH-81</a></th>' in text
    assert 'thailand.svg#TH-10" class="others"' in text


@pytest.mark.parametrize("measure", ["", "attainable", "complete", "d|1", "odd\x00"])
def test_whatever_it_shows_it_asks_no_more_for_many(client, round, measure):
    def asked() -> int:
        page(client, round)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("country", args=[round.pk]), {"map": measure}).status_code == 200
        return len(captured)

    make.make_evidence(enter(round, "1", "TH-81"))
    enter(round, "2", "TH-82")
    few = asked()
    for code in ("TH-83", "TH-84", "TH-85"):
        make.make_evidence(enter(round, "2", code))
    assert asked() == few <= 12
