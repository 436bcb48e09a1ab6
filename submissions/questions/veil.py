"""Blind judging: what stands for who takes part, until a judge's own sheet is final."""

import base64

from django.utils.crypto import salted_hmac

from submissions.models import Entry, User

LETTERS = 6


def code_of(entry_id: int) -> str:
    """Stands for the entry in addresses and lists. Says nothing of it: not even in which order entries were made."""
    return base64.b32encode(salted_hmac("submissions.veil", str(entry_id)).digest())[:LETTERS].decode()


def veil(entry: Entry, own_state: str | None) -> Entry:
    """The entry as its judge may see it, whose sheet stands so."""
    if entry.round.is_blind and own_state != "final":
        entry.veil = code_of(entry.pk)
    return entry


def veiled_entry(code: str, judge: User) -> Entry | None:
    """The entry that this code stands for, if it does for this judge."""
    found = (pk for pk in Entry.objects.veiled_to(judge).values_list("pk", flat=True) if code_of(pk) == code)
    if (pk := next(found, None)) is None:
        return None
    return veil(Entry.objects.with_round().get(pk=pk), None)
