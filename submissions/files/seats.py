"""Seats for what takes a web process long: few at once, so that its other threads answer meanwhile."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import caches

SEATS = threading.BoundedSemaphore(2)  # of the four threads of a web process
LINE = threading.BoundedSemaphore(1)  # who may stand and wait, with a thread that pages could need
SHARE = 30  # seconds that one person's files sit, of each PERIOD; later ones are opened by the examiner
PERIOD = 300  # seconds
_spent = caches["process"]
_thread = threading.local()


def take(patience: float) -> bool:
    """A seat, if one becomes free in so many seconds and nobody else waits for one; whoever has it releases SEATS."""
    if SEATS.acquire(blocking=False):
        return True
    if not patience or not LINE.acquire(blocking=False):
        return False
    try:
        return SEATS.acquire(timeout=patience)
    finally:
        LINE.release()


@contextmanager
def sitting() -> Iterator[None]:
    """What this thread does meanwhile needs no second seat."""
    _thread.sits = True
    try:
        yield
    finally:
        _thread.sits = False


@contextmanager
def for_file(person: int | None, patience: float) -> Iterator[bool]:
    """A seat in which one file of this person is opened; False when none is free, or others are to have theirs."""
    if getattr(_thread, "sits", False):
        yield True
        return
    spent = f"seats/{person}/{time.time() // PERIOD:.0f}"
    _spent.add(spent, 0, PERIOD)
    is_over = person is not None and _spent.get(spent, 0) > SHARE
    if is_over or not take(patience):
        yield False
        return
    begun = time.monotonic()
    try:
        yield True
    finally:
        SEATS.release()
        _spent.add(spent, 0, PERIOD)
        _spent.incr(spent, time.monotonic() - begun)  # type: ignore[arg-type]  # this cache adds fractions too
