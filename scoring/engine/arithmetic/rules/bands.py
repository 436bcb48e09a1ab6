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
from scoring.engine.language.book import Book
from scoring.engine.language.proof import Page

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


def read_bands(page: Page, key: str, guarded: bool = False) -> tuple[Band, ...]:
    bands, pages = list[Band](), page.pages(key)
    sound = len(page.proof.faults)
    for inner in pages:
        strict = inner.has("below")
        bounded = strict or inner.has("up_to")
        bound = Fraction(inner.number("below" if strict else "up_to")) if bounded else None
        guard = inner.number("guard_above") if guarded and inner.has("guard_above") else None
        if bounded and inner is pages[-1]:
            inner.fault(None, "แถวสุดท้ายต้องไม่มีขอบบน", "the last row takes the rest: it has neither below nor up_to")
        if not bounded and inner is not pages[-1]:
            inner.fault(None, "ต้องมี below หรือ up_to", "needs below or up_to: only the last row takes the rest")
        bands.append(Band(inner.points("points"), bound, strict, guard, inner.inline_text()))
        inner.close()
    ordered = zip(pairwise(bands), pages[1:], strict=False) if len(page.proof.faults) == sound else ()
    for (one, other), inner in ordered:
        if one.bound is not None and other.bound is not None and (other.bound, one.strict) <= (one.bound, other.strict):
            inner.fault(
                None,
                "ขอบบนต้องมากกว่าแถวก่อนหน้า",
                "no number reaches this row: its bound must be above that of the row before",
            )
        if other.points < one.points:
            inner.fault("points", "ต้องไม่น้อยกว่าแถวก่อนหน้า", "must not be less than the row before")
    if bands and bands[0].guard_above is not None:
        pages[0].fault("guard_above", "แถวแรกไม่มีแถวให้ตกลงไป", "there is no row below the first one to fall to")
    return tuple(bands)


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
    def read(cls, page: Page, book: Book) -> Self:
        number = read_number(page, "number", book)
        guard = book.value(page, "guard", "number", "percent") if page.has("guard") else None
        bands = read_bands(page, "bands", page.has("guard"))
        if guard is not None and all(band.guard_above is None for band in bands):
            page.fault("guard", "ไม่มีแถวใดใช้ guard_above", "no row has guard_above, so the guard guards nothing")
        return cls(number, bands, page.day("until", book.close), guard.code if guard else None)

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
        given: dict[str, Json] = {
            one.code: shown(reading.number(one.code)) for one in self.inputs() if reading.entries(one.code) == {}
        }
        amount = self.number.of(reading)
        fallen = row is not None and isinstance(amount, Fraction) and row < band_of(self.bands, amount)
        top = row is not None and self.bands[row].points == self.max
        outcome = MET if top else OPEN if reading.as_of <= self.until else MISSED
        return (
            finding_of(
                "band",
                outcome,
                row=row,
                points=None if row is None else shown(self.bands[row].points),
                amount=amount_shown(amount),
                percent=True if self.number.percent else None,
                given=given,
                guard=self.guard,
                fallen=fallen or None,
                by=self.until.isoformat(),
            ),
        )

    def ways(self, reading: Reading) -> Iterable[tuple[Need, ...]]:
        if reading.as_of > self.until:
            return
        for row, band in enumerate(self.bands):
            needs = self._needs(reading, row, band)
            if needs:
                yield needs

    def _needs(self, reading: Reading, row: int, band: Band) -> tuple[Need, ...]:
        needs: tuple[Need, ...] = ()
        amount = self.number.of(reading)
        if amount is None or (isinstance(amount, Fraction) and band_of(self.bands, amount) < row):
            before = self.bands[row - 1] if row else None
            bound = before.bound if before is not None and before.bound is not None else Fraction(0)
            needs = self.number.reach(reading, bound, before is not None and not before.strict, self.until)
        if self.guard is not None:
            guard, above = reading.number(self.guard), band.guard_above
            if guard is None or (above is not None and guard <= above):
                data: dict[str, Json] = {"compare": "given", "number": "0"}
                if above is not None:
                    data = {"compare": "above", "bound": shown(above), "number": shown(least(Fraction(above), True))}
                needs = (*needs, Need("value", self.guard, None, self.until, data))
        return needs

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
