"""A database that goes away amid the work is waited for: no entry, trial or parcel is blamed for it."""

import threading

import pytest
from django.db import Error, connection
from django.utils import timezone

from cdd4 import database
from scoring import parcels, recompute, tasks, trial
from scoring.models import Parcel, Scorecard
from submissions.models import Entry
from tests import factories as make

from . import small
from .test_trial import LATER

# A database in memory is gone with its line.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


@pytest.fixture
def entry():
    return make.make_entry(make.make_round(), make.make_office("TH-81"))


def cut(*args, **kwargs) -> None:
    """The line to the database breaks, and the next statement finds out."""
    connection.connection.close()
    Entry.objects.exists()


@pytest.fixture
def waits(monkeypatch):
    """A piece of work whose line is cut at this step finds that it has to wait."""

    def waits(module, step: str, work, *asked) -> bool:
        with monkeypatch.context() as broken:
            broken.setattr(module, step, cut)
            with pytest.raises(Error) as caught:
                work(*asked)
        connection.close()  # as the task does when it finds out
        return database.is_away(caught.value)

    return waits


@pytest.mark.parametrize("step", ["read_facts", "_write"])
def test_a_sweep_accuses_no_entry(entry, waits, caplog, step):
    assert waits(recompute, step, recompute.rescore_stale, entry.round)
    assert [one for one in caplog.records if one.levelname == "ERROR"] == []
    assert recompute.rescore_stale(entry.round) == 1
    assert Scorecard.objects.count() == 2


def test_a_trial_does_not_fail(waits):
    round = make.make_round(edition=small.edition(), settings={"due": "2023-05-31"})
    make.make_entry(round, make.make_office("TH-81"))
    begun = trial.begin(round, small.text(LATER), by=None)
    assert waits(recompute, "read_facts", tasks.try_text, begun.pk)
    begun.refresh_from_db()
    assert (begun.has_failed, begun.is_done) == (False, False)
    tasks.try_text(begun.pk)
    begun.refresh_from_db()
    assert begun.is_done


def test_a_parcel_does_not_fail_and_is_made_soon(entry, waits):
    parcel = parcels.begin(entry, by=None)
    assert waits(parcels, "_packed", tasks.make_parcel, parcel.pk)
    parcel.refresh_from_db()
    assert not parcel.has_failed
    assert 0 < (parcel.due_at - timezone.now()).total_seconds() <= 30
    Parcel.objects.update(due_at=timezone.now())
    tasks.make_parcel(parcel.pk)
    parcel.refresh_from_db()
    assert parcel.is_done


def test_a_parcel_that_takes_long_is_held_by_whoever_makes_it(entry, monkeypatch):
    monkeypatch.setattr("submissions.lease.RENEWED", 0.05)
    parcel, seen = parcels.begin(entry, by=None), []

    def made(one) -> None:
        for _look in range(2):
            threading.Event().wait(0.5)
            seen.append(Parcel.objects.get(pk=one.pk).due_at)

    monkeypatch.setattr(parcels, "make", made)
    tasks.make_parcel(parcel.pk)
    assert seen[1] > seen[0]
