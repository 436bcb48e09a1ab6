"""The standings on pages: a page of rows, whatever is chosen, and the way to one's own."""

import pytest
from django.test.utils import override_script_prefix
from django.urls import reverse

from scoring.pages import standings_table as tables
from scoring.pages.standings_table import StandingsTable
from tests import factories as make

pytestmark = pytest.mark.django_db
SIZE = 3


@pytest.fixture
def country(monkeypatch):
    """Two provinces in two regions, with the districts 1 to 5 and 6 to 8, the best first."""
    monkeypatch.setattr(tables, "PAGE", SIZE)
    round, number = make.make_round(rank_visibility="full"), 0
    for region, code, name, districts in (("R15", "TH-50", "เชียงใหม่", 5), ("R05", "TH-90", "สงขลา", 3)):
        above = make.make_office(region, kind="region", size="", name_th=f"เขต {region}")
        province = make.make_office(code, name_th=name, parent=above)
        for _ in range(districts):
            number += 1
            office = make.make_office(f"D{number}", kind="district", name_th=f"อำเภอที่ {number}", parent=province)
            make.put_card(make.make_entry(round, office), f"{50 - number}.00")
    return round


def table(round, user=None, **asked) -> StandingsTable:
    return StandingsTable(round, user or make.make_user("staff"), asked, "th")


def names(shown: StandingsTable) -> list[str]:
    return [row.name.removeprefix("อำเภอที่ ") for row in shown.rows]


def test_a_page_holds_so_many_rows_and_the_rest_follow(country):
    assert [names(table(country, page=str(page))) for page in (1, 2, 3)] == [
        ["1", "2", "3"],
        ["4", "5", "6"],
        ["7", "8"],
    ]
    assert [row.rank for row in table(country, page="3").rows] == [7, 8]
    assert [number for number, _url in table(country).pages()] == ["1", "2", "3"]


@pytest.mark.parametrize(("page", "first"), [("0", "7"), ("99", "7"), ("x", "1"), ("", "1"), ("-1", "7")])
def test_a_page_that_is_not_there_is_the_nearest(country, page, first):
    assert names(table(country, page=page))[0] == first


def test_order_and_choice_hold_on_every_page(country):
    asked = {"sort": "-rank", "province": "TH-50"}
    shown = table(country, **asked)
    assert names(shown) == ["5", "4", "3"]
    (_first, _url), (_second, url) = shown.pages()
    assert url == "?province=TH-50&sort=-rank&page=2"
    assert names(table(country, page="2", **asked)) == ["2", "1"]
    assert (shown.page.paginator.count, shown.total_rows) == (5, 8)
    rank = next(column for column in shown.columns() if column.key == "rank")
    assert rank.url == "?province=TH-50&sort=rank", "another order begins at the first page"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"region": "R05"}, ["6", "7", "8"]),
        ({"province": "TH-90"}, ["6", "7", "8"]),
        ({"province": "TH-90", "region": "R15"}, []),
        ({"q": "ที่ 7"}, ["7"]),
        ({"q": " d8 "}, ["8"]),
        ({"q": "ที่ 1", "region": "R05"}, []),
    ],
)
def test_what_is_asked_for_is_shown_with_its_rank_among_all(country, asked, found):
    shown = table(country, **asked)
    assert names(shown) == found
    assert [row.rank for row in shown.rows] == [int(name) for name in found]


def test_choices_are_the_places_that_take_part(country):
    shown = table(country)
    assert [code for code, _name in shown.regions] == ["R05", "R15"]
    assert [name for _code, name in shown.provinces] == ["เชียงใหม่", "สงขลา"]
    provinces = make.make_round()
    make.make_entry(provinces)
    assert table(provinces).provinces == [], "where provinces take part themselves, there is nothing to choose"


def test_a_dimension_sorts_all_pages(country):
    best = country.entries.get(office__code="D8").scorecards.get(basis="verified")
    best.dimensions = {"1": {"earned": "10.00", "attainable": "10.00", "max": "10.00"}}
    best.save()
    shown = table(country, sort="-d1")
    assert (names(shown)[0], shown.rows[0].parts[0]) == ("8", "10")


@pytest.mark.parametrize("prefix", ["/", "/cdd40/", "/0/"])
def test_a_row_leads_to_its_scorecard_wherever_the_portal_lies(country, prefix):
    with override_script_prefix(prefix):
        row = table(country).rows[0]
        assert row.url == f"{prefix}entries/{row.pk}/"


def test_an_officer_is_led_to_the_own_row(country, client):
    officer = make.make_user("officer", office=country.entries.get(office__code="D8").office)
    client.force_login(officer)
    address = reverse("standings", args=[country.pk])
    own = country.entries.get(office__code="D8").pk
    assert table(country, officer).own_url == f"?sort=rank&page=3#entry-{own}"
    page = client.get(address, {"page": "3"}).content.decode()
    assert f'class="is-own" id="entry-{own}"' in page
    assert table(country, officer, page="3").own_url == ""
    assert table(country, officer, region="R15").own_url == "", "a choice may leave it out"


def test_a_page_takes_as_many_statements_as_another(country, client, django_assert_max_num_queries):
    client.force_login(make.make_user("staff"))
    with django_assert_max_num_queries(12):
        page = client.get(reverse("standings", args=[country.pk])).content.decode()
    assert page.count('<th scope="row"') == SIZE
