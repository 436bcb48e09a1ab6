"""Answers to faults Django has no page for (too large, for forms only, disk full), and how much of each is logged."""

import errno
import logging
import sys
from math import inf

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import server_error as plain_server_error

FORM_BYTES = 2**20  # a log-in form and its like
SLACK_BYTES = 2**20  # the fields and boundaries around a file


class BodyLimit:
    """Refuses a body that is too large before anything of it is written to disk.

    Reading a form comes before any view (its CSRF token is in it), so without this a visitor who never logged in
    could fill the disk. The API reads nothing before it knows who asks.
    """

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = announced_length(request)
        if length <= FORM_BYTES:
            return self.get_response(request)
        trusted = request.path_info.startswith("/api/") or request.user.is_authenticated
        if trusted and length <= max(settings.VIDEO_MAX_BYTES, settings.EVIDENCE_MAX_BYTES) + SLACK_BYTES:
            return self.get_response(request)
        return render(request, "413.html", status=413)


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


def server_error(request: HttpRequest) -> HttpResponse:
    """The page of an error of ours; a full disk is told as what it is."""
    error = sys.exc_info()[1]
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return render(request, "507.html", status=507)
    return plain_server_error(request)


class RefusalInOneLine(logging.Filter):
    """Django hands the exception over with every answer of 400 and above; only an error of ours needs its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if 400 <= getattr(record, "status_code", 0) < 500:
            record.exc_info = record.exc_text = None
        return True
