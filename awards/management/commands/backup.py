"""Saves the whole portal into a new folder: the database, then the files."""

import shutil
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from awards.management import backups, dumps


class Command(BaseCommand):
    help = (
        "Save the database and all files that were handed in into a new folder, with the SHA-256 of each, while the "
        "portal goes on. The folder has its name when it is whole; until then, and when this is broken off, it ends in "
        "'.partial'. Not saved: log-ins, uploads still on their way, parcels (packed anew when asked for), and "
        "the secrets, which belong somewhere else."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="the new folder")
        parser.add_argument(
            "--previous",
            type=Path,
            metavar="DIR",
            help="an earlier backup on the same disk: files that it has are linked and take no room again",
        )

        parser.add_argument(
            "--dry-run", action="store_true", help="only say how much there is to save, and whether it fits"
        )

    def handle(self, *args, output: Path, previous: Path | None, dry_run: bool, **options) -> None:
        try:
            if dry_run:
                self._tell(output, *backups.room_for(output, previous))
                return
            manifest = backups.make(output, previous, self.stderr.write)
        except backups.Unfit as unfit:
            raise CommandError(str(unfit)) from None
        except (dumps.Failed, OSError) as error:
            raise CommandError(f"no backup was made: {error}") from None
        size = sum(file.size for file in manifest.files.values())
        self.stdout.write(f"{output}\t{len(manifest.media)} files and the database, {size} bytes")
        manifest_file = backups.copy(output / backups.MANIFEST, None)
        self.stdout.write(
            f"{output / backups.MANIFEST}\tSHA-256 {manifest_file.sha256}: kept elsewhere, it proves this backup"
        )

    def _tell(self, output: Path, number: int, size: int) -> None:
        free, database = shutil.disk_usage(output.absolute().parent).free, dumps.most()
        self.stdout.write(
            f"{output}\t{number} files, {size} bytes to copy, and the database, {database} bytes at most; "
            f"{free} bytes are free"
        )
        if size + database > free:
            raise CommandError(f"{output.absolute().parent} has no room for it")
