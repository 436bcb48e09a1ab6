"""The score of one entrant: every criterion as an interval [earned, attainable] with what it was read from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from decimal import Decimal

from scoring.engine.arithmetic.conditions.condition import OPEN, finding_of
from scoring.engine.facts.records import Decided, Facts, Slot
from scoring.engine.facts.trace import Finding, Json, Need, Offer
from scoring.engine.language.scheme import Criterion, Dimension, Scheme

from .explain import offers, worthwhile
from .reading import Reading, without
from .rules import Rule

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class CriterionScore:
    """`unchecked` of what is earned would not be there without the values that nobody has looked at, all of them at
    once; 0 in a score that is not explained, and where they do not count before they are accepted.
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


def score(scheme: Scheme, facts: Facts, explain: bool = True, advise: bool = True) -> Score:
    """Score one entrant on the basis the facts name. Without `explain` the trace and the offers are left empty, without
    `advise` the offers alone: to weigh them takes as long as all the rest.

    ValueError when the scheme has size targets and the facts have no such size.
    """
    if scheme.sizes and facts.size not in {size.code for size in scheme.sizes}:
        allowed = ", ".join(size.code for size in scheme.sizes)
        raise ValueError(f"{facts.entrant}: the scheme {scheme.code} needs a size ({allowed}), not {facts.size!r}")
    readings = _Readings(scheme, facts)
    criteria = {code: readings.score(criterion, explain, advise) for code, criterion in scheme.criteria.items()}
    return _score(scheme, criteria)


def score_both(scheme: Scheme, facts: Facts, explain: bool = True, advise: bool = True) -> tuple[Score, Score]:
    """The score on the verified and on the claimed basis, whichever the facts name.

    They differ in evidence and values that wait for review: a criterion that reads none of it is scored once for both.
    """
    verified = score(scheme, replace(facts, basis="verified"), explain, advise)
    waiting = {("requirement", piece.requirement) for piece in facts.evidence if piece.status == "submitted"}
    waiting |= {("value", code) for code, _period in _slots(facts, "submitted")}
    if not waiting:
        return verified, verified
    readings = _Readings(scheme, replace(facts, basis="claimed"))
    claimed = {
        code: readings.score(criterion, explain, advise) if _reads(criterion, waiting) else verified.criteria[code]
        for code, criterion in scheme.criteria.items()
    }
    return verified, _score(scheme, claimed)


def _slots(facts: Facts, state: Decided) -> set[Slot]:
    """The values that stand so."""
    return {slot for slot, stands in facts.states.items() if stands == state}


def _reads(criterion: Criterion, inputs: set[tuple[str, str]]) -> bool:
    return any((source.kind, source.code) in inputs for source in criterion.inputs)


class _Readings:
    """The facts as they count, and as they would without values that nobody has looked at, or with those that are not
    accepted: what waits may be, what came back may be entered again."""

    def __init__(self, scheme: Scheme, facts: Facts) -> None:
        self._values, self._facts = scheme.values, facts
        self._waiting = _slots(facts, "submitted") if facts.basis == "verified" else set()
        self._uncounted = self._waiting | _slots(facts, "returned")
        self._unchecked = facts.unchecked - self._uncounted
        self._counted = self._checked = self._without(self._uncounted)
        if self._unchecked:
            self._checked = self._without(self._uncounted | self._unchecked)
        self._hoped = self._without(set()) if self._uncounted else self._counted

    def _without(self, slots: set[Slot]) -> Reading:
        return Reading(self._values, without(self._facts, slots), slots)

    def score(self, criterion: Criterion, explain: bool, advise: bool) -> CriterionScore:
        if uncounted := {slot for slot in self._uncounted if _reads(criterion, {("value", slot[0])})}:
            scored = self._undecided(criterion, uncounted, explain, advise)
        else:
            scored = _criterion(criterion, self._counted, explain, advise)
        if not explain or not scored.earned or not _reads(criterion, {("value", code) for code, _ in self._unchecked}):
            return scored
        # Less may be known and more be earned: of a share whose whole is missing, or of a number that is to stay low.
        resting = max(scored.earned - criterion.rule.points(self._checked, False), NOTHING)
        return replace(scored, unchecked=resting)

    def _undecided(self, criterion: Criterion, uncounted: set[Slot], explain: bool, advise: bool) -> CriterionScore:
        """What is not accepted earns nothing, and may yet earn what it would. What is lost by it is lost while it
        waits, or nobody would have it looked at."""
        rule = criterion.rule
        least = rule.points(self._counted, False)
        losing = {
            code
            for code in {code for code, _period in uncounted & self._waiting}
            if rule.points(self._counting(code), False) < least
        }
        scored = _criterion(criterion, self._counting(*losing) if losing else self._counted, explain, advise)
        gain = rule.points(self._hoped, False) - scored.earned
        hopes = (scored.attainable, *(rule.points(one, True) for one in (self._hoped, self._counted)))
        scored = replace(scored, attainable=max(hopes))
        if not explain:
            return scored
        trace = (*scored.trace, *self._told(uncounted))
        if not advise:
            return replace(scored, trace=trace)
        needs = tuple(self._need(slot) for slot in _in_order(uncounted))
        first = (Offer(gain, None, needs),) if gain > 0 else ()
        further = self._over_what_came_back(rule, scored, uncounted, losing)
        return replace(scored, trace=trace, offers=(*first, *worthwhile((*scored.offers, *further))))

    def _over_what_came_back(
        self, rule: Rule, scored: CriterionScore, uncounted: set[Slot], losing: set[str]
    ) -> Iterator[Offer]:
        """Ways that begin with entering again what came back, and go on with what else is open."""
        back = uncounted - self._waiting
        if not back or scored.earned == scored.attainable:
            return
        entered = self._counting(*losing, again=back)
        for offer in offers(rule, entered, scored.earned, scored.attainable):
            points = rule.points(entered.after(offer.needs), False)
            asked = set(back)
            for slot in _in_order(back):  # what makes no difference there is not asked for
                without_it = self._counting(*losing, again=asked - {slot})
                if rule.points(without_it.after(offer.needs), False) == points:
                    asked.remove(slot)
            way = replace(offer, needs=(*map(self._need, _in_order(asked)), *offer.needs))
            if asked and not any(_leads_as_far(known, way) for known in scored.offers):
                yield way

    def _counting(self, *codes: str, again: Set[Slot] = frozenset()) -> Reading:
        """As if what waits of these values were accepted, and as if these that came back were entered `again`."""
        counted = again | {slot for slot in self._waiting if slot[0] in codes}
        return self._without(self._uncounted - counted)

    def _told(self, uncounted: set[Slot]) -> Iterator[Finding]:
        """What does not count, each value once with its periods: it waits, or it came back."""
        for about, slots in (("undecided", uncounted & self._waiting), ("sent_back", uncounted - self._waiting)):
            periods: dict[str, list[Json]] = {}
            for code, period in _in_order(slots):
                periods.setdefault(code, []).extend([period] if period else [])
            yield from (finding_of(about, OPEN, code=code, periods=listed) for code, listed in periods.items())

    def _need(self, slot: Slot) -> Need:
        code, period = slot
        if slot in self._waiting:
            return Need("decision", code, period, None, {})
        return Need("value", code, period, None, {"compare": "again"})


def _leads_as_far(known: Offer, way: Offer) -> bool:
    """Whether it gains as much in places of which each is in this way too: what came back and is still open is offered
    already, as a number to enter."""
    places = {(need.code, need.period) for need in way.needs}
    return known.gain >= way.gain and all((need.code, need.period) in places for need in known.needs)


def _in_order(slots: set[Slot]) -> list[Slot]:
    return sorted(slots, key=lambda slot: (slot[0], slot[1] or ""))


def _score(scheme: Scheme, criteria: Mapping[str, CriterionScore]) -> Score:
    dimensions = {dimension.code: _dimension(dimension, criteria) for dimension in scheme.dimensions}
    return Score(
        _sum(scored.earned for scored in criteria.values()),
        _sum(scored.attainable for scored in criteria.values()),
        scheme.max,
        criteria,
        dimensions,
    )


def _criterion(criterion: Criterion, reading: Reading, explain: bool, advise: bool) -> CriterionScore:
    rule = criterion.rule
    earned = rule.points(reading, False)
    attainable = earned if earned == criterion.max else rule.points(reading, True)
    if not explain:
        return CriterionScore(criterion.code, earned, attainable, criterion.max)
    better = offers(rule, reading, earned, attainable) if advise and attainable > earned else ()
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
