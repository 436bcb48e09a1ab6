"""Says what moved, to whoever follows it: quickly or not at all. Pages that heard nothing ask by themselves."""

import json
import logging
import time
from collections.abc import Mapping
from functools import lru_cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from .tickets import CHANNEL

log = logging.getLogger(__name__)
SILENCE = 5.0  # seconds without a try after one that failed: nobody's work waits for it
_silent_until = 0.0


def tell(moved: Mapping[str, int]) -> None:
    """`moved`: {what: its version now}. To be called once that is committed."""
    global _silent_until
    if not (moved and settings.STREAMS) or time.monotonic() < _silent_until:
        return
    try:
        _client(settings.CELERY_BROKER_URL).publish(CHANNEL, json.dumps(dict(moved)))
    except (redis.RedisError, OSError) as error:
        _silent_until = time.monotonic() + SILENCE
        log.warning("open pages are not told: %s", error)


def listeners() -> int | None:
    """How many servers of streams listen; None: nobody knows, as the queue can't be reached."""
    try:
        return int(_client(settings.CELERY_BROKER_URL).pubsub_numsub(CHANNEL)[0][1])
    except (redis.RedisError, OSError):
        return None


@lru_cache
def _client(url: str) -> redis.Redis:
    once_more = Retry(NoBackoff(), 1)  # a line that lay idle may be closed
    return redis.Redis.from_url(url, socket_timeout=0.2, socket_connect_timeout=0.2, retry=once_more)
