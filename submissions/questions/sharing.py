"""How entries are shared out among judges by a seed: the same seed gives the same shares, anywhere and at any time.

Plain Python: ids in, ids out. Each entry gets as many judges as asked for, each judge about as many entries, nobody
what they stand aside from; and who was together often is not put together again, where there is a choice.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations

TRIES = 8  # drawings, of which the one that mixes best is taken

Shares = dict[int, set[int]]  # {entry: its judges}


def share_out(
    entries: Sequence[int],
    may: Mapping[int, Collection[int]],
    per_entry: int,
    *,
    seed: str,
    kept: Mapping[int, Collection[int]] | None = None,
) -> Shares:
    """`may`: {entry: the judges who may judge it}; `kept`: who stays with it whatever is drawn.

    An entry that too few may judge gets all of them.
    """
    kept = kept or {}
    drawn = (_draw(entries, may, per_entry, kept, f"{seed}/{number}") for number in range(TRIES))
    return min(drawn, key=_together)


def _draw(
    entries: Sequence[int],
    may: Mapping[int, Collection[int]],
    per_entry: int,
    kept: Mapping[int, Collection[int]],
    seed: str,
) -> Shares:
    shares: Shares = {entry: set(kept.get(entry, ())) for entry in entries}
    load = Counter(judge for panel in shares.values() for judge in panel)
    met: Counter[frozenset[int]] = Counter()
    # Who has the least choice chooses first.
    for entry in sorted(entries, key=lambda one: (len(may[one]), _chance(seed, one))):
        panel = shares[entry]
        while len(panel) < per_entry and (free := set(may[entry]) - panel):
            chosen = min(
                free,
                key=lambda judge: (
                    load[judge],
                    sum(met[frozenset((judge, other))] for other in panel),
                    _chance(seed, entry, judge),
                ),
            )
            panel.add(chosen)
            load[chosen] += 1
        met.update(map(frozenset, combinations(panel, 2)))
    _even_out(shares, load, may, kept)
    return shares


def _even_out(
    shares: Shares, load: dict[int, int], may: Mapping[int, Collection[int]], kept: Mapping[int, Collection[int]]
) -> None:
    """Hand entries on, from judge to judge if need be, until nobody can be spared by somebody who has two fewer."""
    while handed := _way_on(shares, load, may, kept):
        for entry, giver, taker in handed:
            shares[entry].remove(giver)
            shares[entry].add(taker)
            load[giver] -= 1
            load[taker] += 1


def _way_on(
    shares: Shares, load: Mapping[int, int], may: Mapping[int, Collection[int]], kept: Mapping[int, Collection[int]]
) -> list[tuple[int, int, int]]:
    """The next entry to hand on, of whoever has most and can be spared; [] when nobody can."""
    busiest = sorted(load, key=lambda judge: (-load[judge], judge))
    return next(filter(None, (_way_from(busy, shares, load, may, kept) for busy in busiest)), [])


def _way_from(
    busy: int,
    shares: Shares,
    load: Mapping[int, int],
    may: Mapping[int, Collection[int]],
    kept: Mapping[int, Collection[int]],
) -> list[tuple[int, int, int]]:
    """How an entry of this judge comes, handed on, to one who has two fewer: [(entry, giver, taker)]; or []."""
    came: dict[int, tuple[int, int]] = {busy: (0, 0)}
    waiting = [busy]
    for giver in waiting:
        for entry in sorted(one for one in shares if giver in shares[one] and giver not in kept.get(one, ())):
            for taker in sorted(set(may[entry]) - shares[entry] - came.keys()):
                came[taker] = (entry, giver)
                if load[taker] <= load[busy] - 2:
                    return _steps(came, taker, busy)
                waiting.append(taker)
    return []


def _steps(came: dict[int, tuple[int, int]], taker: int, busy: int) -> list[tuple[int, int, int]]:
    steps = []
    while taker != busy:
        entry, giver = came[taker]
        steps.append((entry, giver, taker))
        taker = giver
    return steps


def _together(shares: Shares) -> tuple[int, int]:
    """How badly it mixes: pairs that share all entries of one of them, and how often a pair meets at most."""
    met: dict[tuple[int, int], int] = {}
    load: dict[int, int] = {}
    for panel in shares.values():
        for judge in panel:
            load[judge] = load.get(judge, 0) + 1
        for pair in combinations(sorted(panel), 2):
            met[pair] = met.get(pair, 0) + 1
    always = sum(times == min(load[first], load[second]) for (first, second), times in met.items())
    return always, max(met.values(), default=0)


def _chance(seed: str, *parts: int) -> str:
    """A number drawn by the seed: written out, so that whoever has the seed can draw it again without this program."""
    return hashlib.sha256("/".join([seed, *map(str, parts)]).encode()).hexdigest()
