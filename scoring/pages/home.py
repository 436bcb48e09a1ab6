"""The first page after the door: each role is led to its place of work."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from scoring.models import Scorecard
from scoring.scorecard import ScorecardView
from submissions import thai
from submissions.models import Entry, Evidence, Round
from submissions.questions import access
from submissions.questions.deadlines import OPEN, Calendar

from .rounds import rounds_of


@login_required
@require_GET
def home(request) -> HttpResponse:
    """Each role's place of work: staff and judges what waits for them, an officer the office's scorecard.

    `?all` lists an officer's scorecards in closed rounds too.
    """
    user = request.user
    if not user.is_officer and access.why_not_enter_admin(user) is None:
        return redirect("admin:index")
    rounds = list(rounds_of(user))
    entries = _entries_of(user) if user.is_officer else []
    if (only := _only_current(entries)) and "all" not in request.GET:
        return redirect("scorecard", only.pk)
    order = request.GET["sort"] if request.GET.get("sort") in ORDERS else "due"
    context = {
        "rounds": rounds,
        "with_nominees": _naming(user, rounds, entries),
        "places": _places(user, entries, order) if entries else [],
        "orders": [(code, title) for code, (title, _key) in ORDERS.items()],
        "order": order,
        "shows_all": "all" in request.GET,
    }
    return render(request, "scoring/home.html", context)


@dataclass(frozen=True)
class OwnEntry:
    """One of an officer's entries as their list shows it."""

    entry: Entry
    card: ScorecardView | None  # none where nobody has points
    owed: int = 0  # things that are still to be handed in or entered in time
    returned: int = 0  # of these, what came back
    due: date | None = None  # the nearest of their days

    @property
    def points(self) -> Decimal:
        """To sort by: whoever has none yet comes after whoever has."""
        return self.card.verified.total if self.card and self.card.verified else Decimal(-1)


# What the list can be sorted by: its heading, and a key; offices of one key stay in the order of their names.
ORDERS: dict[str, tuple[Promise, Callable[[OwnEntry], Any]]] = {
    "name": (_("Office"), lambda own: 0),
    "points": (_("Verified points"), lambda own: -own.points),
    "due": (_("To do"), lambda own: (own.due or date.max, -own.returned)),
}


def _places(user, entries: list[Entry], order: str) -> list[tuple[Round, date | None, list[OwnEntry]]]:
    """An officer's rounds, each with the next day on which something is due, and its entries."""
    owed = _owed(user)
    key = ORDERS[order][1]
    by_round = groupby(entries, key=attrgetter("round"))
    found = [(round, sorted((_own(entry, owed[entry.pk]) for entry in own), key=key)) for round, own in by_round]
    return [(round, min((one.due for one in own if one.due), default=None), own) for round, own in found]


def _own(entry: Entry, owed: list[tuple[date, str]]) -> OwnEntry:
    card = None if entry.round.only_selects else ScorecardView(entry, thai.language())
    returned = sum(state == Evidence.Status.RETURNED for _at, state in owed)
    return OwnEntry(entry, card, len(owed), returned, min((day for day, _how in owed), default=None))


def _entries_of(user) -> list[Entry]:
    totals = Prefetch("scorecards", Scorecard.objects.defer("criteria", "dimensions"))
    seen = Entry.objects.visible_to(user).opened().with_round().prefetch_related(totals)
    return list(seen.order_by("-round_id", "office__sort_key"))


def _standing(entries: list[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.state != Entry.State.WITHDRAWN]


def _only_current(entries: list[Entry]) -> Entry | None:
    """The only entry that an officer has anything to do for; of rounds that are over, where there is no other."""
    current = [entry for entry in _standing(entries) if not entry.round.is_closed] or entries
    return current[0] if len(current) == 1 else None


def _naming(user, rounds: list[Round], entries: list[Entry]) -> list[Round]:
    """Rounds for which this officer's office may name who takes part, and in which it has no entry of its own."""
    if not user.is_officer:
        return []
    taken_part_in = {entry.round for entry in entries}
    return [round for round in rounds if round.has_nominees and not round.is_closed and round not in taken_part_in]


def _owed(user) -> dict[int, list[tuple[date, str]]]:
    """What an officer's entries can still do in time: of each the days, and how it stands with each thing."""
    found: dict[int, list[tuple[date, str]]] = defaultdict(list)
    for deadline in Calendar(user).deadlines():
        for due in deadline.dues:
            if not deadline.is_over and due.state in OPEN:
                found[due.entry.pk].append((deadline.day, due.state))
    return found


urls = [
    path("", home, name="home"),
]
