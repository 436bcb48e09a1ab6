"""What a score was read from, and what would earn more: data that serialises to plain JSON, no sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]
Outcome = Literal["met", "open", "missed"]
NeedKind = Literal["evidence", "review", "value", "decision", "item"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and what came of it. `data` is plain JSON; phrases turn it into sentences."""

    about: str
    outcome: Outcome
    data: Mapping[str, Json]
    parts: tuple[Finding, ...] = ()

    def as_json(self) -> dict[str, Json]:
        out: dict[str, Json] = {"about": self.about, "outcome": self.outcome, **self.data}
        if self.parts:
            out["parts"] = [part.as_json() for part in self.parts]
        return out


@dataclass(frozen=True, slots=True)
class Need:
    """One thing still to happen: evidence to hand in or its review, a value to enter or a decision on it, points for
    judges to give."""

    kind: NeedKind
    code: str
    period: str | None
    until: date | None
    data: Mapping[str, Json]

    def as_json(self) -> dict[str, Json]:
        until = self.until.isoformat() if self.until else None
        return {"kind": self.kind, "code": self.code, "period": self.period, "until": until, **self.data}


@dataclass(frozen=True, slots=True)
class Offer:
    """Meeting all `needs` by `until` earns exactly `gain` points more in the criterion."""

    gain: Decimal
    until: date | None
    needs: tuple[Need, ...]

    def as_json(self) -> dict[str, Json]:
        until = self.until.isoformat() if self.until else None
        return {"gain": f"{self.gain:.2f}", "until": until, "needs": [need.as_json() for need in self.needs]}
