"""Signs of life: each part of the portal notes every few seconds that it is there, in the database's cache."""

import threading
import time
from collections.abc import Iterable
from contextlib import suppress

from celery import bootsteps
from django.db import Error, connection

EVERY = 5  # seconds
KEY = "cdd4.alive."


def note(parts: Iterable[str]) -> None:
    """These are there now. A database that is away is for others to tell; whoever could not note is taken for dead."""
    from django.core.cache import cache

    with suppress(Error):
        cache.set_many({KEY + part: time.time() for part in parts}, timeout=None)


def last_signs(parts: Iterable[str]) -> dict[str, float]:
    """When each of these was there last, in seconds since the epoch; those that never were are missing."""
    from django.core.cache import cache

    found = cache.get_many([KEY + part for part in parts])
    return {key.removeprefix(KEY): at for key, at in found.items()}


def keep_noting(part: str) -> None:
    """From a thread of its own for as long as this process lives."""
    threading.Thread(target=_keep_noting, args=(part,), name="signs of life", daemon=True).start()


def _keep_noting(part: str) -> None:
    while True:
        _note_and_let_go([part])
        time.sleep(EVERY)


def _note_and_let_go(parts: Iterable[str]) -> None:
    """With a connection of the moment: one that broke would be kept, and children would inherit it."""
    note(parts)
    with suppress(Error):
        connection.close()


class SignsOfLife(bootsteps.StartStopStep):
    """A worker notes the queues it serves from its own loop, which long work in its children does not hold up."""

    requires = ("celery.worker.components:Timer",)

    def start(self, worker) -> None:
        self.note(worker)
        self.timer = worker.timer.call_repeatedly(EVERY, self.note, (worker,))

    def stop(self, worker) -> None:
        self.timer.cancel()

    def note(self, worker) -> None:
        _note_and_let_go(worker.app.amqp.queues.consume_from)
