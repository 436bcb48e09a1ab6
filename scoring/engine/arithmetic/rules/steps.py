"""`steps`: points of the highest step reached. `tally`: points by how many of the items are true."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Self

from scoring.engine.arithmetic.conditions import MET, OPEN, Condition, finding_of, merged
from scoring.engine.arithmetic.reading import Reading, shown
from scoring.engine.arithmetic.rules.rule import ZERO, holds
from scoring.engine.facts.terms import Input, Level, Text
from scoring.engine.facts.trace import Finding, Need
from scoring.engine.language.book import Book
from scoring.engine.language.proof import Page


@dataclass(frozen=True, slots=True)
class Step:
    points: Decimal
    when: Condition
    text: Text


@dataclass(frozen=True, slots=True)
class Steps:
    """Cumulative: a step counts only when all before it do. Otherwise the highest points among those that are true."""

    cumulative: bool
    steps: tuple[Step, ...]

    @classmethod
    def read(cls, page: Page, book: Book) -> Self:
        cumulative = page.yes("cumulative")
        pages = page.pages("steps")
        steps = []
        for inner in pages:
            steps.append(Step(inner.points("points"), book.condition(inner, "when"), inner.inline_text()))
            inner.close()
        for (one, other), inner in zip(pairwise(steps), pages[1:], strict=False):
            if cumulative and other.points <= one.points:
                inner.fault("points", "ขั้นที่สูงกว่าต้องได้คะแนนมากกว่า", "must be more than the step before it")
            if not cumulative and other.points in {step.points for step in steps[: steps.index(other)]}:
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


@dataclass(frozen=True, slots=True)
class Tally:
    """`rows[n - 1]` is earned by n true items; the items say what they are in words."""

    rows: tuple[Level, ...]
    items: tuple[tuple[Condition, Text], ...]

    @classmethod
    def read(cls, page: Page, book: Book) -> Self:
        items = []
        for inner in page.pages("items"):
            items.append((book.condition(inner, "when"), inner.inline_text()))
            inner.close()
        rows = []
        for inner in page.pages("rows"):
            rows.append(Level(inner.points("points"), inner.inline_text()))
            if len(rows) > 1 and rows[-1].points <= rows[-2].points:
                inner.fault("points", "ทำได้มากข้อกว่าต้องได้คะแนนมากกว่า", "must be more than the row before it")
            inner.close()
        if len(rows) != len(items):
            page.fault(
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
        if len(single) > 1:
            yield merged(single)

    def inputs(self) -> Iterable[Input]:
        for when, _ in self.items:
            yield from when.inputs()

    def levels(self) -> tuple[Level, ...]:
        return self.rows
