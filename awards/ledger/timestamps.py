"""Once a day an authority says when a head was there (RFC 3161): somebody else vouches for the portal's clock."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from typing import Any

from asn1crypto import cms, tsp
from django.conf import settings
from django.utils import timezone
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper, TimestampRequestError

from awards.models import Head, HeadTimestamp

from . import keys

log = logging.getLogger(__name__)
DAILY = timedelta(days=1)
PATIENCE = 10  # seconds


def digest_of(head: Head) -> bytes:
    """What the authority is asked about: SHA-256 of the text that is signed of a head."""
    return sha256(keys.text_of_head(head.size, head.root, head.at).encode()).digest()


def stamp_daily(authority: TimeStamper | None = None) -> HeadTimestamp | None:
    """Have the newest head stamped, unless one was within a day. An authority that is away is asked again next time.

    :param authority: who is asked (None: the one that is set; nobody, where none is).
    """
    newest = Head.objects.last()
    asked = authority or (HTTPTimeStamper(settings.TSA_URL, timeout=PATIENCE) if settings.TSA_URL else None)
    if newest is None or asked is None or HeadTimestamp.objects.filter(at__gt=timezone.now() - DAILY).exists():
        return None
    try:
        token = _ask(asked, digest_of(newest))
    except (OSError, TimestampRequestError) as error:
        log.warning("the authority gives no timestamp for the log's head: %s", error)
        return None
    made = HeadTimestamp(head=newest, at=_told(token)["gen_time"].native, token=token.dump())
    made.save()
    return made


def _ask(authority: TimeStamper, digest: bytes) -> cms.ContentInfo:
    """In a thread of its own: pyHanko wants an event loop, and the caller may have one."""
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(lambda: asyncio.run(authority.async_timestamp(digest, "sha256"))).result()


def _told(token: cms.ContentInfo) -> Any:
    return tsp.TSTInfo.load(token["content"]["encap_content_info"]["content"].parsed.dump())


def is_about(stamp: HeadTimestamp) -> bool:
    """Whether the authority's words are about this head. Whose words they are `openssl ts -verify` says."""
    try:
        told = _told(cms.ContentInfo.load(bytes(stamp.token)))
        return bool(told["message_imprint"]["hashed_message"].native == digest_of(stamp.head))
    except (ValueError, KeyError, TypeError):
        return False
