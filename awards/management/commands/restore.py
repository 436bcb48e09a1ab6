"""Brings back what `backup` saved, and says whether all of it is right."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from awards.management import backups, dumps, restoring


class Command(BaseCommand):
    help = (
        "Bring a backup back: every file of it is read and compared with its SHA-256 first; nothing is changed when "
        "one differs. Then the files come back, then the database, in full or not at all; it is migrated, and checked "
        "by check_files, check_log and verify_publication. The exit status is 1 when one of them finds something. "
        "All parts of the portal but the database must be stopped."
    )
    requires_system_checks: tuple[str, ...] = ()  # they may ask for tables

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="what `backup --output` made")
        parser.add_argument("--dry-run", action="store_true", help="only check the backup, and say what would be done")
        parser.add_argument(
            "--replace", action="store_true", help="in place of what the database holds now, which is lost"
        )

    def handle(self, *args, folder: Path, dry_run: bool, replace: bool, **options) -> None:
        try:
            plan = restoring.Plan(folder, self.stderr.write)
        except backups.Unfit as unfit:
            raise CommandError(str(unfit)) from None
        self._tell(plan)
        if reasons := plan.why_not(replace):
            raise CommandError("\n  ".join(["nothing was changed:", *reasons]))
        if dry_run:
            self.stdout.write("it can be brought back; nothing was changed")
            return
        try:
            restoring.restore(plan, self.stderr.write)
        except (backups.Unfit, dumps.Failed, OSError) as error:
            raise CommandError(f"not restored: {error}") from None
        if found := restoring.check(self.stdout.write):
            raise CommandError("\n  ".join(["restored, but not all is right:", *found]))
        self.stdout.write("restored, and all is right")

    def _tell(self, plan: restoring.Plan) -> None:
        files = len(plan.manifest.media)
        self.stdout.write(f"saved on {plan.manifest.made_at}: the database and {files} files")
        self.stdout.write(f"{len(plan.there)} of them are here already, {plan.room} bytes are to come")
