"""Conditions on values: numbers, yes/no, shares of a whole, a plan that was kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from scoring.engine.arithmetic.conditions.condition import MET, MISSED, OPEN, Outcome, finding_of
from scoring.engine.arithmetic.reading import Reading, shown
from scoring.engine.facts.terms import Input
from scoring.engine.facts.trace import Finding, Json, Need


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
        return OPEN if reading.is_open(self.value, self.period, self.by) else MISSED

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
        if self.outcome(reading) is not OPEN or reading.as_of > self.by:
            return ()
        bound = self.operand.of(reading, self.period)
        if bound is None:  # the other value is missing: 0 of it is the least that has to be matched
            other = Need("value", str(self.operand.value), self.period, self.by, {"compare": "given", "number": "0"})
            have = reading.number(self.value, self.period)
            if have is not None and self._holds(have, Decimal(0)):
                return (other,)
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
        return OPEN if reading.is_open(self.value, None, self.by) else MISSED

    def finding(self, reading: Reading) -> Finding:
        have = reading.flag(self.value)
        return finding_of("flag", self.outcome(reading), code=self.value, by=self.by.isoformat(), have=have)

    def needs(self, reading: Reading) -> tuple[Need, ...]:
        if self.outcome(reading) is not OPEN or reading.as_of > self.by:
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
        return OPEN if reading.as_of <= self.by else MISSED

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
            return self._before(reading.as_of, planned)
        if happened > self.close:
            return MISSED
        if planned is None:
            return OPEN if reading.as_of <= self.plan_by else MISSED
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
            plan = happened or reading.as_of
            needs.append(Need("value", self.planned, None, self.plan_by, {"compare": "on", "date": plan.isoformat()}))
        if happened is None:
            if self.late and planned is not None and reading.as_of <= planned:
                return ()
            last = self.close if self.late or planned is None else min(planned, self.close)
            data: dict[str, Json] = {"compare": "on", "date": reading.as_of.isoformat()}
            needs.append(Need("value", self.happened, None, last, data))
        return tuple(needs)

    def inputs(self) -> Iterable[Input]:
        return (Input("value", self.happened), Input("value", self.planned))
