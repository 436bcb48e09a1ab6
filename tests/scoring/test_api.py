"""Scorecards and standings by the API, as far as each reader is shown them."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scoring.recompute import rescore
from submissions.models import Entry, Round
from tests import factories as make
from tests.api import API, by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_requests_yet")]


@pytest.fixture
def judge():
    return make.make_user("judge")


@pytest.fixture
def round(judge):
    return make.make_round(judges=[judge], rank_visibility="full")


@pytest.fixture
def entry(round):
    return make.make_entry(round, "TH-81")


@pytest.fixture
def officer(entry):
    return make.make_user("officer", office=entry.office)


def scorecard(person, entry, language="th") -> dict:
    return by(person, language).get(f"{API}/entries/{entry.pk}/scorecard/").json()


def test_a_scorecard_has_both_bases_and_every_criterion(entry, officer):
    make.make_evidence(entry, "1.1.report", status="accepted")
    make.make_evidence(entry, "1.4.workshop", status="accepted", submitted_at=make.at("2022-12-20"))
    make.make_evidence(entry, "1.4.report", status="submitted")
    rescore([entry.pk])
    card = scorecard(officer, entry)
    attainable = card["verified"]["attainable"]
    assert card["verified"] == {"earned": "5.00", "attainable": attainable, "max": "100.00", "unchecked": "0.00"}
    assert card["claimed"]["earned"] == "10.00"
    assert (card["fresh"], card["edition"]) == (True, entry.round.edition.digest)
    assert datetime.fromisoformat(card["as_of"]).utcoffset().total_seconds() == 7 * 3600
    assert [one["code"] for one in card["criteria"]] == list(entry.round.scheme.criteria)
    first, fourth = card["criteria"][0], next(one for one in card["criteria"] if one["code"] == "1.4")
    assert first["claimed"] == {"earned": "5.00", "attainable": "5.00", "max": "5.00"}
    assert first["verified"] == first["claimed"] | {"unchecked": "0.00"}
    assert (fourth["verified"]["earned"], fourth["claimed"]["earned"]) == ("0.00", "5.00")
    assert sum(float(one["verified"]["earned"]) for one in card["dimensions"]) == 5


def test_sentences_are_in_the_language_asked_for(entry, officer):
    make.make_evidence(entry, "1.3.training", status="accepted", submitted_at=make.at("2023-03-01"))
    rescore([entry.pk])
    said = {language: scorecard(officer, entry, language)["criteria"][2] for language in ("th", "en")}
    assert said["th"]["why"]
    assert said["en"]["why"]
    assert said["th"]["why"] != said["en"]["why"]
    assert any("ก" <= letter <= "๙" for letter in "".join(said["th"]["why"]))
    open_ones = [one for one in scorecard(officer, entry, "en")["criteria"] if one["next"]]
    assert open_ones
    assert "2566 BE (2023)" in " ".join(open_ones[0]["next"])


def test_a_scorecard_says_when_it_is_behind_its_facts(entry, officer):
    assert scorecard(officer, entry)["fresh"] is False  # never scored
    rescore([entry.pk])
    assert scorecard(officer, entry)["fresh"] is True
    make.make_evidence(entry)
    assert scorecard(officer, entry)["fresh"] is False


def test_nobody_sees_the_scorecard_of_an_entry_they_do_not_see(entry, judge):
    for person, status in {
        make.make_user("officer", office=make.make_office("TH-82")): 404,
        make.make_user("judge"): 404,
        judge: 403,  # until their own sheet is final
        make.make_user("staff"): 200,
    }.items():
        assert by(person).get(f"{API}/entries/{entry.pk}/scorecard/").status_code == status


@pytest.fixture
def table(entry, round):
    """Three entries: 5, 5 and nothing."""
    others = [make.make_entry(round, "TH-82"), make.make_entry(round, "TH-83")]
    for scored in (entry, others[0]):
        make.make_evidence(scored, "1.1.report", status="accepted")
    rescore([entry.pk, *(other.pk for other in others)])
    return [entry, *others]


def standings(person, round: Round):
    return by(person).get(f"{API}/rounds/{round.pk}/standings/")


def test_standings_are_ranked_and_nothing_is_last(table, round):
    lines = standings(make.make_user("staff"), round).json()["results"]
    assert [(line["rank"], line["total"]) for line in lines] == [(1, "5.00"), (1, "5.00"), (None, "0.00")]
    assert lines[0]["dimensions"][0] == {"code": "1", "earned": "5.00"}
    assert all(line["fresh"] for line in lines)


@pytest.mark.parametrize(("visibility", "lines"), [("full", 3), ("own", 1), ("hidden", None)])
def test_an_office_sees_what_the_round_shows(table, round, officer, visibility, lines):
    Round.objects.update(rank_visibility=visibility)
    answer = standings(officer, round)
    place = scorecard(officer, table[0])["place"]
    if lines is None:
        assert answer.status_code == 403
        assert place is None
    else:
        assert answer.json()["count"] == lines
        assert answer.json()["results"][0]["office"]["code"] == "TH-81"
        assert place == {"rank": 1, "among": 3}


def test_the_committee_and_staff_see_all_and_strangers_no_round(table, round, judge):
    Round.objects.update(rank_visibility="hidden")
    assert standings(judge, round).status_code == 403
    Round.objects.update(is_closed=True)
    assert standings(judge, round).json()["count"] == 3
    assert standings(make.make_user("staff"), round).json()["count"] == 3
    assert standings(make.make_user("judge"), round).status_code == 404
    assert standings(make.make_user("officer", office=make.make_office("TH-99")), round).status_code == 404


def test_an_entry_that_was_never_scored_is_there_and_not_fresh(round):
    make.make_entry(round, "TH-84")
    (line,) = standings(make.make_user("staff"), round).json()["results"]
    assert (line["total"], line["fresh"], line["dimensions"]) == (None, False, [])


def test_queries_do_not_grow_with_entries(table, round, officer):
    def count(address):
        with CaptureQueriesContext(connection) as queries:
            assert by(officer).get(address).status_code == 200
        return len(queries)

    addresses = [f"{API}/rounds/{round.pk}/standings/", f"{API}/entries/{table[0].pk}/scorecard/"]
    few = [count(address) for address in addresses]
    for number in range(4):
        make.make_evidence(make.make_entry(round, f"TH-9{number}"))
        make.make_evidence(table[0], "3.5.report", f"2023-0{number + 2}")
    rescore(Entry.objects.values_list("pk", flat=True))
    assert [count(address) for address in addresses] == few
    assert max(few) <= 12  # four of them count requests
