"""What offices entered is accepted or returned, many amounts at once."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from simple_history.utils import bulk_update_with_history

from submissions.log import carried
from submissions.models import Entry, Event, Round, User, Value
from submissions.models.evidence import MOST_NOTE
from submissions.questions import access
from submissions.questions.proofread import Refused

from .hold import Conflict, hold_all
from .values import DECIDED


@dataclass
class Reviewed:
    """What became of amounts: decided, decided so by somebody else already, or no longer as they were looked at."""

    done: list[Value] = field(default_factory=list)
    same: list[Value] = field(default_factory=list)
    moved: list[Value] = field(default_factory=list)
    gone: int = 0

    @property
    def is_overtaken(self) -> bool:
        """Whether any was left alone."""
        return bool(self.moved or self.gone)


def review_values(
    round: Round,
    seen: Mapping[int, int],
    *,
    by: User,
    accept: bool,
    reason: str = "",
    at: datetime | None = None,
    all_or_none: bool = False,
) -> Reviewed:
    """Accept amounts of one round, or return them with the reason. A decision may be changed; each is an event.

    `seen` is {the amount's id: its revision when it was looked at}. One that moved since is left alone and told; the
    others are decided all the same; or, `all_or_none`, nothing is, and Conflict raised with it. What this person may
    not see is not there. A few statements, however many.
    """
    reason = "" if accept else reason.strip()
    refused = Refused()
    refused.add("", access.why_not_review_values(by, round))
    if not accept and not reason:
        refused.add("reason", _("Say why it is returned; the office reads it."))
    if len(reason) > MOST_NOTE:
        refused.add("reason", _("The reason is longer than 2,000 characters."))
    refused.raise_if_any()
    status = Value.Status.ACCEPTED if accept else Value.Status.RETURNED
    with transaction.atomic():
        rows = Value.objects.visible_to(by).filter(entry__round=round, entry__state=Entry.State.TAKING_PART)
        rows = rows.filter(pk__in=list(seen), code__in=round.reviewed_values)
        hold_all(Entry.objects.filter(pk__in=rows.values("entry")))
        found = _sorted_out(rows.select_related("entry__office").select_for_update(of=("self",)), seen, status)
        if all_or_none and found.is_overtaken:
            raise Conflict(next(iter(found.moved), None))
        _decide(found.done, status, reason, by, at or round.now())
    return found


def _sorted_out(rows: Any, seen: Mapping[int, int], status: str) -> Reviewed:
    found = Reviewed()
    for row in rows.order_by("entry", "code", "period"):
        is_central = row.source != Value.Source.OFFICE
        if not is_central and row.status == status:
            found.same.append(row)
        elif is_central or row.revision != seen[row.pk]:
            found.moved.append(row)
        else:
            found.done.append(row)
    found.gone = len(seen) - len(found.done) - len(found.same) - len(found.moved)
    return found


def _decide(rows: list[Value], status: str, reason: str, by: User, at: datetime) -> None:
    deeds: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        before, row.status, row.return_reason = row.status, status, reason
        row.reviewed_by, row.reviewed_at = by, at
        row.revision += 1
        deeds[row.entry_id].append(carried.of_review(row, before))
    if rows:
        bulk_update_with_history(rows, Value, DECIDED, default_user=by)
        Event.objects.record_many(deeds, f"value.{status}", by=by)
        Entry.objects.filter(pk__in=list(deeds)).touch()  # writing in bulk sends no signal of its own
