"""A decision on evidence is taken back moments after it was made, before the office was told of it."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from submissions.log import carried
from submissions.models import Entry, Event, Evidence, SecondReading, ToldUpTo, User
from submissions.questions import access
from submissions.questions.proofread import Refused

from . import readings
from .hold import Conflict, change, hold, unchanged

UNDO = timedelta(seconds=10)
DECISIONS = ("evidence.accepted", "evidence.returned")


def take_back_decision(evidence: Evidence, *, by: User, revision: int, now: datetime) -> Evidence:
    """Take back the own decision that made this revision, while it can be (`review_evidence`, `undo_until`).

    The evidence and its second readings stand again as before. `now` is the world's time. Who tells the office holds
    the same row first: what was told is not taken back, and what was taken back is not told.
    """
    with transaction.atomic():
        told = _hold_telling(evidence.entry)
        hold(evidence.entry)
        current = unchanged(Evidence.objects.select_related("entry__round"), evidence.pk, revision)
        deeds = current.entry.events.filter(verb__in=(*DECISIONS, Event.TAKEN_BACK), data__evidence=current.pk)
        last, before = [*deeds.order_by("-sequence")[:2], None, None][:2]
        if last is None or last.verb not in DECISIONS or last.data.get("revision") != revision:
            raise Conflict(current)
        refused = Refused()
        refused.add("", access.why_not_review(by, current.entry) or _why_not(by, current, last, told, now))
        refused.raise_if_any()
        change(current, **_former(last, before))
        readings.undecide(current, last, by=by)
        Event.objects.record(current.entry, Event.TAKEN_BACK, by=by, **carried.of_undoing(current, last))
        return current


def _hold_telling(entry: Entry) -> int:
    """How far the entry's people were told. Nobody is told more until the transaction ends."""
    ToldUpTo.objects.bulk_create([ToldUpTo(entry=entry)], ignore_conflicts=True)
    return ToldUpTo.objects.select_for_update().get(entry=entry).sequence


def _why_not(by: User, evidence: Evidence, decision: Event, told: int, now: datetime) -> str | None:
    if decision.actor_id != by.pk:
        return _("Only who decided takes a decision back.")
    until = decision.data.get("undo_until")
    if told >= decision.sequence or not until or now > datetime.fromisoformat(until):
        return _("It is too late to take it back. Change the decision, and say why.")
    if Evidence.objects.filter(replaces=evidence).exists():
        return _("The office has replaced it already.")
    if evidence.readings.filter(drawn_by=decision.digest, state=SecondReading.State.DONE).exists():
        return _("It was read a second time already. Change the decision, and say why.")
    return None


def _former(decision: Event, before: Event | None) -> dict[str, Any]:
    """How evidence stood before a decision: as the deed before says, or waiting."""
    status = decision.data["before"]
    if status not in (Evidence.Status.ACCEPTED, Evidence.Status.RETURNED) or before is None:
        return {"status": status, "return_reason": "", "checklist": [], "reviewed_by_id": None, "reviewed_at": None}
    data = before.data
    reviewer = data.get("reviewed_by", before.actor_id)
    at = data.get("reviewed_at")
    reviewed_at = datetime.fromisoformat(at) if at else before.round_time
    restored = {"status": status, "return_reason": data["reason"], "checklist": data.get("checklist", [])}
    return restored | {"reviewed_by_id": reviewer, "reviewed_at": reviewed_at}
