"""Browsers that logged in before: a signed cookie that names the accounts, so that strangers' tries don't slow them."""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from submissions.models import User

SALT = "submissions.accounts.known"
AGE = 365 * 24 * 60 * 60
MOST = 8  # accounts: an office's people share computers


def key_of(request: HttpRequest, user: User | None) -> str | None:
    """By which this browser is counted for this account; None if it never logged in to it."""
    return _keys(request).get(user.pk) if user else None


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """This person logged in with this browser, with everything that was asked for."""
    keys = _keys(request)
    own = keys.pop(user.pk, None) or secrets.token_urlsafe(12)
    newest = [(user.pk, own), *keys.items()][:MOST]
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE,
        signing.dumps(newest, salt=SALT),
        max_age=AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _keys(request: HttpRequest) -> dict[int, str]:
    try:
        return dict(signing.loads(request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE, ""), salt=SALT, max_age=AGE))
    except signing.BadSignature:
        return {}
