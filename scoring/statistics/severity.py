"""How much more or less each judge gives than the colleagues, on the entries that both judged.

Points are taken as the entry's worth and the judge's severity (least squares): who happened to judge better entries
is not called lenient for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import stdev
from typing import Any

from .figure import LEVEL, Figure, lacking

FEW_SHEETS = 5  # entries judged by somebody else too, below which nothing is said of a judge

Given = Mapping[tuple[int, str], float]  # {(entry, judge): points}


@dataclass(frozen=True)
class Severity:
    """`leniency`: points more (or less) than the judges' mean; `spread`: the standard deviation of what was given."""

    leniency: Figure
    spread: float | None


@dataclass(frozen=True)
class Severities:
    """`noise`: the standard deviation of what neither the entry nor the judge explains; None where nothing is left."""

    judges: Mapping[str, Severity]
    noise: float | None

    @property
    def is_known(self) -> bool:
        """Whether all judges can be compared, so that points can be adjusted."""
        return bool(self.judges) and all(one.leniency.value is not None for one in self.judges.values())


def severities(given: Given) -> Severities:
    """Of each judge who has given anything. Judges who share no entry, not even through others, can't be compared."""
    judges = sorted({judge for _entry, judge in given})
    if not judges:
        return Severities({}, None)
    fit = _Fit(given, judges)
    found = {judge: Severity(fit.leniency(number), _spread(given, judge)) for number, judge in enumerate(judges)}
    return Severities(found, None if fit.variance is None else fit.variance**0.5)


def _spread(given: Given, judge: str) -> float | None:
    own = [points for (_entry, who), points in given.items() if who == judge]
    return stdev(own) if len(own) >= FEW_SHEETS else None


class _Fit:
    """The judges' effects by least squares, on the entries that several of them judged. Judges are numbers here."""

    def __init__(self, given: Given, judges: Sequence[str]) -> None:
        import numpy as np

        self._shared = _shared(given, judges)
        size = len(judges)
        left, right, self._counts = np.zeros((size, size)), np.zeros(size), np.zeros(size, dtype=int)
        for who, points in self._shared:
            left[who, who] += 1
            left[np.ix_(who, who)] -= 1 / len(who)
            right[who] += points - points.mean()
            self._counts[who] += 1
        self._compared = np.linalg.pinv(left, hermitian=True)
        self._effects = self._compared @ right
        self._are_several = size > 1
        self._are_joined = size > 1 and np.linalg.matrix_rank(left, hermitian=True) == size - 1
        self._freedom = int(self._counts.sum()) - len(self._shared) - size + 1

    @cached_property
    def variance(self) -> float | None:
        """Of what neither the entry nor the judge explains; None where nothing is left to tell it by."""
        if not self._are_joined or self._freedom <= 0:
            return None
        return max(sum(self._unexplained(who, points) for who, points in self._shared), 0) / self._freedom

    def _unexplained(self, who: Any, points: Any) -> float:
        apart, effects = points - points.mean(), self._effects[who]
        return float((apart - (effects - effects.mean())) @ apart)

    def leniency(self, judge: int) -> Figure:
        from scipy import special

        count = int(self._counts[judge])
        if not self._are_joined:
            return lacking(count, "apart" if self._are_several and count >= FEW_SHEETS else "few")
        if count < FEW_SHEETS or self.variance is None:
            return lacking(count, "few")
        value = float(self._effects[judge])
        error = (self.variance * self._compared[judge, judge]) ** 0.5
        width = float(special.stdtrit(self._freedom, (1 + LEVEL) / 2) * error)
        return Figure(count, value, value - width, value + width)


def _shared(given: Given, judges: Sequence[str]) -> list[tuple[Any, Any]]:
    """Of each entry that several judged: who did, and the points."""
    import numpy as np

    place = {judge: number for number, judge in enumerate(judges)}
    entries: dict[int, list[tuple[int, float]]] = {}
    for (entry, judge), points in given.items():
        entries.setdefault(entry, []).append((place[judge], points))
    shared = [zip(*sheets, strict=True) for sheets in entries.values() if len(sheets) > 1]
    return [(np.array(who), np.array(points)) for who, points in shared]
