"""Makes the keys with which papers are signed, as files in a folder that only whoever signs can read."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from awards.documents import keys

SAID = """\
{key}          CDD4_PAPER_KEY
{certificate}  CDD4_PAPER_CERTIFICATE; until an authority signed it, papers say "trial certificate"
{request}      for the authority: put what it answers, and the certificates above it, in place of the former file
{credential_key}     CDD4_CREDENTIAL_KEY
"""


class Command(BaseCommand):
    help = (
        "Make the keys of papers (RSA) and of credentials (Ed25519), with a certificate that the key signed itself and "
        "a request for an authority. CDD4_PAPER_PASSPHRASE, where it is set, shuts the keys. No key is overwritten."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", type=Path, help="where the files are put; it is made if there is none")
        parser.add_argument("--name", default="CDD 4.0", help="whom the certificate names (default: %(default)s)")

    def handle(self, *args, folder: Path, name: str, **options) -> None:
        try:
            made = keys.make(folder, name, settings.PAPER_PASSPHRASE.encode() or None)
        except FileExistsError as error:
            raise CommandError(f"{error.filename} is there already: choose another folder") from None
        except OSError as error:
            raise CommandError(f"cannot write to {folder}: {error.strerror}") from None
        self.stdout.write(SAID.format(**made._asdict()))
