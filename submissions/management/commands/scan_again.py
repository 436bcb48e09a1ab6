"""Has files looked through for viruses once more: with newer signatures, or higher limits."""

from datetime import datetime, time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Case, F, Value, When
from django.utils import timezone
from django.utils.dateparse import parse_date

from submissions.models import Attachment, Examination


class Command(BaseCommand):
    help = (
        "Have all files scanned for viruses once more, or those handed in before a day. Nobody opens a file from now "
        "until it is scanned again: best at night. The worker `examiner` does the work, and people's own reviews and "
        "points stay as they are."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--before",
            metavar="DATE",
            help="only files handed in, or of circulars written, before this day (2026-01-31)",
        )
        parser.add_argument("--dry-run", action="store_true", help="only say how many there are")

    def handle(self, *args, before: str | None, dry_run: bool, **options) -> None:
        if not settings.CLAMD:
            raise CommandError("there is no virus scanner here (CDD4_CLAMD)")
        scanned = Examination.objects.exclude(scan=Examination.Scan.WAITING)
        attached = Attachment.objects.exclude(scan=Attachment.Scan.WAITING)
        if before is not None:
            scanned = scanned.filter(evidence__submitted_at__lt=_start_of(before))
            attached = attached.filter(circular__edited_at__lt=_start_of(before))
        if dry_run:
            self.stdout.write(f"{scanned.count() + attached.count()} file(s) would be scanned again")
            return
        # What was found infected nobody has looked at: that is made up for if it is found clean.
        unseen = When(scan=Examination.Scan.INFECTED, facts={}, then=Value(Examination.State.PENDING))
        state = Case(unseen, default=F("state"))
        count = scanned.update(scan=Examination.Scan.WAITING, state=state, due_at=timezone.now(), attempts=0)
        count += attached.update(scan=Attachment.Scan.WAITING, due_at=timezone.now(), attempts=0)
        self.stdout.write(f"{count} file(s) will be scanned again")


def _start_of(text: str) -> datetime:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or day.year > 2400:
        raise CommandError(f"{text!r} is not a day; it is written as 2026-01-31, in the Common Era")
    return timezone.make_aware(datetime.combine(day, time.min))
