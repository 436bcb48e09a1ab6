"""Points are shown with two decimals only where these are not zero, whatever they are kept as."""

from decimal import Decimal

import pytest

from scoring.engine.language.display import plain_points
from submissions.templatetags.wording import signed


@pytest.mark.parametrize(
    ("kept", "shown"),
    [("5.00", "5"), ("7.5", "7.50"), ("7.25", "7.25"), ("100", "100"), ("100.00", "100"), ("0.00", "0"), ("10", "10")],
)
def test_decimals_stand_where_they_say_something(kept, shown) -> None:
    assert plain_points(kept) == plain_points(Decimal(kept)) == shown


@pytest.mark.parametrize(("change", "shown"), [("1.5", "+1.50"), ("3.00", "+3"), ("-0.25", "−0.25"), ("0.00", "0")])
def test_a_change_has_its_sign_and_nothing_has_none(change, shown) -> None:
    assert signed(Decimal(change)) == shown
