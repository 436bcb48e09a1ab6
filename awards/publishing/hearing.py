"""From a provisional result to the one that holds: what it is scored as of, what may differ, what came of appeals."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from awards.content import canonical
from awards.models import Publication
from scoring import engine
from submissions import intake
from submissions.models import Appeal, Entry, Round, User
from submissions.questions.proofread import Refused


class Line(Protocol):
    """An entry as it would be announced."""

    @property
    def entry(self) -> Entry: ...
    @property
    def facts(self) -> engine.Facts: ...
    @property
    def score(self) -> engine.Score: ...


def provisional_of(round: Round) -> Publication | None:
    """The provisional result that the round stands at."""
    if round.provisional is None:
        return None
    return Publication.objects.with_round().get(round=round, number=round.provisional)


def begin(round: Round, number: int, *, by: User, at: datetime) -> Round:
    """Facts stand still from this provisional publication on. The caller holds entries and round; so below."""
    return intake.settle(round, number, by=by, at=at)


def conclude(round: Round, *, by: User, at: datetime) -> Round:
    """Nobody disputes the result any more: it is final."""
    return intake.conclude(round, by=by, at=at)


def scored_as_of(round: Round, at: datetime | None = None) -> datetime:
    """The time at which what is published next is scored: a final result as of its provisional one, so that no point
    moves because time went by."""
    provisional = provisional_of(round)
    return provisional.as_of if provisional else at or round.now()


def check_unmoved(provisional: Publication, lines: Iterable[Line]) -> None:
    """Refuse a final result whose facts differ from the provisional one's without an appeal."""
    lines = list(lines)
    announced = dict(provisional.results.values_list("entry", "facts"))
    appealed = set(_appeals(provisional).values_list("entry", flat=True))
    moved = [
        str(line.entry)
        for line in lines
        if line.entry.pk not in appealed
        and compared(announced.get(line.entry.pk, "{}")) != compared(canonical.facts_line(line.facts))
    ]
    gone = announced.keys() - {line.entry.pk for line in lines}
    moved += [str(entry) for entry in Entry.objects.filter(pk__in=gone).select_related("office", "nominee_office")]
    if moved:
        text = _("The facts are not those of the provisional result, and no appeal has changed them: %(offices)s")
        raise Refused({"": [text % {"offices": ", ".join(moved[:10])}]})


def compared(facts: str) -> dict[str, Any]:
    """Without days of rest: whoever adds those of next year changes nobody's points. Nor do judges' names, which a
    publication leaves out, and the order of sheets, which is that of drawn numbers there."""
    found: dict[str, Any] = json.loads(facts)
    if judging := found.get("judging"):
        judging["sheets"] = sorted(
            (sheet["points"] for sheet in judging["sheets"]), key=lambda points: [*points.items()]
        )
    return {key: part for key, part in found.items() if key != "holidays"}


def _appeals(provisional: Publication) -> QuerySet[Appeal]:
    return Appeal.objects.filter(entry__round=provisional.round_id, publication=provisional.number)


def outcome(provisional: Publication, lines: Iterable[Line]) -> dict[str, Any]:
    """What came of the appeals, as it is published: each with its points before and after, and how many there were."""
    scores = {line.entry.pk: line.score for line in lines}
    before: dict[int, Mapping[str, Any]] = dict(provisional.results.values_list("entry", "criteria"))
    appeals = _appeals(provisional).select_related("entry__office").order_by("entry__office__sort_key", "pk")
    rows = [_row(appeal, before[appeal.entry_id], scores[appeal.entry_id]) for appeal in appeals]
    counted = Counter(row["verdict"] for row in rows)
    at_stake = sum((Decimal(row["max"]) - Decimal(row["before"]) for row in rows), Decimal(0))
    moved = sum((abs(Decimal(row["after"]) - Decimal(row["before"])) for row in rows), Decimal(0))
    return {
        "provisional": provisional.number,
        "digest": provisional.digest,
        "disputed": len(rows),
        **{verdict: counted[verdict] for verdict in Appeal.Verdict.values},
        "points_disputed": f"{at_stake:.2f}",
        "points_changed": f"{moved:.2f}",
        "answers": rows,
    }


def _row(appeal: Appeal, before: Mapping[str, Any], after: engine.Score) -> dict[str, str]:
    was = before[appeal.criterion]
    return {
        "office": appeal.entry.office.code,
        "criterion": appeal.criterion,
        "verdict": appeal.verdict,
        "before": was["earned"],
        "after": f"{after.criteria[appeal.criterion].earned:.2f}",
        "max": was["max"],
    }
