"""The head of an office confirms what was handed in."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from submissions.log import carried
from submissions.models import Confirmation, Entry, Event, User
from submissions.questions import access
from submissions.questions.handed_in import digest_of
from submissions.questions.proofread import Refused

from .hold import Conflict, hold


def confirm_entry(entry: Entry, *, by: User, seen: str | None = None, at: datetime | None = None) -> Confirmation:
    """Confirm all that the office handed in, as it was `seen` (its SHA-256). No score hangs on it.

    What is confirmed already is not confirmed twice. What was changed since then is confirmed anew.
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
        Event.objects.record(entry, "entry.confirmed", by=by, **carried.of_confirmation(confirmation))
        return confirmation


def ask_heads(entry: Entry, *, by: User, tell: Callable[[str, int | None], int]) -> bool:
    """Tell the heads that they are to confirm what was handed in, and record it.

    `tell` is called with its SHA-256 and the id of the last confirmation, and returns how many were told. False where
    nobody new is told, or all of it is confirmed.
    """
    with transaction.atomic():
        hold(entry)
        digest = digest_of(entry)
        last = entry.confirmations.last()
        after = last.pk if last else None
        if (last and last.sha256 == digest) or not tell(digest, after):
            return False
        Event.objects.record(entry, "confirmation.asked", by=by, sha256=digest, after=after)
        return True
