"""What is typed into a form goes through the same checks as what is read from a file."""

from datetime import date
from decimal import Decimal

import pytest

from scoring import shipped
from scoring.engine import BadFacts, canonical, check_points, check_setting, check_value

CDD40 = shipped.schemes()["cdd40-2566"]
MISSIONS = shipped.schemes()["missions-2565"]


@pytest.mark.parametrize(
    ("code", "period", "text", "value"),
    [
        ("3.3.total", None, " 200 ", Decimal(200)),
        ("2.1.1.confidence", None, "96.2", Decimal("96.2")),
        ("2.1.2.received_on", None, "2023-05-30", date(2023, 5, 30)),
        ("4.1.extra_content", None, "true", True),
        ("4.1.extra_content", None, "false", False),
        ("3.4.news", "2023-02", "12", Decimal(12)),
    ],
)
def test_a_value(code, period, text, value) -> None:
    assert check_value(CDD40, code, period, text) == value
    assert check_value(CDD40, code, period, canonical(value)) == value


@pytest.mark.parametrize(
    ("code", "period", "text", "field"),
    [
        ("3.3.total", None, "0", "values.3.3.total"),
        ("3.3.total", None, "", "values.3.3.total"),
        ("3.3.total", None, "1e5", "values.3.3.total"),
        ("3.3.total", None, "NaN", "values.3.3.total"),
        ("3.3.total", None, "-1", "values.3.3.total"),
        ("3.3.total", None, "1,000", "values.3.3.total"),
        ("3.4.news", "2023-08", "12", "values.3.4.news.2023-08"),
        ("3.4.news", None, "12", "values.3.4.news"),
        ("4.1.extra_content", None, "yes", "values.4.1.extra_content"),
        ("9.9", None, "1", "values.9.9"),
    ],
)
def test_a_bad_value(code, period, text, field) -> None:
    with pytest.raises(BadFacts) as refused:
        check_value(CDD40, code, period, text)
    assert [fault.field for fault in refused.value.faults] == [field]


def test_a_number_below_nothing_is_still_called_a_number() -> None:
    for typed in ("-1", "-0.5"):
        with pytest.raises(BadFacts) as refused:
            check_value(CDD40, "3.3.total", None, typed)
        assert [fault.en for fault in refused.value.faults] == ["must not be negative"]


def test_a_map() -> None:
    assert check_value(MISSIONS, "m3.channels", "shopee", "5") == 5


def test_a_setting() -> None:
    assert check_setting(CDD40, "2.1.2.due", " 2023-05-31 ") == date(2023, 5, 31)
    with pytest.raises(BadFacts) as refused:
        check_setting(CDD40, "2.1.2.due", "31/05/2566")
    assert [fault.field for fault in refused.value.faults] == ["settings.2.1.2.due"]


def test_points() -> None:
    assert check_points(CDD40, "5.1.1", "2.5") == Decimal("2.5")
    assert check_points(CDD40, "5.1.1", " 3 ") == 3
    for text in ("3.1", "-1", "x", "", "1e0"):
        with pytest.raises(BadFacts) as refused:
            check_points(CDD40, "5.1.1", text)
        assert [fault.field for fault in refused.value.faults] == ["points.5.1.1"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("96.20"), "96.2"),
        (Decimal("1E+2"), "100"),
        (Decimal("5.0"), "5"),
        (Decimal("10.00"), "10"),
        (Decimal("0.050"), "0.05"),
        (Decimal(0), "0"),
        (False, "false"),
        (date(2023, 5, 1), "2023-05-01"),
        (True, "true"),
    ],
)
def test_canonical_text(value, text) -> None:
    assert canonical(value) == text
