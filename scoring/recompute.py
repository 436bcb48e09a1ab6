"""Facts in, scorecards out: lock, then read, then write. Always from the beginning, never by adding a difference."""

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from django.db import models, transaction
from django.db.models import F, FilteredRelation, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from submissions.away import is_away
from submissions.models import Entry, Evidence, Extension, Holiday, Round, Sheet
from submissions.models import Value as ValueRow
from submissions.models.entries import EntryQuerySet
from submissions.streams import telling, tickets

from . import engine
from .models import Scorecard, ScoreChange, stale_entries

log = logging.getLogger(__name__)
# Entries locked at once. Who hands something in to one of them waits for all: about 6 ms for each entry.
BATCH = 16
FOUND = 5 * BATCH  # stale entries looked for at once
VERIFIED, CLAIMED = "verified", "claimed"
NOBODY = 0  # stands in for an entry's id where a fact is everybody's
Fact = tuple[str, str, str]  # its name, its period ("" without one), its text
Column = str | Value | Cast
TOTALS = ("verified__total", "verified__attainable", "claimed__total", "claimed__attainable")


def rescore(entry_ids: Iterable[int], *, at: datetime | None = None) -> int:
    """Score these entries anew from their facts, as of `at` (None: each round's own time). Returns how many."""
    done = 0
    for ids in _batches(set(entry_ids)):
        with transaction.atomic():
            done += _rescore_locked(_lock(ids), at)
    return done


def mark_behind(entry_ids: Iterable[int]) -> None:
    """Have these scored anew, whatever their scorecards say: the sweep finds them. Whoever is scored this moment is
    left out: nobody waits."""
    cards = Scorecard.objects.filter(entry__in=set(entry_ids)).select_for_update(skip_locked=True, no_key=True)
    Scorecard.objects.filter(pk__in=list(cards.values_list("pk", flat=True))).update(facts_version=0)


def rescore_stale(round: Round) -> int:
    """Score anew whatever the round's scorecards have not seen yet. Returns how many entries were scored.

    Several may do so at once: each takes what no other has taken. One entry that can't be scored costs the others
    nothing: it is logged, and stays stale for all to see.
    """
    return sum(done for done, _last in rescore_in_batches(round))


def rescore_in_batches(round: Round, after: int = 0) -> Iterator[tuple[int, int]]:
    """The same, batch by batch, for entries beyond the id `after`: how many were scored, and the last id so far."""
    while found := list(_stale(round).filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:FOUND]):
        for ids in _batches(found):
            after = ids[-1]
            yield _rescore_still_stale(round, ids), after


def _batches(ids: Iterable[int]) -> list[list[int]]:
    """At most `BATCH` ids together, in ascending order: everybody locks in that order, so nobody waits in a circle."""
    ordered = sorted(ids)
    return [ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH)]


def _stale(round: Round) -> EntryQuerySet:
    return stale_entries(round, round.now())


def _rescore_still_stale(round: Round, ids: list[int]) -> int:
    """Score those that nobody has scored meanwhile. Whatever somebody else holds is left to them, or to the sweep."""
    try:
        with transaction.atomic():
            stale = _stale(round).filter(pk__in=ids).order_by("pk")
            free = stale.select_for_update(of=("self",), skip_locked=True, no_key=True)
            return _rescore_locked(list(free.values_list("pk", flat=True)), None)
    except Exception as error:
        if is_away(error):
            raise  # no entry's fault: whoever asked waits for the database
        log.exception("round %s: a batch failed, its entries are scored one by one", round.pk)
    return sum(_rescore_alone(pk) for pk in ids)


def _rescore_alone(pk: int) -> int:
    """One that can't be scored is logged, and stays stale."""
    try:
        return rescore([pk])
    except Exception as error:
        if is_away(error):
            raise
        log.exception("entry %s can't be scored", pk)
        return 0


def _rescore_locked(ids: list[int], at: datetime | None) -> int:
    """Score entries that this transaction holds, and write down which totals moved. Returns how many there are."""
    if not ids:
        return 0
    entries = read_entries(ids)
    facts = read_facts(entries, at)
    cards, changes = [], []
    for entry in entries:
        for card in _score(entry, facts[entry.pk]):
            cards.append(card)
            if _has_moved(entry, card):
                changes.append(_change_of(card))
    _write(cards, changes)
    transaction.on_commit(partial(telling.tell, _moved_by(cards)), robust=True)
    return len(entries)


def _moved_by(cards: list[Scorecard]) -> dict[str, int]:
    """What pages follow of these, in the version that they are now."""
    moved: dict[str, int] = {}
    for card in cards:
        if card.basis == VERIFIED:
            version, round = tickets.version_of(card.computed_at), tickets.OF_ROUND(card.entry.round_id)
            moved[tickets.OF_ENTRY(card.entry_id)] = version
            moved[round] = max(version, moved.get(round, 0))
    return moved


def _lock(ids: list[int]) -> list[int]:
    """Hold these entries until the transaction ends. Returns those that are still there."""
    # A statement of its own: PostgreSQL hands a waiting statement the newest version of the row it waited for, but
    # everything else as it was before, so that reading in the same statement could mix old facts with new.
    return Entry.objects.filter(pk__in=ids).hold()


def read_entries(ids: list[int]) -> list[Entry]:
    """The entries with their round, office, committee's size and present totals."""
    return list(
        Entry.objects.filter(pk__in=ids)
        .select_related("round__edition", "office")
        .defer("round__edition__text")
        .annotate(
            verified=FilteredRelation("scorecards", condition=Q(scorecards__basis=VERIFIED)),
            claimed=FilteredRelation("scorecards", condition=Q(scorecards__basis=CLAIMED)),
        )
        .with_committee()
        .annotate(**{f"had_{name}": F(name) for name in TOTALS})
        .order_by("pk")
    )


def read_facts(
    entries: list[Entry], at: datetime | None, *, scheme: engine.Scheme | None = None
) -> dict[int, engine.Facts]:
    """The facts of all entries: two statements, however many entries and facts there are.

    As far as `scheme` asks for them (None: each round's own).
    """
    ids = [entry.pk for entry in entries]
    evidence: dict[int, list[Any]] = defaultdict(list)
    columns = ("pk", "requirement", "period", "submitted_at", "status", "channels")
    for entry_id, *piece in Evidence.objects.filter(entry__in=ids).values_list("entry", *columns):
        evidence[entry_id].append(piece)
    facts = _read_texts(ids)
    holidays = frozenset(date.fromisoformat(day) for _name, _period, day in facts["holiday", NOBODY])
    return {
        entry.pk: facts_of(
            entry,
            scheme or entry.round.scheme,
            at=at or entry.round.now(),
            holidays=holidays,
            extensions=facts["extension", entry.pk],
            evidence=evidence[entry.pk],
            values=facts["value", entry.pk],
            states=facts["state", entry.pk],
            sheets=facts["sheet", entry.pk],
        )
        for entry in entries
    }


def _read_texts(ids: list[int]) -> dict[tuple[str, int], list[Fact]]:
    """All facts that are a name, a period and a text, in one statement: {(kind, entry): facts, by name and period}."""
    values, extensions = ValueRow.objects.filter(entry__in=ids), Extension.objects.filter(entry__in=ids)
    sheets = Sheet.objects.filter(entry__in=ids).counting()
    first, *others = [
        _columns("value", values, "code", "period", "text"),
        _columns("state", values.of_offices().exclude(status=ValueRow.Status.ACCEPTED), "code", "period", "status"),
        _columns("extension", extensions, "requirement", "period", _as_text("until")),
        _columns("sheet", sheets, _as_text("judge_id"), Value(""), _as_text("points")),
        _columns("holiday", Holiday.objects.all(), Value(""), Value(""), _as_text("date"), entry=Value(NOBODY)),
    ]
    facts: dict[tuple[str, int], list[Fact]] = defaultdict(list)
    for kind, entry_id, name, period, text in sorted(first.union(*others, all=True)):
        facts[kind, entry_id].append((name, period, text))
    return facts


def _columns(
    kind: str, rows: QuerySet[Any], name: Column, period: Column, text: Column, entry: Column = "entry_id"
) -> QuerySet[Any, Any]:
    """Rows as (kind, entry, name, period, text)."""
    return rows.order_by().values_list(Value(kind), entry, name, period, text)


def _as_text(column: str) -> Cast:
    return Cast(column, models.TextField())


def facts_of(
    entry: Entry,
    scheme: engine.Scheme,
    *,
    at: datetime,
    holidays: frozenset[date],
    extensions: list[Fact],
    evidence: list[Any],
    values: list[Fact],
    states: list[Fact],
    sheets: list[Fact],
) -> engine.Facts:
    """One entry's rows as the engine takes them. What the scheme does not ask for stays a fact, but earns nothing."""
    taken = _values(scheme, values)
    return engine.Facts(
        scheme=scheme.code,
        entrant=entry.office.code,
        as_of=at,
        size=entry.office.size or None,
        settings={
            code: date.fromisoformat(day) for code, day in entry.round.settings.items() if code in scheme.settings
        },
        holidays=holidays,
        values=taken,
        states=_states(entry.round, scheme, taken, states),
        unchecked=frozenset((code, period or None) for code, period, state in states if state == "submitted"),
        evidence=_evidence(scheme, evidence),
        extensions=_extensions(scheme, extensions),
        expected_sheets=entry.expected_sheets,
        sheets=tuple(engine.Sheet(judge, _points_of(scheme, json.loads(points))) for judge, _period, points in sheets),
    )


def _evidence(scheme: engine.Scheme, rows: list[Any]) -> tuple[engine.Evidence, ...]:
    return tuple(
        engine.Evidence(requirement, submitted_at, status, period or None, frozenset(channels), str(pk))
        for pk, requirement, period, submitted_at, status, channels in rows
        if _is_asked_for(scheme, requirement, period)
    )


def _extensions(scheme: engine.Scheme, rows: list[Fact]) -> tuple[engine.Extension, ...]:
    return tuple(
        engine.Extension(requirement, date.fromisoformat(until), period or None)
        for requirement, period, until in rows
        if _is_asked_for(scheme, requirement, period)
    )


def _is_asked_for(scheme: engine.Scheme, code: str, period: str) -> bool:
    requirement = scheme.requirements.get(code)
    return requirement is not None and _is_period_of(requirement, period)


def _is_period_of(declared: engine.Requirement | engine.Value, period: str) -> bool:
    """Whether it is one of the periods that the scheme lists; where none are listed, there is to be none."""
    return any(listed.code == period for listed in declared.periods) if declared.periods else not period


def _values(scheme: engine.Scheme, facts: list[Fact]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for code, period, text in facts:
        value = _value(scheme.values.get(code), period, text)
        if value is None:
            continue
        if period:
            values.setdefault(code, {})[period] = value
        else:
            values[code] = value
    return values


def _states(round: Round, scheme: engine.Scheme, taken: dict[str, Any], states: list[Fact]) -> dict[Any, Any]:
    """How those stand that are looked at before they count; what is merely not looked at counts."""
    found = {}
    for code, period, state in states:
        given = taken.get(code)
        if (period in given if isinstance(given, dict) else given is not None and not period) and round.reviews(
            scheme.values[code]
        ):
            found[code, period or None] = state
    return found


def _value(declared: engine.Value | None, period: str, text: str) -> engine.Given | None:
    """What was entered, if it is what the edition asks for: the one before may have asked for something else."""
    if declared is None or not _takes(declared, period):
        return None
    if declared.kind == "boolean":
        return {"true": True, "false": False}.get(text)
    try:
        if declared.kind == "date":
            return date.fromisoformat(text)
        number = Decimal(text)
    except (ValueError, InvalidOperation):
        return None
    is_too_small = declared.above is not None and number <= declared.above
    return None if is_too_small else number


def _takes(declared: engine.Value, period: str) -> bool:
    """Whether it is entered for this period: the keys of a map are not listed, any will do."""
    if declared.kind == "map" and not declared.periods:
        return bool(period)
    return _is_period_of(declared, period)


def _points_of(scheme: engine.Scheme, points: dict[str, str]) -> dict[str, Decimal]:
    """A sheet's points, as far as the edition has such items and they may earn so much."""
    known = {item: Decimal(text) for item, text in points.items() if item in scheme.items}
    return {item: number for item, number in known.items() if number <= scheme.items[item].max}


def _score(entry: Entry, facts: engine.Facts) -> list[Scorecard]:
    """Both scorecards of an entry: on what is verified, and on all that is claimed."""
    verified, claimed = engine.score_both(entry.round.scheme, facts)
    on_verified = {code: criterion.as_json() for code, criterion in verified.criteria.items()}
    # A criterion that scores the same on both bases is one object: it is written once.
    on_claimed = {
        code: on_verified[code] if criterion is verified.criteria[code] else criterion.as_json()
        for code, criterion in claimed.criteria.items()
    }
    return [
        _scorecard(entry, facts, VERIFIED, verified, on_verified),
        _scorecard(entry, facts, CLAIMED, claimed, on_claimed),
    ]


def _scorecard(
    entry: Entry, facts: engine.Facts, basis: str, score: engine.Score, criteria: dict[str, Any]
) -> Scorecard:
    """`criteria`: those of the score as they are kept, by code."""
    unseen = [item.submitted_at for item in facts.evidence if item.submitted_at > facts.as_of]
    return Scorecard(
        entry=entry,
        basis=basis,
        total=score.total,
        attainable=score.attainable,
        max=score.max,
        tie_key="|".join(f"{score.criteria[code].earned:010.2f}" for code in entry.round.scheme.tie_break),
        dimensions={
            code: {name: f"{getattr(part, name):.2f}" for name in ("earned", "attainable", "max", "unchecked")}
            for code, part in score.dimensions.items()
        },
        criteria=criteria,
        facts_version=entry.facts_version,
        edition_digest=entry.round.edition.digest,
        as_of=facts.as_of,
        unseen_from=min(unseen, default=None),
        computed_at=timezone.now(),
    )


def _has_moved(entry: Entry, card: Scorecard) -> bool:
    had = getattr(entry, f"had_{card.basis}__total"), getattr(entry, f"had_{card.basis}__attainable")
    return had != (card.total, card.attainable)


def _change_of(card: Scorecard) -> ScoreChange:
    return ScoreChange(
        entry=card.entry,
        basis=card.basis,
        at=card.as_of,
        total=card.total,
        attainable=card.attainable,
        facts_version=card.facts_version,
    )


def _write(cards: list[Scorecard], changes: list[ScoreChange]) -> None:
    kept = {"id", "entry", "basis"}
    Scorecard.objects.bulk_create(
        cards,
        update_conflicts=True,
        unique_fields=["entry", "basis"],
        update_fields=[f.name for f in Scorecard._meta.concrete_fields if f.name not in kept],
    )
    if changes:
        ScoreChange.objects.bulk_create(changes)
