"""Where people are logged in. allauth keeps which session is whose; Django's own say which of them still hold."""

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone

from submissions.models import User

from .browsers import name_of
from .events import Kind, record


def sessions_of(user: User) -> list[UserSession]:
    """Those that still hold, the one seen last first."""
    return list(_holding().filter(user=user).order_by("-last_seen_at", "-pk"))


def _holding():
    holding = Session.objects.filter(expire_date__gt=timezone.now())
    return UserSession.objects.filter(session_key__in=holding.values("session_key"))


def see(request: HttpRequest) -> None:
    """Note that this session was used just now, and from where."""
    try:
        address = get_adapter().get_client_ip(request)
    except PermissionDenied:  # a socket has none, and allauth keeps no session without one
        return
    key = request.session.session_key
    seen = UserSession.objects.filter(session_key=key).update(last_seen_at=timezone.now(), ip=address)
    if not seen and key:  # older than this list
        UserSession.objects.create_from_request(request)


def end_others(user: User, *, own: str, by: User | None, number: int | None = None) -> int:
    """End the sessions of a person but the one with the key `own`: all, or that of this number. Says how many."""
    ending = _holding().filter(user=user).exclude(session_key=own)
    rows = list(ending if number is None else ending.filter(pk=number))
    Session.objects.filter(session_key__in=[one.session_key for one in rows]).delete()
    for one in rows:
        one.delete()
        record(Kind.SESSION_ENDED, user=user, actor=by, detail=f"{name_of(one.user_agent)} {one.ip}")
    return len(rows)


def sweep() -> int:
    """Throw away what is over: sessions, and whose they were. Says how many of the first."""
    removed = Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
    UserSession.objects.exclude(pk__in=_holding().values("pk")).delete()
    return removed
