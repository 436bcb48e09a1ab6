"""What an amount is expected to keep within: beyond it, it is asked about. Nothing here earns or costs points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeVar

if TYPE_CHECKING:
    from scoring.engine.book import Book
    from scoring.engine.proof import Page
    from scoring.engine.scheme import Value, ValueKind

Amount = Decimal | date
Slot = tuple[str, str]  # the code of a value, and its period or the name in a map; "" where there is none
Word = Literal["at_least", "at_most", "not_above"]
_BOUNDED = ("number", "percent", "date", "map")
_Amount = TypeVar("_Amount", Decimal, date)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most that an amount is expected to be, both allowed, and the value that it is not above."""

    at_least: Amount | None = None
    at_most: Amount | None = None
    not_above: str = ""


@dataclass(frozen=True, slots=True)
class Beyond:
    """An amount beyond a bound: which word of the scheme it passes, and the amount that this word stands for."""

    word: Word
    bound: Amount
    other: str = ""  # of not_above: the code of the other value


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


def beyond(values: Mapping[str, Value], amounts: Mapping[Slot, Amount]) -> dict[Slot, Beyond]:
    """Which of one entrant's amounts are beyond what their values expect; the first bound that each passes."""
    found = {}
    for slot, amount in amounts.items():
        value = values.get(slot[0])
        if value is not None and (passed := _passed(value, slot[1], amount, amounts)):
            found[slot] = passed
    return found


def _passed(value: Value, period: str, amount: Amount, amounts: Mapping[Slot, Amount]) -> Beyond | None:
    bounds = value.bounds
    other = amounts.get((bounds.not_above, period if value.is_series else ""))
    if bounds.at_least is not None and _is_less(amount, bounds.at_least):
        return Beyond("at_least", bounds.at_least)
    if bounds.at_most is not None and _is_less(bounds.at_most, amount):
        return Beyond("at_most", bounds.at_most)
    if other is not None and _is_less(other, amount):
        return Beyond("not_above", other, bounds.not_above)
    return None


def _is_less(one: Amount, other: Amount) -> bool:
    """Whether it is less; of two that can't be compared, as after a change of the value's kind, neither is."""
    if isinstance(one, Decimal):
        return isinstance(other, Decimal) and one < other
    return not isinstance(other, Decimal) and one < other
