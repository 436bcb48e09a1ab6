"""What somebody typed for one thing that a scheme asks for, made clean; and the one way in which it is written down."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from scoring.engine.facts.faults import BadFacts
from scoring.engine.language.scheme import Scheme

from .interchange import Reader

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")  # a negative one is refused as that, not as no number


def check_value(scheme: Scheme, code: str, period: str | None, text: str) -> Decimal | date | bool:
    """What somebody typed for a value (of a month, or under a key of a map), made clean. BadFacts when it isn't one."""
    value = scheme.values.get(code)
    reader = Reader(scheme)
    if value is None:
        reader.fault(f"values.{code}", "ไม่รู้จักค่านี้", "unknown value")
        raise BadFacts(reader.faults)
    raw: Any = text.strip()
    if value.kind == "boolean":
        raw = {"true": True, "false": False}.get(raw)
    elif value.kind != "date" and _NUMBER.match(raw):
        raw = Decimal(raw)
    keyed = value.kind == "map" or value.is_series
    entered = reader.value(code, {period: raw} if keyed and period is not None else raw)
    if reader.faults:
        raise BadFacts(reader.faults)
    return entered[period] if isinstance(entered, dict) else entered  # type: ignore[index]


def check_setting(scheme: Scheme, code: str, text: str) -> date:
    """What somebody typed for a setting. BadFacts when it isn't one."""
    reader = Reader(scheme)
    found = reader.settings({code: text.strip()})
    if reader.faults:
        raise BadFacts(reader.faults)
    return found[code]


def check_points(scheme: Scheme, item: str, text: str) -> Decimal:
    """The points a judge typed for an item. BadFacts when they aren't."""
    reader = Reader(scheme)
    raw: Any = text.strip()
    points = reader.points({item: Decimal(raw) if _NUMBER.match(raw) else raw}, "points")
    if reader.faults:
        raise BadFacts(reader.faults)
    return points[item]


def canonical(value: Decimal | date | bool) -> str:
    """The one way a value is written down: '96.2', '2023-05-30', 'true'."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
