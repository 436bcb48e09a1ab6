"""How a worker holds the row that it works on: for a short time, which it renews while it is alive."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from django.db import Error, connection, models
from django.utils import timezone

RENEWED = 5  # seconds between two signs of whoever works on a row


@contextmanager
def held(row: models.Model, lease: timedelta) -> Iterator[None]:
    """Let nobody else take this row while it is worked on here. If this process is killed, others may soon.

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


def _renew(row: Any, lease: timedelta, done: threading.Event) -> None:
    """Renew the lease until `done` is set, as long as nobody else has taken the row."""
    mine = type(row).objects.filter(pk=row.pk, attempts=row.attempts, due_at__isnull=False)
    while not done.wait(RENEWED):
        with suppress(Error):  # the database is away: so it is for whoever else would take it
            mine.update(due_at=timezone.now() + lease)
    connection.close()
