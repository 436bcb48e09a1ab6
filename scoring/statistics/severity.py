"""How much more or less each judge gives than the colleagues, on the entries that both judged.

Points are taken as the entry's worth and the judge's severity (least squares): who happened to judge better entries
is not called lenient for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

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
    import numpy as np
    from scipy import special

    rows: dict[int, list[tuple[int, float]]] = {}
    place = {judge: number for number, judge in enumerate(judges)}
    for (entry, judge), points in given.items():
        rows.setdefault(entry, []).append((place[judge], points))
    shared = [row for row in rows.values() if len(row) > 1]
    size = len(judges)
    left, right, counts = np.zeros((size, size)), np.zeros(size), np.zeros(size, dtype=int)
    for row in shared:
        who, points_of = np.array([judge for judge, _points in row]), np.array([points for _judge, points in row])
        left[who, who] += 1
        left[np.ix_(who, who)] -= 1 / len(row)
        right[who] += points_of - points_of.mean()
        counts[who] += 1
    compared = np.linalg.pinv(left, hermitian=True)
    is_joined = size > 1 and np.linalg.matrix_rank(left, hermitian=True) == size - 1
    effects = compared @ right
    freedom = int(counts.sum()) - len(shared) - size + 1
    unexplained = sum(
        float(((points - points.mean()) - (effects[who] - effects[who].mean())) @ (points - points.mean()))
        for who, points in (
            (np.array([judge for judge, _points in row]), np.array([points for _judge, points in row]))
            for row in shared
        )
    )
    variance = max(unexplained, 0) / freedom if is_joined and freedom > 0 else None

    def leniency(number: int) -> Figure:
        count = int(counts[number])
        if not is_joined:
            return lacking(count, "apart" if size > 1 and count >= FEW_SHEETS else "few")
        if count < FEW_SHEETS or variance is None:
            return lacking(count, "few")
        value = float(effects[number])
        width = float(special.stdtrit(freedom, (1 + LEVEL) / 2) * np.sqrt(variance * compared[number, number]))
        return Figure(count, value, value - width, value + width)

    def spread(judge: str) -> float | None:
        own = [points for (_entry, who), points in given.items() if who == judge]
        return float(np.std(own, ddof=1)) if len(own) >= FEW_SHEETS else None

    found = {judge: Severity(leniency(place[judge]), spread(judge)) for judge in judges}
    return Severities(found, float(np.sqrt(variance)) if variance is not None else None)
