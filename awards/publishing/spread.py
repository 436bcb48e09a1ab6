"""How far each place of a publication could move: worked out as it is frozen, or from its frozen facts again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from awards.content import canonical
from awards.models import Publication, Result, Sureness
from scoring import engine
from scoring.statistics import places
from scoring.statistics.ranks import judged_part
from submissions.models import Evidence, Round, SecondReading

from .preparation import Announced

Doubt = tuple[str, str, str, str]  # office, requirement, period ("" without one), when it was handed in
HUNDREDTHS = 100


@dataclass(frozen=True)
class Line:
    """An entry's line, as it is ranked."""

    code: str
    group: str
    rank: int
    facts: engine.Facts
    total: int
    claimed: int


def keep(publication: Publication, lines: Iterable[Announced]) -> None:
    """Freeze it beside the publication, in its transaction. Nothing where nobody is ranked.

    `lines`: with their facts as they are frozen, so that the same comes out of those again.
    """
    if publication.ranking == "none" or publication.only_selects:
        return
    ranked = [
        Line(
            line.code,
            line.region.code if line.region else "",
            line.rank or 0,
            line.facts,
            hundredths(line.score.total),
            hundredths(line.claimed.total),
        )
        for line in lines
    ]
    doubted = list(_doubted(publication.round))
    seed = int(publication.facts_digest[:8], 16)
    found = work_out(publication.edition.scheme, ranked, {_key(one) for one in doubted}, seed)
    Sureness.objects.create(
        publication=publication,
        seed=seed,
        resamples=places.RESAMPLES,
        waiting=sum(_waiting(line.facts) for line in ranked) + len(doubted),
        doubted=doubted,
        places=found,
    )


def again(sureness: Sureness) -> dict[str, list[int]]:
    """The same from what is frozen alone."""
    scheme = sureness.publication.edition.scheme
    lines = [_line_of(scheme, result) for result in sureness.publication.results.defer("criteria")]
    doubted = {_key(one) for one in sureness.doubted}
    return work_out(scheme, lines, doubted, sureness.seed, sureness.resamples)


def _line_of(scheme: engine.Scheme, result: Result) -> Line:
    totals = hundredths(result.total), hundredths(result.claimed)
    facts = engine.read_facts({scheme.code: scheme}, engine.parse_json(result.facts))
    return Line(result.office_code, str(result.region.get("code", "")), result.rank or 0, facts, *totals)


def work_out(
    scheme: engine.Scheme, lines: Iterable[Line], doubted: set[Doubt], seed: int, resamples: int = places.RESAMPLES
) -> dict[str, list[int]]:
    """{office's code: [best, worst by the judges, best, worst by what is open, judges]}"""
    judged = judged_part(scheme)
    found = places.ranges([_placed(scheme, judged, line, doubted) for line in lines], seed, resamples)
    return {code: [*one.judges, *one.decisions, one.count] for code, one in found.items()}


def _placed(scheme: engine.Scheme, judged: engine.Scheme, line: Line, doubted: set[Doubt]) -> places.Placed:
    totals = [line.total, line.claimed, *_otherwise(scheme, line, doubted)]
    sheets = _alone(judged, line.facts) if judged.criteria else {}
    return places.Placed(line.code, line.group, line.rank, line.total, sheets, min(totals), max(totals))


def _alone(judged: engine.Scheme, facts: engine.Facts) -> Mapping[str, int]:
    """What each sheet would give if there were no other."""
    read = {part.code for criterion in judged.criteria.values() for part in criterion.inputs}
    kept = tuple(piece for piece in facts.evidence if piece.requirement in read)
    return {
        sheet.judge: hundredths(
            engine.score(judged, replace(facts, evidence=kept, sheets=(sheet,), expected_sheets=1), explain=False).total
        )
        for sheet in facts.sheets
    }


def _otherwise(scheme: engine.Scheme, line: Line, doubted: set[Doubt]) -> Iterable[int]:
    """The totals if what is in doubt went the other way: each alone, and all at once, whether what waits counts or not.
    What is accepted more never earns less, so nothing lies beyond these."""
    places_of = [
        nth for nth, piece in enumerate(line.facts.evidence) if doubted and _doubt_of(line.code, piece) in doubted
    ]
    for turned in [*([nth] for nth in places_of), *([places_of] if len(places_of) > 1 else [])]:
        evidence = tuple(_turned(piece) if nth in turned else piece for nth, piece in enumerate(line.facts.evidence))
        for score in engine.score_both(scheme, replace(line.facts, evidence=evidence), explain=False):
            yield hundredths(score.total)


def _turned(piece: engine.Evidence) -> engine.Evidence:
    return replace(piece, status="returned" if piece.status == "accepted" else "accepted")


def _waiting(facts: engine.Facts) -> int:
    """What nobody has decided."""
    return sum(piece.status == "submitted" for piece in facts.evidence) + sum(
        state == "submitted" for state in facts.states.values()
    )


def _doubted(round: Round) -> Iterable[dict[str, str]]:
    """The decisions that somebody is to read again, or has read otherwise, which nobody has settled. One statement."""
    decided = (Evidence.Status.ACCEPTED, Evidence.Status.RETURNED)
    readings = SecondReading.objects.filter(entry__in=round.entries.taking_part(), evidence__status__in=decided)
    standing = readings.filter(state=SecondReading.State.OPEN) | readings.differing()
    columns = ("entry__office__code", "evidence__requirement", "evidence__period", "evidence__submitted_at")
    for office, requirement, period, at in standing.order_by("pk").values_list(*columns).distinct():
        yield {"office": office, "requirement": requirement, "period": period, "submitted_at": canonical.moment(at)}


def _key(one: Mapping[str, str]) -> Doubt:
    return one["office"], one["requirement"], one["period"], one["submitted_at"]


def _doubt_of(code: str, piece: engine.Evidence) -> Doubt:
    return code, piece.requirement, piece.period or "", canonical.moment(piece.submitted_at)


def hundredths(points: Any) -> int:
    return int(points * HUNDREDTHS)
