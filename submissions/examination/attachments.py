"""Looks through the files of circulars for viruses, before anybody may open them."""

import logging
from typing import BinaryIO, cast

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from submissions.files import scanner
from submissions.lease import held
from submissions.models import Attachment
from submissions.models.examinations import MOST_THREAT
from submissions.notices.circulars import raise_alarm

from .work import AT_ONCE, GRACE, LEASE, RETRY

log = logging.getLogger(__name__)
Scan = Attachment.Scan


def scan(pk: int) -> bool:
    """Scan one file, unless that is done or somebody does it. Says whether it was this call's work."""
    attachment = Attachment.objects.select_related("circular__round", "circular__edited_by").filter(pk=pk).first()
    if attachment is None or not attachment.take(LEASE):
        return False
    attachment.refresh_from_db(fields=["attempts", "scan"])
    with held(attachment, LEASE):
        try:
            _scan(attachment)
        except OSError as error:  # its disk; maybe not its content
            log.error("attachment %s can't be scanned now: %s", pk, error)
    is_over = attachment.scan != Scan.WAITING or not settings.CLAMD
    _rows(attachment).update(due_at=None if is_over else timezone.now() + RETRY)
    return True


def _scan(attachment: Attachment) -> None:
    if not settings.CLAMD or attachment.scan != Scan.WAITING:
        return
    try:
        scanner.ask()
        with attachment.file.open("rb") as file:
            attachment.threat = scanner.scan(cast("BinaryIO", file))[:MOST_THREAT]
    except scanner.Away as away:
        log.warning("the virus scanner is away: %s", away)
        return
    attachment.scan = Scan.INFECTED if attachment.threat else Scan.CLEAN
    with transaction.atomic():
        is_there = _rows(attachment).update(scan=attachment.scan, threat=attachment.threat)
        if is_there and attachment.threat:
            log.warning("attachment %s holds %s", attachment.pk, attachment.threat)
            raise_alarm(attachment)


def _rows(attachment: Attachment) -> QuerySet[Attachment]:
    """Its row, if its draft was not deleted meanwhile."""
    return Attachment.objects.filter(pk=attachment.pk)


def left() -> list[int]:
    """What nobody scans and somebody should: a lost message, a dead worker, a scanner that was away."""
    if settings.CLAMD:  # there was none when it came
        Attachment.objects.filter(scan=Scan.WAITING, due_at=None).update(due_at=timezone.now())
    due = Attachment.objects.filter(due_at__lte=timezone.now() - GRACE).order_by("due_at")
    return list(due.values_list("pk", flat=True)[:AT_ONCE])
