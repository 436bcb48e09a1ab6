"""`bands`: a number looked up in bands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Self

from scoring.engine.arithmetic.conditions import MET, MISSED, OPEN, finding_of
from scoring.engine.arithmetic.reading import Reading, shown
from scoring.engine.arithmetic.rules.numbers import FULL, Amount, Number, least, read_number
from scoring.engine.arithmetic.rules.rule import ZERO, Kind, above_zero
from scoring.engine.facts.terms import Input, Level, Text
from scoring.engine.facts.trace import Finding, Json, Need
from scoring.engine.language.declared import Declared
from scoring.engine.language.proof import Node

HUNDRED = Fraction(100)


@dataclass(frozen=True, slots=True)
class Band:
    """One row: numbers up to `bound` (`strict`: below it), above the row before; the last row has no bound.
    With a guard, the guard must be above `guard_above` or the entrant falls one row."""

    points: Decimal
    bound: Fraction | None
    strict: bool
    guard_above: Decimal | None
    text: Text


def read_bands(node: Node, key: str, guarded: bool = False) -> tuple[Band, ...]:
    """The rows written under `key`; with `guarded` they may say what the guard must be above."""
    nodes = node.children(key)
    faults_before = len(node.proof.faults)
    bands = tuple(_read_band(inner, guarded, inner is nodes[-1]) for inner in nodes)
    if len(node.proof.faults) == faults_before:
        for (before, band), inner in zip(pairwise(bands), nodes[1:], strict=False):
            _check_rises(inner, before, band)
    if bands and bands[0].guard_above is not None:
        nodes[0].fault("guard_above", "แถวแรกไม่มีแถวให้ตกลงไป", "there is no row below the first one to fall to")
    return bands


def _read_band(node: Node, guarded: bool, is_last: bool) -> Band:
    strict = node.has("below")
    bounded = strict or node.has("up_to")
    bound = Fraction(node.number("below" if strict else "up_to")) if bounded else None
    guard = node.optional_number("guard_above") if guarded else None
    if bounded and is_last:
        node.fault(None, "แถวสุดท้ายต้องไม่มีขอบบน", "the last row takes the rest: it has neither below nor up_to")
    if not bounded and not is_last:
        node.fault(None, "ต้องมี below หรือ up_to", "needs below or up_to: only the last row takes the rest")
    band = Band(node.points("points"), bound, strict, guard, node.inline_text())
    node.close()
    return band


def _check_rises(node: Node, before: Band, band: Band) -> None:
    """A row takes numbers above those of the row before it, and earns no less."""
    is_empty = (
        before.bound is not None
        and band.bound is not None
        and (band.bound, before.strict) <= (before.bound, band.strict)
    )
    if is_empty:
        node.fault(
            None,
            "ขอบบนต้องมากกว่าแถวก่อนหน้า",
            "no number reaches this row: its bound must be above that of the row before",
        )
    if band.points < before.points:
        node.fault("points", "ต้องไม่น้อยกว่าแถวก่อนหน้า", "must not be less than the row before")


def band_of(bands: tuple[Band, ...], amount: Fraction) -> int:
    """The row that takes a number; the last one, without a bound, takes what is left."""
    return next(
        n
        for n, band in enumerate(bands)
        if band.bound is None or amount < band.bound or (amount == band.bound and not band.strict)
    )


def amount_shown(amount: Amount) -> Json:
    """A number for people: at most two decimals, cut rather than rounded so that 99.999 never reads as 100."""
    if amount is None or amount is FULL:
        return None if amount is None else "full"
    assert isinstance(amount, Fraction)
    cut = Decimal(int(amount * 100)).scaleb(-2)
    return shown(cut)


@dataclass(frozen=True, slots=True)
class Bands(Kind):
    """A missing number earns 0; until `until` everything is attainable, after it what is earned."""

    number: Number
    bands: tuple[Band, ...]
    until: date
    guard: str | None

    @classmethod
    def read(cls, node: Node, declared: Declared) -> Self:
        number = read_number(node, "number", declared)
        guard = declared.value(node, "guard", "number", "percent") if node.has("guard") else None
        bands = read_bands(node, "bands", node.has("guard"))
        if guard is not None and all(band.guard_above is None for band in bands):
            node.fault("guard", "ไม่มีแถวใดใช้ guard_above", "no row has guard_above, so the guard guards nothing")
        return cls(number, bands, node.day("until", declared.close), guard.code if guard else None)

    @property
    def max(self) -> Decimal:
        return max((band.points for band in self.bands), default=ZERO)

    def points(self, reading: Reading, hopeful: bool) -> Decimal:
        if hopeful and reading.as_of <= self.until:
            return self.max
        row = self._row(reading)
        return ZERO if row is None else self.bands[row].points

    def _row(self, reading: Reading) -> int | None:
        amount = self.number.of(reading)
        if amount is None:
            return None
        row = len(self.bands) - 1 if amount is FULL else band_of(self.bands, amount)
        if self.guard is None:
            return row
        guard, bound = reading.number(self.guard), self.bands[row].guard_above
        if guard is None:
            return None
        return row if bound is None or guard > bound else row - 1

    def findings(self, reading: Reading) -> tuple[Finding, ...]:
        row = self._row(reading)
        amount = self.number.of(reading)
        amounts: dict[str, Json] = {
            value.code: shown(reading.number(value.code))
            for value in self.inputs()
            if reading.entries(value.code) == {}
        }
        fallen = row is not None and isinstance(amount, Fraction) and row < band_of(self.bands, amount)
        top = row is not None and self.bands[row].points == self.max
        return (
            finding_of(
                "band",
                MET if top else OPEN if reading.as_of <= self.until else MISSED,
                row=row,
                points=None if row is None else shown(self.bands[row].points),
                amount=amount_shown(amount),
                percent=True if self.number.percent else None,
                given=amounts,
                guard=self.guard,
                fallen=fallen or None,
                by=self.until.isoformat(),
            ),
        )

    def ways(self, reading: Reading) -> Iterable[tuple[Need, ...]]:
        if reading.as_of > self.until:
            return
        for row, band in enumerate(self.bands):
            needs = (*self._needs_of_number(reading, row), *self._needs_of_guard(reading, band))
            if needs:
                yield needs

    def _needs_of_number(self, reading: Reading, row: int) -> tuple[Need, ...]:
        """What brings the number up to a row: above the bound of the row before it."""
        amount = self.number.of(reading)
        if amount is FULL or (isinstance(amount, Fraction) and band_of(self.bands, amount) >= row):
            return ()
        before = self.bands[row - 1] if row else None
        if before is None:
            return self.number.reach(reading, Fraction(0), False, self.until)
        return self.number.reach(reading, before.bound or Fraction(0), not before.strict, self.until)

    def _needs_of_guard(self, reading: Reading, band: Band) -> tuple[Need, ...]:
        """What brings the guard above what the row asks of it, or lets it be known at all."""
        if self.guard is None:
            return ()
        guard, above = reading.number(self.guard), band.guard_above
        if guard is not None and (above is None or guard > above):
            return ()
        data: dict[str, Json] = {"compare": "given", "number": "0"}
        if above is not None:
            data = {"compare": "above", "bound": shown(above), "number": shown(least(Fraction(above), True))}
        return (Need("value", self.guard, None, self.until, data),)

    def inputs(self) -> Iterable[Input]:
        yield from self.number.inputs()
        if self.guard is not None:
            yield Input("value", self.guard)

    def levels(self) -> tuple[Level, ...]:
        return tuple(Level(band.points, band.text) for band in self.bands)

    def earned_by_row(self) -> frozenset[Decimal]:
        return above_zero(band.points for band in self.bands)

    def numbers(self) -> Iterable[tuple[Number, bool]]:
        bounds = ((band.bound, not band.strict) for band in self.bands if band.bound is not None)
        yield self.number, any(bound > (HUNDRED, False) for bound in bounds)
