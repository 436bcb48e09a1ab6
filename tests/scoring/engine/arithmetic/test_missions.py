"""The missions of 2565: sums of many kinds of rules, turned into levels."""

import pytest

from scoring import shipped
from scoring.engine import score
from scoring.engine.arithmetic.reading import Reading
from tests.scoring.engine.making import facts, longer, piece, points


def missions(as_of: str, *evidence, **more):
    return facts(as_of, *evidence, scheme="missions-2565", **more)


OVER = "2022-10-01T00:00"


def test_a_proportion_is_capped_and_rounded_half_up() -> None:
    rule = shipped.schemes()["missions-2565"].criteria["m1"].rule.total.parts[3].rule
    for helped, failing, expected in (
        (1, 3, "5.00"),
        (1, 7, "2.14"),
        (99, 3, "15.00"),
        (1, 3000, "0.01"),
        (1, 0, "15.00"),
    ):
        given = missions(OVER, values={"m1.2.2.1.helped": helped, "m1.2.2.1.failing": failing})
        reading = Reading(shipped.schemes()["missions-2565"].values, given)
        assert f"{rule.points(reading, False):.2f}" == expected


def test_a_share_of_nobody_is_full_even_without_a_numerator() -> None:
    assert points("m5", missions(OVER, values={"m5.overdue": 0})) == ("5.00", "5.00")
    assert points("m6", missions(OVER, values={"m6.debt_start": 0})) == ("5.00", "5.00")
    assert points("m5", missions(OVER, values={"m5.repaid": 10})) == ("0.00", "0.00")


@pytest.mark.parametrize(
    ("now", "level"),
    [(90.01, "0.00"), (90, "1.00"), (85, "2.00"), (80, "3.00"), (75, "4.00"), (70, "5.00"), (200, "0.00")],
)
def test_debt_that_falls(now, level) -> None:
    assert points("m6", missions(OVER, values={"m6.debt_start": 100, "m6.debt_now": now})) == (level, level)


@pytest.mark.parametrize(("sales", "level"), [(50, "1.00"), (104, "2.00"), (106, "3.00"), (108, "4.00"), (110, "5.00")])
def test_sales_that_grow(sales, level) -> None:
    assert points("m7", missions(OVER, values={"m7.base": 100, "m7.sales": sales})) == (level, level)
    assert points("m7", missions("2022-09-30T23:59", values={"m7.base": 100, "m7.sales": sales})) == (level, "5.00")


@pytest.mark.parametrize(
    ("day", "extended", "level"),
    [
        ("2021-12-30", None, "3.00"),
        ("2021-12-30", True, "3.00"),
        ("2021-12-31", True, "2.00"),
        ("2021-12-31", False, "1.00"),
        ("2021-12-31", None, "1.00"),
        ("2022-02-28", True, "2.00"),
        ("2022-03-31", True, "1.00"),
    ],
)
def test_money_disbursed(day, extended, level) -> None:
    values = {"m2.1.completed_on": day, **({} if extended is None else {"m2.1.extended": extended})}
    assert points("m2", missions(OVER, values=values)) == (level, level)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ("0.00", "5.00")),
        ({"m2.1.extended": False}, ("1.00", "3.00")),  # what is left after 30 December without more time is 50
        ({"m2.1.extended": True}, ("1.00", "5.00")),
    ],
)
def test_completing_today_is_what_can_be_reached(values, expected) -> None:
    assert points("m2", missions("2022-01-15T12:00", values=values)) == expected


@pytest.mark.parametrize(
    ("values", "level"),
    [
        ({"events": 16, "registered": 100, "channels": {"a": 5, "b": 5, "c": 5}}, "5.00"),
        ({"events": 16, "registered": 100, "channels": {"a": 5, "b": 5, "c": 4.99}}, "4.00"),
        ({"events": 15, "registered": 100, "channels": {"a": 5, "b": 5, "c": 5}}, "4.00"),
        ({"events": 8, "registered": 100, "channels": {"a": 3}}, "3.00"),
        ({"events": 4, "registered": 100, "channels": {"a": 2}}, "2.00"),
        ({"registered": 100, "channels": {"a": 99}}, "1.00"),
        ({"events": 16, "registered": 0, "channels": {"a": 0, "b": 0, "c": 0}}, "5.00"),
        ({"events": 16, "registered": 0}, "0.00"),
        ({"events": 16, "channels": {"a": 5}}, "0.00"),
        ({"events": 16, "registered": 100, "channels": {}}, "0.00"),
    ],
)
def test_market_channels(values, level) -> None:
    given = missions(OVER, values={f"m3.{code}": number for code, number in values.items()})
    assert points("m3", given) == (level, level)


def test_a_level_is_0_until_any_input_is_there() -> None:
    assert points("m8", missions("2022-09-30T12:00"))[0] == "0.00"
    assert points("m8", missions(OVER)) == ("0.00", "0.00")
    assert points("m8", missions(OVER, values={"m8.4.downloads": 0})) == ("1.00", "1.00")
    assert points("m2", missions(OVER, values={"m2.3.publicity": {}})) == ("0.00", "0.00")
    assert points("m2", missions("2022-01-01T00:00", values={"m2.1.completed_on": "2022-01-02"}))[0] == "0.00"


def test_evidence_is_an_input_when_it_came_by_the_close_or_its_extension() -> None:
    late_for_points = piece("m8.1.1.order", "2022-09-30T23:59:59.999999")
    assert points("m8", missions(OVER, late_for_points)) == ("1.00", "1.00")
    after = piece("m8.1.1.order", "2022-10-05T00:00")
    assert points("m8", missions("2022-11-01T00:00", after)) == ("0.00", "0.00")
    extended = (longer("m8.1.1.order", "2022-10-05"),)
    assert points("m8", missions("2022-11-01T00:00", after, extensions=extended)) == ("1.00", "1.00")
    last = piece("m8.3.activity", "2022-10-05T00:00", period="q4")
    for period, level in (("q4", "1.00"), ("q3", "0.00")):
        extended = (longer("m8.3.activity", "2022-10-05", period),)
        assert points("m8", missions("2022-11-01T00:00", last, extensions=extended)) == (level, level)


def test_after_the_close_what_waits_or_an_extension_keeps_a_level_attainable() -> None:
    waiting = piece("m8.1.1.order", "2022-09-30T12:00", status="submitted")
    assert points("m8", missions(OVER, waiting)) == ("0.00", "1.00")
    assert points("m8", missions(OVER, extensions=(longer("m8.1.1.order", "2022-10-01"),))) == ("0.00", "1.00")
    assert points("m8", missions(OVER, extensions=(longer("m4.1.plan", "2022-10-01"),))) == ("0.00", "0.00")


def test_a_total_is_rounded_half_up_before_it_is_looked_up() -> None:
    """m4 at 20 is level 1; m8 with 20.5 rounds to 21, level 2."""
    assert points("m4", missions(OVER, values={"m4.2.percent": 10})) == ("1.00", "1.00")
    assert points("m8", missions(OVER, values={"m8.4.downloads": 1366}))[0] == "1.00"  # 20.49
    assert points("m8", missions(OVER, values={"m8.4.downloads": 1367}))[0] == "2.00"  # 20.505 -> 20.51


def test_a_sum_is_capped() -> None:
    both = missions(OVER, piece("m4.1.plan", "2022-01-31T09:00"), values={"m4.2.percent": 30})
    assert points("m4", both) == ("5.00", "5.00")
    part = score(shipped.schemes()["missions-2565"], both).criteria["m4"].trace[0]
    assert part.data["total"] == "100"


def test_a_part_with_a_day_of_its_own_is_open_until_then() -> None:
    plan = piece("m4.1.plan", "2022-01-31T09:00")
    assert points("m4", missions("2022-06-30T23:59", plan)) == ("3.00", "5.00")
    assert points("m4", missions("2022-07-01T00:00", plan)) == ("3.00", "3.00")
