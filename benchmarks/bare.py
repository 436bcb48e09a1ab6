"""What the portal is measured against: a page, a task and documents that do the least that can be done."""

from celery import shared_task
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template import engines
from django.urls import include, path

from scoring.models import standings
from submissions.models import Round

COLUMNS = ("rank", "office__name_th", "total", "claimed_total", "attainable", "office__size", "office__parent__name_th")
TEMPLATE = """<!doctype html><html lang="th"><title>Bare</title><table>{% for row in rows %}<tr><td>{{ row.rank }}</td>
<td>{{ row.office__name_th }}</td><td>{{ row.total }}</td><td>{{ row.claimed_total }}</td><td>{{ row.attainable }}</td>
{% for dimension in row.dimensions.values %}<td>{{ dimension.earned }}</td>{% endfor %}
<td>{{ row.office__size }}</td><td>{{ row.office__parent__name_th }}</td></tr>{% endfor %}</table></html>"""


def table(request, round_id: int) -> HttpResponse:
    """The same rows as the standings page, and nothing else: no login, no frame, no filters, no links."""
    round = get_object_or_404(Round, pk=round_id)
    rows = standings(round).values(*COLUMNS, "dimensions")
    return HttpResponse(engines["django"].from_string(TEMPLATE).render({"rows": rows}))


urlpatterns = [path("bare/<int:round_id>/", table), path("", include("cdd4.urls"))]


@shared_task(name="benchmarks.bare.nothing")
def nothing(key: str) -> None:
    """Goes to the worker, and says through the same Redis that it was there."""
    import redis

    redis.Redis.from_url(settings.CELERY_BROKER_URL).rpush(key, 1)
