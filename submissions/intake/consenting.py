"""An office, and those who run its round, each say whether everybody may read a piece as best practice."""

from django.db import transaction
from django.utils import timezone

from submissions.log import carried
from submissions.models import Consent, Event, Evidence, User
from submissions.questions import consents
from submissions.questions.proofread import Refused

from .hold import hold


def say_consent(evidence: Evidence, *, by: User, is_given: bool) -> Consent | None:
    """Let everybody read it as far as this person's side goes, or take that back. It is done in a closed round as well,
    and no score hangs on it. What was said already is not said twice; None where there is nothing to take back."""
    entry = evidence.entry
    with transaction.atomic():
        hold(entry, changes_facts=False, in_closed=True)
        refused = Refused()
        refused.add("", consents.why_not_say(by, evidence) or (is_given and consents.why_not_show(evidence)) or None)
        refused.raise_if_any()
        side = consents.side_of(by, evidence)
        assert side
        last = evidence.consents.filter(side=side).last()
        if is_given == bool(last and last.is_given):
            return last
        consent = Consent(
            entry=entry, evidence=evidence, side=side, is_given=is_given, said_by=by, said_at=timezone.now()
        )
        consent.save()
        verb = "consent.given" if is_given else "consent.withdrawn"
        Event.objects.record(entry, verb, by=by, **carried.of_consent(consent))
        return consent
