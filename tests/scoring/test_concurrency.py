"""Facts and rescores at the same time, in every order: no score is older than the facts it says it has seen.

Needs a database in which one transaction waits for another's rows.
"""

import threading

import pytest
from django.db import connection, transaction

from scoring import recompute
from scoring.models import Scorecard, stale_entries
from scoring.recompute import rescore, rescore_stale
from submissions.models import Entry, Round
from tests import factories as make

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def card(entry: Entry, basis: str = "verified") -> Scorecard:
    return Scorecard.objects.get(entry=entry, basis=basis)


def is_stale(entry: Entry) -> bool:
    round = Round.objects.get(pk=entry.round_id)
    return stale_entries(round, round.now()).filter(pk=entry.pk).exists()


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


def test_without_the_lock_an_older_score_does_overwrite_a_newer_one(monkeypatch):
    """The control: the test above can fail."""
    entry = make.make_entry()
    monkeypatch.setattr(recompute, "_lock", lambda ids: ids)
    slow = Paused(monkeypatch, lambda: rescore([entry.pk]), "_write").start()
    quick = in_thread(lambda: (make.make_evidence(entry, status="accepted"), rescore([entry.pk])))
    quick.join(20)
    slow.finish()
    assert card(entry).total == 0


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


def test_two_sweeps_share_the_work(monkeypatch):
    """Who comes second takes what the first has not taken, and waits for nobody."""
    round, done = make.make_round(), []
    for _ in range(6):
        make.make_entry(round)
    monkeypatch.setattr(recompute, "BATCH", 2)
    first = Paused(monkeypatch, lambda: done.append(rescore_stale(round)), "_write").start()
    done.append(rescore_stale(round))
    first.finish()
    assert done == [4, 2]
    assert not stale_entries(round, round.now()).exists()


# In one order


def keeps_apart(work, *, held: Entry, then) -> None:
    """`work` waits for an entry that is held, and holds nothing yet that `then` wants."""
    faults = []

    def run():
        try:
            with transaction.atomic():
                work()
        except Exception as fault:
            faults.append(fault)

    with transaction.atomic():
        Entry.objects.select_for_update().get(pk=held.pk)
        working = in_thread(run)
        working.join(0.3)
        assert working.is_alive(), "it must wait for the entry"
        then()
    working.join(20)
    assert not working.is_alive()
    assert faults == []


def change_name(row) -> None:
    row.name_th = "อีกชื่อ"
    row.save()


def lock(row) -> None:
    type(row).objects.select_for_update(of=("self",), nowait=True).get(pk=row.pk)


@pytest.mark.parametrize("of", ["round", "office"])
def test_a_row_that_moves_scores_is_saved_after_its_entries_are_held(of):
    row = getattr(entry := make.make_entry(), of)
    keeps_apart(lambda: change_name(row), held=entry, then=lambda: lock(row))
    row.refresh_from_db()
    assert row.name_th == "อีกชื่อ"


@pytest.mark.parametrize("deed", [change_name, lambda holiday: holiday.delete()])
def test_a_holiday_is_changed_after_the_entries_are_held(deed):
    holiday, entry = make.make_holiday("2023-05-30"), make.make_entry()
    keeps_apart(lambda: deed(holiday), held=entry, then=lambda: lock(holiday))
    entry.refresh_from_db()
    assert entry.facts_version == 2


SEATS = {
    "add": lambda round, judge: round.judges.add(make.make_user("judge")),
    "remove": lambda round, judge: round.judges.remove(judge),
    "set": lambda round, judge: round.judges.set([make.make_user("judge")]),
    "clear": lambda round, judge: round.judges.clear(),
}


@pytest.mark.parametrize("deed", SEATS)
def test_a_committee_is_changed_after_the_entries_are_held(deed):
    judge = make.make_user("judge")
    entry = make.make_entry(make.make_round(judges=[judge]))
    seats = Round.judges.through.objects.select_for_update(of=("self",), nowait=True)
    keeps_apart(
        lambda: SEATS[deed](entry.round, judge),
        held=entry,
        then=lambda: (lock(Round.objects.get(pk=entry.round_id)), list(seats.filter(round=entry.round_id))),
    )
