"""Waiting until the database is there, and giving up on one that says nothing."""

import logging
import select
import sys
import time
from contextlib import suppress

import psycopg2
import psycopg2.extensions as psycopg
from django.db import Error, connection

from submissions.away import is_away

log = logging.getLogger(__name__)
BETWEEN = 2  # seconds between two looks
SILENCE = 60  # seconds, less than the proxy waits for an answer
CONNECTING = 5  # seconds
_SOON = ("starting up", "shutting down", "not yet accepting", "recovery", "too many", "remaining connection")


def is_refused(error: BaseException) -> bool:
    """Whether the server answered and will not have us: a wrong password, name or database. Waiting does not help."""
    text = str(error)
    return is_away(error) and "FATAL:" in text and not any(words in text for words in _SOON)


def reason(error: BaseException) -> str:
    """The first line of what was said."""
    return next(iter(str(error).strip().splitlines()), "") or type(error).__name__


def give_up_on_silence(after: float = SILENCE) -> None:
    """From now on a statement of this process ends as an error when the server has said nothing for so many seconds.

    Left to itself a thread waits for ever for a server that hangs, until none is left to say so.
    """

    def wait_for_word(line) -> None:
        poll = select.poll()
        patience = CONNECTING if line.status == psycopg.STATUS_SETUP else after
        while (state := line.poll()) != psycopg.POLL_OK:
            poll.register(line.fileno(), select.POLLIN if state == psycopg.POLL_READ else select.POLLOUT)
            if not poll.poll(patience * 1000):
                raise psycopg2.OperationalError(f"the database said nothing for {patience} s")

    psycopg.set_wait_callback(wait_for_word)


def wait(at_start: bool = False) -> None:
    """Until the database answers; says once that it waits, and once that it need not any more.

    At the start a refusal ends the program: whoever set it up is there to read it.
    """
    since = None
    while error := _fault():
        if at_start and is_refused(error):
            sys.exit(f"The database refuses the portal: {reason(error)}\nSee CDD4_DATABASE_URL in docs/operations.md.")
        if since is None:
            since = time.monotonic()
            log.warning("the database is away, waiting for it: %s", reason(error))
        time.sleep(BETWEEN)
    if since is not None:
        log.warning("the database is back after %d s", time.monotonic() - since)


def _fault() -> Error | None:
    """What a fresh connection is told; None when it is there."""
    with suppress(Error):  # closing one that is broken
        connection.close()
    try:
        connection.ensure_connection()
    except Error as error:
        if not is_away(error):
            raise
        return error
    return None
