"""How sure each place is: by how far judges lie apart, and by decisions that are still open. Plain numbers in and out.

What is announced is ranked by the engine, exactly; nothing here moves it. Points are whole hundredths. numpy comes when
it is first asked for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .figure import LEVEL

RESAMPLES = 2000
FEW_JUDGES = 5  # below which the spread of their points says little
BATCH = 200  # drawings ranked at once: those of a country take memory


@dataclass(frozen=True)
class Placed:
    """One who is ranked. `group`: among whom; `sheets`: what each judge's sheet would have given alone, in hundredths;
    `low`, `high`: its points if everything still open were decided against it, or for it."""

    code: str
    group: str
    rank: int
    points: int
    sheets: Mapping[str, int]
    low: int
    high: int


@dataclass(frozen=True)
class Range:
    """The places that it might have: by its judges, by what is open, and by the one or the other."""

    judges: tuple[int, int]
    decisions: tuple[int, int]
    count: int  # judges

    @property
    def best(self) -> int:
        return min(self.judges[0], self.decisions[0])

    @property
    def worst(self) -> int:
        return max(self.judges[1], self.decisions[1])


def ranges(placed: Iterable[Placed], seed: int, resamples: int = RESAMPLES) -> dict[str, Range]:
    """Of everybody, each among its own group. The same seed gives the same ranges."""
    groups: dict[str, list[Placed]] = {}
    for one in placed:
        groups.setdefault(one.group, []).append(one)
    found: dict[str, Range] = {}
    for nth, group in enumerate(sorted(groups)):
        own = groups[group]
        judged, decided = by_judges(own, (seed + nth) % 2**32, resamples), by_decisions(own)
        found |= {one.code: Range(judged[one.code], decided[one.code], len(one.sheets)) for one in own}
    return found


def by_judges(group: Sequence[Placed], seed: int, resamples: int = RESAMPLES) -> dict[str, tuple[int, int]]:
    """Between which places each lies in nineteen of twenty drawings of the judges, with replacement.

    Who was judged by the same people is judged by the same drawing: a judge who is severe with all moves nobody.
    """
    import numpy as np

    if not any(len(set(one.sheets.values())) > 1 for one in group):
        return {one.code: (one.rank, one.rank) for one in group}
    chance = np.random.RandomState(seed)  # whose stream numpy promises never to change
    panels = sorted({tuple(sorted(one.sheets)) for one in group})
    drawn = {panel: chance.randint(0, len(panel), (resamples, len(panel))) for panel in panels if panel}
    order = np.array([one.rank for one in group])
    ranks = np.empty((resamples, len(group)), dtype=np.int32)
    for start in range(0, resamples, BATCH):
        rows = slice(start, min(start + BATCH, resamples))
        points = np.stack([_drawn(one, drawn, rows) for one in group], axis=1)
        ranks[rows] = _ranks(points * (len(group) + 1) - order)
    tail = (1 - LEVEL) / 2
    ends = np.quantile(ranks, (tail, 1 - tail), axis=0, method="inverted_cdf").astype(int)
    # The announced place is always among them: a drawing may favour others on both sides.
    return {
        one.code: (min(int(ends[0, nth]), one.rank), max(int(ends[1, nth]), one.rank)) for nth, one in enumerate(group)
    }


def _drawn(one: Placed, drawn: Mapping[tuple[str, ...], Any], rows: slice) -> Any:
    """Its points in each drawing: as announced, moved by what those drawn give more or less than all."""
    import numpy as np

    panel = tuple(sorted(one.sheets))
    count = rows.stop - rows.start
    if not panel:
        return np.full(count, one.points)
    given = np.array([one.sheets[judge] for judge in panel])
    moved = given[drawn[panel][rows]].sum(axis=1) - given.sum()
    return one.points + np.rint(moved / len(panel)).astype(int)


def _ranks(keys: Any) -> Any:
    """Of each drawing: one more than how many are better."""
    import numpy as np

    rising = np.sort(keys, axis=1)
    better = [len(row) - np.searchsorted(row, own, side="right") for row, own in zip(rising, keys, strict=True)]
    return np.array(better) + 1


def by_decisions(group: Sequence[Placed]) -> dict[str, tuple[int, int]]:
    """The best and the worst place of each, whichever way each open decision goes: exactly, no drawing."""
    from bisect import bisect_right

    def key(points: int, rank: int) -> tuple[int, int]:
        return points, -rank

    lows = sorted(key(one.low, one.rank) for one in group)
    highs = sorted(key(one.high, one.rank) for one in group)
    found = {}
    for one in group:
        high, low = key(one.high, one.rank), key(one.low, one.rank)
        # Its own low is never above its high; its own high may be above its low, and is no rival.
        best = 1 + len(group) - bisect_right(lows, high)
        worst = 1 + len(group) - bisect_right(highs, low) - (high > low)
        found[one.code] = (best, worst)
    return found


def lines_within(ranges: Mapping[str, Range], ranks: Mapping[str, int], line: int) -> tuple[list[str], list[str]]:
    """Who might lose, and who might gain, what the first `line` places have; each in the order of their ranks."""
    ordered = sorted(ranges, key=lambda code: ranks[code])
    losing = [code for code in ordered if ranks[code] <= line < ranges[code].worst]
    gaining = [code for code in ordered if ranges[code].best <= line < ranks[code]]
    return losing, gaining
