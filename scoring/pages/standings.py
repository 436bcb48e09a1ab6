"""Who stands where in a round, for those who may see it; to others their own place, and why no more."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import F, FilteredRelation, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET

from scoring.models import standings as standings_of
from scoring.models import unchecked_of
from scoring.wording.points_shown import PointsShown, placed
from submissions import thai
from submissions.models import Entry, Round
from submissions.questions import access

from .following import followed_round
from .rounds import rounds_of
from .standings_table import StandingsTable


@login_required
@require_GET
def standings(request, round_id: int) -> HttpResponse:
    user = request.user
    rounds = list(rounds_of(user))
    round = _one_of(rounds, round_id)
    if round.only_selects:
        return redirect("nominees", round.pk)
    if reason := _why_no_table(user, round):
        return _own_place(request, round, reason)
    table = StandingsTable(round, user, request.GET, thai.language())
    others = [other for other in rounds if other != round and (other.only_selects or not _why_no_table(user, other))]
    context = {"round": round, "others": others, "table": table, "followed": followed_round(user, round)}
    return render(request, "scoring/standings.html", context)


def _own_place(request, round: Round, reason: str) -> HttpResponse:
    """For those who may not see the whole table: where they stand themselves, if they may know that."""
    if _has_no_place(request.user, round):
        raise PermissionDenied(reason)
    typed = any(value.by == "office" and not round.reviews(value) for value in round.scheme.values.values())
    context = {"round": round, "places": own_places(request.user, round), "typed": typed}
    context["followed"] = followed_round(request.user, round)
    return render(request, "scoring/own_place.html", context)


@dataclass(frozen=True)
class OwnPlace:
    """Where one of the reader's entries stands, among how many."""

    entry: Entry
    rank: int | None  # none without points, and while a score is missing or behind
    among: int
    total: Decimal
    is_known: bool
    rests: str  # how much of it rests on figures that nobody has looked at, as a sentence


def own_places(user, round: Round) -> list[OwnPlace]:
    """Of all entries that the reader sees in a round; among those of their region where ranks are inside regions.

    Three statements, however many there are.
    """
    rows = standings_of(round).values("pk", "rank", "total", "unscored", "is_stale", "is_known", "region_code")
    found = {row["pk"]: row for row in rows}
    rivals = Counter(_table_of(round, row) for row in found.values())
    own = Entry.objects.visible_to(user).filter(round=round, pk__in=found).select_related("office", "nominee_office")
    card = FilteredRelation("scorecards", condition=Q(scorecards__basis="verified"))
    entries: Any = own.annotate(card=card, dimensions=F("card__dimensions"))
    marks = PointsShown.of_scheme(round.scheme, thai.language()).of_totals
    return [
        OwnPlace(
            entry,
            rank=None if row["is_stale"] else placed(row["rank"], row["total"], row["unscored"]),
            among=rivals[_table_of(round, row)],
            total=row["total"],
            is_known=row["is_known"],
            rests=marks.rests({"unchecked": unchecked_of(entry.dimensions)}),
        )
        for entry in entries.order_by("office__sort_key", "office__code")
        for row in [found[entry.pk]]
    ]


def _table_of(round: Round, row: dict) -> str:
    """The region inside which an entry is ranked; "" where all are ranked together."""
    return row["region_code"] or "" if round.ranked == "region" else ""


@login_required
@require_GET
def followed(request, round_id: int) -> HttpResponse:
    """Which version there is of a round's places, and another ticket for their stream: for whoever sees any of them."""
    round = _one_of(list(rounds_of(request.user)), round_id)
    reason = _why_no_table(request.user, round)
    if round.only_selects or (reason and _has_no_place(request.user, round)):
        raise PermissionDenied(reason)
    found = followed_round(request.user, round)
    return found.as_json() if found else HttpResponse(status=204)


def _one_of(rounds: list[Round], pk: int) -> Round:
    round = next((round for round in rounds if round.pk == pk), None)
    if round is None:
        raise Http404
    return round


def _has_no_place(user, round: Round) -> bool:
    return round.ranked == "none" or bool(access.why_not_see_ranks(user, round, whole_table=False))


def _why_no_table(user, round: Round) -> str | None:
    return access.why_not_see_ranks(user, round, whole_table=True)


urls = [
    path("rounds/<int:round_id>/standings/", standings, name="standings"),
    path("rounds/<int:round_id>/standings/followed/", followed, name="followed-round"),
]
