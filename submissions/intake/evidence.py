"""Evidence comes in, is taken back, and is accepted or returned."""

from collections.abc import Callable, Collection
from datetime import datetime

from django.core.files import File
from django.db import DatabaseError, InterfaceError, transaction
from django.utils.translation import gettext as _

from submissions.files import room
from submissions.log import carried
from submissions.models import Appeal, Entry, Event, Evidence, SecondReading, User
from submissions.models.evidence import MOST_NOTE
from submissions.questions import access, second_reading
from submissions.questions.appeals import why_not_correct_decision
from submissions.questions.checklist import ticked_off
from submissions.questions.hand_in import HandIn
from submissions.questions.proofread import Refused

from . import readings
from .content import Content, discard, settle, short_name, take_in
from .hold import Conflict, change, hold, unchanged


def attach_evidence(
    entry: Entry,
    hand_in: HandIn,
    *,
    by: User,
    upload: "File[bytes] | None" = None,
    url: str = "",
    at: datetime | None = None,
    then: Callable[[Evidence], None] | None = None,
) -> Evidence:
    """Hand in one file (`upload`) or one link (`url`).

    If the same file or link still stands for the same slot and channels, that evidence is returned and no second row
    is made.
    `then` is called with the evidence in the same transaction. Raises OSError when a disk is full.
    """
    at = at or entry.round.now()
    refused = Refused()
    hand_in.check(entry, by, refused)
    content = take_in(upload, url, refused, by)
    try:
        with transaction.atomic():
            hold(entry)
            if (same := _standing_twin(entry, hand_in, content)) and same != hand_in.replaces:
                settle(same, content.kept)
                evidence = same
            else:
                refused.add("", room.why_no_share(entry, content.kept.size if content.kept else 0))
                refused.raise_if_any()
                if hand_in.replaces:
                    _set_aside(hand_in.replaces, hand_in.revision, by=by)
                evidence = _evidence_of(entry, hand_in, content, by=by, at=at)
                if upload:
                    evidence.original_name = short_name(upload.name or "")
                evidence.save()
                Event.objects.record(entry, "evidence.attached", by=by, **carried.of_evidence(evidence))
            if then:
                then(evidence)
            return evidence
    except (DatabaseError, InterfaceError) as error:
        # The database may commit all the same: the file stays, and is removed at night if no row has it.
        if room.is_full(error):
            raise room.full_disk() from error
        raise
    except Exception:
        discard(content.kept)
        raise


def _standing_twin(entry: Entry, hand_in: HandIn, content: Content) -> Evidence | None:
    same = {"sha256": content.kept.sha256} if content.kept else {"url": content.url}
    standing = [Evidence.Status.SUBMITTED, Evidence.Status.ACCEPTED]
    twins = entry.evidence.filter(requirement=hand_in.requirement, period=hand_in.period, status__in=standing, **same)
    return next((twin for twin in twins if twin.channels == hand_in.sorted_channels), None)


def _set_aside(replaced: Evidence, revision: int | None, *, by: User) -> None:
    """What is replaced while it waits is withdrawn; what was returned stays returned, with its reason."""
    current = unchanged(Evidence.objects.select_related("entry__round"), replaced.pk, revision)
    refused = Refused()
    refused.add("", access.why_not_replace(by, current))
    refused.raise_if_any()
    if current.status == Evidence.Status.SUBMITTED:
        change(current, status=Evidence.Status.WITHDRAWN)
        readings.lapse(current, by=by)


def _evidence_of(entry: Entry, hand_in: HandIn, content: Content, *, by: User, at: datetime) -> Evidence:
    evidence = Evidence(
        entry=entry,
        requirement=hand_in.requirement,
        period=hand_in.period,
        url=content.url,
        channels=hand_in.sorted_channels,
        note=hand_in.note,
        submitted_at=at,
        submitted_by=by,
        replaces=hand_in.replaces,
    )
    if content.kept and content.kind:
        evidence.file.name = content.kept.name
        evidence.content_type = content.kind.content_type
        evidence.size, evidence.sha256 = content.kept.size, content.kept.sha256
    return evidence


def withdraw_evidence(
    evidence: Evidence, *, by: User, revision: int | None = None, answered: Evidence | None = None
) -> Evidence:
    """Take back what was handed in. The row and the file stay. `answered`: what stands in for it."""
    with transaction.atomic():
        hold(evidence.entry)
        current = unchanged(Evidence.objects.select_related("entry__round"), evidence.pk, revision)
        refused = Refused()
        refused.add("", access.why_not_withdraw(by, current))
        refused.raise_if_any()
        before = current.status
        change(current, status=Evidence.Status.WITHDRAWN)
        said = carried.of_withdrawal(current, before, answered)
        Event.objects.record(current.entry, "evidence.withdrawn", by=by, **said)
        readings.lapse(current, by=by)
        return current


def review_evidence(
    evidence: Evidence,
    *,
    by: User,
    accept: bool,
    reason: str = "",
    ticked: Collection[str] | None = None,
    revision: int | None = None,
    at: datetime | None = None,
    because: str = "",
    undo_until: datetime | None = None,
    appeal: Appeal | None = None,
) -> Evidence:
    """Accept evidence, or return it with the reason. A decision may be changed, `because` of something; each is an
    event. Where somebody decided the same meanwhile, nothing is left to do.

    `ticked`: what of the requirement's checklist is there, by its Thai texts; None where that was not asked.
    `undo_until`: until then, by the world's time, it can be taken back, and the office is not told.
    `appeal`: the one by whose answer the decision is changed after a provisional result.
    """
    refused = Refused()
    status = Evidence.Status.ACCEPTED if accept else Evidence.Status.RETURNED
    reason = _reason(status, reason, because, refused)
    with transaction.atomic():
        hold(evidence.entry, appeal=appeal)
        try:
            current = unchanged(Evidence.objects.select_related("entry__round", "examination"), evidence.pk, revision)
        except Conflict as conflict:
            found: Evidence | None = conflict.current
            if found and _decided_so(found, by, status, reason):
                return found
            raise
        reading = readings.held(current)
        _check_decision(current, status, by, reading, appeal, refused)
        asked = current.entry.round.scheme.requirements.get(current.requirement)
        checklist = ticked_off(asked, ticked, refused)
        refused.raise_if_any()
        before = current.status
        change(
            current,
            status=status,
            return_reason=reason,
            checklist=checklist,
            reviewed_by=by,
            reviewed_at=at or current.entry.round.now(),
        )
        decided = carried.of_decision(current, before, because.strip(), undo_until) | carried.by_appeal(appeal)
        verb = "evidence.accepted" if accept else "evidence.returned"
        event = Event.objects.record(current.entry, verb, by=by, **decided)
        readings.after_decision(current, reading, event, by=by)
        return current


def _reason(status: str, reason: str, because: str, refused: Refused) -> str:
    """Why it is returned; "" where it is accepted."""
    reason, is_returned = reason.strip(), status == Evidence.Status.RETURNED
    if is_returned and not reason:
        refused.add("reason", _("Say why it is returned; the office reads it."))
    if max(len(reason), len(because)) > MOST_NOTE:
        refused.add("reason", _("The reason is longer than 2,000 characters."))
    return reason if is_returned else ""


def _check_decision(
    current: Evidence, status: str, by: User, reading: SecondReading | None, appeal: Appeal | None, refused: Refused
) -> None:
    """Whether this person may decide so on this piece now."""
    if appeal:
        refused.add("", why_not_correct_decision(by, appeal, current))
    else:
        refused.add("", access.why_not_review(by, current.entry))
    if status == Evidence.Status.ACCEPTED and current.file:  # what nobody can read nobody accepts
        refused.add("", access.why_not_open(current))
    if current.status in (Evidence.Status.DRAFT, Evidence.Status.WITHDRAWN):
        refused.add("", _("It is not handed in (any more)."))
    if not appeal:  # nobody reads a second time what was announced
        refused.add("", second_reading.why_not_decide(by, reading))


def _decided_so(current: Evidence, by: User, status: str, reason: str) -> bool:
    """Whether it stands already as this reviewer wants it, who may decide here."""
    is_same = (current.status, current.return_reason) == (status, reason)
    return is_same and access.why_not_review(by, current.entry) is None
