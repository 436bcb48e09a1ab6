"""Agreement and severity against worked examples that others published."""

import pytest

from scoring.statistics.agreement import alpha, kappa
from scoring.statistics.severity import severities


def test_kappa_as_fleiss_works_it_out():
    """Fleiss, Statistical Methods for Rates and Proportions (1981), table 13.1: 100 subjects, three diagnoses."""
    found = kappa([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    assert (found.count, round(found.value, 2)) == (100, 0.68)
    assert (found.high - found.value) / 1.96 == pytest.approx(0.087, abs=0.001)


def test_kappa_of_two_who_accept_and_return():
    """50 proposals read by two: observed 0.70, by chance 0.50."""
    assert kappa([[20, 5], [10, 15]]).value == pytest.approx(0.4)


def test_kappa_says_what_it_can_not():
    assert kappa([[9, 3], [3, 4]]).lack == "few"
    assert kappa([[40, 3], [0, 0]]).lack == "same"
    whole = kappa([[30, 0], [0, 10]])
    assert whole.value == whole.high == 1
    assert 0.7 < whole.low < 0.9, "so few decisions leave room for doubt"


FOUR_OBSERVERS = """
    1 2 3 3 2 1 4 1 2 . . .
    1 2 3 3 2 2 4 1 2 5 . 3
    . 3 3 3 2 3 4 2 2 5 1 .
    1 2 3 3 2 4 4 1 2 5 1 .
"""


def units_of(table: str) -> list[list[float]]:
    rows = [line.split() for line in table.strip().splitlines()]
    return [[float(given) for given in unit if given != "."] for unit in zip(*rows, strict=True)]


def test_alpha_as_krippendorff_works_it_out():
    """Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), example C at interval level: 0.849."""
    found = alpha(units_of(FOUR_OBSERVERS))
    assert found.count == 11, "the last unit has one observer alone"
    assert found.value == pytest.approx(0.849, abs=0.0005)
    assert 0 < found.low < found.value < found.high <= 1
    assert alpha(units_of(FOUR_OBSERVERS)) == found, "drawn by a recorded seed"


def test_alpha_says_what_it_can_not():
    assert alpha([[1, 2]] * 9).lack == "few"
    assert alpha([[3, 3]] * 12).lack == "same"
    assert alpha([[1]] * 30).lack == "few"


# Shrout and Fleiss (1979), table 2: six targets, four judges. Their table of variance: within targets 112.75 / 18,
# between judges 97.46 / 3, error 15.29 / 15 = 1.02.
SIX_TARGETS = [(9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7)]


def given_in(table) -> dict[tuple[int, str], float]:
    return {(entry, "abcd"[judge]): points for entry, row in enumerate(table) for judge, points in enumerate(row)}


def test_severity_as_shrout_and_fleiss_have_it():
    found = severities(given_in(SIX_TARGETS))
    means = {"a": 46 / 6, "b": 15 / 6, "c": 26 / 6, "d": 40 / 6}
    for judge, mean in means.items():
        assert found.judges[judge].leniency.value == pytest.approx(mean - 127 / 24)
    assert found.noise**2 == pytest.approx(1.02, abs=0.005)
    assert found.is_known


def test_whoever_judged_the_better_entries_is_not_lenient():
    """Two judges who differ by a point on what both judged; each has entries of their own beside."""
    given = {(entry, judge): 10.0 + entry + more for entry in range(6) for judge, more in (("a", 0), ("b", 1))}
    given |= {(entry, "b"): 90.0 for entry in range(20, 26)}
    given[0, "a"] += 0.5
    given[1, "a"] -= 0.5
    found = severities(given)
    assert found.judges["b"].leniency.value == pytest.approx(0.5)
    assert found.judges["a"].leniency.value == pytest.approx(-0.5)


def test_severity_says_what_it_can_not():
    assert severities({}).judges == {}
    alone = severities({(entry, "a"): 5.0 for entry in range(9)})
    assert alone.judges["a"].leniency.lack == "few"
    pairs = {(entry, judge): float(entry) for entry in range(6) for judge in "ab"}
    pairs |= {(entry, judge): float(entry) for entry in range(10, 16) for judge in "cd"}
    assert {one.leniency.lack for one in severities(pairs).judges.values()} == {"apart"}
    assert not severities(pairs).is_known
