"""Are all files that were kept still there, byte by byte?"""

from datetime import UTC, datetime

from django.core.management.base import BaseCommand, CommandError

from submissions.files import register

EVERY = 100  # files between two words on how far it is


class Command(BaseCommand):
    help = (
        "Read every file of the vault (evidence, documents of publications, parcels) and compare its size and SHA-256 "
        "with what was written down when it was kept. Names each file that is missing or altered, or that two rows "
        "name; the exit status is then 1. Names each file that belongs to no row, too. Changes nothing."
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
        self._tell(register.unclaimed(), register.few(total))
        if faulty:
            raise CommandError(f"{faulty} of {total} file(s) missing, altered or named wrongly")
        self.stdout.write(f"{total} file(s), all as they were kept")

    def _tell(self, unclaimed: list[register.Unclaimed], few: int) -> None:
        """The files of no row; what each sweep does with them hangs on how many there are then."""
        stay = len(register.unclaimed(register.ABANDONED)) > few
        for file in unclaimed:
            goes = f"goes after {_shown(file.goes_at)}" if file.goes_at else "not seen by the nightly sweep yet"
            self.stdout.write(f"of no row\t{file.name}\tcame {_shown(file.came_at)}, {'stays' if stay else goes}")
        if stay:
            self.stdout.write(f"{len(unclaimed)} file(s) belong to no row: none is removed before `remove_unclaimed`")
        elif unclaimed:
            self.stdout.write(
                f"{len(unclaimed)} file(s) belong to no row: each is removed a week after the sweep saw it, "
                f"but none in a night in which more than {few} are older than a day"
            )


def _shown(time: float) -> str:
    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d %H:%M} UTC"
