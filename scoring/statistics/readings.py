"""How far first and second readers of evidence agree: of each first reader, and of each requirement."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from submissions.models import Round, SecondReading, User

from .agreement import kappa
from .figure import Figure


@dataclass(frozen=True)
class Read:
    """Decisions read twice: how many, how many alike, and agreement beyond chance. `key`: whose, or of what."""

    key: Any
    count: int
    alike: int
    kappa: Figure

    @property
    def percent(self) -> int:
        return 100 * self.alike // self.count


@dataclass(frozen=True)
class Readings:
    """`people`: by the first reader's name; `requirements`: by code."""

    whole: Read | None
    people: list[Read]
    requirements: list[Read]


def readings_of(round: Round) -> Readings:
    """All that was drawn and read. Two statements."""
    done = SecondReading.objects.filter(
        entry__round=round, kind=SecondReading.Kind.SAMPLE, state=SecondReading.State.DONE
    )
    columns = ("first_by", "evidence__requirement", "first_accepted", "accepted")
    rows: list[tuple[Any, ...]] = list(done.order_by("pk").values_list(*columns))
    names = {person.pk: str(person) for person in User.objects.filter(pk__in={row[0] for row in rows})}
    people = _by((names.get(row[0], ""), row[2], row[3]) for row in rows)
    requirements = _by(row[1:] for row in rows)
    return Readings(_read(None, [(row[2], row[3]) for row in rows]) if rows else None, people, requirements)


def _by(rows: Iterable[tuple[Any, ...]]) -> list[Read]:
    groups: dict[Any, list[tuple[bool, bool]]] = {}
    for key, first, second in rows:
        groups.setdefault(key, []).append((first, second))
    return [_read(key, groups[key]) for key in sorted(groups)]


def _read(key: Any, pairs: list[tuple[bool, bool]]) -> Read:
    counts = Counter(pairs)
    table = [[counts[first, second] for second in (True, False)] for first in (True, False)]
    return Read(key, len(pairs), table[0][0] + table[1][1], kappa(table))
