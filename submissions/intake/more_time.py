"""An office asks for more time, and those who run the round refuse it. More time itself is given in `rounds`."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from scoring import engine
from submissions.models import Entry, Remark, User
from submissions.questions import more_time
from submissions.questions.deadlines import more_time as given
from submissions.questions.proofread import Refused, check_period

from .hold import hold
from .remarks import write_remark


def ask_for_more_time(
    entry: Entry, *, by: User, requirement: str, period: str = "", until: date | None, text: str
) -> Remark:
    """Ask for more time in a slot, until the end of a day, by a message in its thread. No score hangs on it."""
    refused = Refused()
    check_period(entry.round.scheme, requirement, period, refused)
    refused.raise_if_any()
    asked = entry.round.scheme.requirements[requirement]
    refused.add("", more_time.why_not_ask(by, entry, asked))
    due = asked.due_in(period or None)
    due = max(due, given([entry]).get((entry.pk, requirement, period), due))
    refused.add("until", more_time.why_not_until(until, due=due, today=engine.day_of(entry.round.now())))
    if not text.strip():
        refused.add("text", _("Say why you need more time."))
    refused.raise_if_any()
    return write_remark(entry, by=by, requirement=requirement, period=period, text=text, wished=until)


def refuse_more_time(entry: Entry, *, by: User, requirement: str, period: str = "", text: str) -> Remark:
    """Give no more time in a slot to who asked for it, and say why."""
    refused = Refused()
    if not text.strip():
        refused.add("text", _("Say why no more time is given."))
    with transaction.atomic():
        hold(entry, changes_facts=False)
        request = more_time.requests_of(entry, requirement).get((requirement, period))
        refused.add("", more_time.why_not_refuse(by, entry, request))
        refused.raise_if_any()
        assert request
        refuses = entry.remarks.get(pk=request.pk)
        return write_remark(entry, by=by, requirement=requirement, period=period, text=text, refuses=refuses)
