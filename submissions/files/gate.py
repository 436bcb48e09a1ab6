"""Refuses what is asked of the upload service by its headers alone, before a byte of its body is read.

A thread that waits for a slow body serves nobody else. Django reads a form for its CSRF token before any view is asked;
therefore no form is let through here. Who somebody is, is asked by the view.
"""

import socket
from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

VERSION = "1.0.0"  # of the tus protocol
BODY = "application/offset+octet-stream"
METHODS = ("OPTIONS", "GET", "HEAD", "POST", "PATCH", "DELETE")


class Counted(HttpRequest):
    """A request as it is behind this gate: with how much of its body was not read yet."""

    unread: int


class Gate:
    """Middleware. It does not wait for the rest of a body that was not read to its end."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: Counted) -> HttpResponse:
        if not request.path_info.startswith("/uploads/"):
            return self.get_response(request)
        asked = request.headers.get("X-HTTP-Method-Override", "").upper()
        if request.method == "POST" and asked in ("PATCH", "DELETE"):  # for proxies that let neither through
            request.method = asked
        request.unread = _announced(request)
        response = _refusal(request) or self.get_response(request)
        response["Tus-Resumable"] = VERSION
        response["Cache-Control"] = "no-store"
        if request.unread:
            hang_up(request)
        return response


def hang_up(request: HttpRequest) -> None:
    """Let no thread wait for what else comes of this request, neither here nor in the server; it may be answered.

    The server's socket is there in production, where slow lines are.
    """
    if line := request.META.get("gunicorn.socket"):
        with suppress(OSError):  # the other side was quicker
            line.shutdown(socket.SHUT_RD)


def refusal(status: int, text: str, **headers: str) -> JsonResponse:
    return JsonResponse({"reasons": [text]}, status=status, headers=headers)


def _refusal(request: Counted) -> HttpResponse | None:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES and "Authorization" not in request.headers:
        return refusal(401, _("Your login has ended. Log in again; what has arrived is kept."))
    if request.method not in METHODS:
        return refusal(405, _("This is not asked of uploads."), Allow=", ".join(METHODS))
    if "Transfer-Encoding" in request.headers:
        return refusal(411, _("The header Content-Length must say how much is sent."))
    if (request.unread or request.method == "PATCH") and request.content_type != BODY:
        return refusal(415, _("The body must be sent as %(type)s.") % {"type": BODY})
    if request.method not in ("GET", "OPTIONS") and request.headers.get("Tus-Resumable") != VERSION:
        return refusal(412, _("The header Tus-Resumable must say 1.0.0."), **{"Tus-Version": VERSION})
    return None


def _announced(request: HttpRequest) -> int:
    """The body's bytes; 1 stands for any number that is not told."""
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() and "Transfer-Encoding" not in request.headers else 1
