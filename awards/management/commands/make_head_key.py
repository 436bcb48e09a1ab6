"""Makes the key by which heads of the log are signed. It is a file, and stands in no database."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from awards.ledger.key_files import make
from awards.ledger.keys import name_of


class Command(BaseCommand):
    help = (
        "Make a new Ed25519 key by which heads of the log are signed, in a file that only its owner reads. Name it in "
        "CDD4_HEAD_KEY of the part that seals, before the one whose place it takes. Prints the name of the key and the "
        "public key: print them, and keep them outside the portal."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path, help="the new file; one that exists is not written over")

    def handle(self, *args, file: Path, **options) -> None:
        try:
            public = make(file)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        self.stdout.write(f"{file}\tkey {name_of(public)}\tpublic {public.hex()}")
