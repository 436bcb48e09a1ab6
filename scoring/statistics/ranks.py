"""What the ranks would be without each judge, and with all equally severe: beside those that count, never instead.

The engine works them out, from facts that are changed for it alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import prefetch_related_objects

from scoring import engine, recompute
from submissions.models import Entry, Round

from .severity import Severities

CENT = Decimal("0.01")
Ranks = dict[int, int]  # {entry: rank}; who is in none has no rank
Change = Callable[[engine.Facts], engine.Facts | None]  # None: nobody can say what it would be


@dataclass(frozen=True)
class Ranked:
    """One entry: its rank, what it would be without each judge (None: nobody else judged it), and adjusted."""

    entry: int
    total: Decimal
    rank: int
    without: Mapping[int, int | None]
    adjusted: int | None
    adjusted_total: Decimal | None

    @property
    def moves(self) -> int:
        """By how many places it would move at most."""
        others = [rank for rank in (*self.without.values(), self.adjusted) if rank is not None]
        return max((abs(rank - self.rank) for rank in others), default=0)


class _Table:
    """The entries of a round with their facts, ranked as the round ranks: all among themselves, or by region."""

    def __init__(self, round: Round, at: datetime) -> None:
        self.scheme, self.by_region = round.scheme, round.ranked == "region"
        ids = list(round.entries.taking_part().order_by("pk").values_list("pk", flat=True))
        self.entries = [entry for entry in recompute.read_entries(ids) if not entry.awaits_nominee]
        if self.by_region:
            prefetch_related_objects(self.entries, "office__parent__parent__parent")
        facts = recompute.read_facts(self.entries, at)
        self.scores = {pk: engine.score(self.scheme, whole, explain=False) for pk, whole in facts.items()}
        # Other sheets move nothing but what is judged: that alone is scored again.
        self.judged = judged_part(self.scheme)
        read = {part.code for criterion in self.judged.criteria.values() for part in criterion.inputs}
        self.facts = {
            pk: replace(whole, evidence=tuple(piece for piece in whole.evidence if piece.requirement in read))
            for pk, whole in facts.items()
        }

    def changed(self, change: Change) -> dict[int, engine.Score]:
        """The scores as they would be. What does not change is not scored again."""
        found = {}
        for pk, facts in self.facts.items():
            changed = change(facts)
            if changed is facts:
                found[pk] = self.scores[pk]
            elif changed is not None:
                found[pk] = self._with(self.scores[pk], engine.score(self.judged, changed, explain=False))
        return found

    @staticmethod
    def _with(whole: engine.Score, judged: engine.Score) -> engine.Score:
        criteria = {**whole.criteria, **judged.criteria}
        return replace(whole, criteria=criteria, total=sum((one.earned for one in criteria.values()), Decimal(0)))

    def ranks(self, scores: Mapping[int, engine.Score]) -> Ranks:
        groups: dict[int | None, dict[str, engine.Score]] = {}
        by_code = {entry.office.code: entry.pk for entry in self.entries}
        for entry in self.entries:
            if entry.pk in scores:
                groups.setdefault(self._group(entry), {})[entry.office.code] = scores[entry.pk]
        standings = (standing for own in groups.values() for standing in engine.rank(self.scheme, own))
        return {by_code[standing.code]: standing.rank for standing in standings}

    def _group(self, entry: Entry) -> int | None:
        region = entry.office.region if self.by_region else None
        return region.pk if region else None


def judged_part(scheme: engine.Scheme) -> engine.Scheme:
    """Of the scheme those criteria that judges give points for."""
    criteria = {
        code: criterion
        for code, criterion in scheme.criteria.items()
        if any(part.kind == "item" for part in criterion.inputs)
    }
    dimensions = tuple(
        replace(dimension, criteria=tuple(code for code in dimension.criteria if code in criteria))
        for dimension in scheme.dimensions
    )
    return replace(scheme, criteria=criteria, dimensions=dimensions)


def ranked(round: Round, judges: list[int], found: Severities, at: datetime) -> list[Ranked]:
    """All who are ranked, in the order of their ranks. A handful of statements, however many entries and judges."""
    table = _Table(round, at)
    present = table.ranks(table.scores)
    without = {judge: table.ranks(table.changed(_leaving_out(str(judge)))) for judge in judges}
    fair = table.changed(_adjusting(table.scheme, found)) if found.is_known else {}
    adjusted = table.ranks(fair)
    rows = [
        Ranked(
            entry=pk,
            total=table.scores[pk].total,
            rank=rank,
            without={judge: ranks.get(pk) for judge, ranks in without.items()},
            adjusted=adjusted.get(pk),
            adjusted_total=fair[pk].total if pk in fair else None,
        )
        for pk, rank in present.items()
    ]
    return sorted(rows, key=lambda row: (row.rank, row.entry))


def _leaving_out(judge: str) -> Change:
    def change(facts: engine.Facts) -> engine.Facts | None:
        others = tuple(sheet for sheet in facts.sheets if sheet.judge != judge)
        if len(others) == len(facts.sheets):
            return facts
        return replace(facts, sheets=others) if others else None

    return change


def _adjusting(scheme: engine.Scheme, found: Severities) -> Change:
    """Each sheet without its judge's leniency, spread over the items by what they may earn, and within their bounds."""
    most = sum((item.max for item in scheme.items.values()), Decimal(0))
    more = {judge: Decimal(str(one.leniency.value)) / most for judge, one in found.judges.items()} if most else {}

    def fair(sheet: engine.Sheet) -> engine.Sheet:
        share = more.get(sheet.judge, Decimal(0))
        marks = {
            code: min(max(points - share * scheme.items[code].max, Decimal(0)), scheme.items[code].max).quantize(CENT)
            for code, points in sheet.points.items()
        }
        return replace(sheet, points=marks)

    def change(facts: engine.Facts) -> engine.Facts:
        return replace(facts, sheets=tuple(map(fair, facts.sheets))) if facts.sheets else facts

    return change
