"""Are all files that were kept still there, byte by byte?"""

from django.core.management.base import BaseCommand, CommandError

from submissions.files import register

EVERY = 100  # files between two words on how far it is


class Command(BaseCommand):
    help = (
        "Read every file of the vault (evidence, documents of publications, parcels) and compare its size and SHA-256 "
        "with what was written down when it was kept. Names each file that is missing or altered; the exit status is "
        "then 1. Changes nothing."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--quiet", action="store_true", help="say nothing of how far it is")

    def handle(self, *args, quiet: bool, **options) -> None:
        total, faulty = register.count(), 0
        for number, held in enumerate(register.all_held(), 1):
            if fault := held.fault():
                faulty += 1
                self.stdout.write(f"{fault}\t{held}")
            if not quiet and (number % EVERY == 0 or number == total):
                self.stderr.write(f"{number} of {total} files read")
        if unclaimed := register.unclaimed(0):
            self.stdout.write(f"{len(unclaimed)} file(s) belong to no row; each is removed a week after it came")
        if faulty:
            raise CommandError(f"{faulty} of {total} file(s) missing or altered")
        self.stdout.write(f"{total} file(s), all as they were kept")
