"""Facts in, scorecards out: fresh, never older than what was there, ranked by what is true."""

import threading
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scoring import engine, recompute, shipped, tasks
from scoring.models import Scorecard, ScoreChange, rank_of, stale_entries, standings
from scoring.recompute import rescore, rescore_stale
from submissions.models import Edition, Entry, Evidence, Office, Round
from tests import factories as make
from tests.factories import at

AFTER_THE_CLOSE = at("2023-08-25")


def card(entry: Entry, basis: str = "verified") -> Scorecard:
    return Scorecard.objects.get(entry=entry, basis=basis)


def is_stale(entry: Entry) -> bool:
    round = Round.objects.get(pk=entry.round_id)
    return stale_entries(round, round.now()).filter(pk=entry.pk).exists()


def put_card(entry: Entry, total: str, **fields) -> Scorecard:
    """A scorecard with any total, as if it had been computed."""
    fields = {"attainable": total, "basis": "verified", "as_of": at("2023-07-01"), "max": 100} | fields
    return Scorecard.objects.create(
        entry=entry,
        total=total,
        facts_version=entry.facts_version,
        edition_digest=entry.round.edition.digest,
        computed_at=timezone.now(),
        **fields,
    )


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
    put_card(entry, "10.00", attainable="10.00", as_of=at("2023-07-10"))
    put_card(entry, "10.00", attainable="12.00", as_of=at("2023-07-10"), basis="claimed")
    assert stale_entries(entry.round, at("2023-07-11")).exists()


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
    broken, sound = make.make_entry(round), make.make_entry(round)
    make.make_value(broken, "3.3.total", "no number")
    make.make_evidence(sound, status="accepted")
    assert rescore_stale(round) == 1
    assert card(sound).total == 5
    assert is_stale(broken)
    assert f"entry {broken.pk} can't be scored" in caplog.text


@pytest.mark.django_db
def test_the_sweep_heals_every_round():
    entries = [make.make_entry() for _ in range(2)]
    assert tasks.sweep() == 2
    assert tasks.sweep() == 0
    assert not any(is_stale(entry) for entry in entries)


# Standings


@pytest.mark.django_db
def test_ties_share_a_rank_and_nothing_is_last():
    round = make.make_round()
    totals = {"TH-10": "88.00", "TH-11": "90.50", "TH-12": "88.00", "TH-13": "0.00", "TH-14": None, "TH-15": "3.00"}
    for code, total in totals.items():
        entry = make.make_entry(round, code)
        if total:
            put_card(entry, total)
    assert [(row.rank, row.office.code) for row in standings(round)] == [
        (1, "TH-11"),
        (2, "TH-10"),
        (2, "TH-12"),
        (4, "TH-15"),
        (5, "TH-13"),
        (5, "TH-14"),
    ]


@pytest.mark.django_db
def test_equal_totals_are_listed_in_the_order_of_the_thai_dictionary():
    round = make.make_round()
    names = ["เลย", "กระบี่", "แพร่", "พะเยา"]
    for number, name in enumerate(names):
        make.make_entry(round, make.make_office(f"TH-{number}", name_th=name))
    assert [row.office.name_th for row in standings(round)] == ["กระบี่", "พะเยา", "แพร่", "เลย"]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_the_database_ranks_as_the_engine_does(seed):
    """Few different totals, so that there are many ties; some entries have no scorecard, one round is another's."""
    chance = Random(seed)
    round, elsewhere = make.make_round(), make.make_round()
    put_card(make.make_entry(elsewhere), "99.00")
    scheme, scores = round.scheme, {}
    for number in range(30):
        entry = make.make_entry(round, f"TH-{number}")
        total = Decimal(chance.randrange(0, 12)) * Decimal("8.25")
        if chance.random() < 0.8:
            put_card(entry, str(total))
        else:
            total = Decimal(0)
        scores[entry.office.code] = engine.Score(total, total, scheme.max, {}, {})
    expected = {standing.code: standing.rank for standing in engine.rank(scheme, scores)}
    assert {row.office.code: row.rank for row in standings(round)} == expected
    assert {entry.office.code: rank_of(entry) for entry in round.entries.all()} == expected
    assert len(set(expected.values())) < 30


@pytest.mark.django_db
def test_a_tie_break_chain_is_followed_criterion_by_criterion():
    text = shipped.text(make.SCHEME).replace("ranking: overall\n", "ranking: overall\ntie_break: ['1.1', '2.2.1']\n")
    assert text != shipped.text(make.SCHEME)
    round = make.make_round(edition=make.make_edition(text))
    first, second, third = (make.make_entry(round, f"TH-{number}") for number in range(3))
    make.make_evidence(third, "1.1.report", status="accepted")
    for entry in (first, second):
        make.make_value(entry, "2.2.1.updated", "12")
    rescore(round.entries.values_list("pk", flat=True))
    assert [(row.rank, row.pk) for row in standings(round)] == [(1, third.pk), (2, first.pk), (2, second.pk)]
    assert [rank_of(entry) for entry in (first, second, third)] == [2, 2, 1]


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
    for _ in range(12):
        make.make_evidence(make.make_entry(many))
    assert one.scheme is many.scheme
    counts = []
    for round in (one, many):
        with CaptureQueriesContext(connection) as captured:
            rescore(list(round.entries.values_list("pk", flat=True)))
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_standings_are_one_statement(django_assert_num_queries):
    round = make.make_round()
    for _ in range(4):
        put_card(make.make_entry(round), "5.00")
    with django_assert_num_queries(1):
        assert [(row.rank, row.total, str(row.office)) for row in standings(round)]


# Two at once


class Paused:
    """Runs work in another thread and stops it at a place in recompute, until told to go on."""

    def __init__(self, monkeypatch, work, place: str) -> None:
        self.here, self.go, self.fault = threading.Event(), threading.Event(), None
        original = getattr(recompute, place)
        self.thread = threading.Thread(target=self._run, args=(work,))

        def wait(*args):
            if threading.current_thread() is self.thread:
                self.here.set()
                assert self.go.wait(20)
            return original(*args)

        monkeypatch.setattr(recompute, place, wait)

    def _run(self, work) -> None:
        try:
            work()
        except Exception as fault:
            self.fault = fault
        finally:
            connection.close()

    def start(self) -> "Paused":
        self.thread.start()
        assert self.here.wait(20)
        return self

    def finish(self) -> None:
        self.go.set()
        self.thread.join(20)
        assert self.fault is None, self.fault
        assert not self.thread.is_alive()


def in_thread(work) -> threading.Thread:
    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def settle(entry: Entry) -> None:
    """What the fact's own message, or the sweep, does afterwards."""
    rescore_stale(Round.objects.get(pk=entry.round_id))
    entry.refresh_from_db()


FACTS = {
    "evidence": (lambda entry: make.make_evidence(entry, status="accepted"), "1.1"),
    "value": (lambda entry: make.make_value(entry, "2.2.1.updated", "12"), "2.2.1"),
    "committee": (lambda entry: entry.round.judges.clear(), "5.1"),
}


def judged_entry() -> Entry:
    """One of two judges has given full points; without a committee nothing is missing."""
    judges = [make.make_user("judge"), make.make_user("judge")]
    entry = make.make_entry(make.make_round(judges=judges))
    for requirement in ("5.report", "5.checklist"):
        make.make_evidence(entry, requirement, status="accepted")
    make.make_sheet(entry, judges[0], points={"5.1.1": "1", "5.1.2": "1"})
    return entry


def expected_criteria(entry: Entry) -> dict:
    Scorecard.objects.filter(entry=entry).delete()
    rescore([entry.pk])
    return card(entry).criteria


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", ["read_entries", "read_facts", "_write"])
@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_that_comes_while_a_rescore_runs_waits_and_is_seen_next(monkeypatch, place, fact):
    """The rescore holds the entry's lock at `place`; the fact comes after it, and the next rescore sees it."""
    entry = judged_entry()
    change, criterion = FACTS[fact]
    rescoring = Paused(monkeypatch, lambda: rescore([entry.pk]), place).start()
    fact_thread = in_thread(lambda: change(entry))
    fact_thread.join(0.3)
    assert fact_thread.is_alive(), "the fact must wait for the entry's lock"
    rescoring.finish()
    fact_thread.join(20)
    assert is_stale(entry), "the scorecard must not claim to have seen the fact"
    settle(entry)
    kept = card(entry)
    assert kept.facts_version == entry.facts_version
    assert kept.criteria == expected_criteria(entry)
    assert kept.criteria[criterion]["earned"] != "0.00" or fact == "committee"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fact", FACTS)
def test_a_rescore_that_comes_while_a_fact_is_written_waits_and_sees_it(fact):
    entry = judged_entry()
    change, _criterion = FACTS[fact]
    with transaction.atomic():
        change(entry)
        rescoring = in_thread(lambda: rescore([entry.pk]))
        rescoring.join(0.3)
        assert rescoring.is_alive(), "the rescore must wait for the fact to be committed"
    rescoring.join(20)
    assert not is_stale(entry)
    assert card(entry).criteria == expected_criteria(entry)


@pytest.mark.django_db(transaction=True)
def test_an_older_score_never_overwrites_a_newer_one(monkeypatch):
    """A slow rescore that has read the old facts; behind it a fact and a quick rescore."""
    entry = make.make_entry()
    slow = Paused(monkeypatch, lambda: rescore([entry.pk]), "_write").start()
    quick = in_thread(lambda: (make.make_evidence(entry, status="accepted"), rescore([entry.pk])))
    quick.join(0.3)
    slow.finish()
    quick.join(20)
    assert card(entry).total == 5
    assert not is_stale(entry)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_an_older_score_does_overwrite_a_newer_one(monkeypatch):
    """The control: the test above can fail."""
    entry = make.make_entry()
    monkeypatch.setattr(recompute, "_lock", lambda ids: ids)
    slow = Paused(monkeypatch, lambda: rescore([entry.pk]), "_write").start()
    quick = in_thread(lambda: (make.make_evidence(entry, status="accepted"), rescore([entry.pk])))
    quick.join(20)
    slow.finish()
    assert card(entry).total == 0


@pytest.mark.django_db(transaction=True)
def test_batches_of_overlapping_entries_do_not_deadlock():
    entries = [make.make_entry().pk for _ in range(6)]
    faults = []

    def run(ids):
        try:
            for _ in range(5):
                rescore(ids)
                Entry.objects.filter(pk__in=ids).touch()
        except Exception as fault:
            faults.append(fault)

    threads = [in_thread(lambda ids=ids: run(ids)) for ids in (entries, entries[::-1], entries[2:], entries[:4])]
    for thread in threads:
        thread.join(60)
    assert not faults
