"""`convert`: a sum rounded to a whole number and looked up in levels."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Self

from scoring.engine.arithmetic.conditions import MET, MISSED, OPEN, finding_of, merged
from scoring.engine.arithmetic.reading import Reading, shown
from scoring.engine.arithmetic.rules.bands import Band, band_of, read_bands
from scoring.engine.arithmetic.rules.numbers import Number
from scoring.engine.arithmetic.rules.rule import ZERO, Kind, Rule, above_zero, half_up
from scoring.engine.arithmetic.rules.sum import Sum
from scoring.engine.facts.terms import Input, Level
from scoring.engine.facts.trace import Finding, Need
from scoring.engine.language.declared import Declared
from scoring.engine.language.proof import Node


@dataclass(frozen=True, slots=True)
class Convert(Kind):
    """The level of a sum. It is 0 until any input of the sum is there."""

    total: Sum
    bands: tuple[Band, ...]
    requirements: frozenset[str]
    values: frozenset[str]
    until: date

    @classmethod
    def read(cls, node: Node, declared: Declared, read_rule: Callable[[Node, Declared], Rule]) -> Self:
        total = Sum.read(node, declared, read_rule)
        inputs = tuple(total.inputs())
        return cls(
            total,
            read_bands(node, "levels"),
            frozenset(source.code for source in inputs if source.kind == "requirement"),
            frozenset(source.code for source in inputs if source.kind == "value"),
            declared.close,
        )

    @property
    def max(self) -> Decimal:
        return max((band.points for band in self.bands), default=ZERO)

    def points(self, reading: Reading, hopeful: bool) -> Decimal:
        if not self._begun(reading, hopeful):
            return ZERO
        return self.bands[self._row(self.total.points(reading, hopeful))].points

    def _row(self, total: Decimal) -> int:
        return band_of(self.bands, Fraction(half_up(Fraction(total), 0)))

    def _begun(self, reading: Reading, hopeful: bool) -> bool:
        """Whether any input is there; hopefully also whether any may still come."""
        if any(reading.value(code) not in (None, {}) for code in self.values):
            return True
        if hopeful and any(reading.as_of <= day for day in (self.until, *reading.extended(self.requirements))):
            return True
        return any(
            (piece.counts or hopeful) and piece.day <= reading.deadline(code, period, self.until)
            for code in self.requirements
            for period in reading.slots(code)
            for piece in reading.pieces(code, period)
        )

    def findings(self, reading: Reading) -> tuple[Finding, ...]:
        begun, total = self._begun(reading, False), self.total.points(reading, False)
        earned, attainable = self.points(reading, False), self.points(reading, True)
        level = finding_of(
            "level",
            MET if earned == self.max else OPEN if attainable > earned else MISSED,
            total=shown(total),
            max=shown(self.total.max),
            rounded=shown(half_up(Fraction(total), 0)),
            row=self._row(total) if begun else None,
            points=shown(earned),
        )
        return (level, *self.total.findings(reading))

    def ways(self, reading: Reading) -> Iterable[tuple[Need, ...]]:
        """Each single step, and the best of every part together, one part more at a time."""
        yield from (way for part in self.total.parts for way in part.rule.ways(reading))
        best = self.total.best_ways(reading)
        for count in range(2, len(best) + 1):
            yield merged(best[:count])

    def inputs(self) -> Iterable[Input]:
        return self.total.inputs()

    def levels(self) -> tuple[Level, ...]:
        return (*self.total.levels(), *(Level(band.points, band.text) for band in self.bands))

    @property
    def first_row(self) -> int:
        return len(self.total.parts)

    def earned_by_row(self) -> frozenset[Decimal]:
        return above_zero(band.points for band in self.bands)

    def numbers(self) -> Iterable[tuple[Number, bool]]:
        return self.total.numbers()

    def business_days_after(self) -> Iterable[date | str]:
        return self.total.business_days_after()
