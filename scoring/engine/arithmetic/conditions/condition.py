"""What a condition is: an outcome in three values, what was found, and what would make it true.

Kleene's logic: MISSED < OPEN < MET, so `all` is the least of its parts, `any` the greatest, and `at least n` the
n-th greatest.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import IntEnum
from typing import Protocol

from scoring.engine.arithmetic.reading import Reading
from scoring.engine.facts.terms import Input
from scoring.engine.facts.trace import Finding, Json, Need
from scoring.engine.facts.trace import Outcome as OutcomeWord


class Outcome(IntEnum):
    """MET: true and stays so. OPEN: may still become true. MISSED: can no longer become true."""

    MISSED = 0
    OPEN = 1
    MET = 2


MISSED, OPEN, MET = Outcome.MISSED, Outcome.OPEN, Outcome.MET
WORD: dict[Outcome, OutcomeWord] = {MISSED: "missed", OPEN: "open", MET: "met"}


class Condition(Protocol):
    def outcome(self, reading: Reading) -> Outcome: ...

    def finding(self, reading: Reading) -> Finding:
        """What was looked at, for the trace."""
        ...

    def needs(self, reading: Reading) -> tuple[Need, ...]:
        """What would make an OPEN condition MET; nothing when it is MET or MISSED or only time can tell."""
        ...

    def inputs(self) -> Iterable[Input]: ...


def finding_of(about: str, outcome: Outcome, parts: tuple[Finding, ...] = (), **data: Json) -> Finding:
    said = {key: value for key, value in data.items() if value is not None}
    return Finding(about, WORD[outcome], said, parts)


def merged(groups: Iterable[tuple[Need, ...]]) -> tuple[Need, ...]:
    """Several groups of needs as one, each need once."""
    seen: dict[tuple[str, str, str | None], Need] = {}
    for group in groups:
        for need in group:
            key = ("evidence" if need.kind == "review" else need.kind, need.code, need.period)
            held = seen.get(key)
            seen[key] = need if held is None else _harder(held, need)
    return tuple(seen.values())


def _harder(first: Need, second: Need) -> Need:
    """Of two needs for the same input, the one that satisfies both; the earlier day holds."""
    if first.kind != second.kind:  # new evidence rather than a review that is not enough
        return first if first.kind == "evidence" else second
    hard = second if _weight(second) > _weight(first) else first
    days = [need.until for need in (first, second) if need.until is not None]
    return Need(hard.kind, hard.code, hard.period, min(days, default=None), hard.data)


def _weight(need: Need) -> Decimal:
    falling = need.data.get("compare") in ("at_most", "below")
    for key in ("number", "channels", "count"):
        if key in need.data:
            weight = Decimal(str(need.data[key]))
            return -weight if falling else weight
    return Decimal(0)
