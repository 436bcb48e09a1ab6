"""What a page may follow, as a ticket that the portal signs and the server of streams reads."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core import signing

CHANNEL = "cdd4.moved"  # of Redis
SALT = "submissions.streams"
OF_ENTRY, OF_ROUND = "entry-{}".format, "round-{}".format  # what moves
LIFE = 10 * 60  # seconds: so long after a right was taken away a page still hears that something moved


@dataclass(frozen=True)
class Ticket:
    """`shown`: what its holder may follow, and in which version the page shows it."""

    person: int
    shown: Mapping[str, int]
    until: float


def write(person: int, shown: Mapping[str, int]) -> str:
    return signing.dumps([person, dict(shown), int(time.time()) + LIFE], salt=SALT)


def read(text: str) -> Ticket | None:
    """None: it was not written by the portal, or is too old."""
    try:
        person, shown, until = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    return Ticket(person, shown, until) if until > time.time() else None


def version_of(at: datetime | None) -> int:
    """What was computed at this moment, as a number that scripts can hold; 0: nothing was yet."""
    return round(at.timestamp() * 1_000_000) if at else 0
