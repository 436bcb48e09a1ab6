"""Pages that take long to make: few at once in a process, so that the others answer meanwhile, and so many a minute for
each person."""

import threading
from collections.abc import Callable
from functools import wraps
from math import ceil

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.throttling import UserRateThrottle

SEATS = threading.BoundedSemaphore(2)  # of the four threads of a web process
AGAIN = 3  # seconds after which whoever found no seat is to ask again


class Throttle(UserRateThrottle):
    """Counts in the process, without a statement: with two processes a person may ask up to twice as often."""

    cache = caches["process"]


def dear(rate: str) -> Callable:
    """Of a view: `rate` is how often one person may ask, such as "30/min". A page that is shown asks anew by itself."""

    def limited(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        throttle = type("Throttle", (Throttle,), {"rate": rate, "scope": f"dear.{view.__name__}"})

        @wraps(view)
        def answer(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            asked = throttle()
            if not asked.allow_request(request, view):
                return _later(request, "429.html", 429, ceil(asked.wait() or 1))
            if not SEATS.acquire(blocking=False):
                return _later(request, "busy.html", 503, AGAIN)
            try:
                return view(request, *args, **kwargs)
            finally:
                SEATS.release()

        return answer

    return limited


def _later(request: HttpRequest, template: str, status: int, seconds: int) -> HttpResponse:
    response = render(request, template, {"seconds": seconds}, status=status)
    response["Retry-After"] = str(seconds)
    if request.method == "GET":
        response["Refresh"] = str(seconds)
    return response
