"""Brings back what `backup` saved, and says whether all of it is right."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from awards.management import backups, dumps, restoring

LIVES_AGAIN = (
    "as of the backup again: passwords, second steps, who may log in; tokens that were ended since open the portal "
    "again, and letters that were sent since then are sent once more (--begin-anew ends and stops them)"
)


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
        parser.add_argument(
            "--without-damaged",
            action="store_true",
            help="bring back all but the files in media/ that are damaged in the backup; each is named",
        )
        parser.add_argument(
            "--begin-anew", action="store_true", help="end all tokens, and send no letter that was waiting"
        )
        parser.add_argument(
            "--manifest", metavar="SHA256", help="what `backup` said of manifest.json: refuse any other backup"
        )

    def handle(self, *args, folder: Path, dry_run: bool, replace: bool, **options) -> None:
        try:
            self._check_manifest(folder, options["manifest"])
            plan = restoring.Plan(folder, self.stderr.write)
        except backups.Unfit as unfit:
            raise CommandError(str(unfit)) from None
        self._tell(plan)
        if reasons := plan.why_not(replace, options["without_damaged"]):
            raise CommandError("\n  ".join(["nothing was changed:", *reasons]))
        if dry_run:
            self.stdout.write("it can be brought back; nothing was changed")
            return
        try:
            restoring.restore(plan, self.stderr.write)
        except (backups.Unfit, dumps.Failed, OSError) as error:
            raise CommandError(f"not restored: {error}") from None
        if options["begin_anew"]:
            tokens, letters = restoring.begin_anew()
            self.stdout.write(f"{tokens} tokens ended, {letters} waiting letters not sent")
        else:
            self.stdout.write(LIVES_AGAIN)
        if found := restoring.check(self.stdout.write):
            raise CommandError("\n  ".join(["restored, but not all is right:", *found]))
        self.stdout.write("restored, and all is right")

    def _check_manifest(self, folder: Path, expected: str | None) -> None:
        manifest = folder / backups.MANIFEST
        if expected and (not manifest.is_file() or backups.copy(manifest, None).sha256 != expected.strip().lower()):
            raise CommandError(f"nothing was changed: {manifest} is not the one of SHA-256 {expected}")

    def _tell(self, plan: restoring.Plan) -> None:
        files = len(plan.manifest.media)
        self.stdout.write(f"saved on {plan.manifest.made_at}: the database and {files} files")
        self.stdout.write(f"{len(plan.there)} of them are here already, {plan.room} bytes are to come")
        for name in sorted(plan.damaged):
            self.stdout.write(f"damaged, and nowhere else: media/{name}")
