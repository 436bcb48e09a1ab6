"""Pages that take long to make: few at once in a process, so that the others answer meanwhile, and so many a minute for
each person."""

import weakref
from collections.abc import Callable
from functools import wraps
from math import ceil

from django.core.cache import caches
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from rest_framework.throttling import UserRateThrottle

from submissions.files.seats import SEATS, sitting, take

AGAIN = 3  # seconds after which whoever found no seat is to ask again


class Throttle(UserRateThrottle):
    """Counts in the process, without a statement: with two processes a person may ask up to twice as often."""

    cache = caches["process"]


def _page(request: HttpRequest, status: int, seconds: int) -> HttpResponse:
    """It asks nothing of the database, of which there may be too little already."""
    page = render_to_string("429.html" if status == 429 else "busy.html", {"seconds": seconds})
    return HttpResponse(page, status=status)


def seldom(rate: str, *, later: Callable[..., HttpResponse] = _page) -> Callable:
    """Of a view: `rate` is how often one person, or one address that is nobody's, may ask, such as "30/min"."""

    def limited(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        throttle = type("Throttle", (Throttle,), {"rate": rate, "scope": f"dear.{view.__name__}"})

        @wraps(view)
        def answer(request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
            limit = throttle()
            if not limit.allow_request(request, view):
                return _later(request, later, 429, ceil(limit.wait() or 1))
            return view(request, *args, **kwargs)

        return answer

    return limited


def dear(rate: str, *, patience: float = 0, later: Callable[..., HttpResponse] = _page) -> Callable:
    """The same, and few at once in the process. A page that is shown asks anew by itself.

    One who asks waits up to `patience` seconds for a seat. `later` makes what is shown to the others.
    """

    def limited(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def answer(request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
            if not take(patience):
                return _later(request, later, 503, AGAIN)
            try:
                with sitting():
                    response = view(request, *args, **kwargs)
            except BaseException:
                SEATS.release()
                raise
            _leave_after(response)
            return response

        return seldom(rate, later=later)(answer)

    return limited


def _leave_after(response: HttpResponseBase) -> None:
    """What is made while it is sent keeps its seat until the server closes it, or lets it fall."""
    if not response.streaming or isinstance(response, FileResponse):
        SEATS.release()
    else:
        closers: list[Callable] = response._resource_closers  # type: ignore[attr-defined]  # Django's own
        closers.append(weakref.finalize(response, SEATS.release))  # which does so once


def _later(request: HttpRequest, later: Callable[..., HttpResponse], status: int, seconds: int) -> HttpResponse:
    response = later(request, status, seconds)
    response["Retry-After"] = str(seconds)
    if request.method == "GET":
        response["Refresh"] = str(seconds)
    return response
