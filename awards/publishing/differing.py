"""What a publication would change in the one before it: who gains or loses an award, moves, or has other points."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from awards.models import Publication, Result
from scoring.wording.points_shown import placed
from submissions import thai
from submissions.templatetags.wording import entry_name

from .preparation import Announced, Preparation

Change = Literal["gains", "loses", "other", "new", "gone", "moves", "points"]
AWARDS: tuple[Change, ...] = ("gains", "loses", "other")
ORDER: tuple[Change, ...] = (*AWARDS, "new", "gone", "moves", "points")


@dataclass(frozen=True)
class Difference:
    """One entry, as it was announced and as it would be. None: it was, or would be, in none of both."""

    change: Change
    name: str
    rank: tuple[int | None, int | None]
    total: tuple[Decimal | None, Decimal | None]
    tier: tuple[str, str]  # titles

    @property
    def is_of_awards(self) -> bool:
        return self.change in AWARDS or bool(self.change in ("new", "gone") and any(self.tier))


@dataclass(frozen=True)
class Differences:
    """What concerns awards comes first; within that, by the rank that it would be."""

    publication: Publication
    rows: tuple[Difference, ...]

    @property
    def of_awards(self) -> list[Difference]:
        return [row for row in self.rows if row.is_of_awards]

    @property
    def others(self) -> list[Difference]:
        return [row for row in self.rows if not row.is_of_awards]

    @property
    def counts(self) -> Mapping[str, int]:
        return Counter(row.change for row in self.rows)


def differences(last: Publication, prepared: Preparation) -> Differences:
    """One statement, however many there are."""
    titles = {tier["code"]: tier[f"title_{thai.language()}"] or tier["title_th"] for tier in last.frame["tiers"]}
    before = {result.entry_id: result for result in last.results.defer("facts", "criteria", "dimensions")}
    found = [_difference(before.pop(line.entry.pk, None), line, titles) for line in prepared.lines]
    gone = [_gone(was, titles) for was in before.values()]
    return Differences(last, tuple(_in_order([*filter(None, found), *gone])))


def _difference(was: Result | None, line: Announced, titles: Mapping[str, str]) -> Difference | None:
    codes = was.tier if was else "", line.tier.code if line.tier else ""
    ranks, totals = (_rank(was), line.shown_rank), (was.total if was else None, line.score.total)
    change = _change(was, codes, ranks, totals)
    if change is None:
        return None
    title = line.tier.title.to(thai.language()) if line.tier else ""
    return Difference(change, entry_name(line.entry), ranks, totals, (titles.get(codes[0], ""), title))


def _rank(result: Result | None) -> int | None:
    return placed(result.rank, result.total) if result else None


def _gone(was: Result, titles: Mapping[str, str]) -> Difference:
    name = was.nominee_name or was.office_name
    return Difference("gone", name, (_rank(was), None), (was.total, None), (titles.get(was.tier, ""), ""))


def _change(
    was: Result | None,
    tiers: tuple[str, str],
    ranks: tuple[int | None, int | None],
    totals: tuple[Decimal | None, Decimal | None],
) -> Change | None:
    """The weightiest of what changes; None where nothing does."""
    if was is None:
        return "new"
    if tiers[0] != tiers[1]:
        return "other" if all(tiers) else "gains" if tiers[1] else "loses"
    if ranks[0] != ranks[1]:
        return "moves"
    return "points" if totals[0] != totals[1] else None


def _in_order(found: Iterable[Difference]) -> list[Difference]:
    return sorted(
        found, key=lambda row: (not row.is_of_awards, row.rank[1] or row.rank[0] or 0, ORDER.index(row.change))
    )
