"""Facts in, scorecards out: lock, then read, then write. Always from the beginning, never by adding a difference."""

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.db import models, transaction
from django.db.models import F, FilteredRelation, Q, Value
from django.db.models.functions import Cast
from django.utils import timezone

from submissions.away import is_away
from submissions.models import Entry, Evidence, Extension, Holiday, Round, Sheet
from submissions.models import Value as ValueRow

from . import engine
from .models import Scorecard, ScoreChange, stale_entries

log = logging.getLogger(__name__)
# Entries locked at once. Who hands something in to one of them waits for all: about 6 ms for each entry.
BATCH = 16
FOUND = 5 * BATCH  # stale entries looked for at once
VERIFIED, CLAIMED = "verified", "claimed"
NOBODY = 0  # stands in for an entry's id where a fact is everybody's
Line = tuple[str, str, str]
TOTALS = ("verified__total", "verified__attainable", "claimed__total", "claimed__attainable")


def rescore(entry_ids: Iterable[int], *, at: datetime | None = None) -> int:
    """Score these entries anew from their facts, as of `at` (None: each round's own time). Returns how many."""
    done = 0
    for ids in _batches(set(entry_ids)):
        with transaction.atomic():
            done += _rescore_locked(_lock(ids), at)
    return done


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
    """In the order that everybody keeps."""
    ordered = sorted(ids)
    return [ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH)]


def _stale(round: Round) -> models.QuerySet:
    return stale_entries(round, round.now())


def _rescore_still_stale(round: Round, ids: list[int]) -> int:
    """Those of these entries that nobody has scored meanwhile; who holds one is about to, or will be swept for."""
    try:
        with transaction.atomic():
            free = _stale(round).filter(pk__in=ids).order_by("pk").select_for_update(of=("self",), skip_locked=True)
            return _rescore_locked(list(free.values_list("pk", flat=True)), None)
    except Exception as error:
        if is_away(error):
            raise  # no entry's fault: whoever asked waits for the database
        log.exception("round %s: a batch failed, its entries are scored one by one", round.pk)
    return sum(_rescore_alone(pk) for pk in ids)


def _rescore_alone(pk: int) -> int:
    try:
        return rescore([pk])
    except Exception as error:
        if is_away(error):
            raise
        log.exception("entry %s can't be scored", pk)
        return 0


def _rescore_locked(ids: list[int], at: datetime | None) -> int:
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
    return len(entries)


def _lock(ids: list[int]) -> list[int]:
    """Hold these entries until the transaction ends; those that are still there."""
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
    evidence: dict[int, list[tuple]] = defaultdict(list)
    columns = ("pk", "requirement", "period", "submitted_at", "status", "channels")
    for entry_id, *piece in Evidence.objects.filter(entry__in=ids).values_list("entry", *columns):
        evidence[entry_id].append(piece)
    lines = _read_lines(ids)
    holidays = frozenset(date.fromisoformat(day) for _name, _period, day in lines["holiday", NOBODY])
    return {
        entry.pk: facts_of(
            entry,
            scheme or entry.round.scheme,
            at=at or entry.round.now(),
            holidays=holidays,
            extensions=lines["extension", entry.pk],
            evidence=evidence[entry.pk],
            values=lines["value", entry.pk],
            sheets=lines["sheet", entry.pk],
        )
        for entry in entries
    }


def _read_lines(ids: list[int]) -> dict[tuple[str, int], list[Line]]:
    """All facts that are a name, a period and a text, in one statement: {(kind, entry): lines, by name and period}."""
    values, extensions, sheets = (m.objects.filter(entry__in=ids) for m in (ValueRow, Extension, Sheet))
    read = [
        _lines("value", values, "code", "period", "text"),
        _lines("extension", extensions, "requirement", "period", _as_text("until")),
        _lines("sheet", sheets.final(), _as_text("judge_id"), Value(""), _as_text("points")),
        _lines("holiday", Holiday.objects, Value(""), Value(""), _as_text("date"), entry=Value(NOBODY)),
    ]
    grouped: dict[tuple[str, int], list[Line]] = defaultdict(list)
    for kind, entry_id, *line in sorted(read[0].union(*read[1:], all=True)):
        grouped[kind, entry_id].append(tuple(line))
    return grouped


def _lines(kind: str, rows, name, period, text, entry="entry_id"):
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
    extensions: list[Line],
    evidence: list[tuple],
    values: list[Line],
    sheets: list[Line],
) -> engine.Facts:
    """One entry's rows as the engine takes them. What the scheme does not ask for stays a fact, but earns nothing."""
    return engine.Facts(
        scheme=scheme.code,
        entrant=entry.office.code,
        as_of=at,
        size=entry.office.size or None,
        settings={
            code: date.fromisoformat(day) for code, day in entry.round.settings.items() if code in scheme.settings
        },
        holidays=holidays,
        values=_values(scheme, values),
        evidence=tuple(
            engine.Evidence(requirement, submitted_at, status, period or None, frozenset(channels), str(pk))
            for pk, requirement, period, submitted_at, status, channels in evidence
            if _is_asked_for(scheme, requirement, period)
        ),
        extensions=tuple(
            engine.Extension(requirement, date.fromisoformat(until), period or None)
            for requirement, period, until in extensions
            if _is_asked_for(scheme, requirement, period)
        ),
        expected_sheets=entry.expected_sheets,
        sheets=tuple(engine.Sheet(judge, _marks(scheme, json.loads(points))) for judge, _period, points in sheets),
    )


def _is_asked_for(scheme: engine.Scheme, requirement: str, period: str) -> bool:
    known = scheme.requirements.get(requirement)
    return known is not None and (any(p.code == period for p in known.periods) if known.periods else not period)


def _values(scheme: engine.Scheme, rows: list[Line]) -> dict:
    values: dict = {}
    for code, period, text in rows:
        given = _given(scheme.values.get(code), period, text)
        if given is None:
            continue
        if period:
            values.setdefault(code, {})[period] = given
        else:
            values[code] = given
    return values


def _given(asked: engine.Value | None, period: str, text: str) -> engine.Given | None:
    """What was entered, if it is what the edition asks for: the one before may have asked for something else."""
    if asked is None or bool(period) != (asked.is_series or asked.kind == "map"):
        return None
    if asked.periods and all(period != one.code for one in asked.periods):
        return None
    if asked.kind == "boolean":
        return {"true": True, "false": False}.get(text)
    try:
        if asked.kind == "date":
            return date.fromisoformat(text)
        number = Decimal(text)
    except (ValueError, InvalidOperation):
        return None
    return None if asked.above is not None and number <= asked.above else number


def _marks(scheme: engine.Scheme, points: dict[str, str]) -> dict[str, Decimal]:
    """A sheet's points, as far as the edition has such items and they may earn so much."""
    given = {item: Decimal(text) for item, text in points.items() if item in scheme.items}
    return {item: number for item, number in given.items() if number <= scheme.items[item].max}


def _score(entry: Entry, facts: engine.Facts) -> list[Scorecard]:
    verified, claimed = engine.score_both(entry.round.scheme, facts)
    said = {code: one.as_json() for code, one in verified.criteria.items()}
    also_said = {
        code: said[code] if one is verified.criteria[code] else one.as_json() for code, one in claimed.criteria.items()
    }
    return [_card(entry, facts, VERIFIED, verified, said), _card(entry, facts, CLAIMED, claimed, also_said)]


def _card(entry: Entry, facts: engine.Facts, basis: str, score: engine.Score, said: dict) -> Scorecard:
    scheme = entry.round.scheme
    return Scorecard(
        entry=entry,
        basis=basis,
        total=score.total,
        attainable=score.attainable,
        max=score.max,
        tie_key="|".join(f"{score.criteria[code].earned:010.2f}" for code in scheme.tie_break),
        dimensions={
            d.code: {"earned": f"{d.earned:.2f}", "attainable": f"{d.attainable:.2f}", "max": f"{d.max:.2f}"}
            for d in score.dimensions.values()
        },
        criteria=said,
        facts_version=entry.facts_version,
        edition_digest=entry.round.edition.digest,
        as_of=facts.as_of,
        unseen_from=min((one.submitted_at for one in facts.evidence if one.submitted_at > facts.as_of), default=None),
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
