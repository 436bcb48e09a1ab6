"""Ends a login of central staff or a judge at which nobody worked for a time: they see what others must not.

Drafts and what stands typed on the page outlive it, as they outlive every login that ended (static/reader.js).
"""

import time

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from submissions.accounts import sessions

ACTIVE_AT = "active_at"  # in the session: the second in which it was last worked with
IDLED = "idled"  # in the visitor's session: why they have to log in
PRECISION = 60  # seconds; nothing is written more often


class IdleLimit:
    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            self.look_at(request)
        return self.get_response(request)

    def look_at(self, request: HttpRequest) -> None:
        now, last = int(time.time()), request.session.get(ACTIVE_AT)
        limit = request.idle_seconds = seconds_for(request.user)
        if last is not None and limit and now - last > limit:
            request.is_idle = True
            logout(request)
            request.session[IDLED] = True
        elif not is_by_itself(request) and (last is None or now - last >= PRECISION):
            request.session[ACTIVE_AT] = now
            sessions.see(request)


def seconds_for(user) -> int:
    """0: no limit but that of every session."""
    minutes = settings.IDLE_MINUTES if user.is_central or user.is_judge else settings.IDLE_MINUTES_OFFICERS
    return minutes * 60


def is_by_itself(request: HttpRequest) -> bool:
    """A page asked, and nobody at it: it follows the portal, or asks whose it is. Whoever types has it say so."""
    if request.path_info == reverse("reader"):
        return "X-At-Work" not in request.headers
    return "X-By-Itself" in request.headers or "asked" in request.GET


@receiver(user_logged_in)
def begin(request, **kwargs) -> None:
    if SESSION_KEY in request.session:  # a token for a program begins no session
        request.session[ACTIVE_AT] = int(time.time())
