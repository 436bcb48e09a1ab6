"""The emblem that operators set, for the head of every page."""

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

TYPES = {".svg": "image/svg+xml", ".png": "image/png"}


@require_safe
@cache_control(public=True, max_age=3600)
def emblem(request: HttpRequest) -> FileResponse:
    if settings.EMBLEM is None or not settings.EMBLEM.exists():
        raise Http404
    return FileResponse(settings.EMBLEM.open("rb"), content_type=TYPES[settings.EMBLEM.suffix])


urls = [path("emblem", emblem, name="emblem")]
