"""How a score came to be what it is: each move with what moved it, and the curve. Fetched when its fold is opened."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from scoring import engine
from scoring.models import Scorecard, ScoreChange
from submissions.models import Entry, Event
from submissions.pages.history import Deed, deeds_of
from submissions.questions import access
from submissions.questions.forbidden import forbid

from .scorecard import announced_of, scored_or_404

MOVES_SHOWN, DEEDS_SHOWN = 10, 3
MARKED = {
    "evidence.accepted": "accepted",
    "evidence.returned": "returned",
    "value.accepted": "accepted",
    "value.returned": "returned",
}
# Deeds that leave every score as it is: they move nothing, whatever was computed next.
_STILL = ("sheet.saved", "remark.written", "reminder.sent", "confirmation.asked", "entry.confirmed")


@dataclass(frozen=True)
class Move:
    """A moment at which the score moved: the totals from then on, and the deeds since the moment before."""

    at: datetime
    verified: Decimal
    claimed: Decimal
    attainable: Decimal
    gains: tuple[Decimal, Decimal]  # of the verified total, and of the claimed one
    deeds: tuple[Deed, ...] = ()

    @property
    def shown(self) -> tuple[Deed, ...]:
        return self.deeds[:DEEDS_SHOWN]

    @property
    def more(self) -> int:
        return len(self.deeds) - len(self.shown)


class Mark(NamedTuple):
    """What happened on a day of the score's course, so many times: evidence was accepted, or returned."""

    kind: str
    at: datetime  # the first of them
    times: int


class Course:
    """The course of one entry's score. Four statements, however long it is."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.today = engine.day_of(entry.round.now())

    @cached_property
    def moves(self) -> list[Move]:
        """Every moment at which the score moved, the newest first; the newest ten with what moved them."""
        found = list(_moves(self.entry.score_changes.order_by("at", "pk")))[::-1]
        if not found:
            return []
        newest = found[:MOVES_SHOWN]
        since = found[MOVES_SHOWN].at if len(found) > MOVES_SHOWN else None
        return [*_explained(self.entry, newest, since), *found[MOVES_SHOWN:]]

    @cached_property
    def marks(self) -> list[Mark]:
        """The days on which evidence was accepted, and those on which some was returned."""
        found: dict[tuple[str, date], list[datetime]] = {}
        events = self.entry.events.standing().filter(verb__in=MARKED).order_by("at").values_list("verb", "at")
        for verb, at in events:
            moment = at + self.entry.round.clock_offset
            found.setdefault((MARKED[verb], engine.day_of(moment)), []).append(moment)
        return [Mark(kind, moments[0], len(moments)) for (kind, _day), moments in found.items()]

    @property
    def accepted(self) -> int:
        """How many times evidence was accepted."""
        return self._times("accepted")

    @property
    def came_back(self) -> int:
        return self._times("returned")

    def _times(self, kind: str) -> int:
        return sum(mark.times for mark in self.marks if mark.kind == kind)

    @property
    def since(self) -> datetime:
        return self.moves[-1].at

    @property
    def told(self) -> list[Move]:
        return self.moves[:MOVES_SHOWN]


@login_required
@require_GET
def course(request, pk: int) -> HttpResponse:
    """What stands in the fold of the scorecard; without a script a page of its own.

    From what moved the points a judge could tell what colleagues gave.
    """
    entry = scored_or_404(request, pk)
    forbid(access.why_not_see_deeds(request.user))
    if entry.state != Entry.State.TAKING_PART or not entry.round.scheme.points_count:
        raise Http404
    known = {"entry": entry, "round": entry.round, "course": Course(entry), "announced": announced_of(entry)}
    return render(request, f"scoring/{'course' if request.htmx else 'course_page'}.html", known)


def _moves(changes: Iterable[ScoreChange]) -> Iterator[Move]:
    """The changes of both bases, put together by the moment; oldest first."""
    verified = claimed = attainable = Decimal(0)
    moments: dict[datetime, list[ScoreChange]] = {}
    for change in changes:
        moments.setdefault(change.at, []).append(change)
    for at, together in moments.items():
        before = verified, claimed
        for change in together:
            if change.basis == Scorecard.Basis.VERIFIED:
                verified, attainable = change.total, change.attainable
            else:
                claimed = change.total
        yield Move(at, verified, claimed, attainable, (verified - before[0], claimed - before[1]))


def _explained(entry: Entry, moves: Sequence[Move], since: datetime | None) -> Iterator[Move]:
    """The moves, newest first, each with the deeds that lie between it and the one before. Two statements.

    A deed is dated while its entry is locked, and so is the score that follows: none lies on the wrong side.
    """
    offset = entry.round.clock_offset
    events = entry.events.exclude(verb__in=(*_STILL, *Event.AMONG_REVIEWERS)).filter(at__lte=moves[0].at - offset)
    if since:
        events = events.filter(at__gt=since - offset)
    left = deeds_of(entry, events.select_related("actor").order_by("-at", "-sequence"))
    bounds = [*(move.at for move in moves[1:]), since]
    for move, before in zip(moves, bounds, strict=True):
        deeds = [deed for deed in left if before is None or deed.event.round_time > before]
        left = left[len(deeds) :]
        yield Move(move.at, move.verified, move.claimed, move.attainable, move.gains, tuple(deeds))


urls = [
    path("entries/<int:pk>/course/", course, name="course"),
]
