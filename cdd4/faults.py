"""Answers to faults, pages for people and problems for programs (too large, disk full …), and how much is logged."""

import errno
import logging
import sys
from math import inf

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import defaults

FORM_BYTES = 2**20  # a log-in form and its like
SLACK_BYTES = 2**20  # the fields and boundaries around a file


class BodyLimit:
    """Refuses a body that is too large before anything of it is written to disk.

    Reading a form comes before any view (its CSRF token is in it), so without this a visitor who never logged in
    could fill the disk. The API and the uploads read nothing before they know who asks.
    """

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = announced_length(request)
        if length <= FORM_BYTES:
            return self.get_response(request)
        trusted = request.path_info.startswith(("/api/", "/uploads/")) or request.user.is_authenticated
        if trusted and length <= max(settings.VIDEO_MAX_BYTES, settings.EVIDENCE_MAX_BYTES) + SLACK_BYTES:
            return self.get_response(request)
        too_large = _("The request is larger than the portal takes.")
        return problem(request, "too-large", too_large) or render(request, "413.html", status=413)


class FormsOnly:
    """Gives the empty 405 a page: whoever has to log in after sending a form is then led to the form's address."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET" and not response.content:
            page = render(request, "405.html", status=405)
            page["Allow"] = response["Allow"]
            return page
        return response


def announced_length(request: HttpRequest) -> float:
    """The body's bytes. Without a length there is no body: the server gives Django only what was announced."""
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() else inf


def problem(request: HttpRequest, kind: str, detail: str) -> HttpResponse | None:
    """What a program is told; None where people ask, who are shown a page."""
    from submissions.api import problems  # which needs the apps; the logging is set up before them, from this file

    return problems.answer(kind, detail) if request.path_info.startswith("/api/") else None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    said = problem(request, "parse-error", _("The request can't be read."))
    return said or defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    said = problem(request, "permission-denied", str(exception) or _("You may not do this."))
    return said or defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    said = problem(request, "not-found", _("The API has no such address. All are described at /api/docs/."))
    return said or defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """An error of ours; a full disk is told as what it is."""
    error = sys.exc_info()[1]
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        full = _("The portal's disk is full; nothing was saved. Try again later, and tell central staff.")
        return problem(request, "disk-full", full) or render(request, "507.html", status=507)
    ours = _("Something went wrong in the portal. Try again later, and tell central staff if it stays so.")
    return problem(request, "error", ours) or defaults.server_error(request)


class RefusalInOneLine(logging.Filter):
    """Django hands the exception over with every answer of 400 and above; only an error of ours needs its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if 400 <= getattr(record, "status_code", 0) < 500:
            record.exc_info = record.exc_text = None
        return True
