"""Health pages for the proxy and the operator. They tell states, never names, versions or addresses."""

import time

from django.conf import settings
from django.core.cache import cache
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cdd4.celery import HEARTBEAT, app
from submissions import scanner

SWEEP_LATE_AFTER = 60  # seconds without a finished sweep


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 when the database is away; 200 'degraded' when only work behind it waits, because uploads are still saved."""
    if not is_database_ready():
        return JsonResponse({"status": "unavailable", "database": "unavailable"}, status=503)
    parts = {
        "database": "ok",
        "queue": "ok" if is_broker_ready() else "unavailable",
        "scoring": "ok" if is_sweep_recent() else "late",
        "scanner": scanner_state(),
    }
    status = "ok" if set(parts.values()) <= {"ok", "none"} else "degraded"
    return JsonResponse({"status": status, **parts})


def is_database_ready() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except Error:
        return False


def is_broker_ready() -> bool:
    """Ask the broker once, within the same short time-outs as publishing."""
    if app.conf.broker_url.startswith("filesystem"):
        return True
    try:
        with app.connection_for_write() as broker:
            return bool(broker.default_channel.client.ping())
    except Exception:  # any client library's error means one thing here: not reachable
        return False


def scanner_state() -> str:
    """none: the portal was told to do without, and files are not checked for viruses."""
    if not settings.CLAMD:
        return "none"
    return "ok" if scanner.is_there() else "unavailable"


def is_sweep_recent() -> bool:
    beat = cache.get(HEARTBEAT)
    return beat is not None and time.time() - beat < SWEEP_LATE_AFTER
