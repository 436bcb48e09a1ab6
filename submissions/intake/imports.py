"""Spreadsheets of figures come in as one deed, and are undone as one."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_update_with_history

from submissions.log import carried
from submissions.models import Entry, Event, Import, Proposal, Round, User, Value
from submissions.questions import access
from submissions.questions.proofread import Refused, Slot, check_figures
from submissions.questions.proposals import why_not_alone
from submissions.questions.undoing import Amount, plan, why_not_undo

from .content import short_name
from .hold import Conflict, hold_all
from .values import CHANGED, leave_out, write_amounts


def import_figures(
    round: Round,
    amounts: Mapping[Entry, Mapping[Slot, str]],
    *,
    by: User,
    file_name: str,
    sha256: str,
    ticked: Mapping[Entry, Collection[Slot]],
) -> Import | None:
    """Enter the amounts of a file for many entries of one round: all, or none. None: all was there already.

    A few statements, however many entries and amounts. `ticked` as for `enter_values`, by entry.
    """
    refused = Refused()
    refused.add("", access.why_not_run(by, round))
    refused.raise_if_any()
    with transaction.atomic():
        hold_all(amounts)
        rows = Value.objects.filter(entry__in=[entry.pk for entry in amounts]).select_for_update(of=("self",))
        present = {(row.entry_id, (row.code, row.period)): row for row in rows}
        there: dict[int, dict[Slot, str]] = defaultdict(dict)
        for (pk, slot), row in present.items():
            there[pk][slot] = row.text
        at = round.now()
        texts: dict[Entry, Mapping[Slot, str]] = {}
        for entry, sent in amounts.items():
            of_entry = Refused()
            canonical = check_figures(entry, sent, by, at, of_entry)
            leave_out(canonical, there[entry.pk], of_entry)
            for reasons in of_entry.reasons.values():
                refused.add("", f"{entry}: {' '.join(reasons)}")
            texts |= {entry: canonical} if canonical else {}
        refused.raise_if_any()
        if not texts:
            return None
        done = Import.objects.create(
            round=round,
            file_name=short_name(file_name),
            sha256=sha256,
            imported_by=by,
            offices=len(texts),
            amounts=sum(len(slots) for slots in texts.values()),
        )
        write_amounts(texts, present, by=by, source=Value.Source.IMPORT, at=at, ticked=ticked, quoted=done)
        return done


def undo_import(done: Import, *, by: User, seen: str, proposal: Proposal | None = None) -> Import:
    """Put back exactly what stood there before, for each amount that nobody changed since; leave the others.

    `seen` is the digest of the plan that was looked at: Conflict with the present one when anything moved since.
    """
    with transaction.atomic():
        quoting = Event.objects.filter(entry__round=done.round_id, verb="value.entered", data__import=done.pk)
        Entry.objects.filter(round=done.round_id, pk__in=quoting.values("entry")).hold()
        held = Import.objects.select_for_update(of=("self",)).select_related("round", "undone_by").get(pk=done.pk)
        refused = Refused()
        refused.add("", why_not_undo(by, held))
        refused.add("", why_not_alone(held.round, proposal))
        refused.raise_if_any()
        planned = plan(held)
        if planned.digest != seen:
            raise Conflict(planned)
        refused.add("", None if planned.back else _("Nothing can be put back: everything was changed since."))
        refused.raise_if_any()
        _put_back(planned.back, held, by)
        held.undone_by, held.undone_at = by, timezone.now()
        held.put_back, held.left = len(planned.back), len(planned.left)
        held.save(update_fields=["undone_by", "undone_at", "put_back", "left"])
    return held


def _put_back(amounts: list[Amount], done: Import, by: User) -> None:
    """In a few statements, however many."""
    deeds: dict[int, list[dict[str, Any]]] = {}
    kept: list[Value] = []
    gone: list[Value] = []
    for amount in amounts:
        value = amount.value
        assert value
        if amount.before:
            _put_hand_back(value, amount)
        (kept if amount.before else gone).append(value)
        deed = carried.of_value(value, amount.after, amount.before) | {"source": value.source}
        deed |= {"entered_by": value.entered_by_id, "undoes": done.pk, "decided": carried.of_standing(value)}
        deeds.setdefault(amount.entry.pk, []).append(deed)
    bulk_update_with_history(kept, Value, CHANGED, default_user=by)
    _take_back(gone, by)
    Event.objects.record_many(deeds, "value.entered", by=by)
    Entry.objects.filter(pk__in=list(deeds)).touch()  # writing in bulk sends no signal of its own


def _put_hand_back(value: Value, amount: Amount) -> None:
    """Make the amount what it was before, with what had been decided of it. An old import did not record the decision:
    nothing was decided of amounts then."""
    stood = amount.stood
    value.enter(
        amount.before,
        source=stood["source"],
        by=stood["entered_by"],
        at=datetime.fromisoformat(stood["entered_at"]),
    )
    if decided := stood.get("decided"):
        at = decided["reviewed_at"]
        value.status, value.return_reason = decided["status"], decided["reason"]
        value.reviewed_by_id = decided["reviewed_by"]
        value.reviewed_at = datetime.fromisoformat(at) if at else None
    value.revision += 1


def _take_back(values: list[Value], by: User) -> None:
    """Delete amounts in two statements, each with its last version in the history."""
    past = Value.history.model
    columns = [field.attname for field in past.tracked_fields]
    past.objects.bulk_create(
        past(
            **{name: getattr(value, name) for name in columns},
            history_date=timezone.now(),
            history_user=by,
            history_type="-",
        )
        for value in values
    )
    rows: QuerySet[Value] = Value.objects.filter(pk__in=[value.pk for value in values])
    rows._raw_delete(rows.db)  # nothing points to an amount, and each of those signals would touch its entry
