"""Scores entries anew from their facts, whether or not anything says that their scores are stale."""

from collections import defaultdict
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from scoring.models import Scorecard
from scoring.recompute import BATCH, rescore
from submissions.models import Entry, Round


class Command(BaseCommand):
    help = (
        "Score all entries of one round, or of all rounds, anew from their facts, and say whose points moved. None "
        "should: what moves was stale, or somebody wrote to the table of scores. What was published stays as "
        "announced, and an entry of a closed round is scored as of the day on which it was."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("round", nargs="?", type=int, metavar="ROUND", help="the id of a round (default: all)")
        parser.add_argument("--dry-run", action="store_true", help="score, say what would move, and keep nothing")

    def handle(self, *args, round: int | None, dry_run: bool, **options) -> None:
        entries = Entry.objects.order_by("pk")
        if round is not None:
            if not Round.objects.filter(pk=round).exists():
                raise CommandError(f"there is no round {round}")
            entries = entries.filter(round=round)
        self.moved, self.failed = 0, 0
        ids = list(entries.values_list("pk", flat=True))
        # In a closed round no day passes any more: what it still could have brought is no loss now.
        cards = Scorecard.objects.filter(entry__in=ids, entry__round__is_closed=True, basis="verified")
        closed = dict(cards.values_list("entry", "as_of"))
        by_time = defaultdict(list)
        for pk in ids:
            by_time[closed.get(pk)].append(pk)
        for at, alike in by_time.items():
            for start in range(0, len(alike), BATCH):
                self._score(alike[start : start + BATCH], dry_run, at)
        summary = f"{len(ids) - self.failed} entries scored, {self.moved} {'would move' if dry_run else 'moved'}"
        self.stdout.write(summary)
        if self.failed:
            raise CommandError(f"{self.failed} entries could not be scored")

    def _score(self, ids: list[int], dry_run: bool, at: datetime | None = None) -> None:
        """One that can't be scored costs the others of its batch nothing."""
        try:
            with transaction.atomic():
                before = _totals(ids)
                rescore(ids, at=at)
                after = _totals(ids)
                transaction.set_rollback(dry_run)
        except Exception as error:
            if len(ids) > 1:
                for pk in ids:
                    self._score([pk], dry_run, at)
                return
            self.failed += 1
            self.stderr.write(f"entry {ids[0]} can't be scored: {error!r}")
            return
        moved = [pk for pk in ids if before.get(pk) != after.get(pk)]
        self.moved += len(moved)
        for pk in moved:
            self.stdout.write(f"{pk}\t{before.get(pk, 'no score')}\t->\t{after.get(pk, 'no score')}")


def _totals(ids: list[int]) -> dict[int, str]:
    """What is earned and attainable of each entry, verified and claimed."""
    totals = defaultdict(list)
    for card in Scorecard.objects.filter(entry__in=ids).order_by("entry", "-basis"):
        totals[card.entry_id].append(f"{card.basis} {card.total} of {card.attainable}")
    return {pk: ", ".join(lines) for pk, lines in totals.items()}
