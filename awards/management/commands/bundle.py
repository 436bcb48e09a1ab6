"""Writes a publication's bundle to a file: the one that names nobody, or the full one for auditors."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from awards.bundle import files
from awards.models import Publication


class Command(BaseCommand):
    help = "Write the bundle of a publication, by which it is checked elsewhere (docs/verification.md)."

    def add_arguments(self, parser) -> None:
        parser.add_argument("publication", type=int, help="its id, as in its address")
        parser.add_argument("--output", metavar="FILE", required=True)
        parser.add_argument("--full", action="store_true", help="with all that the log says, which names people")

    def handle(self, *args, publication: int, output: str, full: bool, **options) -> None:
        found = Publication.objects.with_round().filter(pk=publication).first()
        if found is None:
            raise CommandError(f"ไม่มีประกาศ {publication} / no such publication: {publication}")
        try:
            with files.write(found, full=full) as written, Path(output).open("wb") as file:
                file.writelines(files.pieces(written))
        except OSError as error:
            raise CommandError(f"เขียน {output} ไม่ได้ / cannot write {output}: {error.strerror}") from None
