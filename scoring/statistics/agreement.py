"""Agreement beyond chance, each with its interval: Cohen's kappa of two, Krippendorff's alpha of any number of judges.

numpy and scipy come when they are first asked for: they take longer than a page, and most processes never need them.
"""

from collections.abc import Sequence
from typing import Any

from .figure import LEVEL, Figure, lacking

FEW_PAIRS = 20  # decisions taken twice, below which kappa moves too much with each of them to be told
FEW_UNITS = 10  # entries with two judges at least, the same for alpha
RESAMPLES = 2000
SEED = 2566  # of every resampling: told beside the intervals, so that anybody gets the same ones


def kappa(table: Sequence[Sequence[int]]) -> Figure:
    """Cohen's kappa. `table`: how often the first decided so (row) and the second so (column).

    The interval is of Fleiss, Cohen and Everitt (1969). That of perfect agreement would have no width: there the
    lower end is what Wilson's interval of the share of equal decisions leaves of it.
    """
    import numpy as np
    from scipy import special

    counts = np.array(table, dtype=float)
    number = int(counts.sum())
    if number < FEW_PAIRS:
        return lacking(number, "few")
    shares = counts / number
    first, second = shares.sum(axis=1), shares.sum(axis=0)
    if 1 in first or 1 in second:  # who always decides the same agrees with nobody beyond chance
        return lacking(number, "same")
    agreed, by_chance = float(np.trace(shares)), float(first @ second)
    value = (agreed - by_chance) / (1 - by_chance)
    width = float(special.ndtri((1 + LEVEL) / 2))
    if agreed == 1:
        lowest = number / (number + width**2)  # Wilson's, of all
        return Figure(number, 1.0, (lowest - by_chance) / (1 - by_chance), 1.0)
    off = shares * (second[:, None] + first[None, :]) ** 2
    on = shares.diagonal() * ((1 - by_chance) - (first + second) * (1 - agreed)) ** 2
    spread = on.sum() + (1 - agreed) ** 2 * (off.sum() - off.trace())
    spread -= (agreed * by_chance - 2 * by_chance + agreed) ** 2
    error = float(np.sqrt(max(spread, 0) / number)) / (1 - by_chance) ** 2
    return Figure(number, value, max(value - width * error, -1.0), min(value + width * error, 1.0))


def alpha(units: Sequence[Sequence[float]]) -> Figure:
    """Krippendorff's alpha of points (interval level). `units`: what each entry was given, by however many judges.

    The interval is of entries drawn anew (percentiles of `RESAMPLES`). Of entries that are all alike nothing can be
    said; where a drawing happens to have only such, it counts as no agreement, which makes the interval wider.
    """
    paired = [unit for unit in units if len(unit) > 1]
    if len(paired) < FEW_UNITS:
        return lacking(len(paired), "few")
    import numpy as np
    from scipy import stats

    judges = np.array([len(unit) for unit in paired], dtype=float)
    sums = np.array([sum(unit) for unit in paired])
    squares = np.array([sum(point * point for point in unit) for unit in paired])
    within = 2 * (judges * squares - sums**2) / (judges - 1)

    def of(chosen: Any, axis: int = -1) -> Any:  # as scipy calls it
        number = judges[chosen].sum(axis=axis)
        expected = 2 * (number * squares[chosen].sum(axis=axis) - sums[chosen].sum(axis=axis) ** 2) / (number - 1)
        observed = within[chosen].sum(axis=axis)
        varied = expected > 1e-9
        return np.where(varied, 1 - observed / np.where(varied, expected, 1), 0)

    every = np.arange(len(paired))
    if np.ptp(np.concatenate(paired)) == 0:
        return lacking(len(paired), "same")
    drawn = stats.bootstrap(
        (every,),
        of,
        n_resamples=RESAMPLES,
        batch=100,
        confidence_level=LEVEL,
        method="percentile",
        rng=np.random.default_rng(SEED),
    )
    interval = drawn.confidence_interval
    return Figure(len(paired), float(of(every)), float(interval.low), float(interval.high))
