"""The committee meets, and what it resolves is recorded."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from submissions.log import carried
from submissions.models import Entry, Event, Meeting, Resolution, Round, User
from submissions.models.meetings import MOST_MATTER, MOST_PLACE, MOST_RESOLVED
from submissions.questions import access
from submissions.questions.proofread import Refused

from .hold import Conflict, hold_all

MOST_PRESENT = 60
MOST_NAME = 150
Present = Sequence[Mapping[str, str]]  # {"name", "role"}


def save_meeting(
    round: Round,
    *,
    by: User,
    held_on: date | None,
    place: str,
    present: Present,
    meeting: Meeting | None = None,
    revision: int | None = None,
) -> Meeting:
    """Open the round's next meeting, or correct this one. Resolutions keep who was there when they were made."""
    refused, place = Refused(), place.strip()
    refused.add("", access.why_not_run(by, round))
    refused.add("held_on", None if held_on else _("Say on which day the committee meets."))
    _check_typed(refused, "place", place, MOST_PLACE, _("Say where the committee meets."))
    _check_present(refused, present)
    refused.raise_if_any()
    with transaction.atomic():
        held = Round.objects.select_for_update().get(pk=round.pk)
        if meeting is None:
            last = held.meetings.order_by("-number").values_list("number", flat=True).first() or 0
            current = Meeting(round=held, number=last + 1, revision=0)
        else:
            current = held.meetings.get(pk=meeting.pk)
            if revision is not None and current.revision != revision:
                raise Conflict(current)
        assert held_on
        current.held_on, current.place = held_on, place
        current.present = [dict(one) for one in present]
        current.revision += 1
        current._history_user = by  # type: ignore[attr-defined]  # simple_history's
        current.save()
        return current


def _check_typed(refused: Refused, name: str, typed: str, most: int, needed: str) -> None:
    """That something was typed, and not too much; `needed` asks for it."""
    refused.add(name, None if typed else needed)
    if len(typed) > most:
        refused.add(name, _("This is longer than %(most)s characters.") % {"most": most})


def _check_present(refused: Refused, present: Present) -> None:
    if not present:
        refused.add("present", _("Name who is present."))
    if len(present) > MOST_PRESENT:
        refused.add("present", _("Name %(most)s people at most.") % {"most": MOST_PRESENT})
    if any(not one["name"] or max(len(one["name"]), len(one["role"])) > MOST_NAME for one in present):
        refused.add("present", _("Each line is a name of at most %(most)s characters.") % {"most": MOST_NAME})


def resolve(
    meeting: Meeting,
    *,
    by: User,
    kind: str,
    matter: str,
    entries: Sequence[Entry],
    text: str,
    reason: str,
    present: Present,
) -> Resolution:
    """Record what was resolved on a matter of these entries; of a tie in the order resolved. It is a deed in the log of
    each. It changes no points: what follows from it is done where points are given."""
    refused, text, reason = Refused(), text.strip(), reason.strip()
    refused.add("", access.why_not_run(by, meeting.round))
    _check_typed(refused, "text", text, MOST_RESOLVED, _("Say what was resolved."))
    _check_typed(refused, "reason", reason, MOST_RESOLVED, _("Say why the committee resolved so."))
    _check_present(refused, present)
    if kind not in Resolution.Kind.values or not matter or not entries:
        refused.add("", _("Choose the matter again."))
    if any(entry.round_id != meeting.round_id for entry in entries):
        refused.add("", _("Choose an entry of this round."))
    refused.raise_if_any()
    with transaction.atomic():
        hold_all(entries, changes_facts=False)
        made = Resolution(
            meeting=meeting,
            entry=entries[0],
            kind=kind,
            matter=matter[:MOST_MATTER],
            offices=[entry.office.code for entry in entries],
            text=text,
            reason=reason,
            present=[dict(one) for one in present],
            recorded_by=by,
            resolved_at=timezone.now(),
        )
        made.save()
        Event.objects.record_each(
            [entry.pk for entry in entries], "resolution.made", by=by, **carried.of_resolution(made)
        )
        return made
