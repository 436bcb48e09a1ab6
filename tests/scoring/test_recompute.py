"""Facts in, scorecards out: fresh, never older than what was there, ranked by what is true."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scoring import engine, recompute, shipped, tasks
from scoring.models import Scorecard, ScoreChange, stale_entries
from scoring.recompute import BATCH, read_entries, read_facts, rescore, rescore_stale
from submissions.models import Edition, Entry, Evidence, Office, Round
from tests import factories as make
from tests.factories import at

from . import small

AFTER_THE_CLOSE = at("2023-08-25")


def card(entry: Entry, basis: str = "verified") -> Scorecard:
    return Scorecard.objects.get(entry=entry, basis=basis)


def is_stale(entry: Entry) -> bool:
    round = Round.objects.get(pk=entry.round_id)
    return stale_entries(round, round.now()).filter(pk=entry.pk).exists()


# What is written


@pytest.mark.django_db
def test_what_waits_for_review_is_claimed_and_not_verified():
    entry = make.make_entry()
    make.make_evidence(entry, "1.1.report", status="submitted")
    make.make_evidence(entry, "1.2.report", "r1", status="accepted")
    make.make_evidence(entry, "1.2.report", "r2", status="accepted")
    rescore([entry.pk])
    assert (card(entry).total, card(entry, "claimed").total) == (Decimal("5.00"), Decimal("10.00"))
    assert card(entry).criteria["1.1"]["earned"] == "0.00"
    assert card(entry, "claimed").dimensions["1"]["earned"] == "10.00"


@pytest.mark.django_db
def test_a_scorecard_says_what_it_was_made_from():
    entry = make.make_entry()
    make.make_evidence(entry)
    moment = at("2023-07-10", "12:34")
    rescore([entry.pk], at=moment)
    entry.refresh_from_db()
    for basis in engine.BASES:
        kept = card(entry, basis)
        assert (kept.facts_version, kept.edition_digest, kept.as_of) == (
            entry.facts_version,
            entry.round.edition.digest,
            moment,
        )
    assert entry.facts_version == 2


@pytest.mark.django_db
def test_time_is_the_rounds_own():
    entry = make.make_entry(make.make_round(now=at("2023-03-31", "23:00")))
    rescore([entry.pk])
    assert abs(card(entry).as_of - at("2023-03-31", "23:00")) < timedelta(minutes=1)


@pytest.mark.django_db
def test_history_grows_only_when_the_score_moves():
    entry = make.make_entry()
    rescore([entry.pk])
    rescore([entry.pk])
    assert ScoreChange.objects.filter(entry=entry).count() == 2, "one for each basis"
    make.make_evidence(entry, status="accepted")
    rescore([entry.pk])
    totals = ScoreChange.objects.filter(entry=entry, basis="verified").order_by("pk").values_list("total", flat=True)
    assert list(totals) == [Decimal("0.00"), Decimal("5.00")]


@pytest.mark.django_db
def test_wiped_scorecards_come_back_with_the_same_numbers():
    round = make.make_round()
    for number in range(3):
        entry = make.make_entry(round)
        for requirement in ("1.1.report", "3.1.plan", "3.2.inventory")[: number + 1]:
            make.make_evidence(entry, requirement, status="accepted")
    moment = at("2023-07-10")
    rescore(round.entries.values_list("pk", flat=True), at=moment)
    numbers = ["entry", "basis", "total", "attainable", "dimensions", "criteria", "facts_version", "as_of"]
    before = list(Scorecard.objects.order_by("entry", "basis").values(*numbers))
    Scorecard.objects.all().delete()
    rescore(round.entries.values_list("pk", flat=True), at=moment)
    assert list(Scorecard.objects.order_by("entry", "basis").values(*numbers)) == before
    assert len(before) == 6


@pytest.mark.django_db
def test_facts_the_edition_does_not_ask_for_are_left_aside():
    entry = make.make_entry()
    make.make_evidence(entry, "9.9.report", status="accepted")
    make.make_evidence(entry, "1.1.report", "2023-03", status="accepted")  # of no period
    make.make_value(entry, "9.9.number", "5")
    make.make_value(entry, "3.4.news", "5")  # a series has months
    assert rescore([entry.pk]) == 1
    assert card(entry).total == 0


# Freshness


CHANGES = {
    "evidence saved": lambda entry: make.make_evidence(entry),
    "evidence changed": lambda entry: entry.evidence.first().save(),
    "evidence deleted": lambda entry: entry.evidence.first().delete(),
    "evidence deleted in bulk": lambda entry: entry.evidence.all().delete(),
    "value saved": lambda entry: make.make_value(entry, "2.2.1.updated", "12"),
    "value deleted": lambda entry: entry.values.first().delete(),
    "sheet saved": lambda entry: make.make_sheet(entry),
    "sheet deleted": lambda entry: entry.sheets.first().delete(),
    "extension granted": lambda entry: make.make_extension(entry),
    "extension deleted": lambda entry: entry.extensions.first().delete(),
    "holiday added": lambda entry: make.make_holiday("2023-05-30"),
    "size group changed": lambda entry: Office.objects.get(pk=entry.office_id).save(),
    "round changed": lambda entry: Round.objects.get(pk=entry.round_id).save(),
    "another edition": lambda entry: Round.objects.filter(pk=entry.round_id).update(edition=other_edition()),
    "judge added": lambda entry: entry.round.judges.add(make.make_user("judge")),
    "judge removed": lambda entry: entry.round.judges.remove(entry.round.judges.first()),
    "committee set": lambda entry: entry.round.judges.set([make.make_user("judge")]),
    "committee cleared": lambda entry: entry.round.judges.clear(),
    "judge leaves the portal": lambda entry: entry.round.judges.get(sheets=None).delete(),
    "bulk write that says so": lambda entry: (
        Evidence.objects.filter(entry=entry).update(status="accepted"),
        Entry.objects.filter(pk=entry.pk).touch(),
    ),
}


def other_edition() -> Edition:
    return make.make_edition(shipped.text(make.SCHEME) + "\n# amended\n")


@pytest.mark.django_db
@pytest.mark.parametrize("change", CHANGES)
def test_no_change_of_facts_goes_unnoticed(change):
    judges = [make.make_user("judge"), make.make_user("judge")]
    entry, bystander = make.make_entry(make.make_round(judges=judges)), make.make_entry()
    make.make_evidence(entry)
    make.make_value(entry, "3.3.total", "40")
    make.make_sheet(entry, judges[0])
    make.make_extension(entry)
    rescore([entry.pk, bystander.pk])
    assert not is_stale(entry)
    CHANGES[change](entry)
    assert is_stale(entry)
    if change != "holiday added":
        assert not is_stale(bystander)
    rescore_stale(Round.objects.get(pk=entry.round_id))
    assert not is_stale(entry)


@pytest.mark.django_db
def test_a_committee_is_not_changed_behind_its_rounds_back():
    judge = make.make_user("judge")
    with pytest.raises(TypeError, match="from its round"):
        judge.judged_rounds.add(make.make_round())


@pytest.mark.django_db
def test_an_edition_with_other_points_gives_another_score():
    entry = make.make_entry()
    make.make_value(entry, "2.2.1.updated", "12")
    rescore([entry.pk])
    assert card(entry).total == 5
    text = shipped.text(make.SCHEME)
    amended = text.replace("{percent: 2.2.1.updated, of: 12}", "{percent: 2.2.1.updated, of: 15}")
    assert amended != text
    Round.objects.filter(pk=entry.round_id).update(edition=make.make_edition(amended))
    rescore_stale(Round.objects.get(pk=entry.round_id))
    assert (card(entry).total, card(entry).edition_digest) == (2, Edition.digest_of(amended))


@pytest.mark.django_db
def test_a_score_that_can_rise_is_stale_when_a_day_has_passed():
    entry = make.make_entry()
    rescore([entry.pk], at=at("2023-07-10", "23:59:59.999999"))
    stale = stale_entries(entry.round, at("2023-07-10", "23:59:59.999999"))
    assert not stale.exists()
    assert stale_entries(entry.round, at("2023-07-11", "00:00")).get() == entry


@pytest.mark.django_db
def test_a_score_that_waits_for_a_judge_moves_with_no_day():
    """What is claimed can still rise while what is verified can't: the claimed one counts for staleness as well."""
    entry = make.make_entry()
    make.put_card(entry, "10.00", attainable="10.00", as_of=at("2023-07-10"))
    make.put_card(entry, "10.00", attainable="12.00", as_of=at("2023-07-10"), basis="claimed")
    assert stale_entries(entry.round, at("2023-07-11")).exists()


@pytest.mark.django_db
def test_evidence_from_a_clock_that_is_ahead_is_seen_when_its_time_has_come():
    """The worker's clock is behind the web server's: at its time, nothing was handed in yet."""
    entry = make.make_entry()
    make.make_evidence(entry, "1.1.report", status="accepted", submitted_at=at("2023-07-10", "10:00:02"))
    rescore([entry.pk], at=at("2023-07-10", "10:00:00"))
    unseen = card(entry).criteria
    assert not stale_entries(entry.round, at("2023-07-10", "10:00:01")).exists()
    assert stale_entries(entry.round, at("2023-07-10", "10:00:02")).get() == entry
    rescore([entry.pk], at=at("2023-07-10", "10:00:02"))
    assert card(entry).criteria != unseen
    assert not stale_entries(entry.round, at("2023-07-10", "10:00:03")).exists()


@pytest.mark.django_db
def test_a_score_that_cannot_rise_stays_fresh_for_ever():
    entry = make.make_entry()
    rescore([entry.pk], at=AFTER_THE_CLOSE)
    kept = card(entry)
    assert kept.total == kept.attainable == 0
    assert not stale_entries(entry.round, AFTER_THE_CLOSE + timedelta(days=400)).exists()


@pytest.mark.django_db
def test_a_closed_round_stands_still():
    entry = make.make_entry(make.make_round(is_closed=True))
    rescore([entry.pk], at=at("2023-07-10"))
    assert not stale_entries(entry.round, at("2023-07-20")).exists()


@pytest.mark.django_db
def test_one_entry_that_cannot_be_scored_costs_the_others_nothing(caplog):
    round = make.make_round()
    broken, sound = make.make_entry(round, make.make_office("TH-99", size="")), make.make_entry(round)
    make.make_evidence(sound, status="accepted")
    assert rescore_stale(round) == 1
    assert card(sound).total == 5
    assert is_stale(broken)
    assert f"entry {broken.pk} can't be scored" in caplog.text


@pytest.mark.django_db
def test_the_sweep_heals_every_round(monkeypatch):
    entries = [make.make_entry() for _ in range(2)]
    monkeypatch.setattr(tasks, "SLICE", 60)  # however busy the machine is
    assert tasks.sweep() == 2
    assert tasks.sweep() == 0
    assert not any(is_stale(entry) for entry in entries)


@pytest.mark.django_db
def test_a_sweep_stops_after_its_time_and_asks_for_another_that_goes_on(monkeypatch):
    entries = [make.make_entry(round) for round in (make.make_round(), make.make_round()) for _ in range(3)]
    asked = []
    monkeypatch.setattr(recompute, "BATCH", 2)
    monkeypatch.setattr(tasks, "SLICE", 0)
    monkeypatch.setattr(tasks.sweep, "apply_async", asked.append)
    done = [tasks.sweep()]
    while len(asked) == len(done):
        done.append(tasks.sweep(*asked[-1]))
    assert done == [2, 1, 2, 1, 0]
    assert [last for _round, last in asked] == [entries[place].pk for place in (1, 2, 4, 5)]
    assert not any(is_stale(entry) for entry in entries)


@pytest.mark.django_db
def test_a_sweep_does_not_begin_again_with_what_cannot_be_scored(monkeypatch):
    round = make.make_round()
    make.make_entry(round, make.make_office("TH-99", size=""))
    asked = []
    monkeypatch.setattr(tasks, "SLICE", 0)
    monkeypatch.setattr(tasks.sweep, "apply_async", asked.append)
    assert (tasks.sweep(), len(asked)) == (0, 1)
    assert (tasks.sweep(*asked[0]), len(asked)) == (0, 1)


# How many statements


@pytest.mark.django_db
def test_one_rescore_takes_at_most_eight_statements_whatever_there_is():
    counts = {}
    for rows in (1, 3, 60):
        entry = make.make_entry()
        requirements = list(entry.round.scheme.requirements.values())
        for number in range(rows):
            requirement = requirements[number % len(requirements)]
            period = requirement.periods[0].code if requirement.periods else ""
            make.make_evidence(entry, requirement.code, period, status="accepted")
            make.make_extension(entry, requirement.code, period=period)
            make.make_sheet(entry)
        make.make_value(entry, "2.2.1.updated", "12")
        assert entry.round.scheme  # read before, as in a worker that has run a while
        with CaptureQueriesContext(connection) as captured:
            rescore([entry.pk])
        counts[rows] = len(captured)
    assert set(counts.values()) == {counts[1]}
    assert counts[1] <= 8, "the beginning and the end of the transaction, and a line of history, among them"


@pytest.mark.django_db
def test_many_entries_take_no_more_statements_than_one():
    one, many = make.make_round(), make.make_round()
    make.make_evidence(make.make_entry(one))
    for _ in range(BATCH):
        make.make_evidence(make.make_entry(many))
    assert one.scheme is many.scheme
    counts = []
    for round in (one, many):
        with CaptureQueriesContext(connection) as captured:
            rescore(list(round.entries.values_list("pk", flat=True)))
        counts.append(len(captured))
    assert counts[0] == counts[1]


# Facts of another edition

SWAPPED = {
    "kind: number  # users": "kind: date",
    "kind: date  # done_on": "kind: number",
    "number: {value: users}": "number: {value: done_on}",
    "date: {value: done_on}": "date: {value: users}",
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "lost"),
    [
        (SWAPPED, {"users", "done_on"}),
        ({"kind: boolean  # agreed": "kind: number", "agreed, is: true": "agreed, at_least: 1"}, {"agreed"}),
        ({"kind: number  # users": "above: 500"}, {"users"}),
        ({"to: 2023-03": "to: 2023-02"}, set()),
    ],
    ids=["a number for a day", "an answer for a number", "too little", "a month too many"],
)
def test_what_was_entered_for_another_edition_counts_nothing_and_breaks_nothing(change, lost):
    entry = make.make_entry(make.make_round(edition=small.edition()))
    small.hand_in(entry)
    (old,) = read_facts(read_entries([entry.pk]), None).values()
    (new,) = read_facts(read_entries([entry.pk]), None, scheme=small.scheme(change)).values()
    assert set(old.values) == {"users", "done_on", "agreed", "visits"}
    assert set(old.values) - set(new.values) == lost
    assert ("2023-03" in new.values["visits"]) == (lost != set())


@pytest.mark.django_db
def test_points_above_an_item_s_new_maximum_are_not_counted():
    entry = make.make_entry(make.make_round(edition=small.edition(), judges=[make.make_user("judge")]))
    make.make_sheet(entry, entry.round.judges.get(), points={"idea": "5", "talk": "2"})
    change = {"max: 5  # idea": "max: 4", "max: 5  # talk": "max: 6"}
    (facts,) = read_facts(read_entries([entry.pk]), None, scheme=small.scheme(change)).values()
    assert [sheet.points for sheet in facts.sheets] == [{"talk": 2}]
