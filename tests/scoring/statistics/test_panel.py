"""What is told of a round's judges: marks far apart, ranks without each judge and adjusted, and who may see it."""

import re
from decimal import Decimal

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from scoring.pages.calibration import _seen_by
from scoring.statistics import sheets
from scoring.statistics.panel import panel_of
from scoring.statistics.readings import readings_of
from submissions import intake
from submissions.models import SecondReading, Sheet
from tests import factories as make
from tests.markup import flat

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel():
    return [make.make_user("judge", full_name=f"กรรมการ {name}") for name in "ABC"]


@pytest.fixture
def contest(panel):
    return make.make_contest_round("website-2564", judges=panel)


def give(entry, judge, share: str, **fields) -> Sheet:
    """A sheet with this share of each item's points."""
    items = entry.round.scheme.items
    points = {code: str((Decimal(share) * item.max).quantize(Decimal("0.01"))) for code, item in items.items()}
    return make.make_sheet(entry, judge, points=points, **fields)


@pytest.fixture
def judged(contest, panel):
    """Twelve entries, judged by the first two; the third, who is severe, judged the first six alone with the first."""
    entries = [make.make_entry(contest, f"TH-{number}") for number in range(10, 22)]
    for place, entry in enumerate(entries):
        share = Decimal(40 + 4 * place) / 100
        give(entry, panel[0], str(share))
        if place < 6:
            give(entry, panel[2], str(share - Decimal("0.2")))
        else:
            give(entry, panel[1], str(share))
    give(entries[0], panel[1], "0.42")
    return entries


def reader(user) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.cookies["django_language"] = "en"
    client.force_login(user)
    return client


def test_ranks_without_a_judge_and_with_all_equally_severe(contest, judged, panel):
    found = panel_of(contest, contest.now())
    by_entry = {row.entry: row for row in found.ranks}
    assert [row.rank for row in found.ranks] == sorted(row.rank for row in found.ranks)
    severe = found.severities.judges[str(panel[2].pk)].leniency
    assert severe.value < 0
    assert severe.high < 0
    hard_hit = by_entry[judged[5].pk]
    assert hard_hit.without[panel[2].pk] < hard_hit.rank or hard_hit.adjusted <= hard_hit.rank
    assert hard_hit.adjusted_total > hard_hit.total
    assert by_entry[judged[11].pk].without[panel[2].pk] is not None
    contest.judges.set(panel)
    assert not found.is_complete


def test_the_only_judge_of_an_entry_can_not_be_left_out(contest, panel):
    alone = make.make_entry(contest, "TH-81")
    give(alone, panel[0], "0.5")
    [row] = panel_of(contest, contest.now()).ranks
    assert row.without == {panel[0].pk: None}
    assert row.adjusted is None, "of one judge nobody knows how severe"


def test_a_step_is_a_level_or_a_quarter_of_the_points(contest, panel):
    items = contest.scheme.items
    levelled = next((item for item in items.values() if len(item.levels) > 2), None)
    plain = next((item for item in items.values() if not item.levels), None)
    if levelled:
        low, _middle, high = (level.points for level in levelled.levels[:3])
        assert sheets.steps_between(levelled, low, high) == 2
    if plain:
        assert sheets.steps_between(plain, plain.max / 4, plain.max) == 3
    assert levelled or plain
    entry = make.make_entry(contest, "TH-81")
    give(entry, panel[0], "1")
    give(entry, panel[1], "0")
    far = sheets.apart(contest.scheme, sheets.read(contest))
    assert {one.item for one in far} <= set(items)
    assert far
    [(pk, low, high)] = sheets.farthest(sheets.read(contest))
    assert (pk, low, high) == (entry.pk, 0, sum(item.max for item in items.values()))


def test_it_is_worked_out_again_only_when_a_fact_changes(contest, judged):
    at = contest.now()
    first = panel_of(contest, at)
    with CaptureQueriesContext(connection) as caught:
        assert panel_of(contest, at) == first
    assert len(caught) == 1
    Sheet.objects.filter(entry=judged[0]).first().delete()
    assert panel_of(contest, at) != first


def test_nobody_sees_what_colleagues_gave_before_their_own_sheets_are_final(contest, judged, panel, officer, staff):
    address = f"/rounds/{contest.pk}/calibration/"
    assert reader(staff).get(address).status_code == 200
    assert reader(officer).get(address).status_code in (403, 404)
    first = panel[0]
    shown = reader(first).get(address)
    assert shown.status_code == 200, "whose own are all final"
    assert "without กรรมการ" not in shown.content.decode(), "ranks are for those who run the round until it is closed"
    for half_done in panel[1:]:
        refused = reader(half_done).get(address)
        assert refused.status_code == 403
        assert "0.42" not in refused.content.decode()
    intake.choose_practice(contest, judged[0], by=staff)
    assert reader(panel[1]).get(address).status_code == 403
    points = dict.fromkeys(contest.scheme.items, "1")
    for judge in panel[1:]:
        intake.save_practice(judged[0], by=judge, points=points, final=True)
    practised = reader(panel[1]).get(address).content.decode()
    assert "Practice entry" in practised
    assert "Severity" not in practised


def test_whose_own_sheets_are_not_begun_sees_no_colleagues_though_nothing_is_theirs_to_see(contest, judged, panel):
    address = f"/rounds/{contest.pk}/calibration/"
    contest.is_blind = True
    contest.save()
    assert reader(panel[0]).get(address).status_code == 200, "whose own are all final"
    assert reader(panel[1]).get(address).status_code == 403, "what is veiled is left to judge as well"
    with pytest.raises(intake.Refused):
        intake.choose_practice(contest, judged[0], by=make.make_user("staff"))
    contest.is_blind, contest.assignment = False, "hand"
    contest.save()
    assert reader(panel[1]).get(address).status_code == 403, "nothing was assigned, so nothing is final"


def test_of_an_entry_from_which_they_stand_aside_judges_see_no_points(contest, judged, panel, staff):
    rows = {entry.pk for entry in judged}
    intake.say_conflicts([judged[0]], panel[0], by=panel[0], reason="ญาติ")
    found = panel_of(contest, contest.now())
    assert {row.entry for row in _seen_by(staff, contest, found).ranks} == rows
    seen = _seen_by(panel[0], contest, found)
    assert {row.entry for row in seen.ranks} == rows - {judged[0].pk}
    assert judged[0].pk not in {one.entry for one in seen.apart}


def test_entries_are_held_before_their_round(contest, judged, staff):
    with CaptureQueriesContext(connection) as caught:
        intake.choose_practice(contest, judged[0], by=staff)
    held = [query["sql"] for query in caught if re.search("FOR (NO KEY )?UPDATE", query["sql"])]
    assert ["submissions_entry" in sql.split("WHERE")[0] for sql in held] == [True, False]


@pytest.fixture
def officer(judged):
    return make.make_user("officer", office=judged[0].office)


@pytest.fixture
def staff():
    return make.make_user("staff")


def test_the_page_asks_as_much_of_one_entry_as_of_many(contest, panel, staff):
    client, counts = reader(staff), []
    for number in range(3):
        entry = make.make_entry(contest, f"TH-{number + 30}")
        for judge in panel:
            give(entry, judge, "0.5")
        caches["process"].clear()
        client.get(f"/rounds/{contest.pk}/calibration/")
        caches["process"].clear()
        with CaptureQueriesContext(connection) as caught:
            page = client.get(f"/rounds/{contest.pk}/calibration/")
        counts.append(len(caught))
    assert counts[0] == counts[2], counts
    assert "<p>Too few to say: 3 entries with two judges, of at least 10.</p>" in flat(page.content.decode())


def test_agreement_of_readers_is_told_by_person_and_requirement(contest, panel, staff):
    entry = make.make_entry(make.make_round(judges=panel), "TH-81")
    alike = [(True, True)] * 20 + [(True, False)] * 2 + [(False, False)] * 6
    for first, second in alike:
        evidence = make.make_evidence(entry, "1.1.report", status="accepted")
        fields = {"first_by": panel[0], "first_accepted": first, "accepted": second}
        make.make_reading(evidence, panel[1], state="done", read_by=panel[1], **fields)
    make.make_reading(make.make_evidence(entry, "5.report"), panel[0], state="done", first_by=panel[1], accepted=True)
    found = readings_of(entry.round)
    assert [(one.key, one.count, one.alike) for one in found.people] == [("กรรมการ A", 28, 26), ("กรรมการ B", 1, 1)]
    assert found.people[0].kappa.value == pytest.approx(0.811, abs=0.001)
    assert found.people[1].kappa.lack == "few"
    assert [one.key for one in found.requirements] == ["1.1.report", "5.report"]
    page = flat(reader(staff).get(f"/rounds/{entry.round_id}/readings/").content.decode())
    assert "0.81" in page
    assert "Too few to say: 1 of at least 20." in page
    assert SecondReading.objects.differing().count() == 2
