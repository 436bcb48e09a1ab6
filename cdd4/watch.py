"""How the portal's parts are: which is there, what waits for it, and since when."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache, caches
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cdd4.alive import last_signs
from cdd4.celery import HEARTBEAT, app
from scoring.models import Parcel, stale_anywhere
from submissions import scanner, uploads
from submissions.examination import work
from submissions.files.room import room_left
from submissions.notices import letters

LATE_AFTER = 30  # seconds without a sign of life
SWEEP_LATE_AFTER = 60  # seconds without a finished sweep
LONG = timedelta(minutes=15)  # for a file, a letter or a parcel to wait
LONG_FOR_A_SCORE = timedelta(minutes=2)
KNOWN_FOR = 5  # seconds: whoever asks more often is told the same again
STALE = "cdd4.stale"
MOST_STALE = 1000  # entries looked at
QUEUES = {"documents": "documents", "mail": "mail", "examination": "examine"}


class Part(NamedTuple):
    """One part of the portal, how much waits for it, and since when the oldest of that does.

    `since`: of its last sign of life when it is away; of what waits too long.
    """

    name: str
    state: str = "ok"
    since: datetime | None = None
    waiting: int | None = None
    oldest: datetime | None = None

    @property
    def is_well(self) -> bool:
        return self.state in ("ok", "none")

    @property
    def words(self):
        """For staff: what this means for people."""
        return WORDS.get((self.name, self.state), "")


WORDS = {
    ("queue", "unavailable"): _(
        "The queue can't be reached: scores, letters and checks of files are slower than usual."
    ),
    ("scoring", "late"): _("Scores are not being recomputed: their worker or its clock has stopped."),
    ("scoring", "behind"): _("Scores are recomputed more slowly than usual."),
    ("documents", "late"): _("Certificates and files to take away are not being made: their worker has stopped."),
    ("documents", "behind"): _("Certificates and files to take away are made more slowly than usual."),
    ("mail", "late"): _("Notices and letters are not being sent: their worker has stopped."),
    ("mail", "behind"): _("Letters can't be sent: the mail server or LINE takes none."),
    ("examination", "late"): _("New files are not being checked: their worker has stopped."),
    ("examination", "behind"): _("New files are checked more slowly than usual."),
    ("uploads", "late"): _("Large files can't be handed in: the server of uploads has stopped."),
    ("scanner", "unavailable"): _("The virus scanner does not answer: nobody can open new files."),
}


def look() -> list[Part]:
    """All parts but the database, without which nobody can look. A moment old at most."""
    return caches["process"].get_or_set("cdd4.watch", _look, KNOWN_FOR)


def _look() -> list[Part]:
    signs = last_signs([*QUEUES.values(), "uploads"])
    parts = [Part("queue", "ok" if is_broker_ready() else "unavailable"), _scoring()]
    backlogs: dict[str, Callable] = {
        "documents": Parcel.objects.all().backlog,
        "mail": letters.waiting,
        "examination": work.waiting,
    }
    for name, queue in QUEUES.items():
        parts.append(_part(name, signs.get(queue), LATE_AFTER, *backlogs[name](), LONG))
    if settings.PRODUCTION:  # elsewhere one server does both
        parts.append(_part("uploads", signs.get("uploads"), LATE_AFTER, uploads.under_way(), None, LONG))
    return [*parts, Part("scanner", scanner_state()), Part("disk", room_left().state)]


def _scoring() -> Part:
    stale = stale_since()
    oldest = min(stale.values()) if stale else None
    return _part("scoring", last_sweep(), SWEEP_LATE_AFTER, len(stale), oldest, LONG_FOR_A_SCORE)


def _part(name: str, sign: float | None, late_after: float, waiting: int, oldest: datetime | None, long) -> Part:
    if sign is None or time.time() - sign > late_after:
        return Part(name, "late", datetime.fromtimestamp(sign, UTC) if sign else None, waiting, oldest)
    if oldest and timezone.now() - oldest > long:
        return Part(name, "behind", oldest, waiting, oldest)
    return Part(name, "ok", None, waiting, oldest)


def last_sweep() -> float | None:
    return cache.get(HEARTBEAT)


def stale_since() -> dict[int, datetime]:
    """When each entry that is stale now was first seen so. No row says when its facts moved on."""
    seen, now = cache.get(STALE) or {}, timezone.now()
    stale = {pk: seen.get(pk, now) for pk in stale_anywhere().values_list("pk", flat=True)[:MOST_STALE]}
    if stale != seen:
        cache.set(STALE, stale, timeout=None)
    return stale


def is_broker_ready() -> bool:
    """Ask the broker once, within the same short time-outs as publishing."""
    if app.conf.broker_url.startswith("filesystem"):
        return True
    try:
        with app.connection_for_write() as broker:
            return bool(broker.default_channel.client.ping())
    except Exception:  # any client library's error means one thing here: not reachable
        return False


def scanner_state() -> str:
    """none: the portal was told to do without, and files are not checked for viruses."""
    if not settings.CLAMD:
        return "none"
    return "ok" if scanner.is_there() else "unavailable"
