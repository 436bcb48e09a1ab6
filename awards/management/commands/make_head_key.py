"""Makes the key by which heads of the log are signed. It is a file or stays in a token, and stands in no database."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from awards.ledger import tokens
from awards.ledger.key_files import make
from awards.ledger.keys import name_of


class Command(BaseCommand):
    help = (
        "Make a new Ed25519 key by which heads of the log are signed, in a file that only its owner reads, "
        "or in a token (pkcs11:...) that no key leaves. Name it in "
        "CDD4_HEAD_KEY of the part that seals, before the one whose place it takes. Prints the name of the key and the "
        "public key: print them, and keep them outside the portal."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", help="the new file, or the token; what is there is not written over")

    def handle(self, *args, file: str, **options) -> None:
        try:
            public = tokens.make(file) if tokens.is_token(file) else make(Path(file))
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        except tokens.Unusable as unusable:
            raise CommandError(str(unusable)) from None
        self.stdout.write(f"{file}\tkey {name_of(public)}\tpublic {public.hex()}")
