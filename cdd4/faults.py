"""Answers to faults (too large, disk full, database away …): pages for people, problems for programs; and how much of
them is logged.
"""

import logging
import sys
from math import inf

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views import defaults

from cdd4 import database
from cdd4.logs import request_id
from submissions.away import is_away

FORM_BYTES = 2**20  # a log-in form and its like
SLACK_BYTES = 2**20  # the fields and boundaries around a file
RETRY_AFTER = 30  # seconds, as the proxy says of a web server that is away


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
    answer = problem(request, "parse-error", _("The request can't be read."))
    return answer or defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    answer = problem(request, "permission-denied", str(exception) or _("You may not do this."))
    if answer:
        return answer
    said = {"exception": str(exception), "sheet": getattr(exception, "sheet", "")}
    return render(request, "403.html", said, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    answer = problem(request, "not-found", _("The API has no such address. All are described at /api/docs/."))
    return answer or defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to an error of ours, wherever it was raised. A full disk, and a database that is away, are told as
    what they are. Nothing here may ask the database.
    """
    from submissions.api import problems  # as above

    kind, detail = _kind_of(sys.exc_info()[1])
    status = problems.KINDS[kind].status
    if is_asked_by_program(request):
        answer: HttpResponse = problems.answer(kind, detail, request=request_id())
    else:
        answer = HttpResponse(render_to_string(f"{status}.html", {"request_id": request_id()}), status=status)
    if status == 503:
        answer["Retry-After"] = str(RETRY_AFTER)
    return answer


def _kind_of(error: BaseException | None) -> tuple[str, str]:
    from submissions.files import room  # as above

    if is_away(error):
        text = _("What was just sent may not have been saved. What was confirmed is safe. Try again in a moment.")
        return "unavailable", text
    if isinstance(error, Exception) and room.is_full(error):
        return "disk-full", _("The portal's disk is full; nothing was saved. Try again later, and tell central staff.")
    return "error", _("It was not your doing. Try again in a while; if it happens again, tell central staff.")


def is_asked_by_program(request: HttpRequest) -> bool:
    """Whether it reads JSON: a client of the API, the script that uploads, or whoever says so."""
    accept = request.headers.get("Accept", "")
    asks_for_json = "json" in accept and "html" not in accept
    return asks_for_json or request.path_info.startswith(("/api/", "/uploads/"))


class OneLine(logging.Filter):
    """Django hands the exception over with every answer of 400 and above; only an error of ours needs its traceback.

    Nor does a database that is away, whoever notices it: the first line of what it says is written.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        if error is not None and is_away(error):
            record.msg, record.args = "%s: %s", (record.getMessage(), database.reason(error))
            record.exc_info = record.exc_text = None
        elif 400 <= getattr(record, "status_code", 0) < 500:
            record.exc_info = record.exc_text = None
        return True
