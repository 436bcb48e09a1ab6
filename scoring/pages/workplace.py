"""An office's place of work: what is to be done, what came back, how it stands beside the others, how it came there."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from statistics import quantiles
from typing import NamedTuple, cast

from django.core.cache import caches
from django.db.models import FilteredRelation, Q
from django.utils.translation import gettext as _

from scoring import engine
from scoring.engine.language.display import plain_points
from scoring.models import Earned, Scorecard
from scoring.scorecard import Advice, ScorecardLine, ScorecardView
from submissions.models import Entry, Evidence, Value
from submissions.questions import access
from submissions.questions.deadlines import OPEN, Calendar, Deadline

from .calendar import ShownDeadline, line_of

SOON = timedelta(days=30)
KEPT = 60  # seconds for which it is kept how a round's entries stand
FEW = 5  # with fewer entries a median would tell what single offices have
WHOLE = ""  # stands in for a dimension's code where the total is meant


@dataclass(frozen=True)
class Returned:
    """A piece of evidence that came back and was not sent again, and what sending it again would do."""

    evidence: Evidence
    until: date | None  # the last day, more time counted; None where the edition asks for it no more
    is_over: bool
    is_beside: bool  # another piece of evidence stands in the same place
    awaits: bool  # that one waits for review, and may not be all that is needed there
    earns: bool  # it may still gain points
    may_earn: bool  # it may, or would if what waits for review and claims its points came back too

    @property
    def is_plain(self) -> bool:
        """It is sent again by its day and earns: there is nothing more to say of it."""
        return self.earns and not self.is_over and not self.is_beside

    @property
    def asks(self) -> bool:
        return self.awaits or (self.earns and not self.is_beside)

    @property
    def is_lost(self) -> bool:
        """Only more time could bring its points back."""
        return self.until is not None and self.is_over and not (self.asks or self.is_beside)


class Country(NamedTuple):
    """What those who take part earned (verified) in a dimension, or in all."""

    median: Decimal
    best: Decimal  # what the best quarter has at least


@dataclass(frozen=True)
class Beside:
    """A dimension or the total, and how the country stands in it; None where the reader may not compare, or not yet."""

    line: ScorecardLine
    country: Country | None

    @property
    def distance(self) -> Decimal:
        """How far it is above the median; below, where it is less than 0."""
        return Decimal(self.line.verified["earned"]) - self.country.median if self.country else Decimal(0)

    @property
    def distance_in_words(self) -> str:
        points = plain_points(f"{abs(self.distance):.2f}")
        if self.distance < 0:
            return _("%(points)s points below the median") % {"points": points}
        if self.distance > 0:
            return _("%(points)s points above the median") % {"points": points}
        return _("at the median")


class Workplace:
    """What an officer of the office, or central staff, sees around an entry's score.

    Six statements and once a minute one more for the country, however much was handed in.
    """

    def __init__(self, entry: Entry, card: ScorecardView, user) -> None:
        self.entry, self.card, self.user = entry, card, user
        self.today = engine.day_of(entry.round.now())

    @property
    def is_own(self) -> bool:
        """Whether this reader has something to do here: the office's people, while anything can be handed in."""
        round = self.entry.round
        return self.is_shown and self.user.is_officer and not (round.is_closed or round.is_settled)

    @property
    def is_shown(self) -> bool:
        """A judge reads the points alone: from what moved them a judge could tell what colleagues gave."""
        return not self.user.is_judge and self.entry.state == Entry.State.TAKING_PART

    @cached_property
    def _advice(self) -> list[Advice]:
        return self.card.advice()

    @property
    def advice(self) -> list[Advice]:
        """What the office can do to earn more."""
        return [advice for advice in self._advice if advice.own]

    @property
    def elsewhere(self) -> list[Advice]:
        """What would earn more, and is for judges or central staff to do."""
        return [advice for advice in self._advice if not advice.own]

    @property
    def drafted(self) -> set[tuple[int, str, str]]:
        """The slots (entry, requirement, period) whose form is being written."""
        return self._calendar.drafted

    @cached_property
    def _evidence(self) -> list[Evidence]:
        standing = (Evidence.Status.RETURNED, Evidence.Status.SUBMITTED)
        rows = list(self.entry.evidence.filter(status__in=standing, replaced_by=None).order_by("-submitted_at", "-pk"))
        for evidence in rows:
            evidence.entry = self.entry
        return rows

    @cached_property
    def returned(self) -> list[Returned]:
        """What came back from the committee and was not sent again, the nearest day first."""
        offered = {(need["code"], need["period"] or "") for need in self._needs if need["kind"] == "evidence"}
        came_back = [evidence for evidence in self._evidence if evidence.status == Evidence.Status.RETURNED]
        rows = [self._returned(evidence, offered) for evidence in came_back]
        return sorted(rows, key=lambda returned: returned.until or date.max)

    @cached_property
    def returned_values(self) -> list[Value]:
        """The numbers that came back and were not entered again."""
        return list(self.entry.values.returned().filter(code__in=self.entry.round.reviewed_values))

    @property
    def to_send_again(self) -> list[Returned]:
        return [returned for returned in self.returned if returned.asks or self.card.is_stale]

    @property
    def to_let_lie(self) -> list[Returned]:
        still = [returned for returned in self.returned if not returned.asks and not self.card.is_stale]
        return [returned for returned in still if not returned.is_lost]

    @property
    def lost(self) -> list[Returned]:
        """What came back and was not sent again by its last day."""
        return [returned for returned in self.returned if returned.is_lost and not self.card.is_stale]

    def _returned(self, evidence: Evidence, offered: Container[tuple[str, str]]) -> Returned:
        deadline = self._deadline_of(evidence)
        state = deadline.dues[0].state if deadline else Evidence.Status.RETURNED
        is_over = deadline is None or deadline.is_over
        earns = (evidence.requirement, evidence.period) in offered
        earns = earns or (not is_over and self._may_gain(evidence.requirement, self._stakes))
        may_earn = earns or (not is_over and self._may_gain(evidence.requirement, self._stakes_verified))
        return Returned(
            evidence,
            until=deadline.day if deadline else None,
            is_over=is_over,
            is_beside=state != Evidence.Status.RETURNED,
            awaits=state == Evidence.Status.SUBMITTED and may_earn and not is_over,
            earns=earns,
            may_earn=may_earn,
        )

    def _deadline_of(self, evidence: Evidence) -> Deadline | None:
        """None where the edition asks for it no more."""
        slot = evidence.requirement, evidence.period
        return next((deadline for deadline in self.deadlines if deadline.asked.slot == slot and deadline.dues), None)

    def _may_gain(self, requirement: str, stakes: Mapping[tuple[int, str], Decimal]) -> bool:
        """Whether a criterion that reads it has points left. Before the first score it is taken to have some."""
        criteria = self.entry.round.scheme.criteria_of("requirement", requirement)
        return any(stakes.get((self.entry.pk, criterion.code), 1) for criterion in criteria)

    @property
    def _needs(self) -> Iterator[dict]:
        for code in self.entry.round.scheme.criteria:
            for offer in self.card.offers(code):
                yield from offer["needs"]

    @property
    def waiting(self) -> list[Evidence]:
        """What waits for review."""
        return [evidence for evidence in self._evidence if evidence.status == Evidence.Status.SUBMITTED]

    @cached_property
    def is_untouched(self) -> bool:
        """Nothing was ever done here for points: whoever reads this may be here for the first time."""
        claimed = self.entry.score_changes.filter(basis=Scorecard.Basis.CLAIMED).exclude(total=0)
        return not self._evidence and not claimed.exists()

    @cached_property
    def _calendar(self) -> Calendar:
        return Calendar(self.user, self.entry)

    @cached_property
    def deadlines(self) -> list[Deadline]:
        return self._calendar.deadlines()

    @cached_property
    def soon(self) -> list[ShownDeadline]:
        """What is owed in the next 30 days, and is not done yet."""
        near = [deadline for deadline in self.deadlines if self.today <= deadline.day <= self.today + SOON]
        return [
            ShownDeadline(deadline, [line_of(deadline, due, self._stakes)], [])
            for deadline in near
            for due in deadline.dues
            if due.state in OPEN
        ]

    @cached_property
    def _stakes(self) -> dict[tuple[int, str], Decimal]:
        return self._left_on(self.card.claimed)

    @cached_property
    def _stakes_verified(self) -> dict[tuple[int, str], Decimal]:
        return self._left_on(self.card.verified)

    def _left_on(self, card: Scorecard | None) -> dict[tuple[int, str], Decimal]:
        return {
            (self.entry.pk, code): Decimal(score["attainable"]) - Decimal(score["earned"])
            for code, score in (card.criteria if card and not self.card.is_stale else {}).items()
        }

    @cached_property
    def beside(self) -> list[Beside]:
        """Each dimension beside the country; the one that is farthest behind comes first."""
        lines = [line for line, _criteria in self.card.blocks()] if self.entry.round.scheme.points_count else []
        found = (Beside(line, self._country.get(line.code)) for line in lines)
        return sorted(found, key=lambda beside: beside.distance)

    @property
    def whole_beside(self) -> Beside:
        """The total beside the country."""
        return Beside(self.card.whole, self._country.get(WHOLE))

    @cached_property
    def _country(self) -> dict[str, Country]:
        hidden = access.why_not_see_ranks(self.user, self.entry.round, whole_table=False)
        return {} if hidden or self.card.is_stale else country(self.entry.round)

    @property
    def compares(self) -> bool:
        return any(beside.country for beside in self.beside)


def country(round) -> dict[str, Country]:
    """How those who take part stand in each dimension and in all (WHOLE).

    {} where they are few, or some of them have no points yet. One statement, whose answer each process keeps for a
    minute.
    """
    key = f"country:{round.pk}:{round.edition.digest}"
    return cast("dict[str, Country]", caches["process"].get_or_set(key, lambda: _country(round), KEPT))


def _country(round) -> dict[str, Country]:
    codes = [dimension.code for dimension in round.scheme.dimensions]
    entries = Entry.objects.filter(round=round).taking_part()
    entries = entries.annotate(card=FilteredRelation("scorecards", condition=Q(scorecards__basis="verified")))
    earned = (Earned("card__dimensions", code) for code in codes)
    rows = list(entries.values_list("card__edition_digest", "card__total", *earned))
    if len(rows) < FEW or any(digest != round.edition.digest for digest, *_earned in rows):
        return {}
    columns = list(zip(*rows, strict=True))[1:]
    named = zip([WHOLE, *codes], columns, strict=True)
    return {code: _standing([Decimal(one or 0) for one in column]) for code, column in named}


def _standing(points: list[Decimal]) -> Country:
    *_first, middle, best = quantiles(points, n=4, method="inclusive")
    return Country(middle, best)
