"""How the country stands in a round: points by region and size, what moved, what waits, how fast it is reviewed.

The entries that may be seen are handed in. Four statements, however many there are; each is asked when it is told.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from statistics import median
from typing import Any, NamedTuple

from django.db.models import Count, F, FilteredRelation, Min, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from scoring import engine
from scoring.models import CENT, Earned, ScoreChange
from submissions import thai
from submissions.models import Entry, Evidence, Office, Round
from submissions.models.entries import EntryQuerySet
from submissions.models.places import office_at
from submissions.templatetags.wording import office_name

CLASSES = 10  # into which totals are put
WEEK, WEEKS = timedelta(days=7), 4
RATED = 14  # days over which the rate of reviewing is reckoned
SHOWN = 10  # of what moved, and of what waits
# Of the offices that an entry's office is or lies in, what they are called.
_PLACES = {
    f"{kind}_{column}": office_at(kind, column=column)
    for kind in (Office.Kind.PROVINCE.value, Office.Kind.REGION.value)
    for column in ("code", "name_th", "name_en")
}
_READ = ("pk office__kind office__name_th office__name_en office__size card__total card__attainable").split()


class Points(NamedTuple):
    """What one entry has; `total` is None without a scorecard."""

    pk: int
    name: str
    province: str  # its code; "" outside any, and of a region the same
    province_name: str
    region: str
    region_name: str
    size: str
    total: Decimal | None
    attainable: Decimal
    dimensions: list[Decimal]


class Medians(NamedTuple):
    """Of a group of entries the median of each dimension, and of the total (last)."""

    title: str
    offices: int
    points: list[Decimal]


class Moved(NamedTuple):
    entry: Entry
    total: Decimal
    gain: Decimal


class Waiting(NamedTuple):
    """What waits for review in one requirement."""

    title: str
    pieces: int
    oldest: Any
    days: int


class Country:
    """`entries`: those that take part and that the reader may see."""

    def __init__(self, round: Round, entries: EntryQuerySet) -> None:
        self.round, self.scheme = round, round.scheme
        self.entries = entries.filter(round=round).taking_part()
        self.language = thai.language()
        self.now = round.now()
        self.today = engine.day_of(self.now)

    # Points

    @cached_property
    def points(self) -> list[Points]:
        """By the names of offices."""
        card = FilteredRelation("scorecards", condition=Q(scorecards__basis="verified"))
        earned = {f"part{n}": Earned("card__dimensions", one.code) for n, one in enumerate(self.scheme.dimensions)}
        rows = self.entries.order_by("office__sort_key", "office__code", "pk").annotate(card=card, **_PLACES)
        return [self._points(row, list(earned)) for row in rows.values(*_READ, *_PLACES, **earned)]

    def _points(self, row: dict[str, Any], dimensions: list[str]) -> Points:
        kind, th, en = row["office__kind"], row["office__name_th"], row["office__name_en"]
        return Points(
            pk=row["pk"],
            name=office_name(Office(kind=kind, name_th=th, name_en=en)),
            province=row["province_code"] or "",
            province_name=self._named(row, "province"),
            region=row["region_code"] or "",
            region_name=self._named(row, "region"),
            size=row["office__size"],
            total=row["card__total"],
            attainable=row["card__attainable"] or Decimal(0),
            dimensions=[Decimal(row[name] or 0) for name in dimensions],
        )

    def _named(self, row: dict[str, Any], place: str) -> str:
        return (self.language == "en" and row[f"{place}_name_en"]) or row[f"{place}_name_th"] or ""

    @cached_property
    def known(self) -> list[Points]:
        return [one for one in self.points if one.total is not None]

    @property
    def unknown(self) -> int:
        """Entries that have no points yet, and are in no figure."""
        return len(self.points) - len(self.known)

    def distribution(self) -> list[tuple[str, int]]:
        """How many entries have so many points: classes of equal width up to the most there is."""
        width = self.scheme.max / CLASSES
        classes = [0] * CLASSES
        for one in self.known:
            classes[min(int((one.total or 0) / width), CLASSES - 1)] += 1
        bounds = [_plain(width * place) for place in range(CLASSES + 1)]
        return [(f"{bounds[place]}–{bounds[place + 1]}", count) for place, count in enumerate(classes)]

    @property
    def heads(self) -> list[tuple[str, Decimal]]:
        """What medians are told of, and the most there is: the dimensions, then all."""
        dimensions = [(one.title.to(self.language), one.max) for one in self.scheme.dimensions]
        return [*dimensions, (_("Total"), self.scheme.max)]

    def by_size(self) -> list[Medians]:
        everybody = [Medians(_("All offices"), len(self.known), _medians(self.known))] if self.known else []
        sizes = [(size, str(label)) for size, label in Office.Size.choices]
        return [*everybody, *self._grouped(sizes, "size")]

    def by_region(self) -> list[Medians]:
        regions = sorted({(one.region, one.region_name or _("In no region")) for one in self.known})
        return list(self._grouped(regions, "region")) if len(regions) > 1 else []

    def _grouped(self, groups: Iterable[tuple[str, str]], column: str) -> Iterator[Medians]:
        for code, title in groups:
            if own := [one for one in self.known if getattr(one, column) == code]:
                yield Medians(title, len(own), _medians(own))

    # What moved

    @cached_property
    def moved(self) -> list[Moved]:
        """Whose verified total rose most within a week, and whose fell; of who had none before nothing can be said."""
        changes = ScoreChange.objects.filter(entry=OuterRef("pk"), basis="verified", at__lt=self.now - WEEK)
        before = Subquery(changes.order_by("-at", "-pk").values("total")[:1])
        card = FilteredRelation("scorecards", condition=Q(scorecards__basis="verified"))
        rows: Any = self.entries.select_related("office", "nominee_office").annotate(card=card)
        rows = rows.annotate(total=F("card__total"), before=before)
        rows = rows.exclude(total=None).exclude(before=None).exclude(total=F("before"))
        moved = (Moved(entry, entry.total, entry.total - entry.before) for entry in rows)
        return sorted(moved, key=lambda one: (-one.gain, one.entry.office.sort_key))

    @property
    def risen(self) -> list[Moved]:
        return self.moved[:SHOWN]

    # What waits, and how fast it is reviewed

    @cached_property
    def waiting(self) -> list[Waiting]:
        """By requirement, where the oldest piece has waited longest first."""
        rows = Evidence.objects.waiting().filter(entry__in=self.entries.order_by().values("pk")).order_by()
        found = rows.values_list("requirement").annotate(Count("pk"), oldest=Min("submitted_at")).order_by("oldest")
        return [
            Waiting(self.title(code), count, oldest, (self.today - engine.day_of(oldest)).days)
            for code, count, oldest in found
        ]

    def title(self, code: str) -> str:
        known = self.scheme.requirements.get(code)
        return known.title.to(self.language) if known else code

    @property
    def longest(self) -> list[Waiting]:
        return self.waiting[:SHOWN]

    @property
    def left(self) -> int:
        return sum(one.pieces for one in self.waiting)

    @cached_property
    def reviewed(self) -> dict[date, int]:
        """How many pieces were decided on each of the last days, oldest first."""
        first = self.today - WEEKS * WEEK + timedelta(days=1)
        rows: Any = Evidence.objects.filter(entry__in=self.entries.order_by().values("pk"), reviewed_at__lte=self.now)
        rows = rows.annotate(day=TruncDate("reviewed_at")).filter(day__gte=first).order_by()
        found = dict(rows.values_list("day").annotate(Count("pk")))
        days = (first + timedelta(days=number) for number in range(WEEKS * WEEK.days))
        return {day: found.get(day, 0) for day in days}

    @property
    def rate(self) -> Decimal:
        """Pieces a day."""
        return (Decimal(sum(list(self.reviewed.values())[-RATED:])) / RATED).quantize(Decimal("0.1"))

    @property
    def needed(self) -> int | None:
        """Days for what waits now, at this rate; None where nothing is reviewed."""
        return -int(-self.left // self.rate) if self.rate else None

    @property
    def days_left(self) -> int:
        """Until the round's scheme closes; less than 0 once that is over."""
        return (self.scheme.close - self.today).days


def _medians(entries: list[Points]) -> list[Decimal]:
    columns = zip(*([*one.dimensions, one.total or Decimal(0)] for one in entries), strict=True)
    return [median(column).quantize(CENT, ROUND_HALF_UP) for column in columns]


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
