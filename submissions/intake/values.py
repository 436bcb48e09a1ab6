"""Numbers, dates and answers come in."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from submissions.log import carried
from submissions.models import Entry, Event, User, Value
from submissions.questions.proofread import Refused, Slot, check_amounts, check_figures, slot_field

from .hold import Conflict, hold


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
        _leave_out(canonical, {slot: value.text for slot, value in present.items()}, refused)
        refused.raise_if_any()
        return _write_values(entry, canonical, present, by=by, source=source, at=at, ticked=ticked)


def judge_figures(entry: Entry, amounts: Mapping[Slot, str], present: Mapping[Slot, str], *, by: User) -> None:
    """Raise what `enter_values` would raise for figures of those who run the round, for an entry that `by` sees.

    `present` is what is there. Nothing is asked of the database, held or written.
    """
    refused = Refused()
    canonical = check_figures(entry, amounts, by, entry.round.now(), refused)
    _leave_out(canonical, present, refused)
    refused.raise_if_any()


def _raise_conflict(texts: Mapping[Slot, str], present: Mapping[Slot, Value], revisions: Mapping[Slot, int]) -> None:
    """Where somebody else changed an amount since it was read, and this person would change it too."""
    for slot, revision in revisions.items():
        value = present.get(slot)
        is_other = slot in texts and texts[slot] != (value.text if value else "")
        if is_other and (value.revision if value else 0) != revision:
            raise Conflict(value)


def _leave_out(texts: dict[Slot, str], present: Mapping[Slot, str], refused: Refused) -> None:
    """What stays as it was needs no permission: a form sends its closed fields back unchanged."""
    for slot in [slot for slot, text in texts.items() if present.get(slot, "") == text]:
        del texts[slot]
        refused.reasons.pop(slot_field(slot), None)


def _write_values(
    entry: Entry,
    texts: Mapping[Slot, str],
    present: Mapping[Slot, Value],
    *,
    by: User,
    source: str,
    at: datetime,
    ticked: Collection[Slot],
) -> list[Value]:
    """In a few statements, however many: an import brings a thousand and holds every lock until its end."""
    if not texts:
        return []
    new = _new_values(entry, texts, present)
    values = {slot: present.get(slot) or new[slot] for slot in texts}
    deeds = []
    for slot, text in texts.items():
        deed = _write(values[slot], text, by=by, source=source, at=at)
        deeds.append(deed | {"ticked": True} if slot in ticked else deed)
    if beside := sorted(slot_field(slot) for slot in ticked if slot not in texts):
        deeds[0]["ticked_beside"] = beside
    moved = [value for slot, value in values.items() if slot in present and texts[slot]]
    bulk_create_with_history(list(new.values()), Value, default_user=by)
    bulk_update_with_history(moved, Value, ["text", "source", "entered_by", "entered_at", "revision"], default_user=by)
    Event.objects.record_all(entry, "value.entered", deeds, by=by)
    Entry.objects.filter(pk=entry.pk).touch()  # writing in bulk sends no signal of its own
    return list(values.values())


def _write(value: Value, text: str, *, by: User, source: str, at: datetime) -> dict[str, Any]:
    """Make it say this, to be saved with others; or delete it. Returns what the event carries."""
    before = value.text
    if text:
        value.text, value.source, value.entered_by, value.entered_at = text, source, by, at
        value.revision += 1
    else:
        value.delete()
    return carried.of_value(value, before, text) | {"source": source}


def _new_values(entry: Entry, slots: Iterable[Slot], present: Collection[Slot]) -> dict[Slot, Value]:
    """Where nothing is present yet."""
    new = [slot for slot in slots if slot not in present]
    ended = _ended(entry, {code for code, _period in new})
    return {slot: Value(entry=entry, code=slot[0], period=slot[1], revision=ended.get(slot, 0)) for slot in new}


def _ended(entry: Entry, codes: Collection[str]) -> dict[Slot, int]:
    """The last revision of each value that was taken back. A new one in its place counts on from there, so that nobody
    takes it for the old one."""
    taken_back = Value.history.filter(entry=entry, history_type="-", code__in=codes).order_by()
    rows = taken_back.values_list("code", "period").annotate(Max("revision")) if codes else ()
    return {(code, period): revision for code, period, revision in rows}
