"""Forgets wrong passwords, so that nobody has to wait before the next try."""

from django.core.management.base import BaseCommand

from submissions.models import Tries


class Command(BaseCommand):
    help = (
        "Forget all wrong tries to log in: nobody has to wait before the next one. For all at once, as the table names "
        "nobody; whoever guesses passwords begins anew too."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say how many counts there are")

    def handle(self, *args, dry_run: bool, **options) -> None:
        count = Tries.objects.count()
        if not dry_run:
            Tries.objects.all().delete()
        self.stdout.write(f"{count} count(s) {'would be' if dry_run else 'are'} forgotten")
