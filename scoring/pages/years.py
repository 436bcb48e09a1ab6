"""A round beside an earlier one of a like scheme: dimensions of both years, who rose and who fell."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.http import require_GET

from scoring.boards.pairs import pairs
from scoring.boards.years import Years
from scoring.hindsight import are_alike, years_between
from scoring.signals import results_asked
from submissions.fields import whole
from submissions.models import Entry, Round
from submissions.questions import access

from .rounds import rounds_of


@login_required
@require_GET
def years(request, round_id: int) -> HttpResponse:
    """Beside the latest earlier round, or beside the one that the address names."""
    round = get_object_or_404(rounds_of(request.user), pk=round_id)
    if reason := access.why_not_see_country(request.user, round):
        raise PermissionDenied(reason)
    found = earlier_rounds(request.user, round)
    earlier = _chosen(found, request.GET.get("beside", ""))
    context: dict[str, Any] = {"round": round, "earlier": earlier, "others": [one for one in found if one != earlier]}
    if earlier:
        shown = Years(round, earlier, Entry.objects.visible_to(request.user), announced(earlier))
        rows = [(one.code or one.title, *one.shares) for one in shown.dimensions]
        context |= {"years": shown, "chart": pairs(rows)}
    return render(request, "scoring/board/years.html", context)


def earlier_rounds(user, round: Round) -> list[Round]:
    """Those of a like scheme that this person may see as a whole, the latest first. One statement.

    No points stand beside those of a contest that others run, of another stage, or of a practice round where this is
    none.
    """
    others = rounds_of(user).filter(stage=round.stage, organiser=round.organiser_id).exclude(pk=round.pk)
    found = [
        other
        for other in others
        if not (other.only_selects or other.is_preparing or (other.is_practice and not round.is_practice))
        and years_between(round.scheme, other.scheme) > 0
        and are_alike(round.scheme, other.scheme)
        and access.why_not_see_country(user, other) is None
    ]
    return sorted(found, key=lambda other: (other.scheme.close, other.pk), reverse=True)


def _chosen(found: list[Round], asked: str) -> Round | None:
    if not asked:
        return found[0] if found else None
    chosen = next((one for one in found if one.pk == whole(asked)), None)
    if chosen is None:
        raise Http404
    return chosen


def announced(round: Round) -> dict[str, Any] | None:
    """What was announced of a round, told by whoever knows publications."""
    told: list[tuple[Any, Any]] = results_asked.send(Round, round=round)
    return next((answer for _receiver, answer in told if answer), None)


urls = [
    path("rounds/<int:round_id>/country/years/", years, name="country-years"),
]
