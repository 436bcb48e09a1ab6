"""What every page and paper says of verified points that rest on figures nobody has looked at."""

import pytest
from django.urls import reverse

from scoring import paper
from scoring.models import Scorecard
from scoring.recompute import rescore
from scoring.scorecard import ScorecardView
from tests import factories as make
from tests.markup import flat

pytestmark = pytest.mark.django_db
MONTHS = [f"2023-0{month}" for month in range(2, 8)]
SENTENCE = "ในจำนวนนี้ 1 คะแนนมาจากตัวเลขที่สำนักงานกรอกเองและยังไม่มีผู้ตรวจ"
ALL_OF_IT = "ทั้งหมดนี้ยังไม่มีผู้ตรวจ มาจากตัวเลขที่สำนักงานกรอกเองเท่านั้น"


@pytest.fixture
def entry():
    """Five points of an accepted report, and one of news that the office counted itself."""
    edition = make.make_unreviewed_edition()
    round = make.make_round(make.at("2023-08-01"), rank_visibility="own", edition=edition)
    entry = make.make_entry(round, make.make_office())
    make.make_evidence(entry, "1.1.report", status="accepted")
    for month in MONTHS:
        make.make_value(entry, "3.4.news", "10", month)
    rescore([entry.pk])
    return entry


@pytest.fixture
def officer(client, entry):
    user = make.make_user("officer", office=entry.office)
    client.force_login(user)
    return user


def test_a_scorecard_keeps_how_much_rests_on_them(entry):
    card = Scorecard.objects.get(entry=entry, basis="verified")
    assert (card.total, card.unchecked) == (6, 1)
    assert {code: one["unchecked"] for code, one in card.criteria.items() if one["unchecked"] != "0.00"} == {
        "3.4": "1.00"
    }


def test_what_central_staff_entered_was_looked_at(entry):
    entry.values.update(source="central")
    rescore([entry.pk])
    card = Scorecard.objects.get(entry=entry, basis="verified")
    assert (card.total, card.unchecked) == (6, 0)


def test_pages_say_it_once_each(client, entry, officer):
    for address, sentence in (
        (reverse("scorecard", args=[entry.pk]), SENTENCE),
        (reverse("criterion", args=[entry.pk, "3.4"]), ALL_OF_IT),
        (reverse("standings", args=[entry.round_id]), SENTENCE),
    ):
        assert flat(client.get(address).content.decode()).count(sentence) == 1, address
    home = flat(client.get(reverse("scorecard", args=[entry.pk])).content.decode())
    assert home.count("ตัวเลขยังไม่มีผู้ตรวจ 1<") == 1, "at its criterion"
    assert "ยังไม่มีผู้ตรวจ" not in flat(client.get(reverse("criterion", args=[entry.pk, "1.1"])).content.decode())


def test_the_standings_have_a_column_where_there_is_any(client, entry):
    client.force_login(make.make_user("staff"))
    address = reverse("standings", args=[entry.round_id])
    page = flat(client.get(address).content.decode())
    assert 'class="unchecked"' in page
    assert '<td class="muted">1</td>' in page
    entry.values.all().delete()
    rescore([entry.pk])
    assert 'class="unchecked"' not in flat(client.get(address).content.decode())


def test_the_paper_says_it_with_thai_digits(entry):
    page = flat(paper.page(ScorecardView(entry, "th"), make.NOW))
    assert page.count("ในจำนวนนี้ ๑ คะแนนมาจากตัวเลข") == 1
    assert page.count("ตัวเลขยังไม่มีผู้ตรวจ ๑") == 1


def test_programs_are_told_of_each_line(client, entry, officer):
    found = client.get(f"/api/v1/entries/{entry.pk}/scorecard/").json()
    assert (found["verified"]["earned"], found["verified"]["unchecked"]) == ("6.00", "1.00")
    told = {line["code"]: line["verified"]["unchecked"] for line in found["criteria"]}
    assert {code: points for code, points in told.items() if points != "0.00"} == {"3.4": "1.00"}
    assert "unchecked" not in found["claimed"]
    (line,) = client.get(f"/api/v1/rounds/{entry.round_id}/standings/").json()["results"]
    assert (line["total"], line["unchecked"]) == ("6.00", "1.00")


def test_a_card_from_before_it_was_told_says_nothing_of_it(client, entry, officer):
    for card in Scorecard.objects.filter(entry=entry):
        for part in (*card.dimensions.values(), *card.criteria.values()):
            del part["unchecked"]
        card.save()
    assert "ยังไม่มีผู้ตรวจ" not in flat(client.get(reverse("scorecard", args=[entry.pk])).content.decode())
    assert client.get(f"/api/v1/entries/{entry.pk}/scorecard/").json()["verified"]["unchecked"] == "0.00"
