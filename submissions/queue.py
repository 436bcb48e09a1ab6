"""How a message is given to the workers: quickly or not at all. What it asked for, a sweep finds as well; and how a
worker holds the row that it works on.
"""

import logging
import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.db import Error, connection, models
from django.utils import timezone

log = logging.getLogger(__name__)
# A request does not wait for a broker that failed a moment ago; the sweep finds what was not said meanwhile.
SILENCE = 5.0  # seconds
_silent_until = 0.0
RENEWED = 5  # seconds between two signs of whoever works on a row


@contextmanager
def silence() -> Iterator[None]:
    """Nothing is sent meanwhile: for facts of which all that follows is made with them."""
    global _silent_until
    before, _silent_until = _silent_until, math.inf
    try:
        yield
    finally:
        _silent_until = before


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


@contextmanager
def held(row: models.Model, lease: timedelta) -> Iterator[None]:
    """Nobody else takes this row while it is worked on here, and anybody may soon after this process was killed.

    `row` was just taken: `due_at` is when anybody may take it, `attempts` says whose turn it is.
    """
    done = threading.Event()
    thread = threading.Thread(target=_renew, args=(row, lease, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _renew(row, lease: timedelta, done: threading.Event) -> None:
    """Until then, and for as long as nobody else has taken it after all."""
    mine = type(row).objects.filter(pk=row.pk, attempts=row.attempts, due_at__isnull=False)
    while not done.wait(RENEWED):
        with suppress(Error):  # the database is away: so it is for whoever else would take it
            mine.update(due_at=timezone.now() + lease)
    connection.close()
