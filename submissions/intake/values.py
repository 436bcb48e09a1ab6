"""Numbers, dates and answers come in."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from submissions.log import carried
from submissions.models import Appeal, Entry, Event, Import, User, Value
from submissions.questions.proofread import Refused, Slot, check_amounts, check_figures, slot_field

from .hold import Conflict, hold

DECIDED = ["status", "reviewed_by", "reviewed_at", "return_reason", "revision"]
CHANGED = ["text", "source", "entered_by", "entered_at", *DECIDED]


def enter_values(
    entry: Entry,
    amounts: Mapping[Slot, str],
    *,
    by: User,
    source: str | None = None,
    revisions: Mapping[Slot, int] | None = None,
    at: datetime | None = None,
    ticked: Collection[Slot] = (),
) -> list[Value]:
    """Enter numbers, dates and yes/no answers, as {(code, period): text}; an empty text takes the value back.

    `revisions` says what each slot was when it was read (0: nothing was there). Returns the values that changed.
    `ticked` are amounts that were called unusual and confirmed all the same: their events say so. One that is not
    entered here, but became unusual by another that is, is named in the first event.
    The field of each reason is "code" or "code.period".
    """
    at = at or entry.round.now()
    source = source or (Value.Source.CENTRAL if entry.round.is_run_by(by) else Value.Source.OFFICE)
    refused = Refused()
    canonical = check_amounts(entry, amounts, by, at, refused)
    with transaction.atomic():
        hold(entry)
        present = {(v.code, v.period): v for v in entry.values.select_for_update()}
        _raise_conflict(canonical, present, revisions or {})
        leave_out(canonical, {slot: value.text for slot, value in present.items()}, refused)
        refused.raise_if_any()
        if not canonical:
            return []
        there = {(entry.pk, slot): value for slot, value in present.items()}
        return write_amounts({entry: canonical}, there, by=by, source=source, at=at, ticked={entry: ticked})


def judge_figures(entry: Entry, amounts: Mapping[Slot, str], present: Mapping[Slot, str], *, by: User) -> None:
    """Raise what `enter_values` would raise for figures of those who run the round, for an entry that `by` sees.

    `present` is what is there. Nothing is asked of the database, held or written.
    """
    refused = Refused()
    canonical = check_figures(entry, amounts, by, entry.round.now(), refused)
    leave_out(canonical, present, refused)
    refused.raise_if_any()


def _raise_conflict(texts: Mapping[Slot, str], present: Mapping[Slot, Value], revisions: Mapping[Slot, int]) -> None:
    """Where somebody else changed an amount since it was read, and this person would change it too."""
    for slot, revision in revisions.items():
        value = present.get(slot)
        is_other = slot in texts and texts[slot] != (value.text if value else "")
        if is_other and (value.revision if value else 0) != revision:
            raise Conflict(value)


def leave_out(texts: dict[Slot, str], present: Mapping[Slot, str], refused: Refused) -> None:
    """What stays as it was needs no permission: a form sends its closed fields back unchanged."""
    for slot in [slot for slot, text in texts.items() if present.get(slot, "") == text]:
        del texts[slot]
        refused.reasons.pop(slot_field(slot), None)


Texts = Mapping[Entry, Mapping[Slot, str]]
Present = Mapping[tuple[int, Slot], Value]  # by the entry's id


def _note_ticked(deeds: dict[Slot, dict[str, Any]], ticked: Collection[Slot]) -> None:
    """Which amounts were called unusual and confirmed all the same; the first deed names those beside them."""
    for slot in deeds.keys() & set(ticked):
        deeds[slot]["ticked"] = True
    if beside := sorted(slot_field(slot) for slot in ticked if slot not in deeds):
        next(iter(deeds.values()))["ticked_beside"] = beside


def write_amounts(
    texts: Texts,
    present: Present,
    *,
    by: User,
    source: str,
    at: datetime,
    ticked: Mapping[Entry, Collection[Slot]],
    quoted: Import | None = None,
    appeal: Appeal | None = None,
) -> list[Value]:
    """Write what was checked, for entries that are held. An import, which is quoted, takes nothing back.

    In a few statements, however many: an import brings a thousand and holds every lock until its end.
    """
    new = _new_values(texts, present)
    places = [(entry.pk, slot) for entry, slots in texts.items() for slot in slots]
    values = {place: present.get(place) or new[place] for place in places}
    deeds = {}
    for entry, slots in texts.items():
        of_entry = {}
        for slot, text in slots.items():
            stood = _stood(present.get((entry.pk, slot)), quoted) | carried.by_appeal(appeal)
            of_entry[slot] = _write(values[entry.pk, slot], text, by=by, source=source, at=at) | stood
        _note_ticked(of_entry, ticked.get(entry, ()))
        deeds[entry.pk] = list(of_entry.values())
    moved = [value for place, value in values.items() if place in present and value.pk]
    bulk_create_with_history(list(new.values()), Value, default_user=by)
    bulk_update_with_history(moved, Value, CHANGED, default_user=by)
    Event.objects.record_many(deeds, "value.entered", by=by)
    Entry.objects.filter(pk__in=list(deeds)).touch()  # writing in bulk sends no signal of its own
    return list(values.values())


def _stood(value: Value | None, quoted: Import | None) -> dict[str, Any]:
    """What the event of an import carries beside: which it is, and whose amount stood there, so that it can be undone
    by what the log tells."""
    if quoted is None:
        return {}
    about = {"import": quoted.pk, "sha256": quoted.sha256}
    return about | ({"stood": carried.of_hand(value)} if value else {})


def _write(value: Value, text: str, *, by: User, source: str, at: datetime) -> dict[str, Any]:
    """Make it say this, to be saved with others; or delete it. Returns what the event carries."""
    before = value.text
    if text:
        value.enter(text, source=source, by=by.pk, at=at)
        value.revision += 1
    else:
        value.delete()
    return carried.of_value(value, before, text) | {"source": source}


def _new_values(texts: Texts, present: Present) -> dict[tuple[int, Slot], Value]:
    """Where nothing is present yet."""
    new = [(entry, slot) for entry, slots in texts.items() for slot in slots if (entry.pk, slot) not in present]
    ended = _ended(new)
    return {
        (entry.pk, (code, period)): Value(
            entry=entry, code=code, period=period, revision=ended.get((entry.pk, (code, period)), 0)
        )
        for entry, (code, period) in new
    }


def _ended(new: Collection[tuple[Entry, Slot]]) -> dict[tuple[int, Slot], int]:
    """The last revision of each value that was taken back. A new one in its place counts on from there, so that nobody
    takes it for the old one."""
    entries, codes = {entry.pk for entry, _slot in new}, {slot[0] for _entry, slot in new}
    taken_back = Value.history.filter(entry__in=entries, history_type="-", code__in=codes).order_by()
    rows = taken_back.values_list("entry", "code", "period").annotate(Max("revision")) if new else ()
    return {(entry, (code, period)): revision for entry, code, period, revision in rows}
