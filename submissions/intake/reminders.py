"""Offices are reminded of what they owe. The deed stands in the log of each entry, and people are told from there."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from submissions.models import Event, Round, User
from submissions.questions import access
from submissions.questions.proofread import Refused
from submissions.questions.reminded import REMINDED, reminded_lately

MOST = 100  # things that one reminder names; the others are counted


class Reminded(NamedTuple):
    """One thing that an office is reminded of."""

    kind: str  # requirement, value or naming
    code: str
    period: str
    state: str  # late, returned or missing
    until: date


def remind(round: Round, owed: Mapping[int, Sequence[Reminded]], *, by: User, filters: str = "") -> list[int]:
    """Remind the offices of these entries, by id, of what they owe. Returns the ids of those that are told.

    An entry whose office was reminded in the last 24 hours is passed over, and so is one that takes part no more.
    `filters`: what chose them, for the log. A few statements, however many there are.
    """
    refused = Refused()
    refused.add("", access.why_not_remind(by, round))
    refused.raise_if_any()
    with transaction.atomic():
        ids = round.entries.taking_part().filter(pk__in=[pk for pk, things in owed.items() if things]).hold()
        if Round.objects.filter(pk=round.pk, is_closed=True).exists():
            raise Refused({"": [_("The round is closed.")]})
        lately = reminded_lately(ids)
        told = [pk for pk in ids if pk not in lately]
        if not told:
            raise Refused(
                {"": [_("Nobody was written to: they owe nothing any more, or were reminded in the last 24 hours.")]}
            )
        each = {pk: _carried(owed[pk]) for pk in told}
        Event.objects.record_each(told, REMINDED, by=by, each=each, filters=filters, offices=len(told))
    return told


def _carried(things: Sequence[Reminded]) -> dict[str, object]:
    asked = [[*thing[:4], thing.until.isoformat()] for thing in things[:MOST]]
    return {"asked": asked, "count": len(things)}
