"""Does the log hold, and does it explain every row? Names each row that it does not, in Thai and English."""

from django.core.management.base import BaseCommand, CommandError
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

    def handle(self, *args, round: int | None, entry: int | None, **options) -> None:
        entries = Entry.objects.all()
        if round is not None:
            entries = entries.filter(round=round)
        if entry is not None:
            entries = entries.filter(pk=entry)
        if (round is not None or entry is not None) and not entries.exists():
            raise CommandError("no such round or entry")
        report = check(entries)
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


def _line(finding: Finding) -> str:
    entry = f"{finding.entry.pk}" if finding.entry else "-"
    return f"{entry}\t{finding.owner}\t{finding.where}\t{finding.sentence}"
