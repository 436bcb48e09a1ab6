"""Conditions on evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from scoring.engine.arithmetic.conditions.condition import MET, MISSED, OPEN, Outcome, finding_of
from scoring.engine.arithmetic.reading import DatedEvidence, Reading
from scoring.engine.facts.terms import SOCIAL_CHANNELS, Input
from scoring.engine.facts.trace import Finding, Json, Need

_SOCIAL = frozenset(SOCIAL_CHANNELS)


@dataclass(frozen=True, slots=True)
class HasEvidence:
    """Counted evidence of a requirement (for a period) by a day, together naming so many distinct channels."""

    requirement: str
    period: str | None
    by: date
    channels: int = 0
    social: bool = False

    def outcome(self, reading: Reading) -> Outcome:
        deadline, in_time = self._in_time(reading)
        if self._enough([piece for piece in in_time if piece.counts]):
            return MET
        return OPEN if reading.as_of <= deadline or self._enough(in_time) else MISSED

    def finding(self, reading: Reading) -> Finding:
        deadline, in_time = self._in_time(reading)
        counted = [piece for piece in in_time if piece.counts]
        pieces = reading.pieces(self.requirement, self.period)
        return finding_of(
            "evidence",
            self.outcome(reading),
            code=self.requirement,
            period=self.period,
            by=deadline.isoformat(),
            extended=True if deadline > self.by else None,
            counted=[piece.ref for piece in counted],
            waiting=_waiting(in_time),
            returned=reading.came_back(self.requirement, self.period) or None,
            late=[piece.ref for piece in pieces if piece.day > deadline],
            needed=self.channels or None,
            channels=list[Json](self._named(counted)) if self.channels else None,
        )

    def needs(self, reading: Reading) -> tuple[Need, ...]:
        if self.outcome(reading) is not OPEN:
            return ()
        deadline, in_time = self._in_time(reading)
        if self._enough(in_time):
            return (Need("review", self.requirement, self.period, None, {"refs": _waiting(in_time)}),)
        data: dict[str, Json] = {}
        if self.channels:
            named = self._named(piece for piece in in_time if piece.counts)
            data = {"channels": self.channels, "among": "social" if self.social else "any", "has": list[Json](named)}
        return (Need("evidence", self.requirement, self.period, deadline, data),)

    def inputs(self) -> Iterable[Input]:
        return (Input("requirement", self.requirement),)

    def _in_time(self, reading: Reading) -> tuple[date, list[DatedEvidence]]:
        """The last day, with its extension, and what came by then."""
        deadline = reading.deadline(self.requirement, self.period, self.by)
        return deadline, [piece for piece in reading.pieces(self.requirement, self.period) if piece.day <= deadline]

    def _named(self, pieces: Iterable[DatedEvidence]) -> list[str]:
        named = frozenset[str]().union(*(piece.channels for piece in pieces))
        return sorted(named & _SOCIAL if self.social else named)

    def _enough(self, pieces: list[DatedEvidence]) -> bool:
        return len(self._named(pieces)) >= self.channels if self.channels and pieces else bool(pieces)


def _waiting(pieces: Iterable[DatedEvidence]) -> list[Json]:
    """The refs of those that wait for review."""
    return [piece.ref for piece in pieces if not piece.counts]
