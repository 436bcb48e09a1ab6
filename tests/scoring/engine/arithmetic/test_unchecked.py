"""Points that rest on values which nobody has looked at: how many of those that are earned."""

from dataclasses import replace
from decimal import Decimal

from scoring import shipped
from scoring.engine import Facts, score, score_both
from tests.scoring.engine.case import months
from tests.scoring.engine.making import AFTER, BEFORE, facts, piece

SCHEME = shipped.schemes()["cdd40-2566"]
EVERY_MONTH = months("2023-02", 6)
NEWS, MEETINGS = dict.fromkeys(EVERY_MONTH, Decimal(10)), dict.fromkeys(EVERY_MONTH, Decimal(3))


def with_unchecked(*codes: str) -> Facts:
    """News and meetings of every month, for 3 points; `codes` are those that nobody has looked at."""
    given = facts(AFTER, piece("1.1.report", BEFORE), values={"3.4.news": NEWS, "3.4.webex": MEETINGS})
    return replace(given, unchecked=frozenset((code, month) for code in codes for month in EVERY_MONTH))


def test_what_would_not_be_earned_without_them_rests_on_them() -> None:
    assert score(SCHEME, with_unchecked()).criteria["3.4"].unchecked == 0
    one = score(SCHEME, with_unchecked("3.4.news"))
    assert (one.criteria["3.4"].earned, one.criteria["3.4"].unchecked) == (3, 2), "two things done; one is 1 point"
    all_of_it = score(SCHEME, with_unchecked("3.4.news", "3.4.webex"))
    assert all_of_it.criteria["3.4"].unchecked == 3
    assert [all_of_it.dimensions[code].unchecked for code in ("1", "3")] == [0, 3]


def test_a_month_that_was_looked_at_does_not_make_the_others_so() -> None:
    given = with_unchecked("3.4.news")
    less = replace(given, unchecked=given.unchecked - {("3.4.news", "2023-02")})
    assert score(SCHEME, less).criteria["3.4"].unchecked == 2


def test_points_are_the_same_whoever_looked() -> None:
    for basis in score_both(SCHEME, with_unchecked("3.4.news")):
        untold = score(SCHEME, replace(with_unchecked(), basis="verified"))
        assert (basis.total, basis.attainable) == (untold.total, untold.attainable)
        assert {code: one.unchecked for code, one in basis.criteria.items() if one.unchecked} == {"3.4": 2}


def test_what_earns_more_by_being_unknown_rests_on_nothing() -> None:
    """The conferences that were held are what those joined early are held against."""
    held = {"3.4.conference_held": dict.fromkeys(EVERY_MONTH, Decimal(1))}
    given = facts(AFTER, values=held | {"3.4.news": NEWS})
    given = replace(given, unchecked=frozenset(("3.4.conference_held", month) for month in EVERY_MONTH))
    assert score(SCHEME, given).criteria["3.4"].unchecked == 0
