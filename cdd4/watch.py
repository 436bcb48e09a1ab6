"""How the portal's parts are: which is there, what waits for it, and since when."""

import time
from collections.abc import Callable, Hashable, Iterable
from datetime import UTC, datetime, timedelta
from math import inf
from typing import NamedTuple, cast

from django.conf import settings
from django.core.cache import cache, caches
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from awards.ledger.proofs import ALIVE, newest_head
from awards.models import Publishing
from cdd4.alive import last_signs
from cdd4.celery import HEARTBEAT, HEARTBEATS_OF_MAIL, SWEEPS, app
from scoring.models import Parcel, stale_anywhere
from submissions.examination import work
from submissions.files import scanner
from submissions.files.room import room_left
from submissions.notices import letters
from submissions.streams import telling
from submissions.uploads import incoming
from submissions.webhooks import sending as deliveries

LATE_AFTER = 30  # seconds without a sign of life
STARTING = "starting"
STARTS_WITHIN = 60  # seconds, of a part that never gave a sign
SWEEP_LATE_AFTER = 60  # seconds without a finished sweep
POST_LATE_AFTER = 30 * 60  # seconds without a finished round for notices, or for letters, of which there may be many
LONG = timedelta(minutes=15)  # for a file, a letter or a parcel to wait
LONG_FOR_A_SCORE = timedelta(minutes=2)
KNOWN_FOR = 5  # seconds: whoever asks more often is told the same again
STALE, SINCE = "cdd4.stale", "cdd4.since"  # what first_seen() remembers
MOST_STALE = 1000  # entries looked at
QUEUES = {
    "documents": "documents",
    "publishing": "publish",
    "mail": "mail",
    "webhooks": "webhooks",
    "examination": "examine",
}


class PortalPart(NamedTuple):
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
        return self.state in ("ok", "none", STARTING)

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
    ("publishing", "late"): _("Results are not being published: their worker has stopped."),
    ("publishing", "behind"): _("A publication waits for long, or takes long."),
    ("mail", "late"): _("Notices and letters are not being sent: their worker has stopped."),
    ("mail", "behind"): _("Letters wait for long: the mail server or LINE takes none, or is slow."),
    ("webhooks", "late"): _("Other programs are not being told what happens: their worker has stopped."),
    ("webhooks", "behind"): _("Other programs are told what happens more slowly than usual."),
    ("examination", "late"): _("New files are not being checked: their worker has stopped."),
    ("examination", "behind"): _("New files are checked more slowly than usual."),
    ("uploads", "late"): _("Large files can't be handed in: the server of uploads has stopped."),
    ("streams", "late"): _(
        "Open pages are not told at once of scores that moved, and ask every 15 seconds: their server has stopped."
    ),
    ("log", "late"): _("The log is not being sealed: its worker has stopped, or found that the log was written anew."),
    ("scanner", "unavailable"): _("The virus scanner does not answer: nobody can open new files."),
}


def look() -> list[PortalPart]:
    """All parts but the database, without which nobody can look. A moment old at most."""
    return cast("list[PortalPart]", caches["process"].get_or_set("cdd4.watch", _look, KNOWN_FOR))


def _look() -> list[PortalPart]:
    lengths = queue_lengths()
    queue = PortalPart("queue", "unavailable" if lengths is None else "ok")
    scanner_part, disk = PortalPart("scanner", scanner_state()), PortalPart("disk", room_left().state)
    streams = [PortalPart("streams", "ok" if telling.listeners() != 0 else "late")] if settings.STREAMS else []
    alone = [queue, PortalPart("log", log_state()), scanner_part, disk, *streams]
    troubles = [(part.name, part.state) for part in alone if not part.is_well]
    lengths = {name: length for name, length in (lengths or {}).items() if length}
    since = first_seen(SINCE, [*troubles, *lengths])
    queue, *others = [part._replace(since=since.get((part.name, part.state))) for part in alone]
    # Without a queue its workers wait for it, and note nothing: that is not their fault.
    excused = 0 if queue.is_well else inf
    parts = [queue, _scoring(max(SWEEP_LATE_AFTER, excused)), *_workers(max(LATE_AFTER, excused), lengths, since)]
    if settings.PRODUCTION:  # elsewhere one server does both
        sign = last_signs(["uploads"]).get("uploads")
        parts.append(_part("uploads", sign, LATE_AFTER, incoming.under_way(), None, LONG))
    return [*parts, *others]


def _scoring(late_after: float) -> PortalPart:
    stale = stale_since()
    oldest = min(stale.values()) if stale else None
    return _part("scoring", last_sweep(), late_after, len(stale), oldest, LONG_FOR_A_SCORE)


def _workers(late_after: float, lengths: dict[str, int], not_empty: dict[Hashable, datetime]) -> list[PortalPart]:
    """`lengths`: how many messages wait in each queue that is not empty; `not_empty`: since when it has not been."""
    signs = last_signs(QUEUES.values())
    if time.time() - (posted := last_posted()) > POST_LATE_AFTER:
        signs["mail"] = posted  # it is there, and gets nothing done
    backlogs: dict[str, Callable] = {
        "documents": Parcel.objects.all().backlog,
        "publishing": Publishing.objects.all().backlog,
        "mail": letters.waiting,
        "webhooks": deliveries.waiting,
        "examination": work.waiting,
    }
    parts = []
    for name, queue in QUEUES.items():
        waiting, oldest = backlogs[name]()
        if name == "documents":  # certificates and trials stand in no table; the others' rows know their age
            oldest = min(filter(None, (oldest, not_empty.get(queue))), default=None)
        parts.append(_part(name, signs.get(queue), late_after, max(waiting, lengths.get(queue, 0)), oldest, LONG))
    return parts


def _part(name: str, sign: float | None, late_after: float, waiting: int, oldest: datetime | None, long) -> PortalPart:
    if sign is None and time.time() - first_looked_for(name) < STARTS_WITHIN:
        return PortalPart(name, STARTING, None, waiting, oldest)
    if time.time() - (sign or 0) > late_after:
        return PortalPart(name, "late", datetime.fromtimestamp(sign, UTC) if sign else None, waiting, oldest)
    if oldest and timezone.now() - oldest > long:
        return PortalPart(name, "behind", oldest, waiting, oldest)
    return PortalPart(name, "ok", None, waiting, oldest)


def first_looked_for(name: str) -> float:
    """When somebody first asked for a part that never gave a sign: with the portal's first start its parts begin."""
    key = f"cdd4.looked_for.{name}"
    cache.add(key, time.time(), timeout=None)
    return cache.get(key, 0)


def last_sweep() -> float | None:
    return cache.get(HEARTBEAT)


def last_posted() -> float:
    """When the mailer last ended both of its rounds. One that never ended is counted from the first look on."""
    ended = cache.get_many(HEARTBEATS_OF_MAIL.values())
    for key in HEARTBEATS_OF_MAIL.values():
        if key not in ended:
            cache.add(key, time.time(), timeout=None)
    return min(ended.values(), default=time.time())


def stale_since() -> dict[Hashable, datetime]:
    """When each entry that is stale now was first seen so. No row says when its facts moved on."""
    return first_seen(STALE, stale_anywhere().order_by("pk").values_list("pk", flat=True)[:MOST_STALE])


def first_seen(place: str, seen_now: Iterable[Hashable]) -> dict[Hashable, datetime]:
    """Since when every look has seen each of these, without a break. `place`: where that is remembered."""
    seen, now = cache.get(place) or {}, timezone.now()
    still = {thing: seen.get(thing, now) for thing in seen_now}
    if still != seen:
        cache.set(place, still, timeout=None)
    return still


def queue_lengths() -> dict[str, int] | None:
    """The queues' messages of all priorities; None when the broker can't be reached, {} where it is a folder.

    Asked within the same short time-outs as publishing.
    """
    if app.conf.broker_url.startswith("filesystem"):
        return {}
    try:
        with app.connection_for_write() as broker:
            channel = broker.default_channel
            return {queue: channel._size(queue) for queue in ("rescore", SWEEPS, *QUEUES.values())}
    except Exception:  # any client library's error means one thing here: not reachable
        return None


def log_state() -> str:
    """none: nothing was ever sealed here, as nobody has a key."""
    newest = newest_head()
    if newest is None:
        return "none"
    return "late" if timezone.now() - newest.at > ALIVE else "ok"


def scanner_state() -> str:
    """none: the portal was told to do without, and files are not checked for viruses."""
    if not settings.CLAMD:
        return "none"
    return "ok" if scanner.is_there() else "unavailable"
