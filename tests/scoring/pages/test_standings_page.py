"""The page of the standings: who stands where, what is sorted and chosen, in the reader's language."""

import re

import pytest
from django.urls import reverse

from submissions.models import Entry
from tests import factories as make
from tests.markup import flat

from .test_views import scored, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    user = make.make_user("staff")
    client.force_login(user)
    return user


def names(response) -> list[str]:
    return re.findall(r'scope="row" class="name">(?:<a href="[^"]*">)?([^<]+)', flat(text_of(response)))


def ranks(response) -> list[int]:
    return [int(rank) for rank in re.findall(r'<td class="rank">(\d+)', text_of(response))]


@pytest.fixture
def contest(staff):
    """Five offices: two share the second place, one has no scorecard at all."""
    round = make.make_round()
    north = make.make_office("R15", kind="region", name_th="เขตตรวจราชการที่ 15", size="")
    scored(round, "เชียงใหม่", "80.00", size="large", parent=north)
    scored(round, "ขอนแก่น", "70.50", size="large")
    scored(round, "กระบี่", "70.50", size="small")
    scored(round, "แพร่", "9.00", size="medium")
    make.make_entry(round, make.make_office("TH-0", name_th="อ่างทอง", name_en="Ang Thong", size="small"))
    return round


def table(client, contest, **query):
    return client.get(reverse("standings", args=[contest.pk]), query)


def test_equal_points_share_a_rank_and_nothing_is_last(client, contest):
    response = table(client, contest)
    assert names(response) == ["เชียงใหม่", "กระบี่", "ขอนแก่น", "แพร่", "อ่างทอง"]
    assert ranks(response) == [], "nobody has a rank while a rival has no points"
    last = contest.entries.get(office__code="TH-0")
    make.put_card(last, "0.00")
    make.put_card(last, "0.00", basis="claimed")
    assert ranks(table(client, contest)) == [1, 2, 2, 4], "and with nothing nobody has one"


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("name", ["กระบี่", "ขอนแก่น", "เชียงใหม่", "แพร่", "อ่างทอง"]),
        ("-name", ["อ่างทอง", "แพร่", "เชียงใหม่", "ขอนแก่น", "กระบี่"]),
        ("total", ["อ่างทอง", "แพร่", "กระบี่", "ขอนแก่น", "เชียงใหม่"]),
        ("-d1", ["เชียงใหม่", "กระบี่", "ขอนแก่น", "แพร่", "อ่างทอง"]),
        ("nonsense", ["เชียงใหม่", "กระบี่", "ขอนแก่น", "แพร่", "อ่างทอง"]),
    ],
)
def test_any_column_sorts_and_thai_names_as_in_the_dictionary(client, contest, sort, first):
    assert names(table(client, contest, sort=sort)) == first


def test_a_choice_hides_rows_and_ranks_stay_those_of_the_whole_round(client, contest):
    make.put_card(contest.entries.get(office__code="TH-0"), "1.00")
    assert ranks(table(client, contest, size="small")) == [2, 5]
    assert names(table(client, contest, region="R15")) == ["เชียงใหม่"]
    assert names(table(client, contest, size="none")) == []


def test_names_are_said_in_the_readers_language(client, contest):
    client.cookies["django_language"] = "en"
    assert names(table(client, contest, sort="name"))[0] == "Ang Thong"


def test_an_officer_of_an_open_table_opens_the_own_scorecard_alone(client, contest):
    contest.rank_visibility = "full"
    contest.save()
    own = Entry.objects.get(round=contest, office__name_th="กระบี่")
    client.force_login(make.make_user("officer", office=own.office))
    page = text_of(table(client, contest))
    assert re.findall(r"/entries/(\d+)/", page) == [str(own.pk)]
    assert page.count('class="is-own"') == 1
