"""Numbers, dates and answers come in."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from submissions.log import carried
from submissions.models import Entry, Event, Value
from submissions.questions.proofread import Refused, Slot, check_amounts, check_figures, slot_field

from .hold import Conflict, hold


def enter_values(
    entry: Entry,
    amounts: Mapping[Slot, str],
    *,
    by,
    source: str | None = None,
    revisions: Mapping[Slot, int] | None = None,
    at: datetime | None = None,
    ticked: Collection[Slot] = (),
) -> list[Value]:
    """Enter numbers, dates and yes/no answers, as {(code, period): text}; an empty text takes the value back.

    `revisions` says what each slot was when it was read (0: nothing was there). Returns the values that changed.
    Of an amount that is `ticked` the record says that it was called unusual, and confirmed all the same: one that is
    not entered here, but became unusual by what is, stands in the record of the first that is.
    The field of each reason is "code" or "code.period".
    """
    at = at or entry.round.now()
    source = source or (Value.Source.CENTRAL if by.is_central else Value.Source.OFFICE)
    refused = Refused()
    canonical = check_amounts(entry, amounts, by, at, refused)
    with transaction.atomic():
        hold(entry)
        present = {(v.code, v.period): v for v in entry.values.select_for_update()}
        for slot, revision in (revisions or {}).items():
            value = present.get(slot)
            is_other = slot in canonical and canonical[slot] != (value.text if value else "")
            if is_other and (value.revision if value else 0) != revision:
                raise Conflict(value)
        _leave_out(canonical, {slot: value.text for slot, value in present.items()}, refused)
        refused.raise_if_any()
        return _write_values(entry, canonical, present, source=source, by=by, at=at, ticked=ticked)


def judge_figures(entry: Entry, amounts: Mapping[Slot, str], present: Mapping[Slot, str], *, by) -> None:
    """Raise what `enter_values` would of figures that central staff record, for an entry that `by` sees.

    `present` is what is there. Nothing is asked of the database, held or written.
    """
    refused = Refused()
    canonical = check_figures(entry, amounts, by, entry.round.now(), refused)
    _leave_out(canonical, present, refused)
    refused.raise_if_any()


def _leave_out(texts: dict[Slot, str], present: Mapping[Slot, str], refused: Refused) -> None:
    """What stays as it was needs no permission: a form sends its closed fields back unchanged."""
    for slot in [slot for slot, text in texts.items() if present.get(slot, "") == text]:
        del texts[slot]
        refused.reasons.pop(slot_field(slot), None)


def _write_values(entry: Entry, texts: Mapping[Slot, str], present: Mapping[Slot, Value], **entered) -> list[Value]:
    """In a few statements, however many: an import brings a thousand and holds every lock until its end."""
    if not texts:
        return []
    by, at, source = entered["by"], entered["at"], entered["source"]
    written, new, moved, deeds = [], [], [], []
    ended = _ended(entry, {code for code, period in texts if (code, period) not in present})
    for (code, period), text in texts.items():
        value = present.get((code, period))
        before = value.text if value else ""
        if value is None:
            value = Value(entry=entry, code=code, period=period, revision=ended.get((code, period), 0))
            new.append(value)
        elif text:
            moved.append(value)
        else:
            value.delete()
        if text:
            value.text, value.source, value.entered_by, value.entered_at = text, source, by, at
            value.revision += 1
        ticked = {"ticked": True} if (code, period) in entered["ticked"] else {}
        deeds.append(carried.of_value(value, before, text) | {"source": source} | ticked)
        written.append(value)
    if beside := sorted(slot_field(slot) for slot in entered["ticked"] if slot not in texts):
        deeds[0]["ticked_beside"] = beside
    bulk_create_with_history(new, Value, default_user=by)
    bulk_update_with_history(moved, Value, ["text", "source", "entered_by", "entered_at", "revision"], default_user=by)
    Event.objects.record_all(entry, "value.entered", deeds, by=by)
    Entry.objects.filter(pk=entry.pk).touch()  # writing in bulk sends no signal of its own
    return written


def _ended(entry: Entry, codes: Collection[str]) -> dict[Slot, int]:
    """The last revision of each value that was taken back: one that is entered there anew goes on from it, so that no
    reader takes it for the one before."""
    taken_back = Value.history.filter(entry=entry, history_type="-", code__in=codes).order_by()
    rows = taken_back.values_list("code", "period").annotate(Max("revision")) if codes else ()
    return {(code, period): revision for code, period, revision in rows}
