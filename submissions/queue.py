"""How a message is given to the workers: quickly or not at all. What it asked for, a sweep finds as well."""

import logging
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

log = logging.getLogger(__name__)
# A request does not wait for a broker that failed a moment ago; the sweep finds what was not said meanwhile.
SILENCE = 5.0  # seconds
_silent_until = 0.0


@contextmanager
def silence() -> Iterator[None]:
    """Send nothing meanwhile: whoever makes such facts makes all that follows from them too."""
    global _silent_until
    before, _silent_until = _silent_until, math.inf
    try:
        yield
    finally:
        _silent_until = before


def send(task: Any, *args: Any) -> bool:
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
