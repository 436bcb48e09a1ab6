"""Conditions: what is true of the facts, in three values, and what would make it true.

Kleene's logic: MISSED < OPEN < MET, so `all` is the least of its parts, `any` the greatest, and `at least n` the
n-th greatest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from typing import Protocol

from scoring.engine.reading import Piece, Reading, shown
from scoring.engine.scheme import SOCIAL_CHANNELS, Input
from scoring.engine.trace import Finding, Json, Need

_SOCIAL = frozenset(SOCIAL_CHANNELS)


class Outcome(IntEnum):
    """MET: true and stays so. OPEN: may still become true. MISSED: can no longer become true."""

    MISSED = 0
    OPEN = 1
    MET = 2


MISSED, OPEN, MET = Outcome.MISSED, Outcome.OPEN, Outcome.MET
WORD = {MISSED: "missed", OPEN: "open", MET: "met"}


class Condition(Protocol):
    def outcome(self, reading: Reading) -> Outcome: ...

    def finding(self, reading: Reading) -> Finding:
        """What was looked at, for the trace."""
        ...

    def needs(self, reading: Reading) -> tuple[Need, ...]:
        """What would make an OPEN condition MET; nothing when it is MET or MISSED or only time can tell."""
        ...

    def inputs(self) -> Iterable[Input]: ...


def finding_of(about: str, outcome: Outcome, parts: tuple[Finding, ...] = (), **data: Json) -> Finding:
    return Finding(about, WORD[outcome], {key: value for key, value in data.items() if value is not None}, parts)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class HasEvidence:
    """Counted evidence of a requirement (for a period) by a day, together naming so many distinct channels."""

    requirement: str
    period: str | None
    by: date
    channels: int = 0
    social: bool = False

    def outcome(self, reading: Reading) -> Outcome:
        pieces = reading.pieces(self.requirement, self.period)
        deadline = reading.deadline(self.requirement, self.period, self.by)
        in_time = [piece for piece in pieces if piece.day <= deadline]
        if self._enough([piece for piece in in_time if piece.counts]):
            return MET
        return OPEN if reading.today <= deadline or self._enough(in_time) else MISSED

    def finding(self, reading: Reading) -> Finding:
        pieces = reading.pieces(self.requirement, self.period)
        deadline = reading.deadline(self.requirement, self.period, self.by)
        in_time = [piece for piece in pieces if piece.day <= deadline]
        named = self._named(piece for piece in in_time if piece.counts)
        return finding_of(
            "evidence",
            self.outcome(reading),
            code=self.requirement,
            period=self.period,
            by=deadline.isoformat(),
            extended=True if deadline > self.by else None,
            counted=[piece.ref for piece in in_time if piece.counts],
            waiting=[piece.ref for piece in in_time if not piece.counts],
            late=[piece.ref for piece in pieces if piece.day > deadline],
            needed=self.channels or None,
            channels=list[Json](named) if self.channels else None,
        )

    def needs(self, reading: Reading) -> tuple[Need, ...]:
        if self.outcome(reading) is not OPEN:
            return ()
        deadline = reading.deadline(self.requirement, self.period, self.by)
        in_time = [piece for piece in reading.pieces(self.requirement, self.period) if piece.day <= deadline]
        if self._enough(in_time):
            refs: list[Json] = [piece.ref for piece in in_time if not piece.counts]
            return (Need("review", self.requirement, self.period, None, {"refs": refs}),)
        data: dict[str, Json] = {}
        if self.channels:
            named = self._named(piece for piece in in_time if piece.counts)
            data = {"channels": self.channels, "among": "social" if self.social else "any", "has": list[Json](named)}
        return (Need("evidence", self.requirement, self.period, deadline, data),)

    def inputs(self) -> Iterable[Input]:
        return (Input("requirement", self.requirement),)

    def _named(self, pieces: Iterable[Piece]) -> list[str]:
        named = frozenset[str]().union(*(piece.channels for piece in pieces))
        return sorted(named & _SOCIAL if self.social else named)

    def _enough(self, pieces: list[Piece]) -> bool:
        return len(self._named(pieces)) >= self.channels if self.channels and pieces else bool(pieces)


@dataclass(frozen=True, slots=True)
class Operand:
    """What a value is compared with: a number, one by the entrant's size, or another value of the same month."""

    number: Decimal | None = None
    by_size: tuple[tuple[str, Decimal], ...] = ()
    value: str | None = None

    def of(self, reading: Reading, period: str | None) -> Decimal | None:
        if self.value is not None:
            return reading.number(self.value, period)
        if self.by_size:
            return dict(self.by_size)[reading.size or ""]
        return self.number


@dataclass(frozen=True, slots=True)
class Compares:
    """A value (of a month) is 'at_least', 'at_most' or 'above' a number. `missing` stands in for no value."""

    value: str
    period: str | None
    compare: str
    operand: Operand
    by: date
    missing: Decimal | None = None

    def outcome(self, reading: Reading) -> Outcome:
        have = reading.number(self.value, self.period)
        if have is None:
            have = self.missing
        bound = self.operand.of(reading, self.period)
        if have is not None and bound is not None and self._holds(have, bound):
            return MET
        return OPEN if reading.today <= self.by else MISSED

    def _holds(self, have: Decimal, bound: Decimal) -> bool:
        if self.compare == "at_least":
            return have >= bound
        return have <= bound if self.compare == "at_most" else have > bound

    def finding(self, reading: Reading) -> Finding:
        return finding_of(
            "value",
            self.outcome(reading),
            code=self.value,
            period=self.period,
            by=self.by.isoformat(),
            have=shown(reading.number(self.value, self.period)),
            compare=self.compare,
            number=shown(self.operand.of(reading, self.period)),
            other=self.operand.value,
        )

    def needs(self, reading: Reading) -> tuple[Need, ...]:
        if self.outcome(reading) is not OPEN:
            return ()
        bound = self.operand.of(reading, self.period)
        if bound is None:  # the other value is missing: 0 of it is the least that has to be matched
            other = Need("value", str(self.operand.value), self.period, self.by, {"compare": "given", "number": "0"})
            zero: dict[str, Json] = {"compare": self.compare, "number": "1" if self.compare == "above" else "0"}
            return (other, Need("value", self.value, self.period, self.by, zero))
        target = bound + 1 if self.compare == "above" else bound
        data: dict[str, Json] = {"compare": self.compare, "number": shown(target)}
        return (Need("value", self.value, self.period, self.by, data),)

    def inputs(self) -> Iterable[Input]:
        yield Input("value", self.value)
        if self.operand.value is not None:
            yield Input("value", self.operand.value)


@dataclass(frozen=True, slots=True)
class IsTrue:
    """A yes/no value that is yes."""

    value: str
    by: date

    def outcome(self, reading: Reading) -> Outcome:
        if reading.flag(self.value):
            return MET
        return OPEN if reading.today <= self.by else MISSED

    def finding(self, reading: Reading) -> Finding:
        have = reading.flag(self.value)
        return finding_of("flag", self.outcome(reading), code=self.value, by=self.by.isoformat(), have=have)

    def needs(self, reading: Reading) -> tuple[Need, ...]:
        if self.outcome(reading) is not OPEN:
            return ()
        return (Need("value", self.value, None, self.by, {"compare": "is_true"}),)

    def inputs(self) -> Iterable[Input]:
        return (Input("value", self.value),)


@dataclass(frozen=True, slots=True)
class Shares:
    """At least `count` entries of a map are `percent` percent or more of a whole; of a whole of 0 all are."""

    value: str
    whole: str
    percent: Decimal
    count: int
    by: date

    def outcome(self, reading: Reading) -> Outcome:
        if self._reached(reading) >= self.count:
            return MET
        return OPEN if reading.today <= self.by else MISSED

    def _reached(self, reading: Reading) -> int:
        whole = reading.number(self.whole)
        if whole is None:
            return 0
        enough = Fraction(whole) * Fraction(self.percent) / 100
        return sum(not whole or part >= enough for part in reading.entries(self.value).values())

    def finding(self, reading: Reading) -> Finding:
        return finding_of(
            "shares",
            self.outcome(reading),
            code=self.value,
            by=self.by.isoformat(),
            whole=self.whole,
            percent=shown(self.percent),
            needed=self.count,
            have=self._reached(reading),
        )

    def needs(self, reading: Reading) -> tuple[Need, ...]:
        if self.outcome(reading) is not OPEN:
            return ()
        data: dict[str, Json] = {
            "compare": "shares",
            "percent": shown(self.percent),
            "count": self.count,
            "whole": self.whole,
        }
        need = Need("value", self.value, None, self.by, data)
        if reading.number(self.whole) is not None:
            return (need,)
        return (Need("value", self.whole, None, self.by, {"compare": "given", "number": "100"}), need)

    def inputs(self) -> Iterable[Input]:
        return (Input("value", self.value), Input("value", self.whole))


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """Something happened on or before its planned day (`late` False), or after it (`late` True), but by the close.

    A plan that is missing may still be given until `plan_by`; it is then read as if it had been there all along.
    """

    happened: str
    planned: str
    plan_by: date
    close: date
    late: bool

    def outcome(self, reading: Reading) -> Outcome:
        happened, planned = reading.day(self.happened), reading.day(self.planned)
        if happened is None:
            return self._before(reading.today, planned)
        if happened > self.close:
            return MISSED
        if planned is None:
            return OPEN if reading.today <= self.plan_by else MISSED
        return MET if (happened > planned) is self.late else MISSED

    def _before(self, today: date, planned: date | None) -> Outcome:
        last = self.close
        if not self.late:
            last = min(last, self.plan_by if planned is None else planned)
        return OPEN if today <= last else MISSED

    def finding(self, reading: Reading) -> Finding:
        return finding_of(
            "plan",
            self.outcome(reading),
            code=self.happened,
            planned=self.planned,
            late=self.late,
            happened_on=shown(reading.day(self.happened)),
            planned_on=shown(reading.day(self.planned)),
            by=self.plan_by.isoformat(),
        )

    def needs(self, reading: Reading) -> tuple[Need, ...]:
        if self.outcome(reading) is not OPEN:
            return ()
        happened, planned = reading.day(self.happened), reading.day(self.planned)
        needs: list[Need] = []
        if planned is None:
            if self.late:
                return ()  # nobody is advised to be late
            plan = happened or reading.today
            needs.append(Need("value", self.planned, None, self.plan_by, {"compare": "on", "date": plan.isoformat()}))
        if happened is None:
            if self.late and planned is not None and reading.today <= planned:
                return ()
            last = self.close if self.late or planned is None else min(planned, self.close)
            data: dict[str, Json] = {"compare": "on", "date": reading.today.isoformat()}
            needs.append(Need("value", self.happened, None, last, data))
        return tuple(needs)

    def inputs(self) -> Iterable[Input]:
        return (Input("value", self.happened), Input("value", self.planned))


@dataclass(frozen=True, slots=True)
class Passed:
    """A day has gone by: nothing is asked but time."""

    day: date

    def outcome(self, reading: Reading) -> Outcome:
        return MET if reading.today > self.day else OPEN

    def finding(self, reading: Reading) -> Finding:
        return finding_of("passed", self.outcome(reading), by=self.day.isoformat())

    def needs(self, reading: Reading) -> tuple[Need, ...]:
        return ()

    def inputs(self) -> Iterable[Input]:
        return ()


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `count` of the parts: all of them, any one, or a number between."""

    count: int
    parts: tuple[Condition, ...]

    def outcome(self, reading: Reading) -> Outcome:
        if self.count == len(self.parts):
            return min(part.outcome(reading) for part in self.parts)
        return sorted((part.outcome(reading) for part in self.parts), reverse=True)[self.count - 1]

    def finding(self, reading: Reading) -> Finding:
        parts = tuple(part.finding(reading) for part in self.parts)
        count = None if self.count == len(parts) else self.count
        return finding_of("at_least", self.outcome(reading), parts, count=count)

    def needs(self, reading: Reading) -> tuple[Need, ...]:
        if self.outcome(reading) is not OPEN:
            return ()
        outcomes = [part.outcome(reading) for part in self.parts]
        lacking = self.count - outcomes.count(MET)
        open_parts = [part.needs(reading) for part, out in zip(self.parts, outcomes, strict=True) if out is OPEN]
        doable = sorted((needs for needs in open_parts if needs), key=len)[:lacking]
        return merged(doable) if len(doable) == lacking else ()

    def inputs(self) -> Iterable[Input]:
        for part in self.parts:
            yield from part.inputs()


def merged(groups: Iterable[tuple[Need, ...]]) -> tuple[Need, ...]:
    """Several groups of needs as one, each need once."""
    seen: dict[tuple[str, str, str | None], Need] = {}
    for group in groups:
        for need in group:
            key = ("evidence" if need.kind == "review" else need.kind, need.code, need.period)
            held = seen.get(key)
            seen[key] = need if held is None else _harder(held, need)
    return tuple(seen.values())


def _harder(one: Need, other: Need) -> Need:
    """Of two needs for one input, one that satisfies both; the earlier day holds."""
    if one.kind != other.kind:  # new evidence rather than a review that is not enough
        return one if one.kind == "evidence" else other
    hard = other if _weight(other) > _weight(one) else one
    days = [need.until for need in (one, other) if need.until is not None]
    return Need(hard.kind, hard.code, hard.period, min(days, default=None), hard.data)


def _weight(need: Need) -> Decimal:
    for key in ("number", "channels", "count"):
        if key in need.data:
            return Decimal(str(need.data[key]))
    return Decimal(0)
