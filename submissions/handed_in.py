"""What an office handed in, taken together: one digest, which every change by the office changes and no review does."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable

from .models import Confirmation, Entry, Evidence, Value

GONE = (Evidence.Status.DRAFT, Evidence.Status.WITHDRAWN)


def digests(entries: Iterable[Entry]) -> dict[int, str]:
    """SHA-256 over each entry's evidence and amounts, by its id. Two statements, however many entries.

    What central staff record or correct is theirs, not the office's.
    """
    schemes = {entry.pk: entry.round.scheme for entry in entries}
    said: dict[int, list[list]] = defaultdict(list)
    papers = Evidence.objects.filter(entry__in=schemes).exclude(status__in=GONE).order_by()
    for entry, requirement, *rest in papers.values_list("entry", "requirement", "period", "sha256", "url", "channels"):
        known = schemes[entry].requirements.get(requirement)
        if known is None or known.by == "office":
            said[entry].append(["evidence", requirement, *rest])
    amounts = Value.objects.filter(entry__in=schemes, source=Value.Source.OFFICE).order_by()
    for entry, *rest in amounts.values_list("entry", "code", "period", "text"):
        said[entry].append(["value", *rest])
    return {pk: hashlib.sha256(_canonical(said[pk])).hexdigest() for pk in schemes}


def _canonical(lines: list[list]) -> bytes:
    return b"\n".join(sorted(json.dumps(line, ensure_ascii=False).encode() for line in lines))


def digest_of(entry: Entry) -> str:
    return digests([entry])[entry.pk]


def states(entries: Iterable[Entry]) -> dict[int, str]:
    """How each entry stands with its head's confirmation: asked, changed (since), confirmed. Three statements."""
    entries = list(entries)
    last = last_confirmed(entries)
    return {
        entry.pk: "asked" if entry.pk not in last else "confirmed" if last[entry.pk][1] else "changed"
        for entry in entries
    }


def last_confirmed(entries: Iterable[Entry]) -> dict[int, tuple[int, bool]]:
    """The last confirmation (its id) of each entry that has one, and whether nothing was changed since."""
    entries = list(entries)
    given = Confirmation.objects.filter(entry__in=[entry.pk for entry in entries])  # in the order of time
    last = {entry: (pk, sha256) for entry, pk, sha256 in given.values_list("entry", "pk", "sha256")}
    now = digests(entry for entry in entries if entry.pk in last)
    return {entry: (pk, sha256 == now[entry]) for entry, (pk, sha256) in last.items()}


def unconfirmed(entries: Iterable[Entry]) -> int:
    """How many of these entries, in rounds that ask for it, no head has confirmed as they are now."""
    asked = [entry for entry in entries if entry.round.asks_confirmation]
    return sum(state != "confirmed" for state in states(asked).values()) if asked else 0
