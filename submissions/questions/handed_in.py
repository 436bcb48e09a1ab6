"""One digest of all that an office handed in: each change by the office changes it, no review does."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from scoring import engine
from submissions.models import Confirmation, Entry, Evidence, Value

GONE = (Evidence.Status.DRAFT, Evidence.Status.WITHDRAWN)


def evidence_of(entries: Iterable[int] | QuerySet[Any, Any]) -> QuerySet[Evidence]:
    """All of these entries but drafts and what was withdrawn; central staff's too (see `is_office_s`)."""
    return Evidence.objects.filter(entry__in=entries).exclude(status__in=GONE)


def is_office_s(scheme: engine.Scheme, requirement: str) -> bool:
    """Whether offices hand it in, not central staff. What the scheme no longer asks for came from offices."""
    known = scheme.requirements.get(requirement)
    return known is None or known.by == "office"


def amounts_of(entries: Iterable[int]) -> QuerySet[Value]:
    """What the offices of these entries entered. What central staff recorded or corrected is not among it."""
    return Value.objects.filter(entry__in=entries, source=Value.Source.OFFICE)


def digests(entries: Iterable[Entry]) -> dict[int, str]:
    """SHA-256 over each entry's evidence and amounts, by its id. Two statements, however many entries."""
    schemes = {entry.pk: entry.round.scheme for entry in entries}
    lines: dict[int, list[list[Any]]] = defaultdict(list)
    rows = evidence_of(schemes).order_by()
    for entry, requirement, *rest in rows.values_list("entry", "requirement", "period", "sha256", "url", "channels"):
        if is_office_s(schemes[entry], requirement):
            lines[entry].append(["evidence", requirement, *rest])
    for entry, *rest in amounts_of(schemes).order_by().values_list("entry", "code", "period", "text"):
        lines[entry].append(["value", *rest])
    return {pk: hashlib.sha256(_canonical(lines[pk])).hexdigest() for pk in schemes}


def _canonical(lines: list[list[Any]]) -> bytes:
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
    confirmations = Confirmation.objects.filter(entry__in=[entry.pk for entry in entries])  # in the order of time
    last = {entry: (pk, sha256) for entry, pk, sha256 in confirmations.values_list("entry", "pk", "sha256")}
    now = digests(entry for entry in entries if entry.pk in last)
    return {entry: (pk, sha256 == now[entry]) for entry, (pk, sha256) in last.items()}


def unconfirmed(entries: Iterable[Entry]) -> int:
    """How many of these entries, in rounds that ask for it, no head has confirmed as they are now."""
    asking = [entry for entry in entries if entry.round.asks_confirmation]
    return sum(state != "confirmed" for state in states(asking).values()) if asking else 0
