"""One office over the years: what was announced of it in contests that are alike, side by side."""

from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from django.db.models import Count

from awards.models import Publication, Result
from scoring.engine.language.display import numbering
from scoring.hindsight import are_alike

from .addresses import Addresses
from .announced import Announced, Row
from .shelf import Shelf

TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Year:
    """One announcement, and the office's line in it."""

    announced: Announced
    row: Row
    offices: int

    @property
    def share(self) -> str:
        """Of the most there is, in per cent: maxima differ between years."""
        result, most = self.row.result, Decimal(self.announced.frame["max"])
        return _share(result.total, most) if self.announced.shown.in_points and most else ""

    @cached_property
    def shares(self) -> dict[str, str]:
        """The same of each dimension, by its code."""
        if not self.announced.shown.in_points:
            return {}
        parts = self.row.result.dimensions.items()
        return {code: _share(Decimal(one["earned"]), Decimal(one["max"])) for code, one in parts if Decimal(one["max"])}


@dataclass(frozen=True)
class Contest:
    """Years of one contest, the latest first, and its dimensions: what each is called, with its share in each year."""

    title: str
    years: list[Year]

    @property
    def dimensions(self) -> list[tuple[str, list[str]]]:
        titles: dict[str, str] = {}
        for year in self.years:
            language = year.announced.language
            for one in year.announced.frame["dimensions"]:
                title = one[f"title_{language}"] or one["title_th"]
                titles.setdefault(one["code"], f"{numbering(one['code'], '. ')}{title}")
        if len(titles) < 2:
            return []
        return [(title, [year.shares.get(code, "–") for year in self.years]) for code, title in titles.items()]


def contests_of(shelf: Shelf, code: str, language: str) -> list[Contest]:
    """Of each round what holds now. Two statements, however many years there are."""
    newest = [row.pk for row in shelf.newest]
    results = Result.objects.filter(publication__in=newest, office_code=code).select_related("publication__edition")
    rows = list(results.defer("facts", "criteria", "publication__log", "publication__edition__text").order_by("place"))
    counted = Result.objects.filter(publication__in={row.publication_id for row in rows}).order_by()
    offices = Counter(dict(counted.values_list("publication").annotate(Count("pk"))))
    years = [_year(row, offices[row.publication_id], language) for row in rows]
    return [Contest(_title(own), own) for own in _grouped(years)]


def _year(result: Result, offices: int, language: str) -> Year:
    announced = Announced(result.publication, Addresses(language, result.publication_id))
    return Year(announced, announced.row(result), offices)


def _grouped(years: list[Year]) -> list[list[Year]]:
    """Those of like schemes together, the latest first; announced by whoever announced the others."""
    groups: list[list[Year]] = []
    for year in sorted(years, key=lambda one: one.announced.publication.announced_at, reverse=True):
        own = next((group for group in groups if _are_one(group[0].announced, year.announced)), None)
        if own is None:
            groups.append([year])
        else:
            own.append(year)
    return groups


def _are_one(one: Announced, other: Announced) -> bool:
    publications: list[Publication] = [one.publication, other.publication]
    new, old = (publication.edition.scheme for publication in publications)
    return one.issuer == other.issuer and are_alike(new, old)


def _title(years: list[Year]) -> str:
    return years[0].announced.scheme_title


def _share(earned: Decimal, most: Decimal) -> str:
    return f"{(earned * 100 / most).quantize(TENTH, ROUND_HALF_UP):f}"
