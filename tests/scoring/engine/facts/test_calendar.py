from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from scoring import shipped
from scoring.engine import BANGKOK, business_days_late, day_of, end_of_day
from scoring.engine.facts.calendar import month_end, month_title, months

MAY_31 = date(2023, 5, 31)  # a Wednesday


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2023, 7, 31, 16, 59, 59, 999999, UTC), date(2023, 7, 31)),
        (datetime(2023, 7, 31, 17, tzinfo=UTC), date(2023, 8, 1)),
        (datetime(2023, 7, 31, 23, 59, 59, 999999, BANGKOK), date(2023, 7, 31)),
        (datetime(2023, 8, 1, 6, tzinfo=timezone(timedelta(hours=14))), date(2023, 7, 31)),
        (datetime(1, 1, 1, 3, tzinfo=timezone(timedelta(hours=5))), date(1, 1, 1)),
    ],
)
def test_the_day_of_a_moment_is_bangkoks(moment: datetime, day: date) -> None:
    assert day_of(moment) == day


def test_a_moment_before_or_after_the_calendar_has_no_day() -> None:
    with pytest.raises(OverflowError):
        day_of(datetime(9999, 12, 31, 23, tzinfo=UTC))
    with pytest.raises(OverflowError):
        day_of(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=8))))


def test_a_moment_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        day_of(datetime(2023, 7, 31))  # noqa: DTZ001


def test_the_end_of_a_day_is_its_last_microsecond() -> None:
    assert end_of_day(date(2023, 7, 31)) == datetime(2023, 7, 31, 16, 59, 59, 999999, UTC)


@pytest.mark.parametrize(
    ("day", "late"),
    [
        (date(2023, 5, 30), 0),
        (MAY_31, 0),
        (date(2023, 6, 1), 1),
        (date(2023, 6, 2), 2),
        (date(2023, 6, 3), 2),  # Saturday
        (date(2023, 6, 4), 2),  # Sunday
        (date(2023, 6, 5), 2),  # a holiday
        (date(2023, 6, 6), 3),
        (date(2023, 6, 8), 5),
        (date(2023, 6, 9), 6),
        (date(2023, 6, 23), 16),
    ],
)
def test_business_days_late(day: date, late: int) -> None:
    assert business_days_late(MAY_31, day, {date(2023, 6, 5), date(2023, 6, 4)}) == late


def test_business_days_agree_with_counting_one_by_one() -> None:
    holidays = shipped.holidays()
    for start in range(0, 30):
        due = date(2023, 4, 1) + timedelta(start)
        for away in range(60):
            day = due + timedelta(away)
            counted = [due + timedelta(n) for n in range(1, away + 1)]
            late = sum(one.weekday() < 5 and one not in holidays for one in counted)
            assert business_days_late(due, day, holidays) == late


def test_months() -> None:
    assert months("2021-11", "2022-02") == ("2021-11", "2021-12", "2022-01", "2022-02")
    assert month_end("2024-02") == date(2024, 2, 29)
    assert month_end("2022-12") == date(2022, 12, 31)


def test_a_month_is_named_in_both_languages_with_the_year_of_each() -> None:
    assert (month_title("2023-01").th, month_title("2023-01").en) == ("มกราคม 2566", "January 2023")
    assert (month_title("2022-12").th, month_title("2022-12").en) == ("ธันวาคม 2565", "December 2022")
    assert month_title("2022-10").en == "October 2022"


def test_shipped_holidays_are_those_of_officials() -> None:
    holidays = shipped.holidays()
    assert date(2023, 5, 17) in holidays  # Ploughing Ceremony
    assert date(2023, 5, 1) not in holidays  # Labour Day
    assert date(2023, 1, 3) not in holidays
    assert {day.year for day in holidays} == set(range(2021, 2027))
