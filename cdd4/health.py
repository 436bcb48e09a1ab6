"""Health pages for the proxy and the operator. They tell states, never names, versions or addresses."""

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cdd4 import watch


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 when the database is away; 200 'degraded' when only work behind it waits, because uploads are still saved.

    'starting' while all is well but a part that never gave a sign.
    """
    try:
        if not is_database_ready():
            raise Error
        parts = watch.look()
    except Error:
        return JsonResponse({"status": "unavailable", "database": "unavailable"}, status=503)
    report = {
        "status": _status(parts),
        "database": "ok",
        **{part.name: part.state for part in parts},
        "since": {part.name: part.since.strftime("%Y-%m-%dT%H:%M:%SZ") for part in parts if part.since},
        "waiting": {part.name: part.waiting for part in parts if part.waiting is not None},
    }
    return JsonResponse(report)


def _status(parts: list[watch.PortalPart]) -> str:
    """`ok` says that every part gave a sign."""
    if not all(part.is_well for part in parts):
        return "degraded"
    return "starting" if any(part.state == watch.STARTING for part in parts) else "ok"


def is_database_ready() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)
