"""`tally`: points by how many of the items are true."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from scoring.engine.arithmetic.conditions import Condition, finding_of, merged
from scoring.engine.arithmetic.reading import Reading
from scoring.engine.arithmetic.rules.rule import ZERO, Kind, above_zero, holds
from scoring.engine.facts.terms import Input, Level, Text
from scoring.engine.facts.trace import Finding, Need
from scoring.engine.language.declared import Declared
from scoring.engine.language.proof import Node


@dataclass(frozen=True, slots=True)
class Tally(Kind):
    """`rows[n - 1]` is earned by n true items; the items say what they are in words."""

    rows: tuple[Level, ...]
    items: tuple[tuple[Condition, Text], ...]

    @classmethod
    def read(cls, node: Node, declared: Declared) -> Self:
        items = []
        for inner in node.children("items"):
            items.append((declared.condition(inner, "when"), inner.inline_text()))
            inner.close()
        rows = []
        for inner in node.children("rows"):
            rows.append(Level(inner.points("points"), inner.inline_text()))
            if len(rows) > 1 and rows[-1].points <= rows[-2].points:
                inner.fault("points", "ทำได้มากข้อกว่าต้องได้คะแนนมากกว่า", "must be more than the row before it")
            inner.close()
        if len(rows) != len(items):
            node.fault(
                "rows",
                f"มี {len(items)} ข้อ ต้องมี {len(items)} แถว",
                f"there are {len(items)} items, so {len(items)} rows are needed",
            )
        return cls(tuple(rows), tuple(items))

    @property
    def max(self) -> Decimal:
        return self.rows[-1].points if self.rows else ZERO

    def points(self, reading: Reading, hopeful: bool) -> Decimal:
        count = sum(holds(when, reading, hopeful) for when, _ in self.items)
        return self.rows[count - 1].points if count else ZERO

    def findings(self, reading: Reading) -> tuple[Finding, ...]:
        return tuple(
            finding_of("item", when.outcome(reading), (when.finding(reading),), row=n)
            for n, (when, _) in enumerate(self.items)
        )

    def ways(self, reading: Reading) -> Iterable[tuple[Need, ...]]:
        single = [needs for when, _ in self.items if (needs := when.needs(reading))]
        yield from single
        own = [needs for needs in single if not any(reading.is_for_central(need) for need in needs)]
        yield from (merged(several) for several in (own, single) if len(several) > 1)

    def inputs(self) -> Iterable[Input]:
        for when, _ in self.items:
            yield from when.inputs()

    def levels(self) -> tuple[Level, ...]:
        return self.rows

    def earned_by_row(self) -> frozenset[Decimal]:
        return above_zero(row.points for row in self.rows)

    @property
    def is_staircase(self) -> bool:
        return True
