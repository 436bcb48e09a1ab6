"""What those who lead are told of a round: where it stands, what went best and where, and what holds offices back.

The points are those of the page (`country`), and of the page of years. Few statements more, however many entries there
are; each is asked when it is told.
"""

from collections import Counter
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from statistics import median, quantiles
from typing import Any, NamedTuple

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from scoring import engine
from scoring.models import CENT, Attainable, Earned, Scorecard
from submissions import thai
from submissions.models import Evidence
from submissions.questions.owing import Owing, Tally, owed_in, tallies

from .country import Country
from .provinces import Provinces
from .years import Years

FEW = 4  # one office in so many, at most, has the full points of what few have
PRACTICES, OFFICES, TITLES = 6, 3, 3  # of best practice: criteria, offices of each, and titles of what they handed in
HINDRANCES = 6  # criteria with most points to be won, and requirements with most returned
READ, REASONS = 20, 2  # reasons of one requirement: the latest are read, the most frequent told


class CriterionStanding(NamedTuple):
    """What all offices together have in one criterion, and which have all of it (the best in total first)."""

    code: str
    title: str
    max: Decimal
    earned: Decimal
    open: Decimal  # may still be won
    lost: Decimal
    full: list[int]


class Practice(NamedTuple):
    """Offices that have the full points of a criterion in which few do, with the titles of what was accepted."""

    criterion: CriterionStanding
    offices: list[tuple[str, list[str], int]]  # name, titles, and how many more there are


class Returned(NamedTuple):
    title: str
    pieces: int
    offices: int
    reasons: list[str]


class Spread(NamedTuple):
    """How one dimension, or the total, is spread over the offices."""

    title: str
    most: Decimal
    median: Decimal
    best_quarter: Decimal  # a quarter of the offices has as much, or more
    highest: Decimal
    lowest: Decimal

    @property
    def share(self) -> int:
        """The median of the most there is, in per cent."""
        return int((self.median * 100 / self.most).quantize(Decimal(1), ROUND_HALF_UP)) if self.most else 0


class Report:
    """`years`: the round beside an earlier one of a like scheme, where there is one."""

    def __init__(self, country: Country, years: Years | None = None) -> None:
        self.years = years if years and years.before and years.now else None
        self.country, self.round, self.scheme = country, country.round, country.scheme
        self.language = thai.language()
        self.provinces = Provinces(country)
        self.names = {one.pk: one.name for one in country.points}

    # Where we stand

    def spreads(self) -> list[Spread]:
        """Of each dimension, where there are several, and of the total (last)."""
        known, heads = self.country.known, self.country.heads
        columns = [[one.dimensions[place] for one in known] for place in range(len(heads) - 1)]
        totals = [one.total or Decimal(0) for one in known]
        parts = list(zip(heads, [*columns, totals], strict=True)) if known else []
        return [_spread(title, most, numbers) for (title, most), numbers in (parts if len(parts) > 2 else parts[-1:])]

    @property
    def attainable(self) -> Decimal | None:
        """The median of what offices may still reach."""
        found = [one.attainable for one in self.country.known]
        return _cents(median(found)) if found else None

    @cached_property
    def whole(self) -> Tally:
        """How all offices together stand with what they were asked for."""
        whole = Tally()
        if asked := owed_in(self.round):
            for tally in tallies([Owing(self.round, self.country.entries, asked)], "entry")[0].values():
                whole += tally
        return whole

    # Criteria

    @cached_property
    def criteria(self) -> list[CriterionStanding]:
        """In the order of the scheme."""
        shown = list(self.scheme.criteria.values())
        columns = [read("criteria", one.code) for one in shown for read in (Earned, Attainable)]
        cards = Scorecard.objects.filter(basis="verified", entry__in=self.country.entries.order_by().values("pk"))
        rows = list(cards.order_by("-total", "entry").values_list("entry", *columns))
        return [
            self._standing(one, [(row[0], *row[1 + 2 * n : 3 + 2 * n]) for row in rows]) for n, one in enumerate(shown)
        ]

    def _standing(self, one: engine.Criterion, rows: list[tuple[int, Any, Any]]) -> CriterionStanding:
        """An entry that was scored by another edition may have no such criterion."""
        found = [(pk, Decimal(earned), Decimal(attainable)) for pk, earned, attainable in rows if earned is not None]
        earned, attainable = sum((row[1] for row in found), Decimal(0)), sum((row[2] for row in found), Decimal(0))
        return CriterionStanding(
            code=one.code,
            title=one.title.to(self.language),
            max=one.max,
            earned=_cents(earned),
            open=_cents(attainable - earned),
            lost=_cents(one.max * len(found) - attainable),
            full=[row[0] for row in found if row[1] == one.max],
        )

    def to_be_won(self) -> list[CriterionStanding]:
        """Where most points may still be won; once nothing is open, where most were lost."""
        found = [one for one in self.criteria if one.open or one.lost]
        return sorted(found, key=lambda one: (-one.open, -one.lost))[:HINDRANCES]

    # Best practice

    def practices(self) -> list[Practice]:
        """Where the fewest have the full points; those that have them all in common are told of no one."""
        most = len(self.country.known) // FEW
        rare = sorted((one for one in self.criteria if 0 < len(one.full) <= most), key=lambda one: len(one.full))
        rare = rare[:PRACTICES]
        titles = self._titles({pk for one in rare for pk in one.full[:OFFICES]})
        return [Practice(one, [self._practised(one.code, pk, titles) for pk in one.full[:OFFICES]]) for one in rare]

    def _practised(self, code: str, pk: int, titles: dict[tuple[int, str], list[str]]) -> tuple[str, list[str], int]:
        inputs = self.scheme.criteria[code].inputs
        asked = [one.code for one in inputs if one.kind == "requirement"]
        found = list(dict.fromkeys(title for requirement in asked for title in titles.get((pk, requirement), ())))
        return self.names.get(pk, ""), found[:TITLES], len(found[TITLES:])

    def _titles(self, entries: Iterable[int]) -> dict[tuple[int, str], list[str]]:
        """What was accepted, by entry and requirement."""
        rows = Evidence.objects.filter(entry__in=entries, status=Evidence.Status.ACCEPTED).order_by(
            "submitted_at", "pk"
        )
        found: dict[tuple[int, str], list[str]] = {}
        for entry, requirement, name, url in rows.values_list("entry", "requirement", "original_name", "url"):
            found.setdefault((entry, requirement), []).append(name or url)
        return found

    # What holds offices back

    def returned(self) -> list[Returned]:
        """What was returned most often, with the reasons that were given most. Two statements."""
        sent_back = Evidence.objects.filter(
            entry__in=self.country.entries.order_by().values("pk"), status=Evidence.Status.RETURNED
        ).order_by()
        counted = sent_back.values_list("requirement").annotate(
            pieces=Count("pk"), offices=Count("entry", distinct=True)
        )
        most = list(counted.order_by("-pieces", "requirement")[:HINDRANCES])
        reasons = _reasons(sent_back, [code for code, *_counts in most])
        return [
            Returned(
                self.country.title(code), pieces, offices, [text for text, _n in reasons[code].most_common(REASONS)]
            )
            for code, pieces, offices in most
        ]


def _reasons(rows: Any, requirements: list[str]) -> dict[str, Counter[str]]:
    """How often each of the latest reasons of these was given."""
    place = Window(RowNumber(), partition_by=[F("requirement")], order_by=[F("reviewed_at").desc(), F("pk").desc()])
    latest = rows.filter(requirement__in=requirements).annotate(place=place).filter(place__lte=READ)
    found: dict[str, Counter[str]] = {code: Counter() for code in requirements}
    for code, text in latest.order_by("requirement", "place").values_list("requirement", "return_reason"):
        found[code][" ".join(text.split())] += 1
    return found


def _spread(title: str, most: Decimal, numbers: list[Decimal]) -> Spread:
    quarter = quantiles(numbers, n=4, method="inclusive")[2] if len(numbers) > 1 else numbers[0]
    return Spread(title, most, _cents(median(numbers)), _cents(quarter), max(numbers), min(numbers))


def _cents(number: Decimal) -> Decimal:
    return number.quantize(CENT, ROUND_HALF_UP)
