"""Where people are logged in. allauth keeps which session is whose; Django's own say which of them still hold."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from submissions.models import User

from .browsers import name_of
from .events import Kind, address_of, record


def sessions_of(user: User) -> list[UserSession]:
    """Those that still hold, the one seen last first."""
    return list(_holding().filter(user=user).order_by("-last_seen_at", "-pk"))


def _holding():
    holding = Session.objects.filter(expire_date__gt=timezone.now())
    return UserSession.objects.filter(session_key__in=holding.values("session_key"))


def find(request: HttpRequest) -> UserSession | None:
    """What is kept of this session; nothing of one that is older than the list."""
    return UserSession.objects.filter(session_key=request.session.session_key).first()


def see(request: HttpRequest, at: datetime) -> None:
    """Note that this session was used, and from where."""
    rows = UserSession.objects.filter(session_key=request.session.session_key)
    address = address_of(request)
    seen = {"last_seen_at": at} | ({"ip": address} if address else {})
    if not rows.update(**seen) and address:  # older than this list; allauth keeps none without an address
        UserSession.objects.create_from_request(request)
        rows.update(**seen)


def end_others(user: User, *, own: str, by: User | None, number: int | None = None) -> int:
    """End the sessions of a person but the one with the key `own`: all, or that of this number. Says how many."""
    ending = _holding().filter(user=user).exclude(session_key=own)
    rows = list(ending if number is None else ending.filter(pk=number))
    Session.objects.filter(session_key__in=[session.session_key for session in rows]).delete()
    for session in rows:
        session.delete()
        record(Kind.SESSION_ENDED, user=user, actor=by, detail=f"{name_of(session.user_agent)} {session.ip}")
    return len(rows)


def sweep() -> int:
    """Throw away sessions that are over, and whose they were. Says how many sessions."""
    removed = Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
    UserSession.objects.exclude(pk__in=_holding().values("pk")).delete()
    return removed
