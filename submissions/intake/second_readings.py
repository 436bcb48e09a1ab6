"""Evidence is passed to a second reader, read a second time, and settled where two readings differ."""

from django.db import transaction
from django.utils.translation import gettext as _

from submissions.models import Evidence, SecondReading, User
from submissions.models.evidence import MOST_NOTE
from submissions.questions import second_reading
from submissions.questions.proofread import Refused

from .evidence import review_evidence
from .hold import hold, unchanged
from .readings import held, read, write

Kind, State = SecondReading.Kind, SecondReading.State


def pass_on(
    evidence: Evidence, *, by: User, doubt: str, to: User | None = None, revision: int | None = None
) -> SecondReading:
    """Let a second reader decide on what waits: `to`, or (None) whichever colleague comes first. It waits on."""
    refused, doubt = Refused(), doubt.strip()
    refused.add("doubt", None if doubt else _("Say what you doubt; the second reader reads it."))
    if len(doubt) > MOST_NOTE:
        refused.add("doubt", _("The note is longer than 2,000 characters."))
    with transaction.atomic():
        hold(evidence.entry)
        current = unchanged(Evidence.objects.select_related("entry__round"), evidence.pk, revision)
        refused.add("", second_reading.why_not_pass_on(by, current))
        if held(current):
            refused.add("", _("It waits for a second reader already."))
        if to is not None and (to == by or to not in second_reading.colleagues(current.entry)):
            refused.add("to", _("Choose a colleague on this round's committee."))
        refused.raise_if_any()
        reading = SecondReading(
            entry=current.entry,
            evidence=current,
            kind=Kind.DOUBT,
            asked_by=by,
            asked_at=current.entry.round.now(),
            doubt=doubt,
            reader=to,
        )
        return write(reading, "reading.asked", by=by)


def take_back(reading: SecondReading, *, by: User) -> SecondReading:
    """Whoever passed it on, or runs the round, ends it: the piece waits for anybody again."""
    with transaction.atomic():
        current = _held(reading)
        refused = Refused()
        if current.kind != Kind.DOUBT or current.state != State.OPEN:
            refused.add("", _("It was read already, or is not to be read any more."))
        if by.pk != current.asked_by_id and not current.entry.round.is_run_by(by):
            refused.add("", _("Only who passed it on takes it back."))
        refused.raise_if_any()
        current.state = State.LAPSED
        return write(current, "reading.lapsed", by=by)


def read_again(reading: SecondReading, *, by: User, accept: bool, reason: str = "") -> SecondReading:
    """Say how one would decide on what was drawn. The first decision stays, whatever this one says."""
    refused, reason = Refused(), reason.strip()
    _check_reason(refused, accept, reason)
    with transaction.atomic():
        current = _held(reading)
        refused.add("", second_reading.why_not_read(by, current))
        if current.kind != Kind.SAMPLE:
            refused.add("", _("A doubt is decided on the page of the evidence."))
        refused.raise_if_any()
        read(current, by=by, accepted=accept, reason="" if accept else reason)
        return write(current, "reading.done", by=by)


def give_reading(reading: SecondReading, to: User | None, *, by: User) -> SecondReading:
    """Whoever runs the round names who reads what was drawn for somebody who can't any more."""
    refused = Refused()
    with transaction.atomic():
        current = _held(reading)
        refused.add("", second_reading.why_not_give(by, current))
        if to not in second_reading.readers_left(current):
            refused.add("to", _("Choose a colleague on this round's committee."))
        refused.raise_if_any()
        current.reader = to
        return write(current, "reading.given", by=by)


def settle_reading(reading: SecondReading, *, by: User, accept: bool, reason: str) -> SecondReading:
    """Decide where the readings differ. If that is against the first, its piece is decided anew, as by any reviewer."""
    refused, reason = Refused(), reason.strip()
    refused.add("reason", None if reason else _("Say why you decide so."))
    _check_reason(refused, True, reason)
    with transaction.atomic():
        current = _held(reading)
        refused.add("", second_reading.why_not_settle(by, current))
        refused.raise_if_any()
        current.settled_by, current.settled_at = by, current.entry.round.now()
        current.settled_accepted, current.settled_reason = accept, reason
        write(current, "reading.settled", by=by)
        if accept != current.first_accepted and _stands(current):
            review_evidence(current.evidence, by=by, accept=accept, reason=reason)
        return current


def _stands(reading: SecondReading) -> bool:
    """Whether the piece is still as the first decision left it, and not replaced."""
    status = Evidence.Status.ACCEPTED if reading.first_accepted else Evidence.Status.RETURNED
    return reading.evidence.status == status and not reading.evidence.is_replaced


def _check_reason(refused: Refused, accept: bool, reason: str) -> None:
    if not accept and not reason:
        refused.add("reason", _("Say why you would return it."))
    if len(reason) > MOST_NOTE:
        refused.add("reason", _("The reason is longer than 2,000 characters."))


def _held(reading: SecondReading) -> SecondReading:
    """As it is now, its entry held. Its round's time and its piece come with it."""
    hold(reading.entry)
    return SecondReading.objects.select_related("entry__round", "evidence__replaced_by").get(pk=reading.pk)
