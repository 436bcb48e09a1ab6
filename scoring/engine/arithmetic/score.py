"""The score of one entrant: every criterion as an interval [earned, attainable] with what it was read from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from scoring.engine.facts.records import Facts
from scoring.engine.facts.trace import Finding, Json, Offer
from scoring.engine.language.scheme import Criterion, Dimension, Scheme

from .explain import offers
from .reading import Reading, without_unchecked

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class CriterionScore:
    """`unchecked` of what is earned would not be there without the values that nobody has looked at, all of them at
    once; 0 in a score that is not explained.
    """

    code: str
    earned: Decimal
    attainable: Decimal
    max: Decimal
    trace: tuple[Finding, ...] = ()
    offers: tuple[Offer, ...] = ()
    unchecked: Decimal = NOTHING

    def as_json(self) -> dict[str, Json]:
        return {
            "earned": f"{self.earned:.2f}",
            "attainable": f"{self.attainable:.2f}",
            "max": f"{self.max:.2f}",
            "unchecked": f"{self.unchecked:.2f}",
            "trace": [finding.as_json() for finding in self.trace],
            "offers": [offer.as_json() for offer in self.offers],
        }


@dataclass(frozen=True, slots=True)
class DimensionScore:
    code: str
    earned: Decimal
    attainable: Decimal
    max: Decimal
    unchecked: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class Score:
    """0 <= total <= attainable <= max, each the sum of what the criteria show."""

    total: Decimal
    attainable: Decimal
    max: Decimal
    criteria: Mapping[str, CriterionScore]
    dimensions: Mapping[str, DimensionScore]


def score(scheme: Scheme, facts: Facts, explain: bool = True) -> Score:
    """Score one entrant on the basis the facts name. Without `explain` the trace and the offers are left empty.

    ValueError when the scheme has size targets and the facts have no such size.
    """
    if scheme.sizes and facts.size not in {size.code for size in scheme.sizes}:
        allowed = ", ".join(size.code for size in scheme.sizes)
        raise ValueError(f"{facts.entrant}: the scheme {scheme.code} needs a size ({allowed}), not {facts.size!r}")
    readings = _Readings(scheme, facts)
    criteria = {code: readings.score(criterion, explain) for code, criterion in scheme.criteria.items()}
    return _score(scheme, criteria)


def score_both(scheme: Scheme, facts: Facts) -> tuple[Score, Score]:
    """The score on the verified and on the claimed basis, whichever the facts name.

    They differ in evidence that waits for review: a criterion that reads none of it is scored once for both.
    """
    verified = score(scheme, replace(facts, basis="verified"))
    waiting = {evidence.requirement for evidence in facts.evidence if evidence.status == "submitted"}
    if not waiting:
        return verified, verified
    readings = _Readings(scheme, replace(facts, basis="claimed"))
    claimed = {
        code: readings.score(criterion, True) if _reads(criterion, "requirement", waiting) else verified.criteria[code]
        for code, criterion in scheme.criteria.items()
    }
    return verified, _score(scheme, claimed)


def _reads(criterion: Criterion, kind: str, codes: set[str]) -> bool:
    return any(source.kind == kind and source.code in codes for source in criterion.inputs)


class _Readings:
    """The facts as they are, and as they would be without the values that nobody has looked at."""

    def __init__(self, scheme: Scheme, facts: Facts) -> None:
        self._all = self._checked = Reading(scheme.values, facts)
        self._unchecked = {code for code, _period in facts.unchecked}
        if facts.unchecked:
            self._checked = Reading(scheme.values, without_unchecked(facts))

    def score(self, criterion: Criterion, explain: bool) -> CriterionScore:
        scored = _criterion(criterion, self._all, explain)
        if not explain or not scored.earned or not _reads(criterion, "value", self._unchecked):
            return scored
        # Less may be known and more be earned: of a share whose whole is missing, or of a number that is to stay low.
        resting = max(scored.earned - criterion.rule.points(self._checked, False), NOTHING)
        return replace(scored, unchecked=resting)


def _score(scheme: Scheme, criteria: Mapping[str, CriterionScore]) -> Score:
    dimensions = {dimension.code: _dimension(dimension, criteria) for dimension in scheme.dimensions}
    return Score(
        _sum(scored.earned for scored in criteria.values()),
        _sum(scored.attainable for scored in criteria.values()),
        scheme.max,
        criteria,
        dimensions,
    )


def _criterion(criterion: Criterion, reading: Reading, explain: bool) -> CriterionScore:
    rule = criterion.rule
    earned = rule.points(reading, False)
    attainable = earned if earned == criterion.max else rule.points(reading, True)
    if not explain:
        return CriterionScore(criterion.code, earned, attainable, criterion.max)
    better = offers(rule, reading, earned, attainable) if attainable > earned else ()
    return CriterionScore(criterion.code, earned, attainable, criterion.max, rule.findings(reading), better)


def _dimension(dimension: Dimension, criteria: Mapping[str, CriterionScore]) -> DimensionScore:
    scores = [criteria[code] for code in dimension.criteria]
    return DimensionScore(
        dimension.code,
        _sum(scored.earned for scored in scores),
        _sum(scored.attainable for scored in scores),
        dimension.max,
        _sum(scored.unchecked for scored in scores),
    )


def _sum(points: Iterable[Decimal]) -> Decimal:
    return sum(points, NOTHING)
