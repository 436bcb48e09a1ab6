"""`timeliness`: points by a date against its due date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self

from scoring.engine.arithmetic.conditions import MET, MISSED, OPEN, finding_of
from scoring.engine.arithmetic.reading import DatedEvidence, Reading, shown
from scoring.engine.arithmetic.rules.days import DayRow, read_rows
from scoring.engine.arithmetic.rules.rule import ZERO, Kind, above_zero
from scoring.engine.facts.calendar import business_days_late
from scoring.engine.facts.terms import Input, Level
from scoring.engine.facts.trace import Finding, Json, Need
from scoring.engine.language.declared import Declared
from scoring.engine.language.proof import Node


@dataclass(frozen=True, slots=True)
class Timeliness(Kind):
    """The date is a value, or the later of the first evidence of some requirements. The due date is fixed, or a
    setting; while that setting is missing nothing is earned, and everything attainable until the close."""

    value: str | None
    evidence: tuple[str, ...]
    due: date | None
    setting: str | None
    rows: tuple[DayRow, ...]
    close: date

    @classmethod
    def read(cls, node: Node, declared: Declared) -> Self:
        value, codes = cls._date(node, declared)
        due, setting = cls._due(node, declared)
        return cls(value, codes, due, setting, read_rows(node, declared), declared.close)

    @staticmethod
    def _date(node: Node, declared: Declared) -> tuple[str | None, tuple[str, ...]]:
        """The value that is the date, or else the requirements whose evidence tells it."""
        source = node.child("date")
        if source is None:
            return None, ()
        value, codes = None, list[str]()
        if source.has("value"):
            found = declared.value(source, "value", "date")
            value = found.code if found else ""
        else:
            codes = source.words("evidence")
        for code in codes:
            required = declared.requirement(source, "evidence", code)
            if required is not None and required.periods:
                source.fault("evidence", f"'{code}' มีหลายงวด", f"'{code}' has periods and so no one first day")
        source.close()
        return value, tuple(codes)

    @staticmethod
    def _due(node: Node, declared: Declared) -> tuple[date | None, str | None]:
        if node.is_mapping("due"):
            inner = node.child("due")
            assert inner is not None
            word = inner.word("setting")
            inner.known("setting", word, declared.settings)
            inner.close()
            return None, word
        return node.optional_day("due"), None

    @property
    def max(self) -> Decimal:
        return max((row.points for row in self.rows), default=ZERO)

    def business_days_after(self) -> Iterable[date | str]:
        due = self.due or self.setting
        return (due,) if due and any(row.within is not None for row in self.rows) else ()

    def points(self, reading: Reading, hopeful: bool) -> Decimal:
        due = self._due_in(reading)
        if self._lacks_due(due):
            return self.max if hopeful and reading.as_of <= self.close else ZERO
        day, assumed = self._day(reading, hopeful)
        return ZERO if day is None else self._points_on(day, due, reading, assumed)

    def _due_in(self, reading: Reading) -> date | None:
        return reading.settings.get(self.setting) if self.setting is not None else self.due

    def _lacks_due(self, due: date | None) -> bool:
        """Whether staff have not set the due date yet."""
        return self.setting is not None and due is None

    def _points_on(self, day: date, due: date | None, reading: Reading, assumed: bool) -> Decimal:
        """The points of a day; `assumed`: nothing has come yet, and a yes/no value may still say yes."""
        row = self._row_on(day, due, reading, assumed)
        return row.points if row else ZERO

    def _row_on(self, day: date, due: date | None, reading: Reading, assumed: bool) -> DayRow | None:
        if self.value is not None and day > max(self.close, due or self.close):
            return None
        for row in self.rows:
            flag = reading.flag(row.only_if) if row.only_if else True
            if (flag or (assumed and flag is None)) and row.takes(day, due, reading):
                return row
        return None

    def _day(self, reading: Reading, hopeful: bool) -> tuple[date | None, bool]:
        """The day that is scored, and whether it is only assumed: today, for what has not come yet."""
        if self.value is not None:
            day = reading.day(self.value)
            return (reading.as_of, True) if day is None and hopeful else (day, False)
        firsts = [self._first(code, reading, hopeful) for code in self.evidence]
        known = [day for day in firsts if day is not None]
        if not known or len(known) < len(firsts):
            return None, False
        return max(known), hopeful and not all(self._in_time(code, reading) for code in self.evidence)

    def _first(self, code: str, reading: Reading, hopeful: bool) -> date | None:
        pieces = self._in_time(code, reading)
        first = next((piece.day for piece in pieces if piece.counts or hopeful), None)
        if first is None and hopeful and reading.as_of <= self._deadline(code, reading):
            return reading.as_of
        return first

    def _deadline(self, code: str, reading: Reading) -> date:
        return reading.deadline(code, None, self.close)

    def _in_time(self, code: str, reading: Reading) -> list[DatedEvidence]:
        deadline = self._deadline(code, reading)
        return [piece for piece in reading.pieces(code, None) if piece.day <= deadline]

    def findings(self, reading: Reading) -> tuple[Finding, ...]:
        due = self._due_in(reading)
        if self._lacks_due(due):
            outcome = OPEN if reading.as_of <= self.close else MISSED
            return (finding_of("no_due", outcome, setting=self.setting, by=self.close.isoformat()),)
        return (self._finding(reading, due),)

    def _finding(self, reading: Reading, due: date | None) -> Finding:
        day, _ = self._day(reading, False)
        row = self._row_on(day, due, reading, False) if day is not None else None
        late = business_days_late(due, day, reading.holidays) if day is not None and due is not None else None
        return finding_of(
            "timeliness",
            MET if row else OPEN if self.points(reading, True) else MISSED,
            tuple(self._file(code, reading) for code in self.evidence),
            row=None if row is None else self.rows.index(row),
            points=shown(row.points) if row else "0",
            code=self.value,
            day=shown(day),
            due=shown(due),
            business_days_late=late or None,
        )

    def _file(self, code: str, reading: Reading) -> Finding:
        counted = [piece for piece in self._in_time(code, reading) if piece.counts]
        waiting: list[Json] = [piece.ref for piece in self._in_time(code, reading) if not piece.counts]
        outcome = MET if counted else OPEN if self._first(code, reading, True) else MISSED
        first = counted[0] if counted else None
        return finding_of(
            "evidence",
            outcome,
            code=code,
            by=self._deadline(code, reading).isoformat(),
            counted=[first.ref] if first else [],
            waiting=waiting,
            day=shown(first.day) if first else None,
        )

    def ways(self, reading: Reading) -> Iterable[tuple[Need, ...]]:
        due = self._due_in(reading)
        if self._lacks_due(due):
            return
        if self.value is not None:
            yield from self._enter(reading, due, self.value)
        else:
            yield self._hand_in(reading, due)

    def _hand_in(self, reading: Reading, due: date | None) -> tuple[Need, ...]:
        """The reviews that are waited for, and the files that are missing, while they may still come."""
        reviews = tuple(need for code in self.evidence if (need := self._review(code, reading)))
        missing = [code for code in self.evidence if self._first(code, reading, True) == reading.as_of]
        missing = [code for code in missing if not self._in_time(code, reading)]
        if not missing:
            return reviews
        last = self._last_day(reading, due, min(self._deadline(code, reading) for code in missing))
        files = (Need("evidence", code, None, last, {}) for code in missing)
        return (*reviews, *files, *self._yes(reading, due, last))

    def _review(self, code: str, reading: Reading) -> Need | None:
        pieces = self._in_time(code, reading)
        if not pieces or pieces[0].counts:
            return None
        refs: list[Json] = [piece.ref for piece in pieces if not piece.counts and piece.day == pieces[0].day]
        return Need("review", code, None, None, {"refs": refs})

    def _enter(self, reading: Reading, due: date | None, code: str) -> Iterable[tuple[Need, ...]]:
        if reading.day(code) is not None or self._row_on(reading.as_of, due, reading, True) is None:
            return
        last = self._last_day(reading, due, max(self.close, due or self.close))
        data: dict[str, Json] = {"compare": "on", "date": reading.as_of.isoformat()}
        yield (Need("value", code, None, last, data), *self._yes(reading, due, last))

    def _yes(self, reading: Reading, due: date | None, last: date) -> tuple[Need, ...]:
        """The yes that the row of today asks for, while nobody has said yes or no."""
        row = self._row_on(reading.as_of, due, reading, True)
        if row is None or row.only_if is None or reading.flag(row.only_if) is not None:
            return ()
        return (Need("value", row.only_if, None, last, {"compare": "is_true"}),)

    def _last_day(self, reading: Reading, due: date | None, limit: date) -> date:
        """The last day, up to `limit`, that the row of today takes: rows go from early to late."""
        row = self._row_on(reading.as_of, due, reading, True)
        first, last = reading.as_of.toordinal(), max(limit, reading.as_of).toordinal()
        while first < last:
            middle = (first + last + 1) // 2
            if self._row_on(date.fromordinal(middle), due, reading, True) is row:
                first = middle
            else:
                last = middle - 1
        return date.fromordinal(first)

    def inputs(self) -> Iterable[Input]:
        if self.value is not None:
            yield Input("value", self.value)
        yield from (Input("requirement", code) for code in self.evidence)
        for row in self.rows:
            if row.only_if is not None:
                yield Input("value", row.only_if)
        if self.setting is not None:
            yield Input("setting", self.setting)

    def levels(self) -> tuple[Level, ...]:
        return tuple(Level(row.points, row.text) for row in self.rows)

    def earned_by_row(self) -> frozenset[Decimal]:
        return above_zero(row.points for row in self.rows)
