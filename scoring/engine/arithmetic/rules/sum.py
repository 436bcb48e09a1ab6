"""`sum`: parts added up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self

from scoring.engine.arithmetic.conditions import MET, MISSED, OPEN, finding_of, merged
from scoring.engine.arithmetic.reading import Reading, shown
from scoring.engine.arithmetic.rules.numbers import Number
from scoring.engine.arithmetic.rules.rule import ZERO, Kind, Rule
from scoring.engine.facts.terms import Input, Level, Text
from scoring.engine.facts.trace import Finding, Need
from scoring.engine.language.declared import Declared
from scoring.engine.language.proof import Node


@dataclass(frozen=True, slots=True)
class Part:
    code: str
    title: Text
    rule: Rule


@dataclass(frozen=True, slots=True)
class Sum(Kind):
    """Parts added up, at most `cap`."""

    parts: tuple[Part, ...]
    cap: Decimal | None

    @classmethod
    def read(cls, node: Node, declared: Declared, read_rule: Callable[[Node, Declared], Rule]) -> Self:
        parts = list[Part]()
        for inner in node.children("parts"):
            code, top = inner.code(), inner.points("max")
            if code in {part.code for part in parts}:
                inner.fault("code", f"มี '{code}' แล้ว", f"the part '{code}' is written twice")
            before = len(inner.proof.faults)
            rule = read_rule(inner, declared)
            if len(inner.proof.faults) == before and rule.max != top:
                inner.fault(
                    "max", f"กติกาให้ได้สูงสุด {rule.max} ไม่ใช่ {top}", f"the rule earns at most {rule.max}, not {top}"
                )
            parts.append(Part(code, inner.text("title"), rule))
            inner.close()
        return cls(tuple(parts), node.points("cap") if node.has("cap") else None)

    @property
    def max(self) -> Decimal:
        total = sum((part.rule.max for part in self.parts), ZERO)
        return total if self.cap is None else min(total, self.cap)

    def points(self, reading: Reading, hopeful: bool) -> Decimal:
        total = sum((part.rule.points(reading, hopeful) for part in self.parts), ZERO)
        return total if self.cap is None else min(total, self.cap)

    def findings(self, reading: Reading) -> tuple[Finding, ...]:
        return tuple(self._part(part, reading) for part in self.parts)

    def _part(self, part: Part, reading: Reading) -> Finding:
        earned, attainable = part.rule.points(reading, False), part.rule.points(reading, True)
        outcome = MET if earned == part.rule.max else OPEN if attainable > earned else MISSED
        return finding_of(
            "part",
            outcome,
            part.rule.findings(reading),
            code=part.code,
            title={"th": part.title.th, "en": part.title.en},
            earned=shown(earned),
            attainable=shown(attainable),
            max=shown(part.rule.max),
        )

    def ways(self, reading: Reading) -> Iterable[tuple[Need, ...]]:
        for part in self.parts:
            yield from part.rule.ways(reading)
        best = self.best_ways(reading)
        if len(best) > 1:
            yield merged(best)

    def best_ways(self, reading: Reading) -> list[tuple[Need, ...]]:
        """The way of each part that earns most in it, the greatest gain first."""
        found = list[tuple[Decimal, tuple[Need, ...]]]()
        for part in self.parts:
            earned = part.rule.points(reading, False)
            gains = [
                (part.rule.points(reading.after(way), False) - earned, way) for way in part.rule.ways(reading) if way
            ]
            best = max(gains, key=lambda gain: gain[0], default=None)
            if best is not None and best[0] > 0:
                found.append(best)
        return [way for _, way in sorted(found, key=lambda gain: gain[0], reverse=True)]

    def inputs(self) -> Iterable[Input]:
        for part in self.parts:
            yield from part.rule.inputs()

    def levels(self) -> tuple[Level, ...]:
        return tuple(Level(part.rule.max, part.title) for part in self.parts)

    def numbers(self) -> Iterable[tuple[Number, bool]]:
        for part in self.parts:
            yield from part.rule.numbers()

    def business_days_after(self) -> Iterable[date | str]:
        for part in self.parts:
            yield from part.rule.business_days_after()
