"""The rows of `timeliness`: which day each takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from scoring.engine.arithmetic.reading import Reading
from scoring.engine.facts.calendar import business_days_late
from scoring.engine.facts.terms import Text

ORDER = ("early", "due", "late")


@dataclass(frozen=True, slots=True)
class Row:
    """`came` early (before the due day), due (on it or before) or late (at all, or up to `within` business days);
    or on or before the fixed day `by`, some rows only if a yes/no value says yes."""

    points: Decimal
    came: Literal["early", "due", "late"] | None
    within: int | None
    by: date | None
    only_if: str | None
    text: Text

    @property
    def order(self) -> tuple[int, int]:
        """Rows go by what they take: from early to late."""
        if self.by is not None:
            return 0, self.by.toordinal()
        return ORDER.index(self.came or "late"), 10_000 if self.within is None else self.within

    def takes(self, day: date, due: date | None, reading: Reading) -> bool:
        if self.by is not None:
            return day <= self.by
        assert due is not None
        if self.came == "late":
            return self.within is None or business_days_late(due, day, reading.holidays) <= self.within
        return day < due if self.came == "early" else day <= due
