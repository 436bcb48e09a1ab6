"""Evidence comes in, is taken back, and is accepted or returned."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import DatabaseError, InterfaceError, transaction
from django.utils.translation import gettext as _

from submissions.files import room
from submissions.log import carried
from submissions.models import Entry, Event, Evidence
from submissions.questions import access
from submissions.questions.proofread import Refused, check_channels, check_slot

from .content import Content, discard, settle, short_name, take_in
from .hold import change, hold, unchanged


def attach_evidence(
    entry: Entry,
    *,
    by,
    requirement: str,
    period: str = "",
    upload=None,
    url: str = "",
    channels: Iterable[str] = (),
    note: str = "",
    at: datetime | None = None,
    replaces: Evidence | None = None,
    revision: int | None = None,
    then: Callable[[Evidence], None] | None = None,
) -> Evidence:
    """Hand in one file (`upload`) or one link (`url`) for a requirement and its period.

    The same file or link sent again for the same slot and channels, while the first still stands, is the first: one
    row, not two.
    `replaces` names evidence of the same slot that this stands in for, as it was at `revision`.
    `then` is told of the evidence in the same transaction. Raises OSError when a disk is full.
    """
    at = at or entry.round.now()
    channels = sorted(set(channels))
    refused = Refused()
    slot = check_slot(entry, by, requirement, period, refused)
    if slot:
        check_channels(slot, channels, refused)
    if replaces and (replaces.entry_id, replaces.requirement, replaces.period) != (entry.pk, requirement, period):
        refused.add("", _("Only evidence for the same item and period is replaced."))
    elif replaces:
        refused.add("", access.why_not_replace(by, replaces))
    content = take_in(upload, url, note, refused, by)
    try:
        with transaction.atomic():
            hold(entry)
            if (same := _standing_twin(entry, requirement, period, content, channels)) and same != replaces:
                settle(same, content.kept)
                evidence = same
            else:
                refused.add("", room.why_no_share(entry, content.kept.size if content.kept else 0))
                refused.raise_if_any()
                if replaces:
                    _set_aside(replaces, revision, by=by)
                evidence = _write_evidence(
                    entry, requirement, period, content, upload, channels, note, at, by, replaces
                )
            if then:
                then(evidence)
            return evidence
    except (DatabaseError, InterfaceError) as error:
        # COMMIT may be carried out all the same, even later: the file stays, and goes at night if no row has it.
        if room.is_full(error):
            raise room.full_disk() from error
        raise
    except Exception:
        discard(content.kept)
        raise


def _standing_twin(entry, requirement, period, content: Content, channels: list[str]) -> Evidence | None:
    same = {"sha256": content.kept.sha256} if content.kept else {"url": content.url}
    standing = [Evidence.Status.SUBMITTED, Evidence.Status.ACCEPTED]
    twins = entry.evidence.filter(requirement=requirement, period=period, status__in=standing, **same)
    return next((twin for twin in twins if twin.channels == channels), None)


def _set_aside(replaced: Evidence, revision: int | None, *, by) -> None:
    """What is replaced while it waits is withdrawn; what was returned stays returned, with its reason."""
    current = unchanged(Evidence.objects.select_related("entry__round"), replaced.pk, revision)
    refused = Refused()
    refused.add("", access.why_not_replace(by, current))
    refused.raise_if_any()
    if current.status == Evidence.Status.SUBMITTED:
        change(current, status=Evidence.Status.WITHDRAWN)


def _write_evidence(entry, requirement, period, content: Content, upload, channels, note, at, by, replaces) -> Evidence:
    evidence = Evidence(
        entry=entry,
        requirement=requirement,
        period=period,
        url=content.url,
        channels=channels,
        note=note,
        submitted_at=at,
        submitted_by=by,
        replaces=replaces,
    )
    if content.kept and content.kind:
        evidence.file.name = content.kept.name
        evidence.original_name = short_name(upload.name)
        evidence.content_type = content.kind.content_type
        evidence.size, evidence.sha256 = content.kept.size, content.kept.sha256
    evidence.save()
    Event.objects.record(entry, "evidence.attached", by=by, **carried.of_evidence(evidence))
    return evidence


def withdraw_evidence(evidence: Evidence, *, by, revision: int | None = None) -> Evidence:
    """Take back what was handed in. The row and the file stay."""
    with transaction.atomic():
        hold(evidence.entry)
        current = unchanged(Evidence.objects.select_related("entry__round"), evidence.pk, revision)
        refused = Refused()
        refused.add("", access.why_not_withdraw(by, current))
        refused.raise_if_any()
        before = current.status
        change(current, status=Evidence.Status.WITHDRAWN)
        Event.objects.record(current.entry, "evidence.withdrawn", by=by, **carried.of_withdrawal(current, before))
        return current


def review_evidence(
    evidence: Evidence, *, by, accept: bool, reason: str = "", revision: int | None = None, at: datetime | None = None
) -> Evidence:
    """Accept evidence, or return it with the reason. A decision may be changed; each is an event."""
    reason = reason.strip()
    refused = Refused()
    if not accept and not reason:
        refused.add("reason", _("Say why it is returned; the office reads it."))
    if len(reason) > 2000:
        refused.add("reason", _("The reason is longer than 2,000 characters."))
    with transaction.atomic():
        hold(evidence.entry)
        current = unchanged(Evidence.objects.select_related("entry__round", "examination"), evidence.pk, revision)
        refused.add("", access.why_not_review(by, current.entry))
        if accept and current.file:  # what nobody can read nobody accepts
            refused.add("", access.why_not_open(current))
        if current.status in (Evidence.Status.DRAFT, Evidence.Status.WITHDRAWN):
            refused.add("", _("It is not handed in (any more)."))
        refused.raise_if_any()
        before = current.status
        change(
            current,
            status=Evidence.Status.ACCEPTED if accept else Evidence.Status.RETURNED,
            return_reason="" if accept else reason,
            reviewed_by=by,
            reviewed_at=at or current.entry.round.now(),
        )
        verb = "evidence.accepted" if accept else "evidence.returned"
        Event.objects.record(current.entry, verb, by=by, **carried.of_decision(current, before))
        return current
