"""What is known about one entrant at one moment: the only thing a score is computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Basis = Literal["verified", "claimed"]
Status = Literal["draft", "submitted", "accepted", "returned", "withdrawn"]
Decided = Literal["submitted", "accepted", "returned"]
Slot = tuple[str, str | None]  # the code of a value, and its period or the name in its map
Given = Decimal | date | bool | dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One file or link handed in. `submitted_at` is aware; `ref` is opaque and comes back in the trace."""

    requirement: str
    submitted_at: datetime
    status: Status
    period: str | None = None
    channels: frozenset[str] = frozenset()
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Extension:
    """More time for one requirement and exactly its period, until the end of the day `until`."""

    requirement: str
    until: date
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The points one judge gave, by item; items may be left out."""

    judge: str
    points: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Facts:
    """`as_of` is aware. `values`: Decimal, date or bool, or a mapping of month (or free text) to Decimal.
    `states`: what was decided of those that are looked at like evidence: one that is 'submitted' counts as claimed
    only, one that is 'returned' not at all. What has no state is accepted.
    `unchecked`: those that an office gave and nobody has looked at, whether they count or not; a score says beside
    points how many of them rest on these. `expected_sheets` None: as many as there are.
    """

    scheme: str
    entrant: str
    as_of: datetime
    basis: Basis = "verified"
    size: str | None = None
    settings: Mapping[str, date] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()
    values: Mapping[str, Given] = field(default_factory=dict)
    states: Mapping[Slot, Decided] = field(default_factory=dict)
    unchecked: frozenset[Slot] = frozenset()
    evidence: tuple[Evidence, ...] = ()
    extensions: tuple[Extension, ...] = ()
    expected_sheets: int | None = None
    sheets: tuple[Sheet, ...] = ()
