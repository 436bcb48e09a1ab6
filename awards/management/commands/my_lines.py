"""Writes what one person did in a publication's round, opened, so that the person can prove it: verify.py --mine."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from awards.bundle import own_lines
from awards.models import Publication
from submissions.models import User


class Command(BaseCommand):
    help = "Write one person's own lines of the log of a publication's round; hand them to nobody else."

    def add_arguments(self, parser) -> None:
        parser.add_argument("publication", type=int, help="its id, as in its address")
        parser.add_argument("username")
        parser.add_argument("--output", metavar="FILE", required=True)

    def handle(self, *args, publication: int, username: str, output: str, **options) -> None:
        found = Publication.objects.filter(pk=publication).first()
        user = User.objects.filter(username=username).first()
        if found is None or user is None:
            missing = f"publication {publication}" if found is None else username
            raise CommandError(f"ไม่พบ {missing} / not found: {missing}")
        try:
            Path(output).write_text(json.dumps(own_lines.of(user, found), ensure_ascii=False), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"เขียน {output} ไม่ได้ / cannot write {output}: {error.strerror}") from None
