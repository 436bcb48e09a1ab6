"""How entries stand with what their offices owe, counted by the database: for each entry, and for each thing asked.

One thing asked of one entry is a cell. What lies there says its state: `done` (accepted, or entered), `submitted` (it
waits for review) or `returned`. With nothing there it is `late` once its last day is over, `missing` when that day is
near, and `ahead` before. What is only being written counts as nothing.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple, Self

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    DateTimeField,
    Exists,
    F,
    Func,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, TruncDate

from scoring import engine
from submissions import models
from submissions.models import Entry, Evidence, Extension, Round
from submissions.models.entries import EntryQuerySet

from .deadlines import Demand, asked_in
from .handed_in import GONE

NEAR = timedelta(days=30)  # what is due within is `missing`, what is due later `ahead`
STATES = ("late", "returned", "missing", "submitted", "done", "ahead")
OWED = STATES[:3]  # of these an office is reminded
_EMPTY = ("late", "missing", "ahead")  # with nothing there, by the band in which its last day lies
_STATES_OF = {Evidence.Status.ACCEPTED: "done", Evidence.Status.SUBMITTED: "submitted"}
By = Literal["entry", "demand"]


def owed_in(round: Round) -> list[Demand]:
    """What a round asks of each office that takes part: not what central staff record, nor days that they set."""
    each = ("naming", "requirement", "value")
    return [demand for demand in asked_in(round) if demand.kind in each and demand.by == "office"]


@dataclass(slots=True)
class Tally:
    """How many cells stand how."""

    counts: Counter[str] = field(default_factory=Counter)
    due: int = 0  # whose last day is over, more time counted
    complete: int = 0  # of these: done or waiting
    punctual: int = 0  # of those: handed in by the last day
    extended: int = 0  # with a later last day than the others

    def __iadd__(self, other: "Tally") -> Self:
        self.counts.update(other.counts)
        self.due += other.due
        self.complete += other.complete
        self.punctual += other.punctual
        self.extended += other.extended
        return self

    @property
    def owed(self) -> int:
        return sum(self.counts[state] for state in OWED)

    @property
    def came_late(self) -> int:
        """Handed in after the last day."""
        return self.complete - self.punctual

    @property
    def completeness(self) -> int | None:
        """In per cent, rounded down: nobody has 100 who owes something. None where nothing was due yet."""
        return self.complete * 100 // self.due if self.due else None

    @property
    def punctuality(self) -> int | None:
        return self.punctual * 100 // self.due if self.due else None


class Cell(NamedTuple):
    """How one thing asked of one entry stands."""

    state: str
    until: date  # the last day, more time counted
    days: int = 0  # late: since the last day; else by how many it came after it
    is_extended: bool = False


class Owing:
    """What one round asks for, or a part of it, and what tells how these entries stand with it."""

    def __init__(self, round: Round, entries: EntryQuerySet, demands: Iterable[Demand]) -> None:
        self.round, self.entries = round, entries
        self.demands = {demand.key: demand for demand in demands}
        self.today = engine.day_of(round.now())
        self._bands = {key: self._band(demand.day) for key, demand in self.demands.items()}

    def _band(self, day: date) -> int:
        return 0 if day < self.today else 1 if day <= self.today + NEAR else 2

    # For each entry, or for each thing asked

    def counted(self, by: By) -> list[QuerySet[Any, Any]]:
        """Rows to be put together in one statement: (round, by, what, band, more, count)."""
        parts = [self._evidence(by), self._values(by), self._more_time(by), self._named(by), self._taking_part(by)]
        return [part for part in parts if part is not None]

    def _evidence(self, by: By) -> QuerySet[Any, Any]:
        # Most have none: whether there is one is asked of all rows at once, how late it is of these few alone.
        last = Subquery(_extensions().order_by("-until").values("until")[:1])
        until = Case(When(Exists(_extensions()), then=last), default=None, output_field=DateField())
        rows = _speaking(self._keyed(Evidence.objects, "requirement", "requirement", "period")).annotate(until=until)
        after = self._by_last_day("requirement", "submitted_at__gt", engine.end_of_day)
        late = after & (Q(until=None) | Q(until__lt=TruncDate("submitted_at")))
        in_time = Case(When(late, then=0), default=1)
        return self._grouped(rows, by, F("status"), self._bands_with("requirement", F("until")), in_time)

    def _values(self, by: By) -> QuerySet[Any, Any]:
        late = self._by_last_day("value", "entered_at__gt", engine.end_of_day)
        in_time = Case(When(late, then=0), default=1)
        return self._grouped(self._entered(), by, _STANDING, self._bands_with("value", None), in_time)

    def _entered(self) -> Any:
        """One amount for each that is asked. Of a map, whose periods are free texts, any will do: the latest."""
        whole = [demand.code for demand in self.demands.values() if demand.kind == "value" and demand.period is None]
        period = Case(When(code__in=whole, then=Value("")), default=F("period"), output_field=CharField())
        rows = self._keyed(models.Value.objects, "value", "code", period)
        of_same = models.Value.objects.filter(entry=OuterRef("entry"), code=OuterRef("code"))
        later = of_same.filter(_after("entered_at"))
        return rows.filter(~(Q(code__in=whole) & Exists(later)))

    def _more_time(self, by: By) -> QuerySet[Any, Any]:
        """Cells that more time moved into another band, or left where they were."""
        rows = self._keyed(Extension.objects, "requirement", "requirement", "period")
        bands = [self._bands_with("requirement", until) for until in (None, F("until"))]
        rows = rows.filter(
            ~Exists(_extensions().filter(_after("until"))), self._by_last_day("requirement", "until__gt")
        )
        return self._grouped(rows, by, Value("more"), *bands)

    def _named(self, by: By) -> QuerySet[Any, Any] | None:
        """Who named somebody did so in time: later only central staff can."""
        key = next((key for key, demand in self.demands.items() if demand.kind == "naming"), None)
        if key is None:
            return None
        named = Entry.objects.filter(pk__in=self._entry_ids).exclude(nominee_name="", nominee_office=None)
        rows = named.annotate(key=_text(Value(key)), entry_id=F("pk"))
        return self._grouped(rows, by, Value("done"), Value(self._bands[key]), Value(1))

    def _taking_part(self, by: By) -> QuerySet[Any, Any]:
        rows = Entry.objects.filter(pk__in=self._entry_ids).annotate(key=_text(Value("")), entry_id=F("pk"))
        return self._grouped(rows, by, Value("entry"), Value(0), Value(0))

    def _grouped(self, rows: Any, by: By, what: Any, band: Any, more: Any) -> QuerySet[Any, Any]:
        named = _text(F("key")) if by == "demand" else _text(F("entry_id"))
        rows = rows.order_by().annotate(
            in_round=Value(self.round.pk, output_field=IntegerField()),
            by=named,
            what=_text(what),
            band=Cast(band, IntegerField()),
            more=Cast(more, IntegerField()),
        )
        columns = ("in_round", "by", "what", "band", "more")
        found: QuerySet[Any, Any] = rows.values(*columns).annotate(n=Count("pk")).values_list(*columns, "n")
        return found

    def tallies(self, rows: Iterable[tuple[str, str, int, int, int]], by: By) -> dict[str, Tally]:
        """What `counted` found, by the entry's id or the key of what is asked: (by, what, band, more, count)."""
        rows = list(rows)
        bases = self._bases({key: n for key, what, _band, _more, n in rows if what == "entry"}, by)
        tallies = {key: Tally(due=base[0]) for key, base in bases.items()}
        for key, what, band, more, n in rows:
            if what != "entry" and key in tallies:
                _count(tallies[key], bases[key], what, band, more, n)
        for key, left in bases.items():
            tallies[key].counts.update(dict(zip(_EMPTY, left, strict=True)))
        return tallies

    def _bases(self, entries: dict[str, int], by: By) -> dict[str, list[int]]:
        """How many cells there are in each band, before anything is found in them; `entries`: how many, by what."""
        if by == "demand":
            among = sum(entries.values())
            return {key: [among if band == at else 0 for at in range(3)] for key, band in self._bands.items()}
        spread = Counter(self._bands.values())
        return {key: [spread[at] for at in range(3)] for key in entries}

    # One by one

    def cells(self, ids: Iterable[int]) -> dict[tuple[int, str], Cell]:
        """The cells of these entries, by the entry's id and the key of what is asked. One statement."""
        chosen = Owing(self.round, Entry.objects.filter(pk__in=list(ids)), self.demands.values())
        standing, more_time = chosen._there(), {}
        found: dict[tuple[int, str], tuple[str, datetime | None]] = {}
        for entry, key, state, at, until in standing:
            if until:
                more_time[entry, key] = until
            elif state != "entry":
                found[entry, key] = _STATES_OF.get(state, state), at
        ids = [entry for entry, _key, state, *_rest in standing if state == "entry"]
        return {
            (pk, key): self._cell(demand.day, more_time.get((pk, key)), *found.get((pk, key), ("", None)))
            for pk in ids
            for key, demand in self.demands.items()
        }

    def _there(self) -> list[tuple[int, str, Any, datetime | None, date | None]]:
        """What lies in each cell, when it came, and the last day where that is another."""
        evidence = _speaking(self._keyed(Evidence.objects, "requirement", "requirement", "period"))
        extended = self._keyed(Extension.objects, "requirement", "requirement", "period")
        entries: Any = Entry.objects.filter(pk__in=self._entry_ids).annotate(entry_id=F("pk"), key=_text(Value("")))
        parts = [
            _one_by_one(evidence, F("status"), at=F("submitted_at")),
            _one_by_one(self._entered(), _STANDING, at=F("entered_at")),
            _one_by_one(extended, Value("more"), until=Max("until")),
            _one_by_one(entries, Value("entry")),
        ]
        naming = next((key for key, demand in self.demands.items() if demand.kind == "naming"), None)
        if naming:
            named = entries.exclude(nominee_name="", nominee_office=None).annotate(key=_text(Value(naming)))
            parts.append(_one_by_one(named, Value("done")))
        return list(parts[0].union(*parts[1:], all=True))

    def _cell(self, day: date, more: date | None, state: str, at: datetime | None) -> Cell:
        until = max(day, more) if more else day
        if state:
            days = max(0, (engine.day_of(at) - until).days) if at and state != "returned" else 0
        else:
            state = _EMPTY[self._band(until)]
            days = (self.today - until).days if state == "late" else 0
        return Cell(state, until, days, until > day)

    # What statements are made of

    @property
    def _entry_ids(self) -> QuerySet[Any, Any]:
        return self.entries.order_by().values("pk")

    def _keyed(self, rows: Any, kind: str, code: str, period: Any) -> Any:
        """Rows of the entries, each with the key of what it was handed in for; without what is not asked."""
        named = _Joined(Value(f"{kind}|"), F(code), Value("|"), F(period) if isinstance(period, str) else period)
        return rows.filter(entry__in=self._entry_ids).annotate(key=named).filter(key__in=self._keys(kind))

    def _keys(self, kind: str) -> list[str]:
        return [key for key in self.demands if key.startswith(f"{kind}|")]

    def _bands_with(self, kind: str, until: Any) -> Case:
        """In which band the last day of a row's cell lies; `until`: its later last day, where it has one."""
        keys = [[key for key in self._keys(kind) if self._bands[key] == at] for at in range(3)]
        near, far = Q(key__in=keys[1]), Q(key__in=keys[2])
        if until is not None:
            near, far = near | Q(until__gte=self.today), far | Q(until__gt=self.today + NEAR)
        return Case(When(far, then=2), When(near, then=1), default=0, output_field=IntegerField())

    def _by_last_day(self, kind: str, comparison: str, bound: Any = None) -> Q:
        """Rows for which the comparison holds with the ordinary last day of their cell."""
        days: dict[date, list[str]] = {}
        for key in self._keys(kind):
            days.setdefault(self.demands[key].day, []).append(key)
        found = Q(pk__in=[])
        for day, keys in days.items():
            found |= Q(key__in=keys, **{comparison: bound(day) if bound else day})
        return found


# How an amount stands: one that came back is to be entered again.
_STANDING = Case(When(status="returned", then=Value("returned")), default=Value("done"), output_field=CharField())


def tallies(owings: Iterable[Owing], by: By) -> list[dict[str, Tally]]:
    """Of each of them the tallies by entry or by what is asked. One statement, however many there are."""
    owings = list(owings)
    parts = [part for owing in owings for part in owing.counted(by)]
    if not parts:
        return []
    rows: dict[int, list[Any]] = {}
    for round, *rest in parts[0].union(*parts[1:], all=True):
        rows.setdefault(round, []).append(rest)
    return [owing.tallies(rows.get(owing.round.pk, ()), by) for owing in owings]


def _count(tally: Tally, left: list[int], what: str, band: int, more: int, n: int) -> None:
    """`left`: the cells of each band in which nothing was found yet. `more`: handed in in time; a band to move to."""
    if what == "more":
        tally.extended += n
        left[band] -= n
        left[more] += n
        tally.due -= n if band == 0 and more else 0
        return
    state = _STATES_OF.get(what, what)  # type: ignore[call-overload]  # a status is a text
    tally.counts[state] += n
    left[band] -= n
    if band == 0 and state != "returned":
        tally.complete += n
        tally.punctual += n * more


def _speaking(rows: Any) -> Any:
    """The one piece by which each slot stands: accepted before waiting before returned, of several the earliest."""
    place = Case(When(status="accepted", then=0), When(status="submitted", then=1), default=2)
    here = ("entry", "requirement", "period")
    others = Evidence.objects.exclude(status__in=GONE).filter(**{name: OuterRef(name) for name in here})
    earlier = Q(submitted_at__lt=OuterRef("submitted_at")) | Q(
        submitted_at=OuterRef("submitted_at"), pk__lt=OuterRef("pk")
    )
    better = Q(place__lt=OuterRef("place")) | (Q(place=OuterRef("place")) & earlier)
    rows = rows.exclude(status__in=GONE).annotate(place=place)
    return rows.filter(~Exists(others.annotate(place=place).filter(better)))


def _extensions() -> QuerySet[Extension]:
    """Those of the cell that the row outside lies in."""
    here = ("entry", "requirement", "period")
    return Extension.objects.filter(**{name: OuterRef(name) for name in here})


def _after(column: str) -> Q:
    """Rows that come after the one outside, by a column; of equals the one made later."""
    same = {column: OuterRef(column), "pk__gt": OuterRef("pk")}
    return Q(**{f"{column}__gt": OuterRef(column)}) | Q(**same)


def _one_by_one(rows: Any, what: Any, *, at: Any = None, until: Any = None) -> QuerySet[Any, Any]:
    rows = rows.order_by().annotate(what=_text(what))
    nothing = Cast(Value(None), DateTimeField()) if at is None else at
    rows = rows.annotate(came=Cast(nothing, DateTimeField()))
    day = Cast(Value(None), DateField()) if until is None else until
    found: QuerySet[Any, Any] = rows.values("entry_id", "key", "what", "came").annotate(last=day)
    return found.values_list("entry_id", "key", "what", "came", "last")


class _Joined(Func):
    """Texts, none of them missing, as one: plainer to the database than Concat, which looks at each for nothing."""

    template, arg_joiner = "(%(expressions)s)", " || "
    output_field = CharField()


def _text(expression: Any) -> Cast:
    return Cast(expression, CharField())
