"""What judges gave: read once, and how far apart they are, item by item and entry by entry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from scoring import engine
from submissions.models import PracticeSheet, Round, Sheet, User

from .severity import Given

QUARTERS = 4  # one step of an item without levels is so much of its most points


@dataclass(frozen=True)
class Marks:
    """The points of one final sheet, as far as the scheme asks for them."""

    entry: int
    judge: int
    items: Mapping[str, Decimal]

    @property
    def total(self) -> Decimal:
        return sum(self.items.values(), Decimal(0))


@dataclass(frozen=True)
class Apart:
    """An item of one entry on which judges lie more than one step apart. `given`: {judge: points}."""

    entry: int
    item: str
    steps: float
    given: Mapping[int, Decimal]


def read(round: Round) -> list[Marks]:
    """All sheets that count, of those who take part. One statement."""
    rows = Sheet.objects.counting().filter(entry__in=round.entries.taking_part()).order_by("entry", "judge")
    return [_marks(round.scheme, *row) for row in rows.values_list("entry", "judge", "points")]


def read_practice(entry: int, scheme: engine.Scheme) -> list[Marks]:
    """The final sheets of the practice entry. One statement."""
    rows = PracticeSheet.objects.filter(entry=entry, status=Sheet.Status.FINAL).order_by("judge")
    return [_marks(scheme, *row) for row in rows.values_list("entry", "judge", "points")]


def _marks(scheme: engine.Scheme, entry: int, judge: int, points: Mapping[str, str]) -> Marks:
    return Marks(entry, judge, {code: Decimal(points[code]) for code in scheme.items if code in points})


def judges_of(marks: Iterable[Marks]) -> dict[int, str]:
    """The names of those who gave these, in their order. One statement."""
    people = User.objects.filter(pk__in={one.judge for one in marks}).order_by("full_name", "username")
    return {judge.pk: str(judge) for judge in people}


def totals(marks: Iterable[Marks]) -> Given:
    return {(one.entry, str(one.judge)): float(one.total) for one in marks}


def by_entry(marks: Iterable[Marks]) -> dict[int, list[Marks]]:
    found: dict[int, list[Marks]] = {}
    for one in marks:
        found.setdefault(one.entry, []).append(one)
    return found


def steps_between(item: engine.Item, low: Decimal, high: Decimal) -> float:
    """How many steps lie between two marks: levels that the one has reached and the other not; without levels,
    quarters of the most points."""
    if item.levels:
        return float(sum(low < level.points <= high for level in item.levels))
    return float((high - low) * QUARTERS / item.max) if item.max else 0.0


def apart(scheme: engine.Scheme, marks: Iterable[Marks]) -> list[Apart]:
    """Items more than one step apart, the farthest first."""
    found = []
    for entry, sheets in by_entry(marks).items():
        for code, item in scheme.items.items():
            given = {one.judge: one.items[code] for one in sheets if code in one.items}
            if len(given) > 1 and (steps := steps_between(item, min(given.values()), max(given.values()))) > 1:
                found.append(Apart(entry, code, steps, given))
    return sorted(found, key=lambda one: (-one.steps, one.entry, one.item))


def farthest(marks: Iterable[Marks]) -> list[tuple[int, Decimal, Decimal]]:
    """Entries whose judges' sums lie apart, the farthest first, with the lowest and the highest sum."""
    sums = {entry: [one.total for one in sheets] for entry, sheets in by_entry(marks).items() if len(sheets) > 1}
    ranges = [(entry, min(own), max(own)) for entry, own in sums.items() if min(own) < max(own)]
    return sorted(ranges, key=lambda one: (one[1] - one[2], one[0]))
