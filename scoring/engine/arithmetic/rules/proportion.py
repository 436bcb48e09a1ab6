"""`proportion`: points in proportion to a number or to the periods met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Self

from scoring.engine.arithmetic.conditions import MET, MISSED, OPEN, AtLeast, Condition, Outcome, finding_of, merged
from scoring.engine.arithmetic.reading import Reading, shown
from scoring.engine.arithmetic.rules.bands import HUNDRED, amount_shown
from scoring.engine.arithmetic.rules.numbers import FULL, Number, read_number
from scoring.engine.arithmetic.rules.rule import ZERO, Kind, half_up, holds
from scoring.engine.facts.terms import Input, Level, Text
from scoring.engine.facts.trace import Finding, Json, Need
from scoring.engine.language.declared import Declared
from scoring.engine.language.proof import Node


@dataclass(frozen=True, slots=True)
class Proportion(Kind):
    """`max` x a percentage (at most the whole of it), or x the periods met of all periods (`counted`)."""

    max: Decimal
    number: Number | None
    counted: tuple[Condition, ...]
    until: date
    text: Text

    @classmethod
    def read(cls, node: Node, declared: Declared) -> Self:
        points, number, counted = node.points("points"), None, tuple[Condition, ...]()
        if node.has("count"):
            condition = declared.condition(node, "count")
            if isinstance(condition, AtLeast) and condition.count == len(condition.parts):
                counted = condition.parts
            else:
                node.fault("count", "ต้องเป็นเงื่อนไขที่มีหลายงวด", "must be a condition on something with periods")
        else:
            sound = len(node.proof.faults)
            number = read_number(node, "number", declared)
            if not number.percent and len(node.proof.faults) == sound:
                node.fault("number", "ต้องเป็นร้อยละ", "must be a percentage")
        return cls(points, number, counted, node.day("until", declared.close), node.text("text"))

    def points(self, reading: Reading, hopeful: bool) -> Decimal:
        if self.number is None:
            count = sum(holds(condition, reading, hopeful) for condition in self.counted)
            return half_up(Fraction(self.max) * count / len(self.counted))
        if hopeful and reading.as_of <= self.until:
            return self.max
        amount = self.number.of(reading)
        if amount is None:
            return ZERO
        share = HUNDRED if amount is FULL else amount
        assert isinstance(share, Fraction)
        return half_up(Fraction(self.max) * max(min(share, HUNDRED), Fraction(0)) / 100)

    def findings(self, reading: Reading) -> tuple[Finding, ...]:
        earned = self.points(reading, False)
        if self.number is None:
            parts = tuple(condition.finding(reading) for condition in self.counted)
            outcome = Outcome(min(condition.outcome(reading) for condition in self.counted))
            return (finding_of("count", outcome, parts, points=shown(earned)),)
        amount = self.number.of(reading)
        outcome = MET if earned == self.max else OPEN if reading.as_of <= self.until else MISSED
        amounts: dict[str, Json] = {value.code: shown(reading.number(value.code)) for value in self.inputs()}
        found = finding_of(
            "proportion",
            outcome,
            amount=amount_shown(amount),
            points=shown(earned),
            given=amounts,
            by=self.until.isoformat(),
        )
        return (found,)

    def ways(self, reading: Reading) -> Iterable[tuple[Need, ...]]:
        if self.number is None:
            single = [needs for condition in self.counted if (needs := condition.needs(reading))]
            yield from single
            if len(single) > 1:
                yield merged(single)
        elif reading.as_of <= self.until:
            yield self.number.reach(reading, HUNDRED, False, self.until)

    def inputs(self) -> Iterable[Input]:
        for condition in self.counted:
            yield from condition.inputs()
        if self.number is not None:
            yield from self.number.inputs()

    def levels(self) -> tuple[Level, ...]:
        return (Level(self.max, self.text),)

    def numbers(self) -> Iterable[tuple[Number, bool]]:
        if self.number is not None:
            yield self.number, False
