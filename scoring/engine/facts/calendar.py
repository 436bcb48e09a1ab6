"""Days: the day in Bangkok of a moment, months and their ends, business days late."""

from __future__ import annotations

from collections.abc import Set
from datetime import date, datetime, time, timedelta, timezone

from .terms import Text

BANGKOK = timezone(timedelta(hours=7), "Asia/Bangkok")
"""Thailand has kept UTC+7, without summer time, since 1920; a fixed offset spares the engine a time zone database."""

_SATURDAY = 5


def day_of(moment: datetime) -> date:
    """The day in Bangkok of an aware `moment`. OverflowError when the calendar has no such day."""
    if moment.tzinfo is BANGKOK:
        return moment.date()
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("a time without an offset has no day in Bangkok")
    return (moment.replace(tzinfo=None) + (timedelta(hours=7) - offset)).date()


def end_of_day(day: date) -> datetime:
    """The last microsecond of a day in Bangkok: what comes then is still in time."""
    return datetime.combine(day, time.max, BANGKOK)


def business_days_late(due: date, day: date, holidays: Set[date]) -> int:
    """Business days after `due` up to and including `day`: not Saturday, not Sunday, not a holiday."""
    days = (day - due).days
    if days <= 0:
        return 0
    weeks, rest = divmod(days, 7)
    late = weeks * 5 + sum((due + timedelta(n)).weekday() < _SATURDAY for n in range(1, rest + 1))
    return late - sum(due < off <= day and off.weekday() < _SATURDAY for off in holidays)


def is_working(day: date, holidays: Set[date]) -> bool:
    return day.weekday() < _SATURDAY and day not in holidays


def working_days_beside(day: date, holidays: Set[date]) -> tuple[date, date]:
    """The nearest working days before and after a day."""
    before, after = day - timedelta(1), day + timedelta(1)
    while not is_working(before, holidays):
        before -= timedelta(1)
    while not is_working(after, holidays):
        after += timedelta(1)
    return before, after


def month_end(month: str) -> date:
    """The last day of a month '2023-02'."""
    year, number = int(month[:4]), int(month[5:])
    return date(year + number // 12, number % 12 + 1, 1) - timedelta(1)


def months(first: str, last: str) -> tuple[str, ...]:
    """Every month from '2023-02' to '2023-07', both included."""
    start, stop = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return tuple(f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(start, stop + 1))


_MONTHS_TH = ("มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม").split()
_MONTHS_EN = "January February March April May June July August September October November December".split()


def month_title(month: str) -> Text:
    """'2023-03' in words: มีนาคม 2566, March 2023."""
    year, number = int(month[:4]), int(month[5:])
    return Text(f"{_MONTHS_TH[number - 1]} {year + 543}", f"{_MONTHS_EN[number - 1]} {year}")
