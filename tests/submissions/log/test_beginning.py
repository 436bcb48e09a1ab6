"""Logs of before the terms were told begin to tell them at the upgrade, once, and are bound from then on."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from submissions import intake
from submissions.log import findings as found
from submissions.log.beginning import begin
from submissions.log.check import check
from submissions.models import Entry, Event, Office, Round
from tests import factories as make

from .sql import chain_anew, run, undone, without_triggers
from .world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_events():
    """A world whose events say what they said before: without times, revisions, rows of extensions, and terms.

    That of the first entry does not even say who made it, as those of the demo did not.
    """
    world = World(3)
    for name in ("hand_in_link", "hand_in_file", "replace", "accept", "return", "enter_values", "save_sheet"):
        for _ in range(4):
            getattr(world, f"deed_{name}")()
    world.deed_grant_extensions()
    world.deed_grant_extensions()
    new = {
        *("revision", "file", "content_type", "note", "received_at", "reviewed_at", "entered_at", "saved_at"),
        *("extension", "granted_at", "entry", "terms", "from_office", "written_at", "confirmed_at", "checklist"),
    }
    without_triggers()
    run("DELETE FROM submissions_event WHERE verb = 'entry.made' AND entry_id = %s", world.entries[0].pk)
    for event in Event.objects.order_by("entry", "sequence"):
        event.data = {key: value for key, value in event.data.items() if key not in new}
        QuerySet(Event).filter(pk=event.pk).update(data=event.data)
    for entry in world.entries:
        chain_anew(entry.pk)
    return world


def test_what_was_not_recorded_before_is_not_compared_but_counted(old_events):
    report = check()
    assert [(one.kind, one.fault, one.entry) for one in report.findings] == [
        ("entry", found.UNEXPLAINED, old_events.entries[0])  # until its log begins
    ]
    assert report.silent == report.entries == 3


def test_migrating_begins_the_logs_and_from_then_on_all_of_it_is_bound(old_events):
    call_command("migrate", verbosity=0)
    assert set(Event.objects.filter(verb="log.begun").values_list("entry", "actor")) == {
        (entry.pk, None) for entry in old_events.entries
    }
    report = check()
    assert (report.findings, report.silent) == ([], 0)
    for alter, named in alterations(old_events):
        with undone():
            alter()
            assert {one.field for one in check().findings} == named
    assert check().findings == []


def alterations(world):
    (first, second, third), round, judge = world.entries, world.round.pk, world.judges[0].pk
    edition, other = make.make_edition(scheme="itperson-2564").pk, make.make_office("TH-84").pk

    def swap() -> None:
        for entry, office in ((first, other), (second, first.office_id), (first, second.office_id)):
            QuerySet(Entry).filter(pk=entry.pk).update(office=office)

    yield lambda: QuerySet(Round).filter(pk=round).update(settings={}), {"settings"}
    yield lambda: QuerySet(Round).filter(pk=round).update(edition=edition), {"edition"}
    yield lambda: QuerySet(Office).filter(pk=first.office_id).update(size="large"), {"size"}
    yield lambda: run(f"DELETE FROM submissions_round_judges WHERE user_id = {judge}"), {"committee"}
    yield lambda: QuerySet(Entry).filter(pk=third.pk).update(taken_out=True), {"taken_out"}
    yield swap, {"office", "code", "name_th", "name_en"}


def test_what_the_logs_did_tell_is_not_covered(old_events):
    """An amount and a state that were altered before the upgrade are still not what the log says."""
    entry = old_events.entries[1]
    QuerySet(Entry).filter(pk=entry.pk).update(state="withdrawn", withdrawn_reason="x")
    assert begin() == 3
    assert {(one.entry, one.field) for one in check().findings} == {(entry, "state"), (entry, "withdrawn_reason")}


def test_it_is_done_once(old_events):
    """An entry that somebody puts in later is not explained by migrating again."""
    assert begin() == 3
    put_in = Entry.objects.create(round=old_events.round, office=make.make_office("TH-84"))
    call_command("migrate", verbosity=0)
    assert begin() == 0
    assert {(one.entry, one.fault) for one in check().findings} == {(put_in, found.UNEXPLAINED)}


def test_one_that_broke_off_is_done_again(old_events, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("submissions.log.beginning.BATCH", 2)
        patch.setattr(Event.objects.__class__, "record_each", broken_after(1), raising=False)
        with pytest.raises(RuntimeError):
            begin()
    assert not Event.objects.filter(verb="log.begun").exists()
    assert begin() == 3
    assert check().findings == []


def broken_after(count: int):
    real, done = Event.objects.__class__.record_each, []

    def record_each(self, *args, **kwargs):
        if len(done) == count:
            raise RuntimeError("killed")
        done.append(args)
        return real(self, *args, **kwargs)

    return record_each


def test_what_nobody_has_worked_on_may_still_be_taken_out(world_before):
    begin()
    intake.take_out_entries(world_before.round, world_before.entries[:1], by=world_before.staff)
    assert check().findings == []


@pytest.fixture
def world_before():
    """Entries that were entered by the former release, of which nothing was handed in."""
    world = World()
    without_triggers()
    run("UPDATE submissions_event SET data = '{}'")
    for entry in world.entries:
        chain_anew(entry.pk)
    return world


def test_it_takes_as_many_statements_for_six_entries_as_for_three(world_before):
    costs = []
    for codes in ((), ("TH-84", "TH-85", "TH-86")):
        with undone():
            Entry.objects.bulk_create(
                [Entry(round=world_before.round, office=make.make_office(code)) for code in codes]
            )
            with CaptureQueriesContext(connection) as caught:
                assert begin() == 3 + len(codes)
            costs.append(len(caught))
    assert costs[0] == costs[1] < 20
    assert Round.objects.count() == 1
