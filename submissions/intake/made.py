"""An entry's log begins: who takes part, as it was entered, and the terms on which it is scored."""

from collections.abc import Iterable
from typing import Any

from submissions.log import carried, terms
from submissions.models import Entry, Event, User


def record_made(entries: Iterable[Entry], *, by: User) -> list[Event]:
    """Begin the logs of entries that were just entered. A few statements, however many."""
    begun = {entry.pk: beginning for entry, beginning in beginnings(entries)}
    return Event.objects.record_each(list(begun), "entry.made", by=by, each=begun)


def beginnings(entries: Iterable[Entry]) -> list[tuple[Entry, dict[str, Any]]]:
    """What the first event of each of these entries carries."""
    made = list(entries)
    present = terms.read(entry.pk for entry in made)
    return [(row, {"entry": carried.of_entry(row), "terms": terms.event_of(present[row.pk], {}, ())}) for row in made]
