"""Days, months and years moved by whole years, and what of them somebody has to decide."""

from __future__ import annotations

import re
from collections.abc import Set
from contextlib import suppress
from datetime import date, timedelta
from enum import StrEnum

_SATURDAY, _SUNDAY = 5, 6
_OCTOBER = 10  # in which the fiscal year begins
ERA = 543
_THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_YEAR = re.compile(r"(?<![0-9๐-๙])(?<![0-9๐-๙][.,])([0-9]{4}|[๐-๙]{4})(?![0-9๐-๙])(?![.,][0-9๐-๙])")
_MONTHS = (
    ("ม.ค", "มกรา", "jan"), ("ก.พ", "กุมภา", "feb"), ("มี.ค", "มีนา", "mar"), ("เม.ย", "เมษา", "apr"),
    ("พ.ค", "พฤษภา", "may"), ("มิ.ย", "มิถุนา", "jun"), ("ก.ค", "กรกฎา", "jul"), ("ส.ค", "สิงหา", "aug"),
    ("ก.ย", "กันยา", "sep"), ("ต.ค", "ตุลา", "oct"), ("พ.ย", "พฤศจิกา", "nov"), ("ธ.ค", "ธันวา", "dec"),
)  # fmt: skip
_DAY_IN_WORDS = re.compile(r"(?<![0-9])([0-9]{1,2}) *([^\W\d]+\S*?) *(?:พ\.ศ\. *)?([0-9]{4})(?![0-9])")
NEAR = 6  # years around a scheme's close: a number that far from it is hardly one of its years
YEARS = range(1900, 2200)  # those that the scheme language knows


class Concern(StrEnum):
    """Why somebody has to look at a day."""

    LEAP = "leap"  # the 29th of February, or the last day of a February that has one now
    SATURDAY = "saturday"
    SUNDAY = "sunday"
    HOLIDAY = "holiday"
    BEFORE = "before"  # the scheme's fiscal year
    AFTER = "after"
    NAMES_A_DAY = "names_a_day"  # in words, which are to say what the day says
    DOUBT = "doubt"  # about the document of that year
    REGISTER = "register"  # years that grow at one end, mostly


def shift_day(day: date, years: int) -> tuple[date, bool]:
    """The same day so many years later, and whether that has to be decided: only of the end of a February.

    The 29th becomes the 28th where there is none; a last day of February stays the last one. ValueError beyond the
    years that the language knows.
    """
    year = day.year + years
    if year not in YEARS:
        raise ValueError(f"no year of the language: {year}")
    if (day.month, day.day) in ((2, 28), (2, 29)) and _is_last(day):
        last = date(year, 3, 1) - timedelta(1)
        return last, last.day != day.day
    return day.replace(year=year), False


def _is_last(day: date) -> bool:
    return (day + timedelta(1)).day == 1


def shift_month(month: str, years: int) -> str:
    """'2023-02' so many years later. ValueError beyond the years that the language knows."""
    year = int(month[:4]) + years
    if year not in YEARS:
        raise ValueError(f"no year of the language: {year}")
    return f"{year:04d}{month[4:]}"


def fiscal_year(day: date) -> tuple[date, date]:
    """The first and the last day of the Thai fiscal year in which a day lies."""
    first = day.year if day.month >= _OCTOBER else day.year - 1
    return date(first, _OCTOBER, 1), date(first + 1, _OCTOBER, 1) - timedelta(1)


def rest_on(day: date, holidays: Set[date]) -> Concern | None:
    """Why nobody works on a day; None on a working day."""
    if day in holidays:
        return Concern.HOLIDAY
    return {_SATURDAY: Concern.SATURDAY, _SUNDAY: Concern.SUNDAY}.get(day.weekday())


def years_in(text: str, near: int, years: int) -> list[tuple[int, int, str]]:
    """The years of either era in a text that lie near one of the Common Era: where each stands, from and to, and how it
    is written so many years later, in the digits in which it stands.
    """
    found = []
    for match in _YEAR.finditer(text):
        number = int(match[0].translate(_ARABIC))
        if min(abs(number - near), abs(number - ERA - near)) <= NEAR:
            moved = str(number + years)
            is_thai = match[0] != match[0].translate(_ARABIC)
            found.append((match.start(), match.end(), moved.translate(_THAI) if is_thai else moved))
    return found


def days_in_words(text: str) -> set[date]:
    """The days that a text names with day, month and year, of either era."""
    found = set()
    for match in _DAY_IN_WORDS.finditer(text.translate(_ARABIC)):
        month = next((n for n, names in enumerate(_MONTHS, 1) if match[2].casefold().startswith(names)), 0)
        year = int(match[3]) - (ERA if int(match[3]) > YEARS[-1] else 0)
        with suppress(ValueError):  # such as a month that is none
            found.add(date(year, month, int(match[1])))
    return found
