"""The first page after the door: each role is led to its place of work."""

from datetime import date
from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET

from scoring.models import Scorecard
from scoring.scorecard import Card
from submissions import thai
from submissions.models import Entry, Evidence, Round
from submissions.questions.deadlines import OPEN, Calendar

from .rounds import links_to_only, rounds_of


@login_required
@require_GET
def home(request) -> HttpResponse:
    """Each role's place of work: staff the standings, an officer the office's scorecard, a judge what waits.

    `?all` lists an officer's scorecards in closed rounds too.
    """
    user = request.user
    rounds = list(rounds_of(user))
    if user.is_central and rounds:
        running = [one for one in rounds if not one.is_preparing and not one.is_closed]
        shown = running or [one for one in rounds if not one.is_closed] or rounds
        return redirect("standings", next((one for one in shown if not one.only_selects), shown[0]).pk)
    entries = []
    if user.is_officer:
        totals = Prefetch("scorecards", Scorecard.objects.defer("criteria", "dimensions"))
        seen = Entry.objects.visible_to(user).with_round().prefetch_related(totals)
        entries = list(seen.order_by("-round_id", "office__sort_key"))
        standing = [entry for entry in entries if entry.state != Entry.State.WITHDRAWN]
        current = [entry for entry in standing if not entry.round.is_closed] or entries
        if len(current) == 1 and "all" not in request.GET:
            return redirect("scorecard", current[0].pk)
        language = thai.language()
        entries = [(entry, None if entry.round.only_selects else Card(entry, language)) for entry in entries]
    waiting = Evidence.objects.visible_to(user).waiting().count() if user.is_judge else 0
    named = [round for round in rounds if user.is_officer and round.has_nominees and not round.is_closed]
    due = _next_due(user) if entries else {}
    places = [(round, due.get(round), list(own)) for round, own in groupby(entries, key=lambda one: one[0].round)]
    named = [round for round in named if all(round != place for place, _due, _own in places)]
    context = {"rounds": rounds, "with_nominees": named, "places": places, "waiting": waiting}
    takes_part_in = {entry.round for entry, _card in entries if entry.state != Entry.State.WITHDRAWN}
    return render(request, "scoring/home.html", context | links_to_only(user, takes_part_in))


def _next_due(user) -> dict[Round, date]:
    """The nearest day by whose end an office of this officer's still has something to do, by round."""
    found: dict[Round, date] = {}
    for deadline in Calendar(user).deadlines():
        if not deadline.is_over and any(due.state in OPEN for due in deadline.dues):
            found.setdefault(deadline.round, deadline.day)
    return found


urls = [
    path("", home, name="home"),
]
