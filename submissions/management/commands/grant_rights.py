"""Gives the role with which the portal works its rights: run by the role that owns the tables, after each migrate."""

from collections import Counter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from submissions.management.rights import Unfit, check_fit, grant, rights


class Command(BaseCommand):
    help = (
        "Give the database role with which the portal works exactly the rights that it needs: it owns nothing, and "
        "events, editions, publications and results it can only read and add. Run as the role that owns the tables, "
        "after migrate and createcachetable; the role is made if there is none. Repeating it changes nothing."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("role", help="the portal's own role, such as portal")
        parser.add_argument("--password-file", type=Path, metavar="FILE", help="its password (default: as it is)")
        parser.add_argument("--dry-run", action="store_true", help="only tell the rights, and whether the role is fit")

    def handle(self, *args, role: str, password_file: Path | None, dry_run: bool, **options) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("only PostgreSQL has roles")
        try:
            if dry_run:
                check_fit(role)
            granted = rights() if dry_run else grant(role, _read(password_file))
        except Unfit as unfit:
            raise CommandError(str(unfit)) from None
        for table, right in sorted(granted.items()) if dry_run else ():
            self.stdout.write(f"{table}\t{right}")
        for right, count in Counter(granted.values()).most_common():
            self.stdout.write(f"{role}: {right} on {count} tables")


def _read(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        password = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise CommandError(f"{file} can't be read: {error.strerror}") from None
    if not password:
        raise CommandError(f"{file} is empty")
    return password
