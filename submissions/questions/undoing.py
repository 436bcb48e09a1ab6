"""What undoing an import would put back or did, and what it leaves, for somebody changed it since."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from submissions.models import Entry, Event, Import, User, Value

from . import access
from .proofread import Slot


class Amount(NamedTuple):
    """One amount of an import: what stood there before, what the import wrote, and what stands there now."""

    entry: Entry
    slot: Slot
    before: str
    after: str
    stood: dict[str, Any]  # whose the amount before was; {} where there was none
    value: Value | None

    @property
    def now(self) -> str:
        return self.value.text if self.value else ""


@dataclass(frozen=True)
class Plan:
    back: list[Amount]
    left: list[Amount]

    @property
    def digest(self) -> str:
        """Of all that would be put back and left: whoever undoes it undoes exactly what was shown."""
        shown = [[(one.entry.pk, one.slot, one.now) for one in part] for part in (self.back, self.left)]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


def plan(done: Import) -> Plan:
    """Two statements, however many amounts."""
    found = Plan([], [])
    for event, amount in _amounts(done):
        value = amount.value
        stands = event.entry.state == Entry.State.TAKING_PART and value is not None and _is_of(value, event)
        (found.back if stands else found.left).append(amount)
    return found


def what_was_done(done: Import) -> Plan:
    """The same of an import that was undone: what was put back, and what was left. Three statements."""
    undoing = Event.objects.filter(entry__round=done.round_id, verb="value.entered", data__undoes=done.pk)
    back = {(pk, data["code"], data["period"]) for pk, data in undoing.values_list("entry", "data")}
    found = Plan([], [])
    for event, amount in _amounts(done):
        (found.back if (event.entry_id, *amount.slot) in back else found.left).append(amount)
    return found


def _amounts(done: Import) -> Iterator[tuple[Event, Amount]]:
    quoting = Event.objects.filter(entry__round=done.round_id, verb="value.entered", data__import=done.pk)
    related = quoting.select_related("entry__office", "entry__nominee_office")
    events = list(related.order_by("entry__office__sort_key", "entry", "sequence"))
    entries = {event.entry_id for event in events}
    values = Value.objects.filter(entry__in=entries).select_related("entered_by")
    present = {(v.entry_id, v.code, v.period): v for v in values}
    for event in events:
        data, slot = event.data, (event.data["code"], event.data["period"])
        value = present.get((event.entry_id, *slot))
        yield event, Amount(event.entry, slot, data["before"], data["after"], data.get("stood", {}), value)


def _is_of(value: Value, event: Event) -> bool:
    """Whether the amount is the one that the import wrote, or one that was put back to it."""
    data = event.data
    written = (data["after"], data["source"], event.actor_id, datetime.fromisoformat(data["entered_at"]))
    return (value.text, value.source, value.entered_by_id, value.entered_at) == written


def why_not_undo(user: User, done: Import) -> access.Reason:
    """Undo an import as it is stored."""
    if reason := access.why_not_run(user, done.round):
        return reason
    if done.undone_at:
        return _("It was undone already, by %(who)s.") % {"who": done.undone_by}
    return _("The round is closed.") if done.round.is_closed else access.why_settled(done.round)
