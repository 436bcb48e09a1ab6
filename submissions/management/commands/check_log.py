"""Does the log hold, and does it explain every row? Names each row that it does not, in Thai and English."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils.translation import override

from submissions.log.check import check
from submissions.log.findings import Finding
from submissions.models import Entry


class Command(BaseCommand):
    help = (
        "Check the log: that no chain of events was altered or cut off, that the heads sealed into publications are "
        "still there, and that the events explain every row: entries, evidence, values, sheets, extensions, remarks, "
        "confirmations, and the settings that scores hang on. Writes nothing; the exit status is 1 when a row is not "
        "explained, and each is named."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("round", nargs="?", type=int, metavar="ROUND", help="the id of one round (default: all)")
        parser.add_argument("--entry", type=int, metavar="ID", help="one entry alone")
        parser.add_argument(
            "--head",
            type=Path,
            action="append",
            default=[],
            metavar="FILE",
            help="a signed head of the whole log that was kept outside the portal, as JSON; may be repeated",
        )

    def handle(self, *args, round: int | None, entry: int | None, head: list[Path], **options) -> None:
        entries = _chosen(round=round, pk=entry)
        if entries is not None and head:
            raise CommandError("a head is of the whole log: name no round and no entry with it")
        report = check(entries, [_read_head(file) for file in head])
        for finding in report.findings:
            for language in ("th", "en"):
                with override(language):
                    self.stdout.write(_line(finding))
        summary = f"{report.entries} entries, {report.events} events, {report.heads} sealed heads"
        if report.silent:
            summary += f"; the terms of {report.silent} entries were not recorded when they were entered"
        self.stdout.write(summary)
        if report.findings:
            raise CommandError(f"{len(report.findings)} finding(s): the log does not explain these rows")


def _chosen(**asked: int | None) -> QuerySet[Entry] | None:
    """The entries that are asked for; None for the whole log."""
    named = {name: pk for name, pk in asked.items() if pk is not None}
    if not named:
        return None
    entries = Entry.objects.filter(**named)
    if not entries.exists():
        raise CommandError("no such round or entry")
    return entries


def _read_head(file: Path) -> tuple[int, str]:
    try:
        head = json.loads(file.read_text(encoding="utf-8"))
        return int(head["size"]), str(head["root"])
    except OSError as error:
        raise CommandError(f"{file} can't be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise CommandError(f"{file} is no head of the log: it has no size and root") from None


def _line(finding: Finding) -> str:
    entry = f"{finding.entry.pk}" if finding.entry else "-"
    return f"{entry}\t{finding.owner}\t{finding.where}\t{finding.sentence}"
