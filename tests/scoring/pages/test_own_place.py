"""Where the whole table is not open to offices: the own place, and how ranks come about."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from submissions.models import Round
from tests import factories as make

from .test_views import scored

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    user = make.make_user("officer", office=make.make_office("TH-20", name_th="ชลบุรี"))
    client.force_login(user)
    return user


def of(client, round):
    return client.get(reverse("standings", args=[round.pk]))


def places(page: str) -> list[tuple[str, ...]]:
    return re.findall(r"<dd *>\s*(\d+|–)(?:\s*<small>/ (\d+)</small>)?\s*</dd>", page)


def test_the_own_place_is_told_and_nobody_else_is_named(client, officer):
    round = make.make_round(rank_visibility="own")
    scored(round, "เชียงใหม่", "80.00")
    own = scored(round, "เมืองชลบุรี", "70.50", kind="district", parent=officer.office)
    page = of(client, round).content.decode()
    assert places(page)[0] == ("2", "2")
    assert "70.50" in page
    assert "ยังไม่มีผู้ตรวจ" not in page, "all that is typed is looked at first"
    assert reverse("scorecard", args=[own.pk]) in page
    for others in ("เชียงใหม่", "80"):
        assert others not in re.sub(r"<[^>]*>", "", page[page.index("<main") : page.index("</main>")])
    make.make_entry(round)  # it was never scored
    page = of(client, round).content.decode()
    assert places(page)[0] == ("–", "")
    assert "ยังไม่มีอันดับ" in page


def test_where_nobody_looks_at_what_is_typed_it_is_said_to_count_at_once(client, officer, monkeypatch):
    monkeypatch.setattr(Round, "reviews", lambda round, value: False)
    round = make.make_round(rank_visibility="own")
    scored(round, "เมืองชลบุรี", "70.50", kind="district", parent=officer.office)
    assert "ยังไม่มีผู้ตรวจ" in of(client, round).content.decode()


def test_inside_regions_it_is_among_those_of_the_region(client, officer):
    round = make.make_round(rank_visibility="own", ranking="region")
    regions = [make.make_office(code, kind="region", size="") for code in ("R01", "R02")]
    officer.office.parent = regions[0]
    officer.office.save()
    scored(round, "เมืองชลบุรี", "70.00", kind="district", parent=officer.office)
    scored(round, "ระยอง", "60.00", parent=regions[0])
    scored(round, "เชียงใหม่", "80.00", parent=regions[1])
    assert places(of(client, round).content.decode())[0] == ("1", "2")


@pytest.mark.parametrize(("shown", "status"), [("hidden", 403), ("own", 200), ("full", 200)])
def test_the_round_says_what_an_office_sees(client, officer, shown, status):
    round = make.make_round(rank_visibility=shown)
    make.make_entry(round, officer.office)
    answer = of(client, round)
    assert answer.status_code == status
    assert ("<table" in answer.content.decode()) == (shown == "full")


def test_it_asks_no_more_of_the_database_for_more_entries(client, officer):
    asked = []
    for count in (1, 12):
        round = make.make_round(rank_visibility="own")
        for number in range(count):
            scored(round, f"{count}-{number}", "10.00", kind="district", parent=officer.office)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = of(client, round).content.decode()
        assert len(places(page)) == 2 * count
        asked.append(len(queries))
    assert asked[0] == asked[1]
