"""Slows down whoever guesses a password, and shuts nobody out.

An unknown browser is counted three times: for this account from its address, for this account from anywhere, for any
account from its address. A browser that logged in to the account before is counted for itself alone, so that nobody
else makes its owner wait. Once the first tries are used up each wrong one doubles the wait, up to a bound; a try
that comes too soon is refused unread and makes no wait longer.
"""

import hashlib
import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from submissions.models import Tries, User


@dataclass(frozen=True)
class Pace:
    """How many wrong tries are free, and how long the wait after each further one is."""

    free: int
    first: timedelta
    most: timedelta
    forgotten_after: timedelta  # without a wrong try

    def wait_after(self, wrong: int) -> timedelta:
        doubled = min(wrong - self.free, 30)
        return min(self.first * 2**doubled, self.most) if doubled >= 0 else timedelta(0)


# How many guesses that leaves in a day, and why an owner waits a minute at most: docs/decisions/0017.
BROWSER = Pace(5, timedelta(seconds=15), timedelta(minutes=15), timedelta(days=1))
FROM = Pace(5, timedelta(seconds=15), timedelta(minutes=1), timedelta(days=1))
ACCOUNT = Pace(20, timedelta(seconds=2), timedelta(minutes=1), timedelta(days=1))
ADDRESS = Pace(10, timedelta(seconds=3), timedelta(seconds=30), timedelta(minutes=10))
KEPT = timedelta(days=1)  # the longest of them
Counters = Mapping[str, Pace]


class TooSoon(Exception):
    """A try that is not looked at yet."""

    def __init__(self, wait: timedelta) -> None:
        self.seconds = math.ceil(wait.total_seconds())
        super().__init__(f"wait {self.seconds} seconds")


def counters(user: User | None, name: str, address: str, known: str | None) -> Counters:
    """Where a try counts. `known`: the key of the browser, if it logged in to this account before."""
    account = f"user {user.pk}" if user else f"name {alike(name)}"
    if known:
        return {_counter("browser", account, known): BROWSER}
    return {
        _counter("from", account, address): FROM,
        _counter("account", account): ACCOUNT,
        _counter("address", address): ADDRESS,
    }


def counters_of_codes(user: User, known: str | None) -> Counters:
    """Where a code of the second step counts: a browser that passed it before for itself, all others together."""
    return {_counter("codes", f"user {user.pk}", known or "unknown"): BROWSER}


def alike(name: str) -> str:
    """The same for all ways of writing one name that somebody may take for another."""
    return unicodedata.normalize("NFKC", name).strip().upper().casefold()


def _counter(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


class Try:
    """A try that may be looked at; it counts as wrong until it is known to be right."""

    def __init__(self, counted: Counters, at: datetime) -> None:
        """Raises TooSoon when one of its counters has to wait."""
        self.at = at
        with transaction.atomic():
            fresh = [Tries(counter=counter, latest_at=at) for counter in sorted(counted)]
            Tries.objects.bulk_create(fresh, ignore_conflicts=True)
            rows = list(Tries.objects.select_for_update().filter(pk__in=counted).order_by("pk"))
            self.before = {row.pk: row.latest_at for row in rows}
            for row in rows:
                if row.latest_at < at - counted[row.pk].forgotten_after:
                    row.wrong = 0
            due = max(row.latest_at + counted[row.pk].wait_after(row.wrong) for row in rows)
            if due > at:
                raise TooSoon(due - at)
            for row in rows:
                row.wrong, row.latest_at = row.wrong + 1, at
            Tries.objects.bulk_update(rows, ["wrong", "latest_at"])
        self.own = [counter for counter, pace in counted.items() if pace in (BROWSER, FROM)]

    def was_right(self) -> None:
        """This browser begins anew. The other counters forget this try alone: wrong ones of others stay counted."""
        Tries.objects.filter(pk__in=self.own).delete()
        for counter, latest_at in self.before.items():
            row = Tries.objects.filter(pk=counter, wrong__gt=0)
            if not row.filter(latest_at=self.at).update(wrong=F("wrong") - 1, latest_at=latest_at):
                row.update(wrong=F("wrong") - 1)


def sweep(at: datetime) -> int:
    """Forget what no longer makes anybody wait."""
    return Tries.objects.filter(latest_at__lt=at - KEPT).delete()[0]
