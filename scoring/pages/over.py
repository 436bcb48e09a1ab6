"""What an office did not hand in by its last day: it earns nothing without more time, which is asked for from there."""

from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from scoring import engine
from submissions import thai
from submissions.questions import more_time
from submissions.questions.deadlines import Deadline
from submissions.questions.slots import Slot, page_of, title_of

from .workplace import Workplace


class Over(NamedTuple):
    """One of them."""

    title: str
    page: str
    until: date
    asking: str  # where more time is asked for
    request: more_time.Request | None  # the last one


class OverSlots:
    """All of them. Two statements more than the workplace's own, one where nobody asked for time."""

    def __init__(self, workplace: Workplace) -> None:
        self._here, self._entry = workplace, workplace.entry

    @property
    def lost(self) -> list[Over]:
        """What came back and was not sent again."""
        slots = {(one.evidence.requirement, one.evidence.period) for one in self._here.lost}
        return [self._over(deadline) for deadline in self._passed if deadline.asked.slot in slots]

    @cached_property
    def missed(self) -> list[Over]:
        """What was never handed in, of criteria that have not all their points, unless it earns some late as well."""
        if self._here.card.is_stale:
            return []
        offered = {slot for advice in self._here.advice for slot in advice.own}
        missed = [one for one in self._passed if one.dues[0].state == "late" and one.asked.slot not in offered]
        return [self._over(one) for one in missed if any(map(self._lacks_points, one.asked.criteria))]

    @property
    def _passed(self) -> list[Deadline]:
        return [one for one in self._here.deadlines if one.asked.kind == "requirement" and one.is_over and one.dues]

    def _lacks_points(self, criterion: engine.Criterion) -> bool:
        card = self._here.card.claimed
        score = card.criteria.get(criterion.code) if card else None
        return score is not None and Decimal(score["earned"]) < Decimal(score["max"])

    def _over(self, deadline: Deadline) -> Over:
        slot = deadline.asked.slot
        return Over(
            title_of(self._entry.round.scheme, *slot, thai.language()),
            page_of(self._entry, *slot),
            deadline.day,
            more_time.address_of(self._entry, *slot),
            self._requests.get(slot),
        )

    @cached_property
    def _requests(self) -> dict[Slot, more_time.Request]:
        return more_time.requests_of(self._entry)
