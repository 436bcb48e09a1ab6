"""Begins the logs of entries that were made by a release whose logs did not tell the terms: once, at the upgrade.

From then on their settings, their office and their own rows are bound as those of any other entry. What their logs
had told stays what they must say. It is done once: an entry that is put in by SQL later is not explained by it.
"""

from typing import Any

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q

from submissions.models import Entry, Event

from . import carried, terms

BATCH = 200  # entries read at once


def begin_after_upgrade(plan: Any = None, **kwargs: Any) -> None:
    """Hears of each `migrate`, but not of tables that were emptied, nor of one that stopped at some earlier release."""
    if plan is not None and _is_upgraded():
        begin()


def _is_upgraded() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


@transaction.atomic
def begin() -> int:
    """Tell all logs who takes part and on which terms, unless any tells it already. Returns how many entries there are.

    All or nothing, so that what was broken off is done again. A few statements for every 200 entries.
    """
    has_told = Q(verb=terms.BEGUN) | Q(verb="entry.made", data__has_key="terms")
    if Event.objects.filter(has_told).exists():
        return 0
    ids = Entry.objects.hold()
    for start in range(0, len(ids), BATCH):
        _begin(ids[start : start + BATCH])
    return len(ids)


def _begin(ids: list[int]) -> None:
    present, logged = terms.read(ids), terms.read_log(ids)
    begun = {
        pk: {"entry": carried.of_old_entry(row), "terms": terms.event_of(present[pk], logged[pk], ())}
        for pk, row in Entry.objects.in_bulk(ids).items()
    }
    Event.objects.record_each(ids, terms.BEGUN, by=None, each=begun)
