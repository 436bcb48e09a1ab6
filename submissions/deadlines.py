"""What is owed by when: the days of a round's scheme, an extension counted, and how each entry stands."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Max

from .models import Entry, Extension

Slot = tuple[str, str]  # the code of a requirement, and its period or ""


def more_time(entries: Iterable[Entry]) -> dict[tuple[int, str, str], date]:
    """The latest extension of every slot that has one: {(entry, requirement, period): day}. One statement."""
    rows = Extension.objects.filter(entry__in=[entry.pk for entry in entries]).order_by()
    rows = rows.values_list("entry", "requirement", "period").annotate(Max("until"))
    return {(entry, requirement, period): until for entry, requirement, period, until in rows}


def who_gains(entries: Iterable[Entry], slots: Iterable[Slot], until: date) -> dict[Slot, list[Entry]]:
    """Those who would gain time if each slot were open until the end of that day. One statement."""
    entries = list(entries)
    given = more_time(entries)
    gaining: dict[Slot, list[Entry]] = {}
    for requirement, period in slots:
        gaining[requirement, period] = [
            entry
            for entry in entries
            if max(
                entry.round.scheme.requirements[requirement].due_in(period or None),
                given.get((entry.pk, requirement, period), date.min),
            )
            < until
        ]
    return gaining
