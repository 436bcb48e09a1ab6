"""Who sends, at addresses that the framework of the API doesn't serve: whom a token names, or who has logged in."""

from typing import cast

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.request import Request

from .base import TokenAuthentication
from .scopes import check


def identify(request: HttpRequest, scope: str) -> None:
    """Have `request.user` be who sends. Raises an APIException: 401 for nobody, 403 for a token that isn't for this.

    Whoever sends a token means to; a session's cookie is sent by the browser whoever asks it to, so there the request
    must come from our own pages. The views that call this are exempt from the middleware's question of the same.
    """
    if "Authorization" in request.headers:
        found = TokenAuthentication().authenticate(request)
        if found is None:
            raise AuthenticationFailed(_("Invalid token."))
        request.user, token = found
        check(token, scope)
    elif not request.user.is_authenticated:
        raise NotAuthenticated(_("Your login has ended. Log in again; what has arrived is kept."))
    else:
        SessionAuthentication().enforce_csrf(cast("Request", request))  # it asks Django's middleware
