"""What of a scheme's text does not fit its days: due after the close or out of order, words that name other days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from .changes import day_of, is_due
from .scalars import Scalar, scalars
from .shifting import ERA, days_in_words, fiscal_year, years_in

_MONTH = re.compile(r"([0-9]{4})-(?:0[1-9]|1[0-2])\Z")
_LANGUAGES = ("th", "en")
_MONTHS = (
    r"มกราคม|ม\.ค\.|\bJan(uary)?\b", r"กุมภาพันธ์|ก\.พ\.|\bFeb(ruary)?\b", r"มีนาคม|มี\.ค\.|\bMar(ch)?\b",
    r"เมษายน|เม\.ย\.|\bApr(il)?\b", r"พฤษภาคม|พ\.ค\.|\bMay\b", r"มิถุนายน|มิ\.ย\.|\bJune?\b",
    r"กรกฎาคม|ก\.ค\.|\bJuly?\b", r"สิงหาคม|ส\.ค\.|\bAug(ust)?\b", r"กันยายน|ก\.ย\.|\bSep(t|tember)?\b",
    r"ตุลาคม|ต\.ค\.|\bOct(ober)?\b", r"พฤศจิกายน|พ\.ย\.|\bNov(ember)?\b", r"ธันวาคม|ธ\.ค\.|\bDec(ember)?\b",
)  # fmt: skip


class Kind(StrEnum):
    LATE = "late"  # due after the scheme's last day
    ORDER = "order"  # of a period, before the day of one that the scheme names earlier
    DAY = "day"  # named in words, though nothing falls on it
    YEAR = "year"  # named in words, though no day lies in it, or it is the former scheme's
    MONTH = "month"  # named in words: that of the day which was due before


@dataclass(frozen=True, slots=True)
class Misfit:
    """Something to look at: where, in which text, and the day (or the first of the month, of the year) it is about."""

    kind: Kind
    path: tuple[str, ...]
    value: str
    day: date


def misfits(text: str, before: str = "") -> list[Misfit]:
    """Of a sound text, in its order. `before`: the text it was made from, which told its own days rightly."""
    return list(_Reader(text, before).found())


class _Reader:
    def __init__(self, text: str, before: str) -> None:
        self.scalars = [one for one in scalars(text) if not one.is_key]
        self.former = {one.path: one.value for one in scalars(before) if not one.is_key} if before else {}
        self.days = {one.path: day for one in self.scalars if (day := day_of(one))}
        self.close = self.days["close",]
        self.close_before = _as_day(self.former.get(("close",), "")) or self.close
        self.years = {day.year for day in self.days.values()} | {fiscal_year(self.close)[1].year}
        self.years |= {int(month[1]) for one in self.scalars if (month := _MONTH.match(one.value))}
        self.moved = dict(self._moved())

    def _moved(self) -> Iterator[tuple[tuple[str, ...], tuple[date, date]]]:
        """Things of which a day came into another month: (the former day, the day)."""
        for path, day in self.days.items():
            was = _as_day(self.former.get(path, ""))
            if was and len(path) > 1 and was.month != day.month:
                yield path[:-1], (was, day)

    def _before_earlier(self) -> Iterator[tuple[tuple[str, ...], date]]:
        """Days of periods that come out of order: (path, the latest day of an earlier one)."""
        codes = dict.fromkeys(one.path[1] for one in self.scalars if one.path[0] == "periods")
        for place in dict.fromkeys(path[:-1] for path in self.days if path[-2:-1] == ("periods",)):
            latest = date.min
            for path in ((*place, code) for code in codes):
                day = self.days.get(path, latest)
                if day < latest:
                    yield path, latest
                latest = max(latest, day)

    def found(self) -> Iterator[Misfit]:
        out_of_order = dict(self._before_earlier())
        for one in self.scalars:
            if day := self.days.get(one.path):
                if is_due(one) and day > self.close:
                    yield Misfit(Kind.LATE, one.path, one.value, day)
                if earlier := out_of_order.get(one.path):
                    yield Misfit(Kind.ORDER, one.path, one.value, earlier)
            elif one.word in _LANGUAGES and "doubts" not in one.path and self._is_to_be_read(one):
                yield from self._in_words(one)

    def _is_to_be_read(self, text: Scalar) -> bool:
        """What stood there before, under the same days, was right then."""
        stayed = self.former.get(text.path) == text.value
        return not stayed or self.close.year != self.close_before.year or bool(self._moved_around(text))

    def _moved_around(self, text: Scalar) -> list[tuple[date, date]]:
        return [days for path, days in self.moved.items() if text.path[: len(path)] == path]

    def _in_words(self, text: Scalar) -> Iterator[Misfit]:
        named = days_in_words(text.value)
        for day in sorted(named - set(self.days.values())):
            yield Misfit(Kind.DAY, text.path, text.value, day)
        for year in sorted(self._odd_years(text) - {day.year for day in named}):
            yield Misfit(Kind.YEAR, text.path, text.value, date(year, 1, 1))
        for was, day in self._moved_around(text):
            if was not in named and _names(text.value, was.month) and not _names(text.value, day.month):
                yield Misfit(Kind.MONTH, text.path, text.value, was.replace(day=1))

    def _odd_years(self, text: Scalar) -> set[int]:
        stayed = self.former.get(text.path) == text.value
        of_former = {self.close_before.year} - {self.close.year} if stayed else set[int]()
        return {year for year in _years(text.value, self.close.year) if year not in self.years or year in of_former}


def _years(text: str, near: int) -> Iterator[int]:
    """Of the Common Era, whatever era they are written in."""
    for start, end, _moved in years_in(text, near, 0):
        year = int(text[start:end])
        yield year - ERA if year - ERA > near - ERA // 2 else year


def _names(text: str, month: int) -> bool:
    return re.search(_MONTHS[month - 1], text) is not None


def _as_day(value: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(value)
    return None
