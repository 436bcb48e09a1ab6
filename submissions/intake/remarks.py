"""What office and reviewers say to each other comes in."""

import hashlib
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from submissions.documents.printable import printable
from submissions.log import carried
from submissions.models import Entry, Event, Remark, User
from submissions.models.remarks import MOST_MESSAGE
from submissions.questions import access
from submissions.questions.more_time import requests_of
from submissions.questions.proofread import Refused, check_period
from submissions.questions.value_slots import value_slot_of

from .hold import hold

A_DAY = 50  # remarks of one person on one entry in a day: more is no conversation


def write_remark(
    entry: Entry,
    *,
    by: User,
    requirement: str,
    period: str = "",
    text: str,
    wished: date | None = None,
    refuses: Remark | None = None,
) -> Remark:
    """Write one message in the thread of a requirement and its period. No score hangs on it. Whoever asks for more time
    by it, or refuses it, comes by `more_time`.

    The same words written twice running are one message, sent twice.
    """
    text = "\n".join(line.rstrip() for line in printable(text).strip().splitlines())
    refused = Refused()
    refused.add("", access.why_not_remark(by, entry))
    if requirement in entry.round.scheme.requirements or not value_slot_of(entry, requirement, period):
        check_period(entry.round.scheme, requirement, period, refused)
    if not text:
        refused.add("text", _("Write your message."))
    elif len(text) > MOST_MESSAGE:
        refused.add("text", _("The message has %(count)s characters; 2,000 are allowed.") % {"count": f"{len(text):,}"})
    refused.raise_if_any()
    with transaction.atomic():
        hold(entry, changes_facts=False)
        from_office = by.is_officer and not entry.round.is_run_by(by)
        remark = Remark(
            entry=entry, requirement=requirement, period=period, text=text, from_office=from_office, written_by=by
        )
        remark.wished, remark.refuses = wished, refuses
        if last := _sent_before(remark):
            return last
        if _written_today(entry, by) >= A_DAY:
            raise Refused({"text": [_("You wrote %(count)s messages here today; go on tomorrow.") % {"count": A_DAY}]})
        remark.save()
        seal = hashlib.sha256(text.encode()).hexdigest()
        Event.objects.record(entry, "remark.written", by=by, **carried.of_remark(remark, seal))
        return remark


def _sent_before(remark: Remark) -> Remark | None:
    """The message before, where this one is the same sent twice. Who asks again after an answer asks anew."""
    slot = (remark.requirement, remark.period)
    last = remark.entry.remarks.filter(requirement=slot[0], period=slot[1]).last()
    if last is None or _said(last) != _said(remark):
        return None
    if remark.wished and not requests_of(remark.entry, remark.requirement)[slot].waits:
        return None
    return last


def _said(remark: Remark) -> tuple[Any, ...]:
    return remark.text, remark.written_by_id, remark.wished, remark.refuses_id


def _written_today(entry: Entry, by: User) -> int:
    since = timezone.now() - timedelta(days=1)
    return entry.remarks.filter(written_by=by, written_at__gte=since).count()
