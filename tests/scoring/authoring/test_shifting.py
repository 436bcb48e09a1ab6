"""Days and years moved by whole years: what is decided by itself, what somebody has to decide."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scoring import shipped
from scoring.authoring.shifting import (
    Concern,
    days_in_words,
    fiscal_year,
    rest_on,
    shift_day,
    shift_month,
    years_in,
)
from scoring.engine import working_days_beside

DAYS = st.dates(date(1960, 1, 1), date(2140, 12, 31))
YEARS = st.integers(-50, 50)


@example(date(2000, 2, 28), 1)
@given(DAYS, YEARS)
def test_there_and_back_is_the_same_day_but_for_those_that_are_decided(day, years):
    there, is_open = shift_day(day, years)
    back, is_open_back = shift_day(there, -years)
    if (day.month, (day + timedelta(1)).day) == (2, 29):  # the 28th before a 29th is the last day elsewhere
        assert (there.month, there.day, is_open) == (2, 28, False)
        assert back == day or is_open_back
        return
    assert is_open == is_open_back
    assert back == day
    if not is_open:
        assert (there.month, there.day, there.year) == (day.month, day.day, day.year + years)


@given(DAYS, YEARS)
def test_only_the_end_of_a_february_is_to_be_decided(day, years):
    there, is_open = shift_day(day, years)
    if is_open:
        assert day.month == there.month == 2
        assert (day + timedelta(1)).day == (there + timedelta(1)).day == 1


@pytest.mark.parametrize(
    ("day", "years", "there", "is_open"),
    [
        ("2024-02-29", 1, "2025-02-28", True),
        ("2024-02-29", 4, "2028-02-29", False),
        ("2023-02-28", 1, "2024-02-29", True),  # the last day of the month stays the last
        ("2024-02-28", 1, "2025-02-28", False),  # not the last one where it comes from
        ("2023-02-28", 2, "2025-02-28", False),
        ("2096-02-29", 4, "2100-02-28", True),  # no leap year
        ("2022-12-31", 1, "2023-12-31", False),
    ],
)
def test_leap_days(day, years, there, is_open):
    assert shift_day(date.fromisoformat(day), years) == (date.fromisoformat(there), is_open)


def test_no_day_leaves_the_years_of_the_language():
    with pytest.raises(ValueError, match="2200"):
        shift_day(date(2199, 1, 1), 1)
    with pytest.raises(ValueError, match="1899"):
        shift_month("1900-01", -1)


@given(st.integers(1960, 2140), st.integers(1, 12), YEARS)
def test_months_there_and_back(year, number, years):
    month = f"{year:04d}-{number:02d}"
    assert shift_month(shift_month(month, years), -years) == month
    assert shift_month(month, years)[5:] == month[5:]


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        ("2023-07-31", "2022-10-01", "2023-09-30"),
        ("2023-09-30", "2022-10-01", "2023-09-30"),
        ("2023-10-01", "2023-10-01", "2024-09-30"),
    ],
)
def test_the_fiscal_year_begins_in_october(day, first, last):
    assert fiscal_year(date.fromisoformat(day)) == (date.fromisoformat(first), date.fromisoformat(last))


def test_days_of_rest_and_the_working_days_beside_them():
    holidays = {date(2024, 4, day) for day in (12, 15, 16)}
    assert rest_on(date(2024, 4, 15), holidays) == Concern.HOLIDAY
    assert rest_on(date(2024, 4, 13), holidays) == Concern.SATURDAY
    assert rest_on(date(2024, 4, 14), holidays) == Concern.SUNDAY
    assert rest_on(date(2024, 4, 17), holidays) is None
    assert working_days_beside(date(2024, 4, 14), holidays) == (date(2024, 4, 11), date(2024, 4, 17))


@given(st.sampled_from(sorted(shipped.holidays())))
def test_the_days_beside_are_working_days(day):
    before, after = working_days_beside(day, shipped.holidays())
    assert before < day < after
    assert not rest_on(before, shipped.holidays())
    assert not rest_on(after, shipped.holidays())


def moved(text: str, near: int = 2023, years: int = 1) -> str:
    parts = list(text)
    for start, end, becomes in reversed(years_in(text, near, years)):
        parts[start:end] = becomes
    return "".join(parts)


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("ประจำปี 2566", "ประจำปี 2567"),
        ("สิงหาคม - กันยายน ๒๕๖๕", "สิงหาคม - กันยายน ๒๕๖๖"),
        ("พ.ศ.2566-2567", "พ.ศ.2567-2568"),
        ("Both by 31 May 2023.", "Both by 31 May 2024."),
        ("A prize of 2,023.50 baht, 20231 of them, 1.2023", None),
        ("ปี 2540 และ 2000", None),  # far from the scheme's own years
        ("มาตรา 112 จำนวน 15,000", None),
    ],
)
def test_years_of_either_era_near_the_scheme_s_own(text, becomes):
    assert moved(text) == (becomes or text)


@given(st.text(alphabet="ก2๒0356๖๕ .,-ab\n"), st.integers(1, 3))
def test_years_there_and_back(text, years):
    assert moved(moved(text, 2023, years), 2023 + years, -years) == text


def test_days_named_in_words():
    assert days_in_words("ส่งก่อนวันที่ 31 พฤษภาคม 2566") == {date(2023, 5, 31)}
    assert days_in_words("๙ มิ.ย. ๒๕๖๓ และ 1 October 2021") == {date(2020, 6, 9), date(2021, 10, 1)}
    assert days_in_words("30 กุมภาพันธ์ 2566, 5 ขั้น 2566, ภายใน 3 วัน") == set()
