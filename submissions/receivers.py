"""Hears that something was recorded of which people are to be told, and asks a worker to tell them."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from . import tasks
from .notices.from_events import TOLD
from .queue import send
from .signals import circular_changed, events_recorded

MANY = 200  # entries named in one message; the sweep finds those of a larger deed


@receiver(events_recorded)
def ask_to_tell(entry_ids: list[int], verb: str, **kwargs: Any) -> None:
    if verb in TOLD and entry_ids:
        named = entry_ids if len(entry_ids) <= MANY else None
        transaction.on_commit(lambda: send(tasks.tell, named), robust=True)


@receiver(circular_changed)
def ask_to_tell_circulars(**kwargs: Any) -> None:
    transaction.on_commit(lambda: send(tasks.tell_circulars), robust=True)
