"""What the workers do. Messages are disposable: the database says what is still to be done."""

import logging

from celery import shared_task

from submissions.models import Round

from . import trial
from .models import Trial
from .recompute import rescore, rescore_stale

log = logging.getLogger(__name__)


@shared_task(name="scoring.tasks.rescore_entry")
def rescore_entry(entry_id: int) -> int:
    return rescore([entry_id])


@shared_task(name="scoring.tasks.sweep")
def sweep() -> int:
    """Find the entries whose scores are behind their facts, and score them. Heals every lost message."""
    done = 0
    for round in Round.objects.select_related("edition").defer("edition__text"):
        if healed := rescore_stale(round):
            log.info("round %s: %s entries were stale", round.pk, healed)
            done += healed
    return done


@shared_task(name="scoring.tasks.try_text")
def try_text(trial_id: int) -> None:
    one = Trial.objects.select_related("round__edition", "edition").filter(pk=trial_id, report__isnull=True).first()
    if one is not None:
        trial.run(one)
