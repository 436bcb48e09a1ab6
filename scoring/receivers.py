"""Hears that facts were committed and asks for a rescore; says which editions scores were made by, and what moved.

A broker that is down costs a message, never an upload.
"""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import receiver
from django.utils.translation import gettext as _

from submissions.models import Edition, Entry, Happening, User
from submissions.queue import send
from submissions.signals import deletion_asked, facts_changed
from submissions.webhooks.sources import Source, Told, tells

from . import tasks
from .models import Scorecard, ScoreChange, Trial

MANY = 20  # beyond this one message for the whole round is quicker than one for each entry


@receiver(facts_changed)
def ask_for_rescore(entry_ids: list[int], **kwargs: Any) -> None:
    if len(entry_ids) > MANY:
        transaction.on_commit(lambda: send(tasks.sweep), robust=True)
    else:
        transaction.on_commit(lambda: [send(tasks.rescore_entry, pk) for pk in entry_ids], robust=True)


def _changes(user: User, happenings: list[str]) -> QuerySet[ScoreChange]:
    return ScoreChange.objects.filter(entry__in=Entry.objects.visible_to(user))


def _tell_changes(rows: QuerySet[ScoreChange]) -> Iterator[Told]:
    for row in rows.select_related("entry__office"):
        about = {"round": row.entry.round_id, "entry": row.entry_id, "office": row.entry.office.code}
        points = {"basis": row.basis, "total": str(row.total), "attainable": str(row.attainable)}
        yield Told(row.pk, Happening.SCORE_MOVED, row.at, about | points)


tells("score", Source(ScoreChange, _changes, "entry__round", (Happening.SCORE_MOVED,), _tell_changes))


@receiver(deletion_asked)
def keep_what_scored(edition: Edition, **kwargs: Any) -> str | None:
    if Scorecard.objects.filter(edition_digest=edition.digest).exists():
        return _("Scorecards were made by it.")
    if Trial.objects.filter(edition=edition).exists():
        return _("A trial compared another text with it.")
    return None
