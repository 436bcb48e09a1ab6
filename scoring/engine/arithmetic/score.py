"""The score of one entrant: every criterion as an interval [earned, attainable] with what it was read from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from scoring.engine.facts.records import Facts
from scoring.engine.facts.trace import Finding, Json, Offer
from scoring.engine.language.scheme import Criterion, Dimension, Scheme

from .explain import offers
from .reading import Reading


@dataclass(frozen=True, slots=True)
class CriterionScore:
    code: str
    earned: Decimal
    attainable: Decimal
    max: Decimal
    trace: tuple[Finding, ...] = ()
    offers: tuple[Offer, ...] = ()

    def as_json(self) -> dict[str, Json]:
        return {
            "earned": f"{self.earned:.2f}",
            "attainable": f"{self.attainable:.2f}",
            "max": f"{self.max:.2f}",
            "trace": [finding.as_json() for finding in self.trace],
            "offers": [offer.as_json() for offer in self.offers],
        }


@dataclass(frozen=True, slots=True)
class DimensionScore:
    code: str
    earned: Decimal
    attainable: Decimal
    max: Decimal


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
    reading = Reading(scheme.values, facts)
    criteria = {code: _criterion(criterion, reading, explain) for code, criterion in scheme.criteria.items()}
    return _score(scheme, criteria)


def score_both(scheme: Scheme, facts: Facts) -> tuple[Score, Score]:
    """The score on the verified and on the claimed basis, whichever the facts name.

    They differ in evidence that waits for review: a criterion that reads none of it is scored once for both.
    """
    verified = score(scheme, replace(facts, basis="verified"))
    waiting = {evidence.requirement for evidence in facts.evidence if evidence.status == "submitted"}
    if not waiting:
        return verified, verified
    reading = Reading(scheme.values, replace(facts, basis="claimed"))
    claimed = {
        code: _criterion(criterion, reading, True) if _reads(criterion, waiting) else verified.criteria[code]
        for code, criterion in scheme.criteria.items()
    }
    return verified, _score(scheme, claimed)


def _reads(criterion: Criterion, requirements: set[str]) -> bool:
    return any(source.kind == "requirement" and source.code in requirements for source in criterion.inputs)


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
    )


def _sum(points: Iterable[Decimal]) -> Decimal:
    return sum(points, Decimal(0))
