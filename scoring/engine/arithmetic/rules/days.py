"""The rows of `timeliness`: how they are read, and which day each takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from scoring.engine.arithmetic.reading import Reading
from scoring.engine.facts.calendar import business_days_late
from scoring.engine.facts.terms import Text
from scoring.engine.language.declared import Declared
from scoring.engine.language.proof import Node

Came = Literal["early", "due", "late"]
_CAME: tuple[Came, ...] = ("early", "due", "late")


@dataclass(frozen=True, slots=True)
class DayRow:
    """`came` early (before the due day), due (on it or before) or late (at all, or up to `within` business days);
    or on or before the fixed day `by`, some rows only if a yes/no value says yes."""

    points: Decimal
    came: Came | None
    within: int | None
    by: date | None
    only_if: str | None
    text: Text

    @property
    def order(self) -> tuple[int, int]:
        """Rows go by what they take: from early to late."""
        if self.by is not None:
            return 0, self.by.toordinal()
        return _CAME.index(self.came or "late"), 10_000 if self.within is None else self.within

    def takes(self, day: date, due: date | None, reading: Reading) -> bool:
        if self.by is not None:
            return day <= self.by
        assert due is not None
        if self.came == "late":
            return self.within is None or business_days_late(due, day, reading.holidays) <= self.within
        return day < due if self.came == "early" else day <= due


def read_rows(node: Node, declared: Declared) -> tuple[DayRow, ...]:
    """The word `rows`, each by its own day, or each by when it came against the word `due`."""
    rows = tuple(_read_row(inner, declared) for inner in node.children("rows"))
    fixed = [row.by is not None for row in rows]
    if any(fixed) and (not all(fixed) or node.has("due")):
        node.fault(
            "rows",
            "ใช้ by ทุกแถวโดยไม่มี due หรือใช้ came ทุกแถว",
            "rows have either all by (and no due) or all came (and a due)",
        )
    elif not any(fixed) and not node.has("due"):
        node.fault("due", "ขาด 'due'", "'due' is missing")
    order = [row.order for row in rows]
    if any(fixed) is all(fixed) and order != sorted(set(order)):
        node.fault("rows", "แถวต้องเรียงจากเร็วไปช้า ไม่ซ้ำกัน", "rows go from early over due to late, no two alike")
    return rows


def _read_row(node: Node, declared: Declared) -> DayRow:
    by = node.optional_day("by")
    came = node.one_of("came", _CAME) if by is None else None
    within = node.whole("within") if node.has("within") else None
    if within is not None and came != "late":
        node.fault("within", "ใช้ได้กับ late เท่านั้น", "belongs to rows that came late")
    flag = declared.value(node, "only_if", "boolean") if node.has("only_if") else None
    known = came if came in _CAME else None  # an unknown word was reported; read like a late one
    row = DayRow(node.points("points"), known, within, by, flag.code if flag else None, node.inline_text())
    node.close()
    return row
