"""Reads what an amount is expected to keep within: beyond it, it is asked about."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypeVar

from scoring.engine.facts.asked import Bounds, Value
from scoring.engine.facts.terms import ValueKind

from .book import Book
from .proof import Page

_BOUNDED = ("number", "percent", "date", "map")
_Amount = TypeVar("_Amount", Decimal, date)


def read_bounds(page: Page, kind: ValueKind, above: Decimal | None) -> Bounds:
    """The words `at_least`, `at_most` and `not_above` of a value; `check_other` asks what the last one names."""
    if kind not in _BOUNDED:
        return Bounds()  # `close` reports the words if they are there
    other = page.word("not_above") if page.has("not_above") else ""
    if kind == "date":
        return Bounds(*_read_days(page), other)
    return Bounds(*_read_numbers(page, above), other)


def _read_days(page: Page) -> tuple[date | None, date | None]:
    least = page.day("at_least") if page.has("at_least") else None
    most = page.day("at_most") if page.has("at_most") else None
    _check_order(page, least, most)
    return least, most


def _read_numbers(page: Page, above: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    least = page.number("at_least") if page.has("at_least") else None
    most = page.number("at_most") if page.has("at_most") else None
    for key, number in (("at_least", least), ("at_most", most)):
        if number is not None and number < 0:
            page.fault(key, "ต้องไม่ติดลบ", "must not be negative")
    _check_order(page, least, most)
    if most is not None and above is not None and most <= above:
        page.fault("at_most", f"ต้องมากกว่า above ({above})", f"must be more than above ({above})")
    return least, most


def _check_order(page: Page, least: _Amount | None, most: _Amount | None) -> None:
    if least is not None and most is not None and most < least:
        page.fault("at_most", f"ต้องไม่น้อยกว่า at_least ({least})", f"must not be less than at_least ({least})")


def check_other(page: Page, value: Value, book: Book) -> None:
    """Is the value that another is not to be above one that it can be compared with? All values are known by now."""
    if not value.bounds.not_above:
        return
    kinds = ("date",) if value.kind == "date" else ("number", "percent")
    other = book.value(page, "not_above", *kinds, series=value.is_series)
    if other is None:
        return
    if other.code == value.code:
        page.fault("not_above", "ต้องเป็นค่าอื่น ไม่ใช่ค่านี้เอง", "must be another value, not this one")
    elif [one.code for one in other.periods] != [one.code for one in value.periods]:
        page.fault("not_above", "ต้องมีงวดเดียวกัน", f"'{other.code}' has other periods than '{value.code}'")
