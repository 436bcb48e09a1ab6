"""Examines what was handed in: asks the scanner, has the file opened in a program of its own, keeps what was seen."""

import logging
from datetime import datetime, timedelta
from typing import BinaryIO, cast

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Count, F, Min, Q, When
from django.utils import timezone

from submissions.files import confined, fingerprints, recognise, scanner
from submissions.lease import held
from submissions.models import Entry, Evidence, Examination, Notice
from submissions.models.examinations import MOST_THREAT
from submissions.notices import tell
from submissions.notices.from_events import EXCERPT
from submissions.notices.people import central_staff, officers_of, runners_of

from .likeness import remember
from .thumbnails import DRAWN_AS, draw_thumbnail, kept_thumbnail

log = logging.getLogger(__name__)
READERS = {
    recognise.PDF.content_type: "examination.pdf",
    recognise.JPEG.content_type: "examination.picture",
    recognise.PNG.content_type: "examination.picture",
    recognise.WEBP.content_type: "examination.picture",
    recognise.MP4.content_type: "examination.video",
    recognise.WORD.content_type: "examination.office",
    recognise.EXCEL.content_type: "examination.office",
    recognise.POWERPOINT.content_type: "examination.office",
}
LIMIT = 420  # seconds for one file, a large video's way through the scanner among them
LEASE = timedelta(seconds=20)  # without a sign for so long, whoever worked on it is taken for dead
RETRY = timedelta(seconds=30)  # until the scanner, or a disk, is asked again
LATER = timedelta(minutes=10)  # until a scanner that is there is asked again for what it could not scan
GRACE = timedelta(seconds=10)  # for the message of what was just handed in
TRIES = 3
AT_ONCE = 300  # asked for by one sweep
GENTLY = 30  # of these, what was there before anybody thought of examining it: it can wait, people can not
State, Scan = Examination.State, Examination.Scan
_REVIEWED_LAST = Case(When(status=Evidence.Status.SUBMITTED, then=0), default=1)


def examine(pk: int) -> bool:
    """Examine one piece of evidence, unless that is done or somebody does it. Says whether it was this call's work."""
    examination = Examination.objects.select_related("evidence").filter(pk=pk).first()
    if examination is None or not examination.take(LEASE):
        return False
    examination.refresh_from_db(fields=["attempts", "state", "scan"])
    with held(examination, LEASE):
        for step in (_scan, _look, _draw):
            try:
                step(examination)
            except (OSError, confined.Late) as error:  # its disk, or a busy machine; maybe not its content
                log.error("evidence %s can't be examined now: %s", pk, error)
    examination.due_at = _next(examination)
    examination.save(update_fields=["due_at", "attempts"])
    return True


def _scan(examination: Examination) -> None:
    if not settings.CLAMD or examination.scan != Scan.WAITING:
        return
    try:
        scanner.ask()  # one that hangs is not worth waiting for with every file
        with examination.evidence.file.open("rb") as file:
            examination.threat = scanner.scan(cast("BinaryIO", file))[:MOST_THREAT]
    except scanner.Away as away:
        log.warning("the virus scanner is away: %s", away)
        return
    examination.scan = Scan.INFECTED if examination.threat else Scan.CLEAN
    with transaction.atomic():
        examination.save(update_fields=["scan", "threat"])
        if examination.threat:
            log.warning("evidence %s holds %s", examination.pk, examination.threat)
            _raise_alarm(examination.evidence, examination.threat)
            if not examination.is_too_much:  # a busy machine may have looked at one copy longer than at another
                _doubt_copies(examination.evidence)


def _raise_alarm(evidence: Evidence, threat: str) -> None:
    """The office sends a clean file instead, and central staff, with those who run the round, ask where it
    came from."""
    entry = Entry.objects.with_round().select_related("office__parent__parent__parent").get(pk=evidence.entry_id)
    people = list(dict.fromkeys([*officers_of([entry])[entry.pk], *runners_of(entry.round), *central_staff()]))
    slot = {"entry": entry.pk, "requirement": evidence.requirement, "period": evidence.period}
    item = {**slot, "title": evidence.title[:EXCERPT], "text": threat}
    tell(people, Notice.Code.INFECTED, key=f"infected/{evidence.pk}", entry=entry, items=[item])


def _doubt_copies(evidence: Evidence) -> None:
    """The same file was found clean before the scanner knew better: it is scanned again, and held until then."""
    copies = Examination.objects.filter(evidence__sha256=evidence.sha256, scan=Scan.CLEAN)
    copies.update(scan=Scan.WAITING, due_at=timezone.now())


def _look(examination: Examination) -> None:
    """See what is in the file. That a file kills its reader is a finding like others; this worker goes on."""
    if examination.state != State.PENDING:
        return
    if examination.scan == Scan.INFECTED:  # nothing of ours opens it either
        examination.state = State.DONE
    elif examination.attempts > TRIES:
        examination.state, examination.facts = State.FAILED, {"fault": "size"}
    else:
        examination.state, examination.facts = State.DONE, _facts(examination.evidence)
    examination.save(update_fields=["state", "facts"])


def _draw(examination: Examination) -> None:
    """Small, for contact sheets."""
    evidence = examination.evidence
    if evidence.content_type not in DRAWN_AS:
        return
    is_safe = examination.state == State.DONE and examination.scan != Scan.INFECTED
    if is_safe and "fault" not in examination.facts and kept_thumbnail(evidence) is None:
        draw_thumbnail(evidence)


def _facts(evidence: Evidence) -> dict:
    """What is in its file; what was seen in the same file before needs no second look."""
    twins = Examination.objects.filter(evidence__sha256=evidence.sha256, state=State.DONE).exclude(facts={})
    if (facts := twins.values_list("facts", flat=True).first()) is not None:
        return facts
    try:
        with evidence.file.open("rb") as file:
            seen = confined.read(READERS[evidence.content_type], file.file)
    except confined.Late:
        raise
    except confined.Unreadable as fault:
        return {"fault": str(fault)}
    remember_seen(evidence.sha256, seen)
    return seen["facts"]


def remember_seen(sha256: str, seen: dict) -> None:
    """Keep the marks of a content as its reader said them."""
    looks = [(page, fingerprints.Mark(tuple(keys), sketch)) for page, keys, sketch in seen["looks"]]
    text = fingerprints.Mark(tuple(seen["text"][0]), seen["text"][1]) if seen["text"] else None
    remember(sha256, looks, text)


def _next(examination: Examination):
    """When there is more to do."""
    if examination.state == State.PENDING:
        return timezone.now() + RETRY
    if settings.CLAMD and examination.scan == Scan.WAITING:
        examination.attempts = 0  # the scanner may be away for as long as it takes
        return timezone.now() + (LATER if scanner.is_there() else RETRY)
    return None


def waiting() -> tuple[int, datetime | None]:
    """How many files are still to be examined, and when the oldest of them came."""
    rows = Examination.objects.filter(due_at__isnull=False)
    counted = rows.aggregate(count=Count("pk"), oldest=Min("evidence__received_at"))
    return counted["count"], counted["oldest"]


def left() -> list[int]:
    """What nobody examines and somebody should: never begun, let fall, or waiting for the scanner. Oldest first.

    Of what was there before, what waits for review is begun with, then what was handed in last.
    """
    new = Evidence.objects.exclude(file="").filter(examination=None).order_by(_REVIEWED_LAST, "-pk")[:GENTLY]
    Examination.objects.bulk_create([Examination(evidence=evidence) for evidence in new], ignore_conflicts=True)
    if settings.CLAMD:  # there was none when it was examined
        Examination.objects.filter(scan=Scan.WAITING, due_at=None).update(due_at=timezone.now())
    now = timezone.now()
    due = Examination.objects.filter(Q(attempts__gt=0) | Q(due_at__lte=now - GRACE), due_at__lte=now).order_by(
        F("due_at")
    )
    return list(due.values_list("pk", flat=True)[:AT_ONCE])
