"""Standings, and who gets which award. Ties are shown, never broken silently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from scoring.engine.language.scheme import Scheme, Tier

from .score import Score


@dataclass(frozen=True, slots=True)
class Standing:
    """The place of one entrant. Equal totals share a rank and the next is skipped: 1, 2, 2, 4."""

    rank: int
    code: str
    total: Decimal


@dataclass(frozen=True, slots=True)
class Tie:
    """Entrants who share a rank across the end of a tier: `places` of them get it, and the scheme doesn't say which."""

    rank: int
    codes: tuple[str, ...]
    places: int
    tier: str


@dataclass(frozen=True, slots=True)
class Awarded:
    """The tiers with their entrants, in order. While `ties` is not empty the tiers stop short of the first tie."""

    tiers: tuple[tuple[Tier, tuple[str, ...]], ...]
    ties: tuple[Tie, ...]


def rank(scheme: Scheme, scores: Mapping[str, Score]) -> list[Standing]:
    """Standings by total, then by the scheme's tie-break chain; entrants who share a rank are listed by code."""
    keys = {
        code: (scored.total, *(scored.criteria[criterion].earned for criterion in scheme.tie_break))
        for code, scored in scores.items()
    }
    codes = sorted(sorted(keys), key=lambda code: keys[code], reverse=True)
    standings = list[Standing]()
    for place, code in enumerate(codes, start=1):
        same = bool(standings) and keys[standings[-1].code] == keys[code]
        standings.append(Standing(standings[-1].rank if same else place, code, scores[code].total))
    return standings


def award(
    scheme: Scheme, standings: Sequence[Standing], decisions: Mapping[frozenset[str], Sequence[str]] | None = None
) -> Awarded:
    """Fill the scheme's tiers by rank. `decisions` orders entrants who share a rank, as the committee decided.

    A tie within one tier needs no decision. Where a tier has no count (a certificate), everybody with the full points
    gets it and nobody else does.
    """
    order, undecided = _decided(standings, decisions or {})
    tiers, ties, start = list[tuple[Tier, tuple[str, ...]]](), list[Tie](), 0
    for tier in scheme.awards:
        if tier.count is None:
            tiers.append((tier, tuple(standing.code for standing in standings if standing.total == scheme.max)))
            continue
        end = min(start + tier.count, len(order))
        tie = _straddling(undecided, order, end)
        if tie is not None:
            first = order.index(tie[0])
            ties.append(Tie(_rank_of(standings, tie[0]), tuple(tie), end - first, tier.code))
        tiers.append((tier, tuple(order[start:end])))
        start = end
    open_codes = {code for tie in ties for code in tie.codes}
    return Awarded(tuple((tier, tuple(c for c in codes if c not in open_codes)) for tier, codes in tiers), tuple(ties))


def _decided(
    standings: Sequence[Standing], decisions: Mapping[frozenset[str], Sequence[str]]
) -> tuple[list[str], list[list[str]]]:
    """All codes in order, and the groups that share a rank without a decision."""
    groups: dict[int, list[str]] = {}
    for standing in standings:
        groups.setdefault(standing.rank, []).append(standing.code)
    order, undecided = list[str](), list[list[str]]()
    for codes in groups.values():
        decision = decisions.get(frozenset(codes))
        if decision is not None and sorted(decision) == sorted(codes):
            codes = list(decision)
        elif len(codes) > 1:
            undecided.append(codes)
        order += codes
    return order, undecided


def _straddling(undecided: list[list[str]], order: Sequence[str], end: int) -> list[str] | None:
    """The undecided group that has members on both sides of the place `end`."""
    if not 0 < end < len(order):
        return None
    return next((group for group in undecided if order[end - 1] in group and order[end] in group), None)


def _rank_of(standings: Sequence[Standing], code: str) -> int:
    return next(standing.rank for standing in standings if standing.code == code)
