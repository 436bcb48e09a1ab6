"""The first page after the door: each role is led to its place of work."""

from datetime import date
from itertools import groupby
from operator import attrgetter

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET

from scoring.models import Scorecard
from scoring.scorecard import ScorecardView
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
        return redirect("standings", _most_current(rounds).pk)
    entries = _entries_of(user) if user.is_officer else []
    if (only := _only_current(entries)) and "all" not in request.GET:
        return redirect("scorecard", only.pk)
    context = {
        "rounds": rounds,
        "with_nominees": _naming(user, rounds, entries),
        "places": _places(user, entries),
        "waiting": Evidence.objects.visible_to(user).waiting().count() if user.is_judge else 0,
    }
    standing = {entry.round for entry in _standing(entries)}
    return render(request, "scoring/home.html", context | links_to_only(user, standing))


def _places(user, entries: list[Entry]) -> list[tuple[Round, date | None, list[tuple[Entry, ScorecardView | None]]]]:
    """An officer's rounds, each with the next day on which something is due, and its entries with their scores."""
    due = _next_due(user) if entries else {}
    by_round = groupby(entries, key=attrgetter("round"))
    return [(round, due.get(round), [(entry, _card_of(entry)) for entry in own]) for round, own in by_round]


def _most_current(rounds: list[Round]) -> Round:
    """The newest round that runs and has standings; else one that is not over; else the newest."""
    running = [round for round in rounds if not round.is_preparing and not round.is_closed]
    shown = running or [round for round in rounds if not round.is_closed] or rounds
    return next((round for round in shown if not round.only_selects), shown[0])


def _entries_of(user) -> list[Entry]:
    totals = Prefetch("scorecards", Scorecard.objects.defer("criteria", "dimensions"))
    seen = Entry.objects.visible_to(user).with_round().prefetch_related(totals)
    return list(seen.order_by("-round_id", "office__sort_key"))


def _standing(entries: list[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.state != Entry.State.WITHDRAWN]


def _only_current(entries: list[Entry]) -> Entry | None:
    """The only entry that an officer has anything to do for; of rounds that are over, where there is no other."""
    current = [entry for entry in _standing(entries) if not entry.round.is_closed] or entries
    return current[0] if len(current) == 1 else None


def _card_of(entry: Entry) -> ScorecardView | None:
    return None if entry.round.only_selects else ScorecardView(entry, thai.language())


def _naming(user, rounds: list[Round], entries: list[Entry]) -> list[Round]:
    """Rounds for which this officer's office may name who takes part, and in which it has no entry of its own."""
    if not user.is_officer:
        return []
    taken_part_in = {entry.round for entry in entries}
    return [round for round in rounds if round.has_nominees and not round.is_closed and round not in taken_part_in]


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
