"""What if: an entry's facts with some of a criterion's inputs assumed, scored as ever. Nothing is saved."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, Self, cast

from submissions import thai
from submissions.models import Entry

from . import engine
from .recompute import read_entries, read_facts
from .scorecard import ScorecardLine, barrier, reached
from .wording import offers_in_words
from .wording.points_shown import PointsShown

Slot = tuple[str, str]  # the code of a requirement or a value, and its period or ""


@dataclass(frozen=True)
class Assumptions:
    """What is assumed, each as it would come about.

    `accepted`: evidence by its id. What waits is accepted as it came; what was returned is sent again now,
    and accepted. `handed_in`: something is handed in now, on as many channels as are asked for, and accepted. `values`:
    are entered.
    """

    accepted: frozenset[int] = frozenset()
    handed_in: frozenset[Slot] = frozenset()
    values: Mapping[Slot, engine.Given] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.accepted or self.handed_in or self.values)

    def in_place_of(self, facts: engine.Facts, scheme: engine.Scheme) -> engine.Facts:
        """The facts as they would be."""
        evidence = [self._reviewed(item, facts) for item in facts.evidence]
        for code, period in sorted(self.handed_in):
            channels = _channels(scheme.requirements[code])
            evidence.append(engine.Evidence(code, facts.as_of, "accepted", period or None, channels))
        entered = {(code, period or None) for code, period in self.values}
        codes = {code for code, _period in entered}  # with a month the others of its value are accepted, too
        states = {
            slot: state
            for slot, state in facts.states.items()
            if slot not in entered and not (state == "submitted" and slot[0] in codes)
        }
        return replace(facts, evidence=tuple(evidence), values=self._entered(facts.values), states=states)

    def _reviewed(self, evidence: engine.Evidence, facts: engine.Facts) -> engine.Evidence:
        if int(evidence.ref) not in self.accepted or evidence.status not in ("submitted", "returned"):
            return evidence
        came = evidence.submitted_at if evidence.status == "submitted" else facts.as_of
        return replace(evidence, status="accepted", submitted_at=came)

    def _entered(self, present: Mapping[str, engine.Given]) -> dict[str, engine.Given]:
        values = dict(present)
        for (code, period), value in self.values.items():
            if period:
                kept = values.get(code)
                values[code] = {**(kept if isinstance(kept, dict) else {}), period: cast("Decimal", value)}
            else:
                values[code] = value
        return values


def can_be_scored(entry: Entry) -> bool:
    """Whether the scheme has the office's size among its groups, if it has any."""
    sizes = {size.code for size in entry.round.scheme.sizes}
    return not sizes or entry.office.size in sizes


def _channels(requirement: engine.Requirement) -> frozenset[str]:
    return frozenset(requirement.allowed_channels[: requirement.channels])


@dataclass(frozen=True)
class Change:
    """A criterion, a dimension or the whole before and after, verified."""

    before: ScorecardLine
    after: ScorecardLine

    @property
    def gain(self) -> Decimal:
        return Decimal(self.after.verified["earned"]) - Decimal(self.before.verified["earned"])


@dataclass(frozen=True)
class Simulation:
    """The verified score of an entry as it is and as it would be, seen from one criterion."""

    scheme: engine.Scheme
    criterion: engine.Criterion
    before: engine.Score
    after: engine.Score
    is_organised: bool = False  # the round is run by an office

    @classmethod
    def of(cls, entry: Entry, criterion: engine.Criterion, assumptions: Assumptions) -> Self:
        """Three statements. All criteria are scored: others may read the same evidence."""
        scheme = entry.round.scheme
        facts = read_facts(read_entries([entry.pk]), None)[entry.pk]
        assumed = assumptions.in_place_of(facts, scheme)
        before, after = engine.score(scheme, facts, explain=False), engine.score(scheme, assumed)
        return cls(scheme, criterion, before, after, entry.round.organiser_id is not None)

    @cached_property
    def changes(self) -> list[Change]:
        """The criterion, its dimension and the total; without the dimension where it is the only one."""
        code, language = self.criterion.code, thai.language()
        marks = PointsShown.of_scheme(self.scheme, language)
        totals = marks.of_totals
        dimension = next(
            dimension for dimension in self.scheme.dimensions if dimension.code == self.criterion.dimension
        )
        found = [
            Change(*(_line(self.criterion, marks, score.criteria[code]) for score in self._both)),
            Change(*(_line(dimension, totals, score.dimensions[dimension.code]) for score in self._both)),
            Change(*(_whole(self.scheme, totals, score) for score in self._both)),
        ]
        return [found[0], found[2]] if len(self.scheme.dimensions) == 1 else found

    @property
    def _both(self) -> tuple[engine.Score, engine.Score]:
        return self.before, self.after

    @property
    def moves(self) -> bool:
        return self.before.total != self.after.total

    @property
    def reached(self) -> engine.Level | None:
        """The highest line of the rule that would hold."""
        return reached(self.criterion, self.changes[0].after.verified)

    @property
    def barrier(self) -> engine.Level | None:
        """The step that would not be reached all the same, for which none above it earns."""
        return barrier(self.criterion, self.changes[0].after.verified)

    @property
    def next_steps(self) -> list[str]:
        """What would earn still more after that."""
        criterion = self.after.criteria[self.criterion.code].as_json()
        organised = {"is_organised": self.is_organised}
        return offers_in_words.next_steps(self.scheme, self.criterion.code, criterion, thai.language(), **organised)


def _line(part: engine.Criterion | engine.Dimension, marks: PointsShown, score: Any) -> ScorecardLine:
    points: dict[str, Any]
    points = {"earned": f"{score.earned:.2f}", "attainable": f"{score.attainable:.2f}", "max": f"{score.max:.2f}"}
    if isinstance(part, engine.Criterion):
        points = {**points, "trace": [finding.as_json() for finding in score.trace]}
    return ScorecardLine(part.title, part.code, part.max, marks, points, points, ())


def _whole(scheme: engine.Scheme, marks: PointsShown, score: engine.Score) -> ScorecardLine:
    points = {"earned": f"{score.total:.2f}", "attainable": f"{score.attainable:.2f}", "max": f"{score.max:.2f}"}
    return ScorecardLine(scheme.title, scheme.code, scheme.max, marks, points, points, ())
