"""Looks through files that are no evidence for viruses, those of circulars among them, before anybody may open them."""

import logging
from collections.abc import Callable
from typing import BinaryIO, cast

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile
from django.utils import timezone

from submissions.files import scanner
from submissions.lease import held
from submissions.models import Attachment
from submissions.models.examinations import MOST_THREAT, Scanned
from submissions.notices.circulars import raise_alarm

from .work import AT_ONCE, GRACE, LEASE, RETRY

log = logging.getLogger(__name__)
Scan = Attachment.Scan


def scan(pk: int) -> bool:
    """Scan one file of a circular, unless that is done or somebody does it. Says whether it was this call's work."""
    attachment = Attachment.objects.select_related("circular__round", "circular__edited_by").filter(pk=pk).first()
    return attachment is not None and look_through(attachment, attachment.file, lambda: raise_alarm(attachment))


def look_through(row: Scanned, file: FieldFile, alarm: Callable[[], None]) -> bool:
    """The same of any row that is `Scanned`. `alarm` is raised when a virus is found."""
    if not row.take(LEASE):
        return False
    row.refresh_from_db(fields=["attempts", "scan"])
    with held(row, LEASE):
        try:
            _scan(row, file, alarm)
        except OSError as error:  # its disk; maybe not its content
            log.error("%s %s can't be scanned now: %s", type(row).__name__, row.pk, error)
    is_over = row.scan != Scan.WAITING or not settings.CLAMD
    _rows(row).update(due_at=None if is_over else timezone.now() + RETRY)
    return True


def _scan(row: Scanned, file: FieldFile, alarm: Callable[[], None]) -> None:
    if not settings.CLAMD or row.scan != Scan.WAITING:
        return
    try:
        scanner.ask()
        with file.open("rb") as opened:
            row.threat = scanner.scan(cast("BinaryIO", opened))[:MOST_THREAT]
    except scanner.Away as away:
        log.warning("the virus scanner is away: %s", away)
        return
    row.scan = Scan.INFECTED if row.threat else Scan.CLEAN
    with transaction.atomic():
        is_there = _rows(row).update(scan=row.scan, threat=row.threat)
        if is_there and row.threat:
            log.warning("%s %s holds %s", type(row).__name__, row.pk, row.threat)
            alarm()


def _rows(row: Scanned) -> QuerySet[Scanned]:
    """Its row, if its draft was not deleted meanwhile."""
    return type(row)._default_manager.filter(pk=row.pk)


def left(scanned: type[Scanned] = Attachment) -> list[int]:
    """What nobody scans and somebody should: a lost message, a dead worker, a scanner that was away."""
    rows = scanned._default_manager
    if settings.CLAMD:  # there was none when it came
        rows.filter(scan=Scan.WAITING, due_at=None).update(due_at=timezone.now())
    due = rows.filter(due_at__lte=timezone.now() - GRACE).order_by("due_at")
    return list(due.values_list("pk", flat=True)[:AT_ONCE])
