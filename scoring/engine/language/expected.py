"""Reads what an amount is expected to keep within: beyond it, it is asked about."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypeVar

from scoring.engine.facts.asked import Bounds, Value
from scoring.engine.facts.terms import ValueKind

from .declared import Declared
from .proof import Node

_BOUNDED = ("number", "percent", "date", "map")
_Amount = TypeVar("_Amount", Decimal, date)


def read_bounds(node: Node, kind: ValueKind, above: Decimal | None) -> Bounds:
    """The words `at_least`, `at_most` and `not_above` of a value; `check_other` asks what the last one names."""
    if kind not in _BOUNDED:
        return Bounds()  # `close` reports the words if they are there
    other = node.optional_word("not_above") or ""
    if kind == "date":
        return Bounds(*_read_days(node), other)
    return Bounds(*_read_numbers(node, above), other)


def _read_days(node: Node) -> tuple[date | None, date | None]:
    least, most = node.optional_day("at_least"), node.optional_day("at_most")
    _check_order(node, least, most)
    return least, most


def _read_numbers(node: Node, above: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    least, most = node.optional_number("at_least"), node.optional_number("at_most")
    for key, number in (("at_least", least), ("at_most", most)):
        if number is not None and number < 0:
            node.fault(key, "ต้องไม่ติดลบ", "must not be negative")
    _check_order(node, least, most)
    if most is not None and above is not None and most <= above:
        node.fault("at_most", f"ต้องมากกว่า above ({above})", f"must be more than above ({above})")
    return least, most


def _check_order(node: Node, least: _Amount | None, most: _Amount | None) -> None:
    if least is not None and most is not None and most < least:
        node.fault("at_most", f"ต้องไม่น้อยกว่า at_least ({least})", f"must not be less than at_least ({least})")


def check_other(node: Node, value: Value, declared: Declared) -> None:
    """The value that `not_above` names must be another one, of the same kind. All values are known by now."""
    if not value.bounds.not_above:
        return
    kinds = ("date",) if value.kind == "date" else ("number", "percent")
    other = declared.value(node, "not_above", *kinds, series=value.is_series)
    if other is None:
        return
    if other.code == value.code:
        node.fault("not_above", "ต้องเป็นค่าอื่น ไม่ใช่ค่านี้เอง", "must be another value, not this one")
    elif [period.code for period in other.periods] != [period.code for period in value.periods]:
        node.fault("not_above", "ต้องมีงวดเดียวกัน", f"'{other.code}' has other periods than '{value.code}'")
