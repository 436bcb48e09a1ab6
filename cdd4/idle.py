"""Ends a login of central staff or a judge at which nobody worked for a time: they see what others must not; and any
login after the hours of a session, however much was done in it.

When it was worked with stands in the list of sessions, not in the session itself: that is saved in whole at the end of
a request, and one that took long would bring back what was written, changed or ended meanwhile. Drafts and what stands
typed on the page outlive a login, as they outlive every login that ended (static/reader.js).
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from submissions.accounts import sessions

IDLED = "idled"  # in the visitor's session: why they have to log in
PRECISION = timedelta(minutes=1)  # nothing is written more often


class Watched(HttpRequest):
    """A request from `IdleLimit` on."""

    idle_seconds: int
    is_idle: bool


class IdleLimit:
    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: Watched) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            self.look_at(request)
        return self.get_response(request)

    def look_at(self, request: Watched) -> None:
        now, kept = timezone.now(), sessions.find(request)
        limit = request.idle_seconds = seconds_for(request.user)
        idle = now - kept.last_seen_at if kept else PRECISION
        if kept and now - kept.created_at > timedelta(seconds=settings.SESSION_COOKIE_AGE):
            request.session.flush()
            request.user = AnonymousUser()
        elif limit and idle > timedelta(seconds=limit):
            request.is_idle = True
            logout(request)
            request.session[IDLED] = True
        elif idle >= PRECISION and not is_by_itself(request):
            sessions.see(request, now)


def seconds_for(user) -> int:
    """0: no limit but that of every session."""
    minutes = settings.IDLE_MINUTES if user.runs_rounds or user.is_judge else settings.IDLE_MINUTES_OFFICERS
    return minutes * 60


def is_by_itself(request: HttpRequest) -> bool:
    """Whether a page sent this by itself, with nobody using it: to follow the portal, or to ask whose page it is.

    A page in which somebody is typing says so.
    """
    if request.path_info == reverse("reader"):
        return "X-At-Work" not in request.headers
    return "X-By-Itself" in request.headers or "asked" in request.GET
