"""All that is told of a round's judges: agreement, severity, marks far apart, ranks without each of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import caches
from django.db.models import Count, Sum

from submissions.models import Round

from . import sheets
from .agreement import alpha
from .figure import Figure
from .ranks import Ranked, ranked
from .severity import Severities, severities
from .sheets import Apart, Marks

KEPT = 10 * 60  # seconds for which the same facts are not worked out again


@dataclass(frozen=True)
class Panel:
    """`judges`: their names by id, of all who handed in a sheet. `items`: agreement on each item."""

    judges: Mapping[int, str]
    counts: Mapping[int, int]
    whole: Figure
    items: Mapping[str, Figure]
    severities: Severities
    apart: list[Apart]
    ranks: list[Ranked]  # empty where nobody is ranked
    is_complete: bool  # everybody judged the same entries


def panel_of(round: Round, at: datetime) -> Panel:
    """As the facts stand. It is kept for a while, for as long as no fact of the round changes."""
    told = round.entries.taking_part().aggregate(Count("pk"), Sum("facts_version"))
    key = f"panel:{round.pk}:{round.edition_id}:{told['pk__count']}:{told['facts_version__sum']}:{at:%Y%m%d%H}"
    kept: Panel | None = caches["process"].get(key)
    if kept is None:
        kept = _work_out(round, at)
        caches["process"].set(key, kept, KEPT)
    return kept


def _work_out(round: Round, at: datetime) -> Panel:
    marks = sheets.read(round)
    judges = sheets.judges_of(marks)
    entries = list(sheets.by_entry(marks).values())
    found = severities(sheets.totals(marks))
    is_ranked = round.ranked != "none" and bool(marks)
    return Panel(
        judges=judges,
        counts=Counter(mark.judge for mark in marks),
        whole=alpha([[float(mark.total) for mark in own] for own in entries]),
        items={code: _agreement(code, entries) for code in round.scheme.items},
        severities=found,
        apart=sheets.apart(round.scheme, marks),
        ranks=ranked(round, list(judges), found, at) if is_ranked else [],
        is_complete=len({frozenset(mark.judge for mark in own) for own in entries}) == 1,
    )


def _agreement(code: str, entries: Iterable[list[Marks]]) -> Figure:
    """On one item."""
    return alpha([[float(mark.items[code]) for mark in own if code in mark.items] for own in entries])
