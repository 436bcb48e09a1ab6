"""Conditions made of conditions, and the one that only time meets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from scoring.engine.arithmetic.conditions.condition import MET, OPEN, Condition, Outcome, finding_of, merged
from scoring.engine.arithmetic.reading import Reading
from scoring.engine.facts.terms import Input
from scoring.engine.facts.trace import Finding, Need


@dataclass(frozen=True, slots=True)
class Passed:
    """A day has gone by: nothing is asked but time."""

    day: date

    def outcome(self, reading: Reading) -> Outcome:
        return MET if reading.as_of > self.day else OPEN

    def finding(self, reading: Reading) -> Finding:
        return finding_of("passed", self.outcome(reading), by=self.day.isoformat())

    def needs(self, reading: Reading) -> tuple[Need, ...]:
        return ()

    def inputs(self) -> Iterable[Input]:
        return ()


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `count` of the parts: all of them, any one, or a number between."""

    count: int
    parts: tuple[Condition, ...]

    def outcome(self, reading: Reading) -> Outcome:
        if self.count == len(self.parts):
            return min(part.outcome(reading) for part in self.parts)
        return sorted((part.outcome(reading) for part in self.parts), reverse=True)[self.count - 1]

    def finding(self, reading: Reading) -> Finding:
        parts = tuple(part.finding(reading) for part in self.parts)
        count = None if self.count == len(parts) else self.count
        return finding_of("at_least", self.outcome(reading), parts, count=count)

    def needs(self, reading: Reading) -> tuple[Need, ...]:
        if self.outcome(reading) is not OPEN:
            return ()
        outcomes = [part.outcome(reading) for part in self.parts]
        lacking = self.count - outcomes.count(MET)
        open_parts = [part.needs(reading) for part, out in zip(self.parts, outcomes, strict=True) if out is OPEN]
        doable = sorted((needs for needs in open_parts if needs), key=len)[:lacking]
        return merged(doable) if len(doable) == lacking else ()

    def inputs(self) -> Iterable[Input]:
        for part in self.parts:
            yield from part.inputs()
