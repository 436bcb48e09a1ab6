"""/metrics for Prometheus: how much waits for each part and how long, and what was asked of the web server."""

import shutil
import time
from collections.abc import Iterator
from hmac import compare_digest

from django.conf import settings
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from cdd4 import watch
from submissions.uploads import incoming

_ASKED = ["view", "method", "status"]
_requests = Counter("cdd4_requests", "Requests answered.", _ASKED)
_seconds = Counter("cdd4_request_seconds", "Seconds spent on answering them.", _ASKED)


class Requests:
    """Counts each request by its view, not by its address: there are only so many."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = self.get_response(request)
        view = request.resolver_match.view_name if request.resolver_match else ""
        method = request.method if request.method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD") else "other"
        labels = (view or "none", method, response.status_code)
        _requests.labels(*labels).inc()
        _seconds.labels(*labels).inc(time.perf_counter() - start)
        return response


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For whoever knows the token; without one set there is no such page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not compare_digest(token.encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry()
    try:
        MultiProcessCollector(registry)
    except ValueError:  # one process, which knows all
        registry.register(_requests)
        registry.register(_seconds)
    registry.register(State())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class State:
    """What the database, the queue and the disk say at this moment."""

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("cdd4_part_up", "1: this part is well.", labels=["part"])
        try:
            metrics = list(self.of_database(up))
            up.add_metric(["database"], 1)
        except Error:  # what was counted here is worth most just now
            metrics = []
            up.add_metric(["database"], 0)
        yield from (up, *metrics)
        disk = shutil.disk_usage(settings.MEDIA_ROOT)
        yield GaugeMetricFamily("cdd4_disk_bytes", "Of the disk for files.", disk.total)
        yield GaugeMetricFamily("cdd4_disk_free_bytes", "Of that, free.", disk.free)
        messages = GaugeMetricFamily("cdd4_queue_messages", "Messages in this queue.", labels=["queue"])
        for queue, length in (watch.queue_lengths() or {}).items():
            messages.add_metric([queue], length)
        yield messages

    def of_database(self, up: GaugeMetricFamily) -> Iterator[Metric]:
        """What only it knows; `up` is told of each part."""
        parts, now = watch.look(), timezone.now()
        waiting = GaugeMetricFamily("cdd4_waiting", "How much waits for this part.", labels=["part"])
        oldest = GaugeMetricFamily("cdd4_waiting_seconds", "For how long the oldest of that waits.", labels=["part"])
        sweep, under_way = watch.last_sweep(), incoming.under_way()
        for part in parts:
            up.add_metric([part.name], part.is_well)
            if part.waiting is not None:
                waiting.add_metric([part.name], part.waiting)
                oldest.add_metric([part.name], (now - part.oldest).total_seconds() if part.oldest else 0)
        yield from (waiting, oldest)
        if sweep:
            yield GaugeMetricFamily("cdd4_sweep_seconds", "Since the last finished sweep.", time.time() - sweep)
        yield GaugeMetricFamily("cdd4_uploads_under_way", "Files that come in just now.", under_way)
