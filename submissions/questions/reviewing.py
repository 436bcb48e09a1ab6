"""Amounts of offices as their reviewers look at them: what waits, and one amount of all offices side by side."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count
from django.utils.translation import gettext as _

from scoring import engine
from submissions.models import Entry, Evidence, Round, Value
from submissions.models.evidence import EvidenceQuerySet, ValueQuerySet

from .earlier_amounts import Earlier, earlier_amounts_of
from .spread import Spread, spread_of
from .unusual_amounts import slips

Slot = tuple[str, str]


@dataclass(frozen=True)
class Column:
    """One value of a round, or one period of it, with how many amounts stand how. All names of a map are one column."""

    value: engine.Value
    period: engine.Period | None
    counts: Counter[str]

    @property
    def slot(self) -> Slot:
        return self.value.code, self.period.code if self.period else ""

    @property
    def waiting(self) -> int:
        return self.counts[Value.Status.SUBMITTED]

    @property
    def accepted(self) -> int:
        return self.counts[Value.Status.ACCEPTED]

    @property
    def returned(self) -> int:
        return self.counts[Value.Status.RETURNED]


def columns(round: Round, seen: ValueQuerySet) -> list[Column]:
    """Those in which something was entered, in the scheme's order. One statement."""
    rows = seen.of_offices().filter(entry__round=round, entry__state=Entry.State.TAKING_PART)
    rows = rows.filter(code__in=round.reviewed_values).order_by()
    counts: dict[Slot, Counter[str]] = defaultdict(Counter)
    values = round.scheme.values
    for code, period, status, count in rows.values_list("code", "period", "status").annotate(Count("pk")):
        counts[code, period if values[code].is_series else ""][status] += count
    return [
        Column(values[code], period, counts[slot])
        for code in round.reviewed_values
        for period in values[code].periods or (None,)
        if (slot := (code, period.code if period else "")) in counts
    ]


def waiting_in(columns: Iterable[Column]) -> int:
    return sum(column.waiting for column in columns)


class Row(NamedTuple):
    """One amount with what its reviewer looks at beside it."""

    value: Value
    earlier: Earlier | None
    others: list[tuple[engine.Value, Value | None]]  # what the office has for the other values of the criterion
    remarks: list[str]
    proofs: list[Evidence]

    @property
    def is_waiting(self) -> bool:
        return self.value.is_unchecked

    @property
    def is_plain(self) -> bool:
        """It waits, and nothing about it looks unusual."""
        return self.is_waiting and not self.remarks


class Table:
    """One column of all the offices that this reader sees. Four statements, however many offices.

    `seen`: the amounts that the reader sees; `papers`: the evidence.
    """

    def __init__(self, round: Round, code: str, period: str, seen: ValueQuerySet, papers: EvidenceQuerySet) -> None:
        self.round, self.period, self._papers = round, period, papers
        self.value = round.scheme.values[code]
        self.criterion = round.scheme.criteria_of("value", code)[0]
        self.beside = [
            round.scheme.values[read.code]
            for read in self.criterion.inputs
            if read.kind == "value" and read.code != code and round.scheme.values[read.code].kind != "map"
        ]
        rows = seen.filter(entry__round=round, entry__state=Entry.State.TAKING_PART)
        rows = rows.filter(code__in=[code, *(value.code for value in self.beside)])
        if self.value.kind != "map":
            rows = rows.filter(period__in=[period, ""])
        related = ("entry__office__parent", "entry__nominee_office", "entered_by", "reviewed_by")
        self._rows = list(rows.select_related(*related).order_by("entry__office__sort_key", "entry", "period"))
        for row in self._rows:
            row.entry.round = round

    @cached_property
    def rows(self) -> list[Row]:
        there: dict[int, dict[Slot, Value]] = defaultdict(dict)
        for row in self._rows:
            there[row.entry_id][row.code, row.period] = row
        own = [row for row in self._rows if row.code == self.value.code]
        entries = {row.entry_id: row.entry for row in own}
        earlier = earlier_amounts_of(entries.values(), [self.value.code])
        proofs = self._proofs()
        return [
            Row(
                value=row,
                earlier=earlier[row.entry_id].get((row.code, row.period)),
                others=[(other, self._beside(there[row.entry_id], other)) for other in self.beside],
                remarks=self._remarks(row, there[row.entry_id], earlier[row.entry_id]),
                proofs=proofs.get(row.entry_id, []),
            )
            for row in own
        ]

    def _beside(self, there: dict[Slot, Value], other: engine.Value) -> Value | None:
        return there.get((other.code, self.period)) or there.get((other.code, ""))

    @cached_property
    def spread(self) -> Spread | None:
        """Of the numbers; of days and answers nothing is told."""
        return spread_of(self._numbers) if self.value.kind in ("number", "percent", "map") else None

    @property
    def box(self) -> tuple[int, int, int]:
        """Where its middle half begins, how wide it is, and the median, all in percent."""
        assert self.spread
        low, high = self.spread.place(self.spread.low), self.spread.place(self.spread.high)
        return low, high - low, self.spread.place(self.spread.middle)

    @property
    def places(self) -> list[int]:
        """Where numbers lie, each place once."""
        return sorted({self.spread.place(number) for number in self._numbers}) if self.spread else []

    @property
    def _numbers(self) -> list[Decimal]:
        own = [row for row in self._rows if row.code == self.value.code and row.status != Value.Status.RETURNED]
        return [Decimal(row.text) for row in own if is_number(row.text)]

    def _remarks(self, row: Value, there: dict[Slot, Value], earlier: dict[Slot, Earlier]) -> list[str]:
        texts = {slot: value.text for slot, value in there.items()}
        told = slips(self.round.scheme, self.criterion, texts, earlier, engine.day_of(self.round.now()))
        found = [told[row.code, row.period]] if (row.code, row.period) in told else []
        if self.spread and is_number(row.text) and self.spread.is_far(Decimal(row.text)):
            found.append(_("Far from what most offices have."))
        return found

    def _proofs(self) -> dict[int, list[Evidence]]:
        """What was handed in to prove the amounts, the newest first, by entry."""
        found: dict[int, list[Evidence]] = defaultdict(list)
        if not self.value.proof:
            return found
        gone = (Evidence.Status.WITHDRAWN, Evidence.Status.DRAFT)
        rows = self._papers.filter(entry__round=self.round, requirement=self.value.proof).exclude(status__in=gone)
        for row in rows.filter(period__in=[self.period, ""]).select_related("replaced_by").order_by("-submitted_at"):
            if not row.is_replaced:
                found[row.entry_id].append(row)
        return found


def is_number(text: str) -> bool:
    """Whether canonical text is a number: an amount of an earlier edition may be a day."""
    return text.replace(".", "", 1).isdecimal()


def following(columns: Sequence[Column], slot: Slot) -> Column | None:
    """The next one in which something waits, after this one or else from the top."""
    place = next((n for n, column in enumerate(columns) if column.slot == slot), 0)
    later = [*columns[place + 1 :], *columns[:place]]
    return next((column for column in later if column.waiting), None)
