"""Who stands where in a round, for those who may see it."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET

from submissions import thai
from submissions.models import Round
from submissions.questions import access

from .rounds import rounds_of
from .standings_table import StandingsTable


@login_required
@require_GET
def standings(request, round_id: int) -> HttpResponse:
    user = request.user
    rounds = list(rounds_of(user))
    round = next((round for round in rounds if round.pk == round_id), None)
    if round is None:
        raise Http404
    if round.only_selects:
        return redirect("nominees", round.pk)
    if reason := _why_no_table(user, round):
        raise PermissionDenied(reason)
    table = StandingsTable(round, user, request.GET, thai.language())
    others = [other for other in rounds if other != round and (other.only_selects or not _why_no_table(user, other))]
    context = {"round": round, "others": others, "table": table, "may_see_table": True}
    return render(request, "scoring/standings.html", context)


def _why_no_table(user, round: Round) -> str | None:
    return access.why_not_see_ranks(user, round, whole_table=True)


urls = [
    path("rounds/<int:round_id>/standings/", standings, name="standings"),
]
