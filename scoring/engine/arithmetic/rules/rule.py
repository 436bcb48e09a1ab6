"""What every rule can do, and the small arithmetic they share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction
from math import floor
from typing import Protocol

from scoring.engine.arithmetic.conditions import MET, OPEN, Condition
from scoring.engine.arithmetic.reading import Reading
from scoring.engine.arithmetic.rules.numbers import Number
from scoring.engine.facts.terms import Input, Level
from scoring.engine.facts.trace import Finding, Need

ZERO = Decimal(0)
_EXACT = Context(prec=1_000_000)  # digits: more than any line of facts brings; only those that are there cost time


class Rule(Protocol):
    """`hopeful` False reads the earned points, True the attainable ones: one implementation, run twice."""

    @property
    def max(self) -> Decimal: ...

    def points(self, reading: Reading, hopeful: bool) -> Decimal: ...

    def findings(self, reading: Reading) -> tuple[Finding, ...]:
        """What was looked at, row by row."""
        ...

    def ways(self, reading: Reading) -> Iterable[tuple[Need, ...]]:
        """Sets of needs that may earn more; each is weighed by scoring the facts with it met."""
        ...

    def inputs(self) -> Iterable[Input]: ...

    def levels(self) -> tuple[Level, ...]: ...

    @property
    def first_row(self) -> int:
        """Where among its levels the rows begin that earn points; before them stand parts that only add up."""
        ...

    def earned_by_row(self) -> frozenset[Decimal] | None:
        """The points above 0 that one of its rows earns by itself; None where no row stands for points."""
        ...

    @property
    def is_staircase(self) -> bool:
        """Whether a row that holds holds all rows below it."""
        ...

    def numbers(self) -> Iterable[tuple[Number, bool]]:
        """The numbers it looks up, and whether more than 100 has a row of its own."""
        ...

    def business_days_after(self) -> Iterable[date | str]:
        """The days after which it counts business days, each itself or the setting that says it."""
        ...


class Kind:
    """What holds of most kinds: all levels are rows, no row earns by itself, no number is looked up."""

    __slots__ = ()

    @property
    def first_row(self) -> int:
        return 0

    def earned_by_row(self) -> frozenset[Decimal] | None:
        return None

    @property
    def is_staircase(self) -> bool:
        return False

    def numbers(self) -> Iterable[tuple[Number, bool]]:
        return ()

    def business_days_after(self) -> Iterable[date | str]:
        return ()


class Unreadable(Kind):
    """Stands in for a rule that could not be read, until its faults are reported."""

    max = ZERO

    def points(self, reading: Reading, hopeful: bool) -> Decimal:
        return ZERO

    def findings(self, reading: Reading) -> tuple[Finding, ...]:
        return ()

    def ways(self, reading: Reading) -> Iterable[tuple[Need, ...]]:
        return ()

    def inputs(self) -> Iterable[Input]:
        return ()

    def levels(self) -> tuple[Level, ...]:
        return ()


def above_zero(points: Iterable[Decimal]) -> frozenset[Decimal]:
    return frozenset(points) - {ZERO}


def holds(condition: Condition, reading: Reading, hopeful: bool) -> bool:
    return condition.outcome(reading) >= (OPEN if hopeful else MET)


def exact_sum(numbers: Iterable[Decimal]) -> Decimal:
    """The sum to its last digit, however many there are."""
    total = ZERO
    for number in numbers:
        total = _EXACT.add(total, number)
    return total


def mean(total: Decimal, count: int) -> Decimal:
    """`total` / `count` rounded half up to two decimals."""
    doubled = _EXACT.fma(total, Decimal(200), Decimal(count))
    return _EXACT.divide_int(doubled, Decimal(2 * count)).scaleb(-2)


def half_up(number: Fraction, places: int = 2) -> Decimal:
    """`number` (0 or more) rounded half up to so many decimals."""
    return Decimal(floor(number * 10**places + Fraction(1, 2))).scaleb(-places)
