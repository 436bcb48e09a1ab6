"""The places where numbers that are reviewed are entered, as their threads and pages show them."""

from dataclasses import dataclass
from typing import ClassVar

from scoring import engine
from submissions.models import Entry, Evidence, Value

from .slots import anchor_of


@dataclass(frozen=True)
class ValueSlot:
    """One value in one of its periods (None where it has none), for one entry. A map is one, with all its names."""

    requirement: engine.Value
    period: engine.Period | None
    rows: tuple[Value, ...]
    remarks: int  # written in its thread

    kind: ClassVar[engine.InputKind] = "value"
    evidence: ClassVar[tuple[Evidence, ...]] = ()
    extended: ClassVar[bool] = False
    is_over: ClassVar[bool] = False  # what comes back may always be entered again

    @property
    def period_code(self) -> str:
        return self.period.code if self.period else ""

    @property
    def anchor(self) -> str:
        return anchor_of(self.requirement.code, self.period_code)

    @property
    def amounts(self) -> dict[str, str]:
        """By what the events about it are found."""
        about = {"data__code": self.requirement.code}
        return about | ({} if self.requirement.kind == "map" else {"data__period": self.period_code})

    @property
    def state(self) -> str:
        """returned, submitted, accepted: the first that something here is; "missing" where nothing is."""
        standing = {row.standing for row in self.rows}
        return next((state for state in ("returned", "submitted", "accepted") if state in standing), "missing")


def value_slot_of(entry: Entry, code: str, period: str) -> ValueSlot | None:
    """None where no such value is reviewed in the entry's round. Two statements."""
    value = entry.round.scheme.values.get(code)
    if value is None or not entry.round.reviews(value):
        return None
    known = next((one for one in value.periods if one.code == period), None)
    if (value.is_series and known is None) or (period and not value.is_series):
        return None
    rows = entry.values.filter(code=code) if value.kind == "map" else entry.values.filter(code=code, period=period)
    remarks = entry.remarks.filter(requirement=code, period=period).count()
    return ValueSlot(value, known, tuple(rows), remarks)
