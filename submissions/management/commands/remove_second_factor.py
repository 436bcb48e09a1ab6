"""Removes the second factor of somebody who lost it with all recovery codes."""

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError

from submissions.models import User


class Command(BaseCommand):
    help = (
        "Remove the authenticator app, passkeys and recovery codes of one person, who then logs in with the password "
        "alone and sets up new ones. Make sure who is asking: on the telephone anybody can be anybody."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("user", help="the name with which the person logs in")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be removed")

    def handle(self, *args, user: str, dry_run: bool, **options) -> None:
        person = User.objects.filter(username=user).first()
        if person is None:
            raise CommandError(f"there is nobody called {user!r}")
        factors = Authenticator.objects.filter(user=person)
        kinds = sorted(factors.values_list("type", flat=True))
        if not kinds:
            self.stdout.write(f"{user} has no second factor")
            return
        if not dry_run:
            factors.delete()
        self.stdout.write(f"{user}: {', '.join(kinds)} {'would be' if dry_run else ''} removed".replace("  ", " "))
