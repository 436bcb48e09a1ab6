"""The clock of the sweeps, of which several may run: one sends, and another goes on when it is gone.

Who sends has a lease in the database and renews it with each sending. Where two believe for a moment that it is theirs,
a sweep is sent twice, which every sweep may be.
"""

import secrets
from typing import Any

from celery.beat import PersistentScheduler
from celery.utils.log import get_logger
from django.core.cache import cache
from django.db import Error, close_old_connections

LEASE = "cdd4.beat"
HOLDS = 6  # seconds: two of the shortest times between sweeps, and less than scores may wait
log = get_logger(__name__)


class Clock(PersistentScheduler):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.name, self.sends = secrets.token_hex(8), False
        super().__init__(*args, **kwargs)

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        """What is due is sent by whoever has the lease; the others let it pass."""
        sends = self._has_lease()
        if sends != self.sends:
            log.info("this clock sends now" if sends else "another clock sends")
        self.sends = sends
        if sends:
            super().apply_entry(entry, producer)

    def _has_lease(self) -> bool:
        close_old_connections()
        try:
            holder = cache.get(LEASE)
            if holder == self.name:
                cache.set(LEASE, self.name, HOLDS)
                return True
            return holder is None and cache.add(LEASE, self.name, HOLDS)
        except Error as fault:  # nothing that is sent could be done without the database
            log.warning("the database is away, nothing is sent: %s", fault)
            return False

    def close(self) -> None:
        """Another need not wait for the lease to end."""
        try:
            if cache.get(LEASE) == self.name:
                cache.delete(LEASE)
        except Error:
            log.warning("the database is away: the lease ends by itself")
        super().close()
