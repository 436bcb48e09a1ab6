"""Hears that facts were committed and asks for a rescore. A broker that is down costs a message, never an upload."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from submissions.queue import send
from submissions.signals import facts_changed

from . import tasks

MANY = 20  # beyond this one message for the whole round is quicker than one for each entry


@receiver(facts_changed)
def ask_for_rescore(entry_ids: list[int], **kwargs: Any) -> None:
    if len(entry_ids) > MANY:
        transaction.on_commit(lambda: send(tasks.sweep), robust=True)
    else:
        transaction.on_commit(lambda: [send(tasks.rescore_entry, pk) for pk in entry_ids], robust=True)
