"""What the workers do. Messages are disposable: the database says what is still to be done."""

import logging
import time

from celery import shared_task
from django.utils import timezone

from submissions.away import is_away
from submissions.lease import held
from submissions.models import Round
from submissions.queue import send

from . import parcels, trial
from .models import Parcel, PastTrial, Trial
from .recompute import rescore, rescore_in_batches

log = logging.getLogger(__name__)
# A sweep scores for so long and asks for another to go on: what was just handed in waits for no more than that.
SLICE = 0.1  # seconds


@shared_task(name="scoring.tasks.rescore_entry")
def rescore_entry(entry_id: int) -> int:
    return rescore([entry_id])


@shared_task(name="scoring.tasks.sweep")
def sweep(round_id: int = 0, after: int = 0) -> int:
    """Find the entries whose scores are behind their facts, and score them. Heals every lost message.

    Goes on at an entry of a round, where the sweep before it stopped. Sweeps at the same time share the work.
    """
    end, done = time.monotonic() + SLICE, 0
    for round in Round.objects.filter(pk__gte=round_id).select_related("edition").defer("edition__text").order_by("pk"):
        for healed, last in rescore_in_batches(round, after if round.pk == round_id else 0):
            done += healed
            if time.monotonic() > end:
                log.info("%s entries were stale, up to entry %s of round %s", done, last, round.pk)
                sweep.apply_async((round.pk, last))
                return done
    if done:
        log.info("%s entries were stale", done)
    return done


@shared_task(name="scoring.tasks.try_text")
def try_text(trial_id: int) -> None:
    tried = Trial.objects.select_related("round__edition", "edition").filter(pk=trial_id, report__isnull=True).first()
    if tried is None:
        return
    try:
        trial.run(tried)
    except Exception as error:
        if is_away(error):
            raise  # the database is away: the task waits for it, and begins again
        log.exception("trial %s can't be made", trial_id)
        tried.note(has_failed=True)


@shared_task(name="scoring.tasks.make_parcel")
def make_parcel(parcel_id: int) -> None:
    parcel = Parcel.objects.select_related("entry").filter(pk=parcel_id).first()
    if parcel is None or not parcel.take():
        return
    try:
        with held(parcel, Parcel.LEASE):
            parcels.make(parcel)
    except Exception as error:
        if is_away(error):
            raise  # whoever holds it is heard of no more: it is asked for again
        log.exception("parcel %s can't be made", parcel_id)
        parcel.note(stage=Parcel.Stage.FAILED, due_at=None)


@shared_task(name="scoring.tasks.tend_parcels")
def tend_parcels() -> int:
    """Ask for parcels whose message was lost or whose worker died."""
    late = list(Parcel.objects.under_way().filter(due_at__lte=timezone.now()))
    for parcel in late:
        if parcel.attempts < Parcel.MOST_ATTEMPTS:
            send(make_parcel, parcel.pk)
        else:
            parcel.note(stage=Parcel.Stage.FAILED, due_at=None)
    return len(late)


@shared_task(name="scoring.tasks.remove_parcels")
def remove_parcels() -> int:
    """Remove those that were kept long enough: gigabytes, for which a disk may take its time. Trials on the
    past go with them."""
    PastTrial.objects.expired().delete()
    expired = list(Parcel.objects.expired())
    for parcel in expired:
        parcels.remove(parcel)
    return len(expired)
