"""The score of one entrant: every criterion as an interval [earned, attainable] with what it was read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]
Outcome = Literal["met", "open", "missed"]
NeedKind = Literal["evidence", "review", "value", "item"]


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
    """One thing that is still to happen: evidence to hand in, evidence to be reviewed, a value to enter, judges to give points."""

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


@dataclass(frozen=True, slots=True)
class CriterionScore:
    code: str
    earned: Decimal
    attainable: Decimal
    max: Decimal
    trace: tuple[Finding, ...] = ()
    offers: tuple[Offer, ...] = ()

    def as_json(self) -> dict[str, Json]:
        return {
            "earned": f"{self.earned:.2f}",
            "attainable": f"{self.attainable:.2f}",
            "max": f"{self.max:.2f}",
            "trace": [finding.as_json() for finding in self.trace],
            "offers": [offer.as_json() for offer in self.offers],
        }


@dataclass(frozen=True, slots=True)
class DimensionScore:
    code: str
    earned: Decimal
    attainable: Decimal
    max: Decimal


@dataclass(frozen=True, slots=True)
class Score:
    """0 <= total <= attainable <= max, each the sum of what the criteria show."""

    total: Decimal
    attainable: Decimal
    max: Decimal
    criteria: Mapping[str, CriterionScore]
    dimensions: Mapping[str, DimensionScore]
