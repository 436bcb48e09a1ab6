"""Hears that facts were committed and asks for a rescore. A broker that is down costs a message, never an upload."""

import logging
import time

from django.db import transaction
from django.dispatch import receiver

from submissions.signals import facts_changed

from . import tasks

log = logging.getLogger(__name__)
# A request does not wait for a broker that failed a moment ago; the sweep finds what was not said meanwhile.
SILENCE = 5.0  # seconds
MANY = 20  # beyond this one message for the whole round is quicker than one for each entry
_silent_until = 0.0


@receiver(facts_changed)
def ask_for_rescore(entry_ids: list[int], **kwargs) -> None:
    if len(entry_ids) > MANY:
        transaction.on_commit(lambda: send(tasks.sweep), robust=True)
    else:
        transaction.on_commit(lambda: [send(tasks.rescore_entry, pk) for pk in entry_ids], robust=True)


def send(task, *args) -> bool:
    """Publish one message, quickly or not at all. Says whether it went out."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return False
    try:
        task.apply_async(args, retry=False, ignore_result=True)
    except Exception as error:  # whatever a broker's client raises: the facts are safe, and the sweep will see them
        _silent_until = time.monotonic() + SILENCE
        log.warning("broker unreachable, %s left to the sweep: %s", task.name, error)
        return False
    return True
