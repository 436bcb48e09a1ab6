"""Hears that facts were committed and asks for a rescore; says which editions scores were made by.

A broker that is down costs a message, never an upload.
"""

from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.utils.translation import gettext as _

from submissions.models import Edition
from submissions.queue import send
from submissions.signals import deletion_asked, facts_changed

from . import tasks
from .models import Scorecard, Trial

MANY = 20  # beyond this one message for the whole round is quicker than one for each entry


@receiver(facts_changed)
def ask_for_rescore(entry_ids: list[int], **kwargs: Any) -> None:
    if len(entry_ids) > MANY:
        transaction.on_commit(lambda: send(tasks.sweep), robust=True)
    else:
        transaction.on_commit(lambda: [send(tasks.rescore_entry, pk) for pk in entry_ids], robust=True)


@receiver(deletion_asked)
def keep_what_scored(edition: Edition, **kwargs: Any) -> str | None:
    if Scorecard.objects.filter(edition_digest=edition.digest).exists():
        return _("Scorecards were made by it.")
    if Trial.objects.filter(edition=edition).exists():
        return _("A trial compared another text with it.")
    return None
