"""The numbers that bands and proportions look up, exact; and what would bring them up to a bound.

A number is a Fraction, None while it cannot be known, or FULL when it is a share of nobody (a whole of 0).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from math import ceil, floor
from typing import Protocol

from scoring.engine.arithmetic.reading import Reading, shown
from scoring.engine.facts.terms import Input
from scoring.engine.facts.trace import Json, Need
from scoring.engine.language.declared import Declared
from scoring.engine.language.proof import Node


class Share(Enum):
    FULL = "full"


FULL = Share.FULL
HUNDRED = Decimal(100)  # stands in for a whole that is not known: a percentage of it is the number itself
Amount = Fraction | Share | None


class Number(Protocol):
    @property
    def percent(self) -> bool: ...

    def of(self, reading: Reading) -> Amount: ...

    def reach(self, reading: Reading, bound: Fraction, strict: bool, by: date) -> tuple[Need, ...]:
        """What brings the number to `bound` (above it when `strict`)."""
        ...

    def inputs(self) -> Iterable[Input]: ...


def least(bound: Fraction, strict: bool) -> Decimal:
    """The smallest whole number at `bound` or more (above it when `strict`)."""
    return Decimal(floor(bound) + 1 if strict else ceil(bound))


def _most(bound: Fraction, strict: bool) -> Decimal:
    return Decimal(ceil(bound) - 1 if strict else floor(bound))


def _rising(strict: bool) -> str:
    return "above" if strict else "at_least"


def _value_need(code: str, by: date, compare: str, number: Decimal, period: str | None = None) -> Need:
    data: dict[str, Json] = {"compare": compare, "number": shown(number)}
    return Need("value", code, period, by, data)


def _percent_need(code: str, by: date, compare: str, bound: Fraction, number: Decimal, of: str | None = None) -> Need:
    """A percentage has decimals: its exact bound is told beside the whole number that the offer counts on."""
    exact: Json = shown(Decimal(bound.numerator) / bound.denominator)
    share: dict[str, Json] = {"percent_of": of} if of else {}
    return Need("value", code, None, by, {"compare": compare, "number": shown(number), "bound": exact, **share})


@dataclass(frozen=True, slots=True)
class Plain:
    """A value as it is."""

    value: str
    percent: bool = False

    def of(self, reading: Reading) -> Amount:
        number = reading.number(self.value)
        return None if number is None else Fraction(number)

    def reach(self, reading: Reading, bound: Fraction, strict: bool, by: date) -> tuple[Need, ...]:
        if self.percent:
            return (_percent_need(self.value, by, _rising(strict), bound, least(bound, strict)),)
        return (_value_need(self.value, by, "at_least", least(bound, strict)),)

    def inputs(self) -> Iterable[Input]:
        return (Input("value", self.value),)


@dataclass(frozen=True, slots=True)
class Percent:
    """`part` / `whole` x 100; the whole is a value, a fixed number, or a number by the entrant's size."""

    part: str
    whole: str | None
    fixed: Decimal = Decimal(0)
    by_size: tuple[tuple[str, Decimal], ...] = ()
    percent: bool = True

    def _whole(self, reading: Reading) -> Decimal | None:
        if self.whole is not None:
            return reading.number(self.whole)
        return dict(self.by_size)[reading.size or ""] if self.by_size else self.fixed

    def of(self, reading: Reading) -> Amount:
        whole = self._whole(reading)
        if whole is None:
            return None
        if not whole:
            return FULL
        part = reading.number(self.part)
        return None if part is None else Fraction(part) * 100 / Fraction(whole)

    def reach(self, reading: Reading, bound: Fraction, strict: bool, by: date) -> tuple[Need, ...]:
        whole = self._whole(reading)
        if whole is None:
            assumed = _value_need(str(self.whole), by, "given", HUNDRED)
            return (assumed, _percent_need(self.part, by, _rising(strict), bound, least(bound, strict), self.whole))
        return (_value_need(self.part, by, "at_least", least(bound * Fraction(whole) / 100, strict)),)

    def inputs(self) -> Iterable[Input]:
        yield Input("value", self.part)
        if self.whole is not None:
            yield Input("value", self.whole)


@dataclass(frozen=True, slots=True)
class Change:
    """How much `value` has grown over `base` (or fallen below it, `falling`), in percent of the base."""

    value: str
    base: str
    falling: bool
    percent: bool = True

    def of(self, reading: Reading) -> Amount:
        base = reading.number(self.base)
        if base is None:
            return None
        if not base:
            return FULL
        now = reading.number(self.value)
        if now is None:
            return None
        change = Fraction(now) - Fraction(base)
        return (-change if self.falling else change) * 100 / Fraction(base)

    def reach(self, reading: Reading, bound: Fraction, strict: bool, by: date) -> tuple[Need, ...]:
        known = reading.number(self.base)
        base = HUNDRED if known is None else known
        to = Fraction(base) * (1 + (-bound if self.falling else bound) / 100)
        number = _most(to, strict) if self.falling else least(to, strict)
        if number < 0:
            return ()
        if known is not None:
            return (_value_need(self.value, by, "at_most" if self.falling else "at_least", number),)
        compare = ("below" if strict else "at_most") if self.falling else _rising(strict)
        assumed = _value_need(self.base, by, "given", base)
        return (assumed, _percent_need(self.value, by, compare, to, number, self.base))

    def inputs(self) -> Iterable[Input]:
        return (Input("value", self.value), Input("value", self.base))


@dataclass(frozen=True, slots=True)
class Smallest:
    """The smallest month of a series; a month that is missing counts 0, a series with no month at all is missing."""

    value: str
    months: tuple[str, ...]
    percent: bool = False

    def of(self, reading: Reading) -> Amount:
        series = reading.entries(self.value)
        if not series:
            return None
        return Fraction(min(series.get(month, Decimal(0)) for month in self.months))

    def reach(self, reading: Reading, bound: Fraction, strict: bool, by: date) -> tuple[Need, ...]:
        series, number = reading.entries(self.value), least(bound, strict)
        short = [month for month in self.months if series.get(month, Decimal(0)) < number]
        return tuple(_value_need(self.value, by, "at_least", number, month) for month in short)

    def inputs(self) -> Iterable[Input]:
        return (Input("value", self.value),)


def read_number(node: Node, key: str, declared: Declared) -> Number:
    """The number written under `key`: {value}, {percent, of}, {growth, over}, {decrease, from} or {smallest}."""
    inner = node.child(key)
    if inner is None:
        return Plain("")
    kinds = {"value": _plain, "percent": _percent, "growth": _growth, "decrease": _decrease, "smallest": _smallest}
    found = [kind for kind in kinds if inner.has(kind)]
    if len(found) != 1:
        listed = ", ".join(kinds)
        inner.fault(None, f"ตัวเลขต้องมีหนึ่งคำจาก: {listed}", f"a number has exactly one of: {listed}")
        return Plain("")
    number = kinds[found[0]](inner, declared)
    inner.close()
    return number


def _plain(node: Node, declared: Declared) -> Number:
    value = declared.value(node, "value", "number", "percent")
    return Plain(value.code if value else "", value is not None and value.kind == "percent")


def _percent(node: Node, declared: Declared) -> Number:
    part = declared.value(node, "percent", "number")
    code = part.code if part else ""
    if node.is_mapping("of"):
        target = node.child("of")
        assert target is not None
        by_size = declared.target(target, "target")
        target.close()
        return Percent(code, None, by_size=by_size)
    if node.word("of") not in declared.values and node.is_number("of"):
        fixed = node.number("of")
        if fixed <= 0:
            node.fault("of", "ตัวหารต้องมากกว่า 0", "a fixed whole must be more than 0")
        return Percent(code, None, fixed)
    whole = declared.value(node, "of", "number")
    return Percent(code, whole.code if whole else "")


def _growth(node: Node, declared: Declared) -> Number:
    now, base = declared.value(node, "growth", "number"), declared.value(node, "over", "number")
    return Change(now.code if now else "", base.code if base else "", falling=False)


def _decrease(node: Node, declared: Declared) -> Number:
    now, base = declared.value(node, "decrease", "number"), declared.value(node, "from", "number")
    return Change(now.code if now else "", base.code if base else "", falling=True)


def _smallest(node: Node, declared: Declared) -> Number:
    value = declared.value(node, "smallest", "number", series=True)
    return Smallest(value.code if value else "", tuple(month.code for month in value.periods) if value else ())
