"""Records what was done with an account or a file. One statement, which never keeps a request from being answered."""

import hashlib
import hmac
import logging
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from datetime import timedelta
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.core import context
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import Error, connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from submissions.models import AccountEvent, User

log = logging.getLogger(__name__)
Kind = AccountEvent.Kind
Thing = AccountEvent.Thing
AT_ONCE = timedelta(minutes=10)  # requests for parts of one file within it are one opening of the file


def record(
    kind: Kind,
    *,
    user: User | None = None,
    actor: User | None = None,
    request: HttpRequest | None = None,
    within: timedelta | None = None,
    **about: str,
) -> None:
    """Write down what was done with `user`'s account by `actor`, who is nobody where that can't be known.

    `within`: the same once more in this time is not written again. `about`: thing, thing_id, detail, username, address.
    Without a request the one that is being answered in this thread counts; a command has none.
    """
    request = request or context.request
    event = AccountEvent(at=timezone.now(), kind=kind, user=user, actor=actor)
    event.username = about.get("username") or (user.username if user else "")
    event.thing, event.thing_id = about.get("thing", ""), str(about.get("thing_id", ""))
    event.detail = _fit("detail", about.get("detail", ""))
    event.address = about.get("address") or address_of(request)
    event.browser = _fit("browser", request.META.get("HTTP_USER_AGENT", "") if request else "")
    try:
        # Inside a transaction a refused statement would spoil all the others of it.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            if within is None or not _is_known(event, event.at - within):
                event.save()
    except (Error, ValueError):  # a database that is away, or a text that it doesn't take
        log.exception("not recorded: %s of user %s", kind, event.user_id)


def record_each(kind: Kind, users: Iterable[User], *, actor: User, details: Mapping[int, str]) -> None:
    """The same deed with many accounts, in one statement."""
    request = context.request
    about: dict[str, Any] = {"address": address_of(request), "at": timezone.now(), "kind": kind, "actor": actor}
    about["browser"] = _fit("browser", request.META.get("HTTP_USER_AGENT", "") if request else "")
    rows = [AccountEvent(user=user, username=user.username, detail=details[user.pk], **about) for user in users]
    try:
        with transaction.atomic():
            AccountEvent.objects.bulk_create(rows)
    except (Error, ValueError):
        log.exception("not recorded: %s of %s users", kind, len(rows))


def _fit(name: str, text: str) -> str:
    column: Any = AccountEvent._meta.get_field(name)
    return text.replace("\x00", "")[: column.max_length]


def _is_known(event: AccountEvent, since) -> bool:
    same = {name: getattr(event, name) for name in ("user", "kind", "thing", "thing_id", "address")}
    return AccountEvent.objects.filter(at__gt=since, **same).exists()


def record_file(request: HttpRequest, thing: Thing, thing_id, name: str, *, shown: bool = False, part=False) -> None:
    """Somebody opened a file to look at it (`shown`), or took it away; `part`: this asks for a part of it alone.

    A player asks for a video in many parts, and a page shows a document page by page: that is one opening.
    """
    if request.method == "HEAD":
        return
    is_part = part or "Range" in request.headers
    kind = Kind.OPENED if shown else Kind.TAKEN
    about = {"thing": thing, "thing_id": thing_id, "detail": name}
    who = cast("User", request.user)  # files are shown to nobody else
    record(kind, user=who, actor=who, request=request, within=AT_ONCE if is_part else None, **about)


def record_failure(username: str, request: HttpRequest | None) -> None:
    """A log-in failed. The name is kept where it is an account's: people type their password there as well.

    Of any other name stands a mark that only this portal can make, by which the same name is known when it comes again.
    """
    user = User.objects.filter(username__iexact=username).first() if username else None
    record(Kind.FAILED, user=user, request=request, detail="" if user else mark_of(username))


def mark_of(name: str) -> str:
    digest = hmac.new(settings.SECRET_KEY.encode(), f"unknown name:{name}".encode(), hashlib.sha256)
    return f"#{digest.hexdigest()[:8]}"


def address_of(request: HttpRequest | None) -> str | None:
    """The visitor's address, by the word of our own proxy alone."""
    try:
        return get_adapter().get_client_ip(request) if request else None
    except (PermissionDenied, ImproperlyConfigured):  # a socket has none
        return None


def expire() -> int:
    """Throw away what was kept long enough. Says how many rows."""
    return AccountEvent.objects.expire(timezone.now() - timedelta(days=settings.ACCOUNT_EVENT_DAYS))
