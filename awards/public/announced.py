"""What a publication says, ready to show: who announced it, its awards, the lines of its table. No person's name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from awards.content.columns import Columns
from awards.models import Publication, Result
from scoring.engine.language.display import plain_points
from submissions import thai

from .addresses import Addresses, whole
from .places import province_of, region_name

# Read of a line; what was claimed, what was counted and why stay where they are.
READ = (
    "pk publication place rank tier office_code office_kind office_name_th office_name_en office_size nominee region"
    " total attainable dimensions"
).split()


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    result: Result
    name: str
    beside: str  # the office, where a subdistrict takes part for it
    url: str
    tier: str
    total: str
    size: str
    region: str
    cells: tuple[str, ...] = ()

    @property
    def rank(self) -> int | None:
        return self.result.shown_rank


@dataclass(frozen=True)
class Award:
    """A tier of awards, and who won it."""

    title: str
    level: str
    prize: str
    rows: tuple[Row, ...]


class Announced:
    """One publication in one language."""

    def __init__(self, publication: Publication, to: Addresses) -> None:
        self.publication, self.to, self.frame = publication, to, publication.frame
        self.language = to.language
        self.shown = Columns(self.frame, self.language)

    @property
    def title(self) -> str:
        return self.publication.title

    @property
    def issuer(self) -> str:
        """Who announced it."""
        return self._in_words(self.frame.get("issuer", {})) or _(
            "Community Development Department, Ministry of Interior"
        )

    @property
    def year(self) -> str:
        return year_of(self.publication.announced_at, self.language)

    @property
    def is_practice(self) -> bool:
        return bool(self.frame["round"]["is_practice"])

    @property
    def is_ranked(self) -> bool:
        return self.publication.ranking != "none"

    @property
    def by_region(self) -> bool:
        return self.publication.ranking == "region"

    @property
    def most(self) -> str:
        return plain_points(self.frame["max"])

    @property
    def scheme_title(self) -> str:
        return self._in_words(self.frame["edition"])

    def _in_words(self, titled: dict[str, Any], name: str = "title") -> str:
        return str(titled.get(f"{name}_{self.language}") or titled.get(f"{name}_th") or "")

    @cached_property
    def results(self) -> list[Result]:
        """Every line, best first. One statement."""
        columns = [*READ, *(["criteria"] if self.shown.by_criteria else [])]
        return list(Result.objects.filter(publication=self.publication).only(*columns))

    def row(self, result: Result, *, with_cells: bool = False) -> Row:
        whole = self.shown.of_whole(result)
        name, beside = result.public_names()
        parts = result.criteria if with_cells and self.shown.by_criteria else result.dimensions
        return Row(
            result=result,
            name=name,
            beside=beside,
            url=self.to.office(result.office_code),
            tier=whole["tier"],
            total=whole["total"],
            size=self.frame["sizes"].get(result.office_size, {}).get(self.language, ""),
            region=self.region(result),
            cells=tuple(self.shown.cells(parts)) if with_cells else (),
        )

    def region(self, result: Result) -> str:
        """As it was announced, where ranks are inside regions; else where the province lies."""
        if result.region:
            return result.region_name
        place = province_of(result.office_code)
        return region_name(place.region) if place else ""

    @cached_property
    def awards(self) -> list[Award]:
        """Those that somebody won, in the scheme's order."""
        found = []
        for tier in self.frame["tiers"]:
            won = tuple(self.row(one) for one in self.results if one.tier == tier["code"])
            if won:
                level = self._in_words(tier, "level")
                found.append(Award(self._in_words(tier), level, self._prize(tier), won))
        return found

    def _prize(self, tier: dict[str, Any]) -> str:
        money = _("%s baht") % f"{tier['prize']:,}" if tier["prize"] else ""
        return ", ".join(filter(None, (self._in_words(tier, "prize_in_kind"), money)))

    @cached_property
    def chosen(self) -> list[Row]:
        """Who takes part in a later stage, where that is all that was announced."""
        return [self.row(one) for one in self.results] if self.publication.only_selects else []

    @cached_property
    def ties(self) -> list[list[str]]:
        """The orders in which the committee put offices of equal points."""
        names = {one.office_code: one.public_names()[0] for one in self.results}
        return [[names[code] for code in one["offices"] if code in names] for one in self.publication.decisions]

    def tabs(self) -> list[tuple[str, str]]:
        """The pages of this publication, and what they are called."""
        to = self.to
        found = [(to.announcement, _("Announcement")), (to.table, _("All results"))]
        return [*found, (to.scheme, _("Scheme")), (to.calendar, _("Calendar"))]

    @property
    def picture(self) -> str:
        return whole(self.to.picture)

    def describe(self) -> str:
        """In one sentence, for whoever quotes the page."""
        said = {"issuer": self.issuer, "day": thai.format_date(self.publication.announced_at, self.language)}
        return _("Results announced by %(issuer)s on %(day)s") % said


def year_of(moment: datetime, language: str) -> str:
    year = timezone.localtime(moment).year
    return thai.english_year(year) if language == "en" else f"{year + thai.ERA}"


def by_year(all_of_them: Iterable[Announced]) -> Iterator[tuple[str, list[Announced]]]:
    years: dict[str, list[Announced]] = {}
    for one in all_of_them:
        years.setdefault(one.year, []).append(one)
    yield from years.items()
