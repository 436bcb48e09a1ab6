"""`steps`: points of the highest step reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Self

from scoring.engine.arithmetic.conditions import MET, OPEN, Condition, finding_of, merged
from scoring.engine.arithmetic.reading import Reading, shown
from scoring.engine.arithmetic.rules.rule import ZERO, Kind, above_zero, holds
from scoring.engine.facts.terms import Input, Level, Text
from scoring.engine.facts.trace import Finding, Need
from scoring.engine.language.declared import Declared
from scoring.engine.language.proof import Node


@dataclass(frozen=True, slots=True)
class Step:
    points: Decimal
    when: Condition
    text: Text


@dataclass(frozen=True, slots=True)
class Steps(Kind):
    """Cumulative: a step counts only when all before it do. Otherwise the highest points among those that are true."""

    cumulative: bool
    steps: tuple[Step, ...]

    @classmethod
    def read(cls, node: Node, declared: Declared) -> Self:
        cumulative = node.yes("cumulative")
        nodes = node.children("steps")
        steps = []
        for inner in nodes:
            steps.append(Step(inner.points("points"), declared.condition(inner, "when"), inner.inline_text()))
            inner.close()
        for (before, step), inner in zip(pairwise(steps), nodes[1:], strict=False):
            if cumulative and step.points <= before.points:
                inner.fault("points", "ขั้นที่สูงกว่าต้องได้คะแนนมากกว่า", "must be more than the step before it")
            if not cumulative and step.points in {other.points for other in steps[: steps.index(step)]}:
                inner.fault("points", "มีขั้นที่ได้คะแนนนี้แล้ว", "another step earns the same points")
        return cls(cumulative, tuple(steps))

    @property
    def max(self) -> Decimal:
        return max((step.points for step in self.steps), default=ZERO)

    def points(self, reading: Reading, hopeful: bool) -> Decimal:
        best = ZERO
        for step in self.steps:
            if self.cumulative:
                if not holds(step.when, reading, hopeful):
                    break
                best = step.points
            elif step.points > best and holds(step.when, reading, hopeful):
                best = step.points
        return best

    def findings(self, reading: Reading) -> tuple[Finding, ...]:
        return tuple(
            finding_of(
                "step", step.when.outcome(reading), (step.when.finding(reading),), row=n, points=shown(step.points)
            )
            for n, step in enumerate(self.steps)
        )

    def ways(self, reading: Reading) -> Iterable[tuple[Need, ...]]:
        before: list[tuple[Need, ...]] = []
        for step in self.steps:
            outcome = step.when.outcome(reading)
            needs = step.when.needs(reading)
            if outcome is OPEN and needs:
                yield merged([*before, needs])
            elif outcome is not MET and self.cumulative:
                return
            if self.cumulative:
                before.append(needs)

    def inputs(self) -> Iterable[Input]:
        for step in self.steps:
            yield from step.when.inputs()

    def levels(self) -> tuple[Level, ...]:
        return tuple(Level(step.points, step.text) for step in self.steps)

    def earned_by_row(self) -> frozenset[Decimal]:
        return above_zero(step.points for step in self.steps)

    @property
    def is_staircase(self) -> bool:
        return self.cumulative
