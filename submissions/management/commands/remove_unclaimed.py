"""Lets go of files that belong to no row, where there are too many for the nightly sweep to decide."""

from django.core.management.base import BaseCommand, CommandError

from submissions.files import register
from submissions.vault import ABANDONED


class Command(BaseCommand):
    help = (
        "Remove the files of the vault that belong to no row since a week: those that `check_files` names, once the "
        "nightly sweep has seen them so long ago. The sweep does this by itself where they are few; where they are "
        "many it asks first whether this is the database of these files. What is removed is gone."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only name them")

    def handle(self, *args, dry_run: bool, **options) -> None:
        if not register.count():
            raise CommandError("no row of this database has a file: it is not the database of these files")
        found = register.unclaimed(ABANDONED)
        due = [file for file in found if register.is_due(file)]
        for file in due:
            self.stdout.write(file.name)
        if dry_run:
            self.stdout.write(f"{len(due)} file(s) would be removed")
        else:
            self.stdout.write(f"{register.remove(found)} file(s) are removed")
