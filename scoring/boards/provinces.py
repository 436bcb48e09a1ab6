"""How the provinces stand with one of several measures, in classes of about as many provinces: what a map shows."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import groupby
from statistics import median
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from scoring.engine.language.display import plain_points
from submissions.questions.owing import Owing, owed_in, tallies

from .country import Country, Points

CLASSES = 5
LEAST = 2  # provinces: of one alone there is nothing to compare


class Measure(NamedTuple):
    """What a map is coloured by, under its word in an address."""

    code: str
    title: str


class Province(NamedTuple):
    """`number`: of its entry, of several the median; None where there is none yet. `level`: its class, 0 without."""

    code: str
    name: str
    region: str
    number: Decimal | None
    level: int
    url: str  # of its entry's scorecard; "" where it has several

    @property
    def said(self) -> str:
        return _("none yet") if self.number is None else plain_points(self.number)


class Class(NamedTuple):
    """Provinces with nearly the same number: the least and the most, and how many they are."""

    level: int
    least: str
    most: str
    provinces: int


class Provinces:
    """One statement, and only of completeness; the points are the country's own."""

    def __init__(self, country: Country, measure: str = "") -> None:
        self.country = country
        known = {one.code: one for one in self.measures}
        self.measure = known.get(measure, known[""])

    @cached_property
    def measures(self) -> list[Measure]:
        """All there are: points, how complete, and each dimension where there are several."""
        dimensions = self.country.scheme.dimensions if len(self.country.scheme.dimensions) > 1 else ()
        return [
            Measure("", _("Verified points")),
            Measure("attainable", _("Points still attainable")),
            Measure("complete", _("Complete, per cent")),
            *(Measure(f"d|{one.code}", one.title.to(self.country.language)) for one in dimensions),
        ]

    @property
    def is_worth_it(self) -> bool:
        return len({one.province for one in self.country.points if one.province}) >= LEAST

    @cached_property
    def rows(self) -> list[Province]:
        """The most first; equal ones by name."""
        placed = sorted((one for one in self.country.points if one.province), key=lambda one: one.province)
        groups = {code: list(own) for code, own in groupby(placed, key=lambda one: one.province)}
        numbers = {code: self._number(own) for code, own in groups.items()}
        levels = _levels(number for number in numbers.values() if number is not None)
        rows = [_province(own, number, levels) for own, number in zip(groups.values(), numbers.values(), strict=True)]
        by_name = {one.province: place for place, one in enumerate(self.country.points)}
        return sorted(rows, key=lambda row: (row.number is None, -(row.number or 0), by_name[row.code]))

    def _number(self, entries: list[Points]) -> Decimal | None:
        found = [number for one in entries if (number := self._of_entry(one)) is not None]
        return _median(found) if found else None

    def _of_entry(self, one: Points) -> Decimal | None:
        if self.measure.code == "complete":
            return self._completeness.get(one.pk)
        if one.total is None:
            return None
        if self.measure.code == "attainable":
            return one.attainable
        return one.dimensions[self._dimension] if self._dimension is not None else one.total

    @cached_property
    def _dimension(self) -> int | None:
        """The place of the dimension that is measured."""
        kind, _sign, code = self.measure.code.partition("|")
        codes = [one.code for one in self.country.scheme.dimensions]
        return codes.index(code) if kind == "d" else None

    @cached_property
    def _completeness(self) -> dict[int, Decimal | None]:
        owing = Owing(self.country.round, self.country.entries, owed_in(self.country.round))
        [found] = tallies([owing], "entry")
        shares = ((int(pk), tally.completeness) for pk, tally in found.items())
        return {pk: None if share is None else Decimal(share) for pk, share in shares}

    @property
    def classes(self) -> list[Class]:
        return classes_of(self.rows)

    @property
    def unknown(self) -> int:
        return sum(row.number is None for row in self.rows)


def classes_of(rows: Iterable[Province]) -> list[Class]:
    """From the highest to the lowest, of provinces in that order; none without a province."""
    groups = groupby((row for row in rows if row.number is not None), key=lambda row: row.level)
    shown = [(level, list(own)) for level, own in groups]
    return [Class(level, own[-1].said, own[0].said, len(own)) for level, own in shown]


def in_classes(numbers: Mapping[str, list[Decimal]]) -> list[tuple[str, Decimal, int]]:
    """Each province's code with the median of its numbers, and its class; the most first, equal ones as they came."""
    medians = {code: _median(own) for code, own in numbers.items()}
    levels = _levels(medians.values())
    return [(code, medians[code], levels[medians[code]]) for code in sorted(medians, key=lambda code: -medians[code])]


def _median(numbers: list[Decimal]) -> Decimal:
    return median(numbers).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _province(entries: list[Points], number: Decimal | None, levels: dict[Decimal, int]) -> Province:
    one = entries[0]
    level = 0 if number is None else levels[number]
    url = reverse("scorecard", args=[one.pk]) if len(entries) == 1 else ""
    return Province(one.province, one.province_name, one.region_name, number, level, url)


def _levels(numbers: Iterable[Decimal]) -> dict[Decimal, int]:
    """The class of each number, 1 the lowest: by how many are lower, so that equal ones are in one class."""
    ordered = sorted(numbers)
    return {number: ordered.index(number) * CLASSES // len(ordered) + 1 for number in ordered}
