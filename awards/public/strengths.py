"""What an office did best: the criteria in which it stands out most among all that were announced with it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any

from django.core.cache import caches

from awards.models import Publication, Result

SHOWN = 5
LEAST = 3  # offices: fewer can't be compared

Spread = dict[str, list[Decimal]]  # of each criterion what all earned, from the least


@dataclass(frozen=True)
class Strength:
    """A criterion: what the office earned, what half of all earned at most, and how many have as much and more."""

    code: str
    title: str
    earned: Decimal
    most: Decimal
    half: Decimal
    offices: int
    alike: int  # others with as much
    above: int

    @property
    def share(self) -> Decimal:
        return self.earned * 100 / self.most

    @property
    def half_share(self) -> Decimal:
        return self.half * 100 / self.most


def spread_of(publication: Publication) -> Spread:
    """One statement, and none where it was asked before: what was announced does not change."""
    key = f"spread/{publication.digest}"
    found: Spread | None = caches["public"].get(key)
    if found is None:
        codes = [one["code"] for one in publication.frame["criteria"]]
        results = Result.objects.filter(publication=publication).earned(codes)
        rows = list(results.order_by().values_list(*(f"part{number}" for number in range(len(codes)))))
        columns = zip(*rows, strict=True)
        found = {code: sorted(Decimal(text or 0) for text in own) for code, own in zip(codes, columns, strict=False)}
        caches["public"].set(key, found)
    return found


def strengths(publication: Publication, result: Result, language: str) -> list[Strength]:
    """The most outstanding first: by how far it lies above the middle, then by how few have as much."""
    if publication.only_selects:
        return []
    found = list(_above_the_middle(publication, result, language))
    return sorted(found, key=lambda one: (one.half_share - one.share, one.above + one.alike, one.code))[:SHOWN]


def _above_the_middle(publication: Publication, result: Result, language: str) -> Iterator[Strength]:
    spread = spread_of(publication)
    for criterion in publication.frame["criteria"]:
        own, most = Decimal(result.criteria[criterion["code"]]["earned"]), Decimal(criterion["max"])
        all_earned = spread[criterion["code"]]
        half = Decimal(median(all_earned))
        if len(all_earned) >= LEAST and most and own > half:
            yield _strength(criterion, language, own, most, half, all_earned)


def _strength(
    criterion: dict[str, Any], language: str, own: Decimal, most: Decimal, half: Decimal, all_earned: list[Decimal]
) -> Strength:
    above = len(all_earned) - bisect_right(all_earned, own)
    alike = bisect_right(all_earned, own) - bisect_left(all_earned, own) - 1
    title = criterion[f"title_{language}"] or criterion["title_th"]
    return Strength(criterion["code"], title, own, most, half, len(all_earned), alike, above)
