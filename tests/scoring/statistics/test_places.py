"""How sure a place is: exact where nothing spreads or is open, as worked out by hand, the same by the same seed."""

import random
from itertools import product
from statistics import mean

import pytest

from scoring.statistics.places import Placed, by_decisions, by_judges, lines_within, ranges

SEED = 2566


def ranked(points: dict[str, int]) -> dict[str, int]:
    return {code: 1 + sum(other > own for other in points.values()) for code, own in points.items()}


def group(sheets: dict[str, list[int]], opens: dict[str, tuple[int, int]] | None = None) -> list[Placed]:
    """Entries of which judges' sheets are all that counts: the points are their mean."""
    points = {code: round(sum(own) / len(own)) for code, own in sheets.items()}
    ranks = ranked(points)
    opens = opens or {}
    return [
        Placed(
            code,
            "",
            ranks[code],
            points[code],
            {f"J{nth}": given for nth, given in enumerate(own)},
            *opens.get(code, (points[code], points[code])),
        )
        for code, own in sheets.items()
    ]


@pytest.mark.parametrize("seed", range(20))
def test_without_spread_and_open_decisions_every_place_is_exact(seed):
    chance = random.Random(seed)
    same = {f"E{n}": [chance.randrange(5) * 100] * 3 for n in range(12)}
    found = ranges(group(same), SEED)
    assert {code: (one.best, one.worst) for code, one in found.items()} == {
        one.code: (one.rank, one.rank) for one in group(same)
    }


def test_a_judge_who_is_severe_with_all_moves_nobody():
    severe = {"A": [900, 500], "B": [800, 400], "C": [700, 300]}
    assert set(by_judges(group(severe), SEED).values()) == {(1, 1), (2, 2), (3, 3)}


def test_two_judges_by_hand():
    """Drawn are J0 and J1 each alone in a quarter, and both in half of all drawings: A leads by J0, B by J1."""
    apart = {"A": [1000, 400], "B": [600, 700], "C": [100, 100]}
    # By both: A 700, B 650. By J1 alone: B 700, A 400. C is last by everybody.
    assert by_judges(group(apart), SEED) == {"A": (1, 2), "B": (1, 2), "C": (3, 3)}


def test_open_decisions_by_hand():
    some = group({"A": [900], "B": [800], "C": [700]}, {"C": (700, 850), "B": (750, 800)})
    assert by_decisions(some) == {"A": (1, 1), "B": (2, 3), "C": (2, 3)}


@pytest.mark.parametrize("seed", range(30))
def test_open_decisions_are_the_same_as_trying_every_way(seed):
    chance = random.Random(seed)
    sheets = {f"E{n}": [chance.randrange(8) * 100] for n in range(5)}
    opens = {
        code: (own[0] - chance.randrange(3) * 100, own[0] + chance.randrange(3) * 100) for code, own in sheets.items()
    }
    some = group(sheets, opens)
    tried: dict[str, set[int]] = {one.code: set() for one in some}
    for ends in product((False, True), repeat=len(some)):
        keys = {one.code: (one.high if end else one.low, -one.rank) for one, end in zip(some, ends, strict=True)}
        for code, own in keys.items():
            tried[code].add(1 + sum(other > own for other in keys.values()))
    assert by_decisions(some) == {code: (min(places), max(places)) for code, places in tried.items()}


def test_more_judges_make_it_no_wider_on_average():
    widths = {}
    for judges in (3, 6, 12):
        found = []
        for seed in range(15):
            chance = random.Random(seed)
            worth = [chance.uniform(300, 900) for _ in range(15)]
            sheets = {f"E{n}": [round(own + chance.gauss(0, 80)) for _ in range(judges)] for n, own in enumerate(worth)}
            found += [worst - best for best, worst in by_judges(group(sheets), seed, 400).values()]
        widths[judges] = mean(found)
    assert widths[3] >= widths[6] >= widths[12] > 0


def test_the_same_seed_gives_the_same_and_the_announced_place_is_within():
    chance = random.Random(1)
    some = group({f"E{n}": [chance.randrange(100) * 10 for _ in range(4)] for n in range(30)})
    found = ranges(some, SEED)
    assert found == ranges(list(reversed(some)), SEED)
    assert found != ranges(some, SEED + 1)
    assert all(found[one.code].best <= one.rank <= found[one.code].worst for one in some)


def test_groups_do_not_mix():
    alone = [Placed("A", "1", 1, 100, {}, 0, 900), Placed("B", "2", 1, 50, {}, 0, 900)]
    assert {(one.best, one.worst) for one in ranges(alone, SEED).values()} == {(1, 1)}


def test_who_stands_within_an_award_s_line():
    found = ranges(group({"A": [1000, 400], "B": [600, 700], "C": [100, 100]}), SEED)
    assert lines_within(found, {"A": 1, "B": 2, "C": 3}, 1) == (["A"], ["B"])
    assert lines_within(found, {"A": 1, "B": 2, "C": 3}, 2) == ([], [])
