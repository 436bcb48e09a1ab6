"""Values that wait for review count as claimed only, may yet earn what they would, and hide nothing."""

from dataclasses import replace
from decimal import Decimal

import pytest

from scoring import shipped
from scoring.engine import BadFacts, Facts, Need, load, read_facts, score, score_both
from tests.scoring.engine.case import months
from tests.scoring.engine.making import AFTER, BEFORE, facts, small

SCHEME = shipped.schemes()["cdd40-2566"]
EVERY_MONTH = months("2023-02", 6)
NEWS, MEETINGS = dict.fromkeys(EVERY_MONTH, Decimal(10)), dict.fromkeys(EVERY_MONTH, Decimal(3))


def with_states(state: str, *codes: str) -> Facts:
    """News and meetings of every month, for 3 points; those of `codes` stand so."""
    given = facts(AFTER, values={"3.4.news": NEWS, "3.4.webex": MEETINGS})
    return replace(given, states={(code, month): state for code in codes for month in EVERY_MONTH})


def test_what_waits_is_claimed_and_not_verified() -> None:
    verified, claimed = score_both(SCHEME, with_states("submitted", "3.4.news"))
    one = verified.criteria["3.4"]
    assert (one.earned, one.attainable, claimed.criteria["3.4"].earned) == (1, 3, 3)
    assert verified.dimensions["3"].earned == 1
    assert [finding.data["periods"] for finding in one.trace if finding.about == "undecided"] == [EVERY_MONTH]
    assert one.offers[0].gain == 2
    assert {need.kind for need in one.offers[0].needs} == {"decision"}
    assert isinstance(one.offers[0].needs[0], Need)


def test_what_is_returned_is_on_no_basis_and_what_is_accepted_on_both() -> None:
    both = score_both(SCHEME, with_states("returned", "3.4.news"))
    assert [basis.criteria["3.4"].earned for basis in both] == [1, 1]
    assert [basis.criteria["3.4"].attainable for basis in both] == [3, 3], "it may be entered again"
    assert {need.data["compare"] for need in both[1].criteria["3.4"].offers[0].needs} == {"again"}
    both = score_both(SCHEME, with_states("accepted", "3.4.news", "3.4.webex"))
    assert [basis.criteria["3.4"].earned for basis in both] == [3, 3]


def test_one_month_that_waits_costs_what_all_months_earn() -> None:
    given = with_states("submitted", "3.4.news")
    given = replace(given, states={("3.4.news", "2023-07"): "submitted"})
    assert score(SCHEME, given).criteria["3.4"].earned == 1


def test_what_came_back_is_named_with_what_is_still_to_be_entered() -> None:
    """April's news came back and July's is open: only both earn the points."""
    upto_june = {month: Decimal(10) for month in EVERY_MONTH if month != "2023-07"}
    given = facts("2023-07-10T12:00", values={"3.4.news": upto_june})
    given = replace(given, states={("3.4.news", "2023-04"): "returned", ("3.4.news", "2023-05"): "returned"})
    news = [offer for offer in score(SCHEME, given).criteria["3.4"].offers if offer.gain]
    asked = [{(need.period, need.data["compare"]) for need in offer.needs} for offer in news]
    assert {("2023-04", "again"), ("2023-05", "again"), ("2023-07", "at_least")} in asked
    assert all(len(offer.needs) == len(set(map(repr, offer.needs))) for offer in news)


def test_what_came_back_is_not_asked_for_where_it_makes_no_difference() -> None:
    upto_june = {month: Decimal(10) for month in EVERY_MONTH if month != "2023-07"}
    given = facts("2023-07-10T12:00", values={"3.4.news": upto_june, "3.4.webex": upto_june})
    given = replace(given, states={("3.4.news", "2023-04"): "returned"})
    found = score(SCHEME, given).criteria["3.4"].offers
    meetings = [offer for offer in found if {need.code for need in offer.needs} == {"3.4.webex"}]
    assert [len(offer.needs) for offer in meetings] == [1]


EITHER = """
    rule: steps
    steps:
      - points: 5
        when: {all: [{any: [{value: first, at_least: 1}, {value: second, at_least: 1}]}, {value: third, at_least: 1}]}
        th: ครบ
        en: All there
"""
THREE = """
    values:
      first: {title: {th: หนึ่ง, en: One}, review: true}
      second: {title: {th: สอง, en: Two}, review: true}
      third: {title: {th: สาม, en: Three}, review: true}
"""


def test_of_two_that_came_back_and_do_as_well_always_the_same_is_asked_for() -> None:
    """A set is walked in another order by each process, and an offer is kept in a publication."""
    scheme = load(small(THREE, EITHER))
    given = facts(BEFORE, scheme=scheme.code, values={"first": 1, "second": 1})
    given = replace(given, states={("first", None): "returned", ("second", None): "returned"})
    found = next(iter(score(scheme, given).criteria.values())).offers
    assert [[need.code for need in offer.needs] for offer in found] == [["first", "third"], ["second", "third"]]


def test_what_came_back_and_is_still_open_is_offered_once() -> None:
    scheme = load(small(THREE, EITHER))
    given = facts(BEFORE, scheme=scheme.code, values={"first": 1})
    given = replace(given, states={("first", None): "returned"})
    found = next(iter(score(scheme, given).criteria.values())).offers
    assert [need.code for offer in found for need in offer.needs] == ["first", "third"]


COMPLAINTS = """
    rule: steps
    steps:
      - points: 5
        when: {all: [{value: told, at_least: 0}, {value: unsettled, at_most: 0, missing: 0}]}
        th: จัดการครบ
        en: All settled
"""
DECLARED = """
    values:
      told: {title: {th: ข้อร้องเรียน, en: Complaints}, review: true}
      unsettled: {title: {th: ยังไม่จัดการ, en: Not settled}, review: true}
"""


def test_a_number_that_costs_points_costs_them_before_it_is_accepted() -> None:
    """Else nobody would want it to be looked at."""
    scheme = load(small(DECLARED, COMPLAINTS))
    given = facts(AFTER, scheme=scheme.code, values={"told": 3, "unsettled": 2})
    waiting = score(scheme, replace(given, states={("unsettled", None): "submitted"}))
    assert (waiting.total, waiting.attainable) == (0, 5), "it may come back"
    returned = score(scheme, replace(given, states={("unsettled", None): "returned"}))
    assert returned.total == 5, "as if it had never been told"


def test_what_does_not_count_yet_is_not_told_as_points_that_nobody_looked_at() -> None:
    given = with_states("submitted", "3.4.news")
    verified, claimed = score_both(SCHEME, replace(given, unchecked=frozenset(given.states)))
    assert verified.criteria["3.4"].unchecked == 0
    assert claimed.criteria["3.4"].unchecked == 2


def document(**parts: object) -> dict[str, object]:
    base = {"scheme": SCHEME.code, "entrant": {"code": "TH-81", "size": "small"}, "basis": "verified"}
    return base | {"as_of": "2023-08-15T10:00:00+07:00"} | parts


def test_the_interchange_format_tells_states_and_absence_is_accepted() -> None:
    values = {"3.4.news": {"2023-02": Decimal(11)}, "3.3.total": Decimal(40)}
    read = read_facts({SCHEME.code: SCHEME}, document(values=values, states={"3.4.news": {"2023-02": "returned"}}))
    assert read.states == {("3.4.news", "2023-02"): "returned"}
    assert read_facts({SCHEME.code: SCHEME}, document(values=values)).states == {}


@pytest.mark.parametrize(
    ("states", "field"),
    [
        ([], "states"),
        ({"3.4.webex": {"2023-02": "accepted"}}, "states.3.4.webex"),
        ({"3.4.news": "accepted"}, "states.3.4.news"),
        ({"3.4.news": {"2023-03": "accepted"}}, "states.3.4.news.2023-03"),
        ({"3.4.news": {"2023-02": "draft"}}, "states.3.4.news.2023-02"),
        ({"3.3.total": {"2023-02": "accepted"}}, "states.3.3.total"),
    ],
)
def test_a_state_that_makes_no_sense_is_named(states: object, field: str) -> None:
    values = {"3.4.news": {"2023-02": Decimal(11)}, "3.3.total": Decimal(40)}
    with pytest.raises(BadFacts) as bad:
        read_facts({SCHEME.code: SCHEME}, document(values=values, states=states))
    assert [fault.field for fault in bad.value.faults] == [field]
