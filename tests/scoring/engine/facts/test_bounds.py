"""What amounts are expected to keep within: told when passed, and without any effect on points."""

from datetime import date
from decimal import Decimal

import pytest

from scoring import shipped
from scoring.engine import Beyond, Facts, beyond, load, score
from scoring.engine.facts.asked import Amount
from scoring.engine.facts.bounds import Slot
from tests.scoring.engine.making import facts, small

TEXT = """
    values:
      n: {title: {th: ก, en: N}, at_least: 2, at_most: 12}
      part: {title: {th: ก, en: Part}, not_above: n}
      d: {title: {th: ก, en: D}, kind: date, at_least: 2023-02-01, at_most: 2023-07-31, not_above: d2}
      d2: {title: {th: ก, en: D2}, kind: date}
      s: {title: {th: ก, en: S}, months: {from: 2023-02, to: 2023-03}, at_most: 31, not_above: s2}
      s2: {title: {th: ก, en: S2}, months: {from: 2023-02, to: 2023-03}}
      map: {title: {th: ก, en: Map}, kind: map, not_above: n}
    """
RULE = "rule: steps\nsteps: [{points: 5, th: ก, en: A, when: {value: n, at_least: 20}}]\n"
RULE += "also_asked: [part, d, d2, s, s2, map]"
SCHEME = load(small(TEXT, RULE))
N, D = Decimal, date.fromisoformat


@pytest.mark.parametrize(
    ("amounts", "found"),
    [
        ({("n", ""): N(2)}, {}),
        ({("n", ""): N(12)}, {}),
        ({("n", ""): N("1.9")}, {("n", ""): Beyond("at_least", N(2))}),
        ({("n", ""): N("12.1")}, {("n", ""): Beyond("at_most", N(12))}),
        ({("part", ""): N(9)}, {}),
        ({("part", ""): N(9), ("n", ""): N(9)}, {}),
        ({("part", ""): N(10), ("n", ""): N(9)}, {("part", ""): Beyond("not_above", N(9), "n")}),
        ({("d", ""): D("2023-02-01")}, {}),
        ({("d", ""): D("2023-01-31")}, {("d", ""): Beyond("at_least", D("2023-02-01"))}),
        ({("d", ""): D("2666-05-30")}, {("d", ""): Beyond("at_most", D("2023-07-31"))}),
        (
            {("d", ""): D("2023-05-02"), ("d2", ""): D("2023-05-01")},
            {("d", ""): Beyond("not_above", D("2023-05-01"), "d2")},
        ),
        (
            {("s", "2023-02"): N(4), ("s2", "2023-02"): N(3), ("s", "2023-03"): N(3), ("s2", "2023-03"): N(3)},
            {("s", "2023-02"): Beyond("not_above", N(3), "s2")},
        ),
        ({("map", "shopee"): N(9), ("n", ""): N(8)}, {("map", "shopee"): Beyond("not_above", N(8), "n")}),
        ({("gone", ""): N(9)}, {}),
        ({("d", ""): N(9), ("n", ""): D("2023-05-01")}, {}),
    ],
)
def test_an_amount_beyond_its_bounds_is_found(amounts: dict[Slot, Amount], found: dict[Slot, Beyond]) -> None:
    assert beyond(SCHEME.values, amounts) == found


def test_bounds_move_no_points() -> None:
    free = load(small(TEXT.replace(", at_least: 2, at_most: 12", ""), RULE))
    given: Facts = facts("2023-06-15T12:00", values={"n": N(25)})
    assert score(SCHEME, given) == score(free, given)
    assert score(SCHEME, given).criteria["a"].earned == 5


@pytest.mark.parametrize(
    ("scheme", "amounts", "told"),
    [
        ("cdd40-2566", {"2.1.1.confidence": N(150), "2.2.1.updated": N(13)}, {"2.1.1.confidence", "2.2.1.updated"}),
        ("cdd40-2566", {"3.3.protected": N(100_000), "3.3.total": N(107)}, {"3.3.protected"}),
        ("cdd40-2566", {"2.1.2.received_on": D("2666-05-30")}, {"2.1.2.received_on"}),
        ("cdd40-2566", {"2.1.1.collected": N(50_210), "2.1.1.target": N(50_000)}, set()),
        ("missions-2565", {"m5.repaid": N(5), "m5.overdue": N(4), "m2.4.successful": N(1)}, {"m5.repaid"}),
        ("milestone-2568", {"2025-04.collected": N(101), "2025-04.checked": N(101)}, {"2025-04.checked"}),
    ],
)
def test_shipped_schemes_bound_what_their_documents_and_arithmetic_do(
    scheme: str, amounts: dict[str, Amount], told: set[str]
) -> None:
    values = shipped.schemes()[scheme].values
    assert {code for code, _period in beyond(values, {(code, ""): one for code, one in amounts.items()})} == told
