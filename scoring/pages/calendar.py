"""The calendar as a page: month by month, chosen by round, office and state, with the points at stake."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from scoring import engine
from scoring.models import Scorecard, stale_in
from submissions import thai
from submissions.fields import whole
from submissions.models import CalendarFeed, Entry, Round
from submissions.questions.deadlines import OPEN, Calendar, Deadline, Due
from submissions.questions.owing import Owing, Tally, owed_in, tallies

from .rounds import most_current

# What came back is to be done again, and is overdue besides where its day has passed.
STATES = {
    "todo": (_("To do"), lambda due, is_over: due.state in ("missing", "returned", "draft")),
    "late": (_("Overdue"), lambda due, is_over: due.state == "late" or (is_over and due.state in OPEN)),
    "submitted": (_("Waiting for review"), lambda due, is_over: due.state == "submitted"),
    "done": (_("Done"), lambda due, is_over: due.state in ("accepted", "done")),
    "extended": (_("More time given"), lambda due, is_over: due.is_extended),
}


@dataclass(frozen=True, slots=True)
class OfficeDue:
    """One office's part in a deadline."""

    entry: Entry
    state: str
    is_extended: bool
    is_drafted: bool
    stake: Decimal  # what its criteria may still earn, at most; 0 when nothing is to be done any more
    url: str
    is_shared: bool = False  # other things are asked for the same points


@dataclass(frozen=True, slots=True)
class ShownDeadline:
    """A deadline as it is printed; `tally` says how many offices stand how, where there are several."""

    deadline: Deadline
    lines: list[OfficeDue]
    tally: list[tuple[str, int]]
    board: str = ""  # where all offices stand with it, for those who follow them

    @property
    def only(self) -> OfficeDue | None:
        return self.lines[0] if len(self.lines) == 1 else None


class CalendarPage:
    """All that a reader owes, or sees others owe. Five statements for an officer, and one more for the points; for
    those who follow several offices one for how they stand."""

    def __init__(self, user, query) -> None:
        calendar = Calendar(user)
        self.is_officer = user.is_officer
        self.rounds, self.entries = calendar.rounds, calendar.entries
        self.round, self.office = whole(query.get("round", "")), whole(query.get("office", ""))
        self.state = query.get("state", "") if query.get("state") in STATES else ""
        self.offices = {entry.office_id: entry.office for entry in self.entries}.values()
        self.states = [(code, title) for code, (title, _fits) in STATES.items()]
        self._stakes = _stakes(self.entries)
        self._tallies = {} if self.is_officer else _tallies(user, self.rounds)
        deadlines = calendar.deadlines()
        self._asking = _asking(deadlines)
        items = [item for item in map(self._item, deadlines) if item]
        self.total, self.shown = len(deadlines), len(items)
        self.upcoming = _months(item for item in items if not item.deadline.is_over)
        self.past = _months(item for item in items if item.deadline.is_over)

    @property
    def awaits_score(self) -> bool:
        """Whether a score of this officer's is being computed: what it leaves to earn is not known."""
        scored = {entry for entry, _criterion in self._stakes}
        return self.is_officer and any(
            entry.state == Entry.State.TAKING_PART and not entry.round.only_selects and entry.pk not in scored
            for entry in self.entries
        )

    def _item(self, deadline: Deadline) -> ShownDeadline | None:
        """None when the reader's choice leaves nothing of it."""
        if self.round not in (None, deadline.round.pk):
            return None
        chosen = [due for due in deadline.dues if self._is_chosen(due, deadline.is_over)]
        lines = [line_of(deadline, due, self._stakes, self._asking) for due in chosen]
        if not lines and (deadline.dues or self.office or self.state):
            return None
        tally = Counter(line.state for line in lines)
        key = deadline.asked.key
        of_all = self._tallies.get((deadline.round.pk, key))
        board = f"{reverse('board', args=[deadline.round.pk])}?{urlencode({'slot': key})}" if of_all else ""
        counts = of_all.counts if of_all else tally
        return ShownDeadline(deadline, lines, _in_order(counts), board)

    def _is_chosen(self, due: Due, is_over: bool) -> bool:
        if self.office not in (None, due.entry.office_id):
            return False
        return not self.state or STATES[self.state][1](due, is_over)

    def phases(self) -> list[tuple[Round, list[tuple[engine.Phase, bool]]]]:
        """The calendar of each round's scheme; whether a phase is running."""
        chosen = [round for round in self.rounds if self.round in (None, round.pk) and round.phases]
        return [
            (round, [(phase, phase.starts <= today <= phase.ends) for phase in round.phases])
            for round in chosen
            for today in [engine.day_of(round.now())]
        ]


def _in_order(counts: Counter[str]) -> list[tuple[str, int]]:
    """What is so most often comes first; what is so nowhere is not told."""
    return sorted(((state, count) for state, count in counts.items() if count), key=lambda count: -count[1])


def _tallies(user, rounds: list[Round]) -> dict[tuple[int, str], Tally]:
    """How all offices that a reader sees stand with each thing asked, by the round and its key. One statement."""
    seen = Entry.objects.visible_to(user).taking_part()
    owings = [Owing(round, seen.filter(round=round), owed_in(round)) for round in rounds]
    found = zip(owings, tallies(owings, "demand"), strict=True)
    return {(owing.round.pk, key): tally for owing, of_round in found for key, tally in of_round.items()}


def line_of(
    deadline: Deadline,
    due: Due,
    stakes: Mapping[tuple[int, str], Decimal],
    asking: Mapping[tuple[int, str], int] | None = None,
) -> OfficeDue:
    """`stakes`: what entries may still earn, {(entry, criterion): points}; `asking`: how many things ask for them."""
    entry, codes = due.entry, _earning(deadline)
    is_open = due.state in OPEN and not deadline.is_over
    stake = sum((stakes.get((entry.pk, code), Decimal(0)) for code in codes if is_open), Decimal(0))
    is_shared = any((asking or {}).get((entry.pk, code), 0) > 1 for code in codes if stakes.get((entry.pk, code)))
    return OfficeDue(entry, due.state, due.is_extended, due.is_drafted, stake, deadline.page(entry), is_shared)


def _asking(deadlines: Iterable[Deadline]) -> Counter[tuple[int, str]]:
    """How many things are still asked of each entry for the points of each criterion."""
    return Counter(
        (due.entry.pk, code)
        for deadline in deadlines
        for due in deadline.dues
        if due.state in OPEN and not deadline.is_over
        for code in _earning(deadline)
    )


def _earning(deadline: Deadline) -> list[str]:
    """The criteria whose points it may earn: none where it is only shown to judges, or no points are shown."""
    if not deadline.round.scheme.points_count:
        return []
    return [criterion.code for criterion in deadline.asked.criteria if deadline.asked.code not in criterion.also_asked]


def _stakes(entries: list[Entry]) -> dict[tuple[int, str], Decimal]:
    """What each entry may still earn in each criterion, on what it claims: what waits for review is not at stake.

    An entry whose score is being computed has none.
    """
    cards = Scorecard.objects.filter(entry__in=[entry.pk for entry in entries], basis=Scorecard.Basis.CLAIMED)
    cards = cards.exclude(entry__in=stale_in({entry.round for entry in entries}))
    return {
        (entry, code): Decimal(score["attainable"]) - Decimal(score["earned"])
        for entry, criteria in cards.values_list("entry", "criteria")
        for code, score in criteria.items()
    }


def _months(items: Iterable[ShownDeadline]) -> list[tuple[str, list[tuple[date, list[ShownDeadline]]]]]:
    """Months by their names, each with its days, each with what is due."""
    days = [(day, list(group)) for day, group in groupby(items, key=lambda item: item.deadline.day)]
    by_month = groupby(days, key=lambda day: f"{day[0]:%Y-%m}")
    return [(thai.format_month(month, thai.language()), list(group)) for month, group in by_month]


@login_required
@require_GET
@cache_control(private=True, no_store=True)  # it shows a private address; offices share machines
def calendar(request) -> HttpResponse:
    """What is owed by when, and the address at which a calendar program reads the same."""
    feed = CalendarFeed.objects.filter(user=request.user).first()
    address = request.build_absolute_uri(reverse("calendar-file", args=[feed.key])) if feed else ""
    agenda = CalendarPage(request.user, request.GET)
    current = most_current(agenda.rounds, request.user)
    context = {
        **({"usual_round": current} if current else {}),
        "agenda": agenda,
        "address": address,
        "subscription": "webcal://" + address.partition("://")[2],
    }
    return render(request, "scoring/calendar.html", context)


urls = [
    path("calendar/", calendar, name="calendar"),
]
