"""Has files looked through for viruses once more: with newer signatures, or higher limits."""

from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Case, F, QuerySet, Value, When
from django.utils import timezone
from django.utils.dateparse import parse_date

from submissions.models import Examination
from submissions.models.examinations import Scanned


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
            help="only files handed in, or put there, before this day (2026-01-31)",
        )
        parser.add_argument("--dry-run", action="store_true", help="only say how many there are")

    def handle(self, *args, before: str | None, dry_run: bool, **options) -> None:
        if not settings.CLAMD:
            raise CommandError("there is no virus scanner here (CDD4_CLAMD)")
        found: list[QuerySet[Any]] = []
        for model in Scanned.__subclasses__():
            rows = model._default_manager.exclude(scan=Scanned.Scan.WAITING)
            found.append(rows.filter(**{f"{model.came_at}__lt": _start_of(before)}) if before is not None else rows)
        if dry_run:
            self.stdout.write(f"{sum(rows.count() for rows in found)} file(s) would be scanned again")
            return
        count = sum(_again(rows) for rows in found)
        self.stdout.write(f"{count} file(s) will be scanned again")


def _again(rows: "QuerySet[Any]") -> int:
    """How many of these will be."""
    more: dict[str, Any] = {}
    if rows.model is Examination:
        # What was found infected nobody has looked at: that is made up for if it is found clean.
        unseen = When(scan=Scanned.Scan.INFECTED, facts={}, then=Value(Examination.State.PENDING))
        more["state"] = Case(unseen, default=F("state"))
    return rows.update(scan=Scanned.Scan.WAITING, due_at=timezone.now(), attempts=0, **more)


def _start_of(text: str) -> datetime:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or day.year > 2400:
        raise CommandError(f"{text!r} is not a day; it is written as 2026-01-31, in the Common Era")
    return timezone.make_aware(datetime.combine(day, time.min))
