"""One year beside another: a round's points and those of an earlier round of a like scheme, office by office.

The entries that may be seen are handed in, and what was announced of the earlier round; without that its scorecards
tell.
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from statistics import median
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from scoring.engine import Dimension
from scoring.models import CENT, standings
from scoring.wording.points_shown import placed
from submissions import thai
from submissions.models import Office, Round
from submissions.models.entries import EntryQuerySet

SHOWN = 10  # of those who rose, and of those who fell
TENTH = Decimal("0.1")


class Stand(NamedTuple):
    """How one office stood, or stands."""

    rank: int | None
    total: Decimal
    dimensions: dict[str, Decimal]


class Beside(NamedTuple):
    """A dimension, or all of them: the most there is, sum and median of each year; None where it had no such."""

    code: str
    title: str
    most: tuple[Decimal | None, Decimal | None]
    sums: tuple[Decimal | None, Decimal | None]
    medians: tuple[Decimal | None, Decimal | None]

    @property
    def shares(self) -> tuple[Decimal | None, Decimal | None]:
        """The medians in per cent of the most there is: maxima may differ."""
        before, now = (_tenth(one) for one in self._shares)
        return before, now

    @property
    def change(self) -> str:
        """Of the shares, as people read it; – where one year had no such thing."""
        before, now = self._shares
        return "–" if before is None or now is None else _signed(now - before)

    @property
    def _shares(self) -> list[Decimal | None]:
        return [_share(own, most) for own, most in zip(self.medians, self.most, strict=True)]


class Moved(NamedTuple):
    """An office that took part in both years."""

    office: Office
    before: Stand
    now: Stand
    places: int  # risen; less than 0: fallen
    gain: Decimal  # of per cent of the most there is

    @property
    def gained(self) -> str:
        return _signed(self.gain)


class Years:
    """`entries`: those that the reader may see, of any round. `announced`: what `results_asked` was answered."""

    def __init__(
        self, round: Round, earlier: Round, entries: EntryQuerySet, announced: dict[str, Any] | None = None
    ) -> None:
        self.round, self.earlier, self.announced = round, earlier, announced
        self.schemes = earlier.scheme, round.scheme
        self.language = thai.language()
        both = entries.filter(round__in=[round, earlier]).order_by()
        self._visible = set(both.values_list("pk", flat=True))

    @cached_property
    def _rows(self) -> list[Any]:
        """The entries of the later round that have points. One statement."""
        return [row for row in standings(self.round) if row.is_known and row.pk in self._visible]

    @cached_property
    def now(self) -> dict[int, Stand]:
        return {row.office_id: _stand(row) for row in self._rows}

    @cached_property
    def before(self) -> dict[int, Stand]:
        """As announced, if it was; one statement otherwise."""
        if self.announced:
            results = self.announced["results"]
            return {
                office: Stand(rank, total, dimensions)
                for office, entry, rank, total, dimensions in results
                if entry in self._visible
            }
        rows = (row for row in standings(self.earlier) if row.is_known and row.pk in self._visible)
        return {row.office_id: _stand(row) for row in rows}

    @property
    def counts(self) -> tuple[int, int]:
        return len(self.before), len(self.now)

    @property
    def in_both(self) -> int:
        return len(self.before.keys() & self.now.keys())

    @cached_property
    def dimensions(self) -> list[Beside]:
        """Those of either scheme by their codes, and the total last."""
        before, now = ({one.code: one for one in scheme.dimensions} for scheme in self.schemes)
        found = [self._dimension(before.get(code), now.get(code)) for code in dict.fromkeys([*now, *before])]
        totals: list[list[Decimal] | None] = [
            [stand.total for stand in stands.values()] for stands in (self.before, self.now)
        ]
        return [*found, _beside("", _("Total"), [scheme.max for scheme in self.schemes], totals)]

    def _dimension(self, *years: Dimension | None) -> Beside:
        """As either year's scheme has it, the newer one's title first."""
        newest = next(one for one in reversed(years) if one)
        own = [
            [stand.dimensions.get(one.code, Decimal(0)) for stand in stands.values()] if one else None
            for one, stands in zip(years, (self.before, self.now), strict=True)
        ]
        most = [one.max if one else None for one in years]
        return _beside(newest.code, newest.title.to(self.language), most, own)

    @cached_property
    def moved(self) -> list[Moved]:
        """Who took part in both, who rose most first: by ranks, where both years have them, else by points."""
        found = []
        for row in self._rows:
            if before := self.before.get(row.office_id):
                now = self.now[row.office_id]
                found.append(Moved(row.office, before, now, self._places(before, now), self._gain(before, now)))
        return sorted(found, key=lambda one: (-one.places, -one.gain, one.office.sort_key))

    def _places(self, before: Stand, now: Stand) -> int:
        """Whoever has no rank stands behind all that have one; 0 where nobody is ranked."""
        if not self.is_ranked:
            return 0
        last = [len(stands) + 1 for stands in (self.before, self.now)]
        return (before.rank or last[0]) - (now.rank or last[1])

    @cached_property
    def is_ranked(self) -> bool:
        return all(any(stand.rank for stand in stands.values()) for stands in (self.before, self.now))

    def _gain(self, before: Stand, now: Stand) -> Decimal:
        shares = [_share(one.total, scheme.max) for one, scheme in zip((before, now), self.schemes, strict=True)]
        return (shares[1] or Decimal(0)) - (shares[0] or Decimal(0))

    @property
    def risen(self) -> list[Moved]:
        return [one for one in self.moved if (one.places or one.gain) > 0][:SHOWN]

    @property
    def fallen(self) -> list[Moved]:
        return [one for one in reversed(self.moved) if (one.places or one.gain) < 0][:SHOWN]


def _stand(row: Any) -> Stand:
    """By a row of `standings`, its rank as it is shown."""
    dimensions = {code: Decimal(one["earned"]) for code, one in (row.dimensions or {}).items()}
    return Stand(placed(row.rank, row.total, row.unscored), row.total, dimensions)


def _beside(code: str, title: str, most: Iterable[Decimal | None], own: Iterable[list[Decimal] | None]) -> Beside:
    points = list(own)
    sums = [None if one is None else sum(one, Decimal(0)) for one in points]
    medians = [median(one).quantize(CENT, ROUND_HALF_UP) if one else None for one in points]
    pairs: list[Any] = [tuple(most), tuple(sums), tuple(medians)]
    return Beside(code, title, *pairs)


def _share(points: Decimal | None, most: Decimal | None) -> Decimal | None:
    return None if points is None or not most else points * 100 / most


def _tenth(share: Decimal | None) -> Decimal | None:
    return None if share is None else share.quantize(TENTH, ROUND_HALF_UP)


def _signed(share: Decimal) -> str:
    """+4.2, −0.5, 0 without a sign."""
    rounded = share.quantize(TENTH, ROUND_HALF_UP)
    return f"{rounded:+}".replace("-", "−") if rounded else "0"
