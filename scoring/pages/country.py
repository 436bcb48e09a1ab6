"""How the country stands in a round: a page with charts and their numbers, and a report of it to take away."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import translation
from django.views.decorators.http import require_GET

from scoring.boards import charts, report_paper, thailand
from scoring.boards.country import Country, Medians
from scoring.boards.provinces import Provinces
from scoring.boards.report import Report
from scoring.boards.report_paper import TITLE
from scoring.boards.years import Years
from submissions import thai
from submissions.accounts.events import Thing, record_file
from submissions.models import Entry
from submissions.pages.dear import dear
from submissions.pages.printed import kept_pdf, taken_away
from submissions.questions import access

from .rounds import rounds_of
from .years import announced, earlier_rounds

PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def country_of(request, round_id: int) -> Country:
    """How all that this reader may see stand."""
    round = get_object_or_404(rounds_of(request.user), pk=round_id)
    if reason := access.why_not_see_country(request.user, round):
        raise PermissionDenied(reason)
    return Country(round, Entry.objects.visible_to(request.user))


@login_required
@require_GET
def country(request, round_id: int) -> HttpResponse:
    shown = country_of(request, round_id)
    distribution, reviewed = shown.distribution(), list(shown.reviewed.items())
    short = [(f"{day.day}/{day.month}", number) for day, number in reviewed]
    provinces = Provinces(shown, request.GET.get("map", ""))
    context = {
        "round": shown.round,
        "has_earlier": bool(earlier_rounds(request.user, shown.round)),
        "country": shown,
        "provinces": provinces,
        "map": thailand.on_page(provinces.rows) if provinces.is_worth_it else "",
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


@login_required
@require_GET
@dear("10/min")
def report(request, round_id: int, extension: str) -> HttpResponse:
    """The same in Thai, whoever asks, with what went best and what holds offices back."""
    shown = country_of(request, round_id)
    earlier = next(iter(earlier_rounds(request.user, shown.round)), None)
    with translation.override("th"):
        years = (
            Years(shown.round, earlier, Entry.objects.visible_to(request.user), announced(earlier)) if earlier else None
        )
        told = Report(Country(shown.round, shown.entries), years)
        name = f"{TITLE} – {shown.round.name_th}.{extension}"
        record_file(request, Thing.LIST, "country", name)
        if extension == "pdf":
            return kept_pdf(report_paper.page(told, shown.now), name)
        from scoring.boards import slides  # python-pptx takes half a second to come; most processes never need it

        return taken_away(slides.write(told, shown.now), name, PPTX)


urls = [
    path("rounds/<int:round_id>/country/", country, name="country"),
    *(
        path(f"rounds/<int:round_id>/country.{kind}", report, {"extension": kind}, name=f"country-{kind}")
        for kind in ("pdf", "pptx")
    ),
]
