"""On the page of a piece: passing it to a second reader, and what is known of the reading that it waits for."""

from typing import Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from submissions import intake
from submissions.fields import number_in, whole
from submissions.models import Evidence, SecondReading, User
from submissions.questions import access, second_reading


def open_doubt(evidence: Evidence) -> SecondReading | None:
    waiting = evidence.readings.filter(state=SecondReading.State.OPEN, kind=SecondReading.Kind.DOUBT)
    return waiting.select_related("reader", "asked_by", "entry__round").first()


def passing_on(reader: User, evidence: Evidence) -> dict[str, Any]:
    """What the parts of its page are handed that tell of it, and why this reader can't decide on it."""
    doubt = open_doubt(evidence)
    why_not_review = access.why_not_review(reader, evidence.entry)
    may_pass = not (doubt or why_not_review or second_reading.why_not_waiting(evidence))
    colleagues: list[User] = []
    if may_pass:
        colleagues = [one for one in second_reading.colleagues(evidence.entry) if one.pk != reader.pk]
    may_take_back = doubt is not None and (doubt.asked_by_id == reader.pk or evidence.entry.round.is_run_by(reader))
    return {
        "doubt": doubt,
        "may_pass": may_pass,
        "colleagues": colleagues,
        "may_take_back": may_take_back,
        "why_not": why_not_review or why_closed(evidence) or second_reading.why_not_decide(reader, doubt),
    }


def why_closed(evidence: Evidence) -> str | None:
    if evidence.status == Evidence.Status.WITHDRAWN and evidence.is_replaced:
        return _("Another took its place; there is nothing to decide.")
    if evidence.status == Evidence.Status.WITHDRAWN:
        return _("It was withdrawn; there is nothing to decide.")
    if evidence.status == Evidence.Status.DRAFT:
        return _("It is not handed in yet.")
    return None


def pass_on(request, evidence: Evidence) -> None:
    """As the form of it was sent: pass it to a second reader, or take it back. Raises as intake does."""
    if "take_back" in request.POST:
        if (reading := open_doubt(evidence)) is None:
            raise intake.Refused({"": [_("It was read already, or is not to be read any more.")]})
        intake.take_back(reading, by=request.user)
        messages.success(request, _("You took it back: it waits for review again."))
        return
    chosen = request.POST.get("to", "")
    to = get_object_or_404(User, pk=whole(chosen) or 0) if chosen else None
    revision = number_in(request.POST, "revision")
    intake.pass_on(evidence, by=request.user, doubt=request.POST.get("doubt", ""), to=to, revision=revision)
    messages.success(request, _("“%(title)s” waits for a second reader.") % {"title": evidence.title})
