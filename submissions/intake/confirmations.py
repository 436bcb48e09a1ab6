"""The head of an office confirms what was handed in."""

from datetime import datetime

from django.db import transaction

from submissions import access
from submissions.handed_in import digest_of
from submissions.models import Confirmation, Entry, Event
from submissions.proofread import Refused

from .hold import Conflict, hold


def confirm_entry(entry: Entry, *, by, seen: str | None = None, at: datetime | None = None) -> Confirmation:
    """Confirm all that the office handed in, as it was `seen` (its SHA-256). No score hangs on it.

    What is confirmed already is not confirmed twice; what was changed since, is.
    """
    at = at or entry.round.now()
    with transaction.atomic():
        hold(entry)
        refused = Refused()
        refused.add("", access.why_not_confirm(by, entry))
        refused.raise_if_any()
        digest = digest_of(entry)
        last = entry.confirmations.last()
        if last and last.sha256 == digest:
            return last
        if seen is not None and seen != digest:
            raise Conflict
        version = Entry.objects.values_list("facts_version", flat=True).get(pk=entry.pk)
        confirmation = Confirmation(entry=entry, confirmed_by=by, confirmed_at=at, facts_version=version, sha256=digest)
        confirmation.save()
        Event.objects.record(
            entry, "entry.confirmed", by=by, confirmation=confirmation.pk, facts_version=version, sha256=digest
        )
        return confirmation


def record_asking(entry: Entry, *, by, sha256: str) -> None:
    """Put down that the heads were asked to confirm what was handed in, as it was then."""
    with transaction.atomic():
        hold(entry)
        Event.objects.record(entry, "confirmation.asked", by=by, sha256=sha256)
