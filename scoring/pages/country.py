"""How the country stands in a round, as a page with charts and their numbers."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.http import require_GET

from scoring.boards import charts, map
from scoring.boards.country import Country, Medians
from scoring.boards.provinces import Provinces
from submissions import thai
from submissions.models import Entry
from submissions.questions import access

from .rounds import rounds_of


@login_required
@require_GET
def country(request, round_id: int) -> HttpResponse:
    round = get_object_or_404(rounds_of(request.user), pk=round_id)
    if reason := access.why_not_see_country(request.user, round):
        raise PermissionDenied(reason)
    shown = Country(round, Entry.objects.visible_to(request.user))
    distribution, reviewed = shown.distribution(), list(shown.reviewed.items())
    short = [(f"{day.day}/{day.month}", number) for day, number in reviewed]
    provinces = Provinces(shown, request.GET.get("map", ""))
    context = {
        "round": round,
        "country": shown,
        "provinces": provinces,
        "map": map.on_page(provinces.rows) if provinces.is_worth_it else "",
        "distribution": distribution,
        "distribution_chart": charts.columns(distribution),
        "reviewed": [(thai.format_date(day, thai.language(), short=True), number) for day, number in reviewed],
        "reviewed_chart": charts.columns(short, every=7),
        "by_size": _drawn(shown, shown.by_size()),
        "by_region": _drawn(shown, shown.by_region()),
    }
    return render(request, "scoring/board/country.html", context)


def _drawn(shown: Country, groups: list[Medians]) -> list[tuple[Medians, list[tuple]]]:
    """Each group with its medians and their bars."""
    most = [number for _title, number in shown.heads]
    return [
        (group, [(points, charts.bar(points, whole)) for points, whole in zip(group.points, most, strict=True)])
        for group in groups
    ]


urls = [
    path("rounds/<int:round_id>/country/", country, name="country"),
]
