"""`judged`: points that judges give, item by item; an item's points are the mean of its sheets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from scoring.engine.arithmetic.conditions import MET, MISSED, OPEN, Condition, finding_of, merged
from scoring.engine.arithmetic.reading import Reading, shown
from scoring.engine.arithmetic.rules.rule import ZERO, Kind, exact_sum, holds, mean
from scoring.engine.facts.asked import Item
from scoring.engine.facts.terms import Input, Level
from scoring.engine.facts.trace import Finding, Json, Need
from scoring.engine.language.declared import Declared
from scoring.engine.language.proof import Node

_CROWD = 1000  # sheets to come beyond which nobody is told what they could bring


@dataclass(frozen=True, slots=True)
class Judged(Kind):
    """Nothing is earned until `when` is MET, and nothing can be once it is MISSED."""

    items: tuple[Item, ...]
    when: Condition | None

    @classmethod
    def read(cls, node: Node, declared: Declared) -> Self:
        items = tuple(_read_item(inner, declared) for inner in node.children("items"))
        return cls(items, declared.condition(node, "when") if node.has("when") else None)

    @property
    def max(self) -> Decimal:
        return sum((item.max for item in self.items), ZERO)

    def points(self, reading: Reading, hopeful: bool) -> Decimal:
        if self.when is not None and not holds(self.when, reading, hopeful):
            return ZERO
        return sum((self._mean(item, reading, hopeful) for item in self.items), ZERO)

    def _mean(self, item: Item, reading: Reading, hopeful: bool) -> Decimal:
        points = reading.points(item.code)
        if not points:
            return item.max if hopeful else ZERO
        missing = self._missing(item, reading) if hopeful else 0
        return mean(exact_sum((*points, missing * item.max)), len(points) + missing)

    def _missing(self, item: Item, reading: Reading) -> int:
        """Sheets that are still to come for an item; one at least while nobody has given it points."""
        there = len(reading.points(item.code))
        return max(reading.expected - there, 0 if there else 1)

    def findings(self, reading: Reading) -> tuple[Finding, ...]:
        gate = (finding_of("gate", self.when.outcome(reading), (self.when.finding(reading),)),) if self.when else ()
        return gate + tuple(self._item(item, reading) for item in self.items)

    def _item(self, item: Item, reading: Reading) -> Finding:
        missing = self._missing(item, reading)
        return finding_of(
            "judged",
            OPEN if missing else MET,
            code=item.code,
            mean=shown(self._mean(item, reading, False)),
            max=shown(item.max),
            sheets=len(reading.points(item.code)),
            missing=missing,
        )

    def ways(self, reading: Reading) -> Iterable[tuple[Need, ...]]:
        if self.when is not None and self.when.outcome(reading) is MISSED:
            return
        gate = self.when.needs(reading) if self.when is not None else ()
        waiting = tuple(self._need(item, reading) for item in self.items if 0 < self._missing(item, reading) < _CROWD)
        if gate:
            yield gate
        if waiting:
            yield merged([gate, waiting])

    def _need(self, item: Item, reading: Reading) -> Need:
        data: dict[str, Json] = {"points": shown(item.max), "sheets": self._missing(item, reading)}
        return Need("item", item.code, None, None, data)

    def inputs(self) -> Iterable[Input]:
        if self.when is not None:
            yield from self.when.inputs()
        for item in self.items:
            yield Input("item", item.code)

    def levels(self) -> tuple[Level, ...]:
        return tuple(Level(item.max, item.title) for item in self.items)


def _read_item(node: Node, declared: Declared) -> Item:
    code, title, top = node.code(), node.text("title"), node.points("max")
    item = Item(code, title, top, node.texts("look_for"), _read_levels(node, top))
    if code in declared.items:
        node.fault("code", f"มีข้อ '{code}' แล้ว", f"the item '{code}' is written twice")
    declared.items[code] = item
    node.close()
    return item


def _read_levels(node: Node, top: Decimal) -> tuple[Level, ...]:
    """What some points of an item stand for, from the lowest. They bound nothing: a judge may give any other."""
    levels = list[Level]()
    for inner in node.children("levels", optional=True):
        level = Level(inner.points("points"), inner.inline_text())
        if level.points > top:
            inner.fault("points", f"ข้อนี้มีคะแนนสูงสุด {top}", f"the item earns at most {top}")
        elif levels and level.points <= levels[-1].points:
            inner.fault("points", "ต้องมากกว่าระดับก่อนหน้า", "must be more than the level before it")
        else:
            levels.append(level)
        inner.close()
    return tuple(levels)
