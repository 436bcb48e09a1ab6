"""What happened since the last time becomes deliveries, each row of a source once for each webhook."""

import json
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from submissions.models import Delivery, Webhook

from .sources import SOURCES, Source, Told

log = logging.getLogger(__name__)
# A row is seen only when all that was saved with it is committed: so long it is looked for among those that were there.
OVERLAP = timedelta(minutes=10)
BATCH = 500


def begin(webhook: Webhook, names: Iterable[str] = ()) -> None:
    """Pass over what happened until now, in these sources or in all: a webhook is told of what comes next."""
    for name in names or SOURCES:
        newest = _newest(SOURCES[name])
        webhook.told_up_to[name] = _mark(newest, newest)


def wanted(happenings: Iterable[str]) -> set[str]:
    """The sources that tell of any of these."""
    return {name for name, source in SOURCES.items() if set(source.happenings) & set(happenings)}


def _newest(source: Source) -> int:
    return source.model._default_manager.aggregate(last=Max("pk"))["last"] or 0


def _mark(told: int, newest: int) -> dict[str, Any]:
    """All rows up to `told` were told of; those up to `newest` will have been, `OVERLAP` from now."""
    return {"told": told, "newest": newest, "at": timezone.now().isoformat()}


def gather() -> int:
    """Says how many deliveries are new."""
    return sum(
        _gather(webhook.pk, name)
        for webhook in Webhook.objects.filter(is_on=True).select_related("owner")
        if webhook.is_served
        for name in wanted(webhook.happenings)
    )


def _gather(pk: int, name: str) -> int:
    """Where one webhook can't be told of a source, everything else is told all the same; it is tried again."""
    try:
        return _gather_all(pk, name)
    except DatabaseError:
        raise
    except Webhook.DoesNotExist:  # it was removed a moment ago
        return 0
    except Exception:
        log.exception("webhook %s can't be told of %s", pk, name)
        return 0


def _gather_all(pk: int, name: str) -> int:
    """A batch at a time, each in a transaction with the mark of how far it was told."""
    made = 0
    while True:
        with transaction.atomic():
            webhook = Webhook.objects.select_for_update(of=("self",)).select_related("owner").get(pk=pk)
            count = _gather_batch(webhook, name, SOURCES[name])
        made += count
        if count < BATCH:
            return made


def _gather_batch(webhook: Webhook, name: str, source: Source) -> int:
    newest = _newest(source)
    mark = webhook.told_up_to.setdefault(name, _mark(newest, newest))  # a source of a later release
    rows = list(_left(webhook, name, source).order_by("pk").values_list("pk", flat=True)[:BATCH])
    told = source.tell(source.model._default_manager.filter(pk__in=rows).order_by("pk"))
    made = Delivery.objects.bulk_create([_delivery(webhook, name, one) for one in told], ignore_conflicts=True)
    # By the clock of who looks, not by that of the rows: practice rounds have their own.
    if len(rows) < BATCH and datetime.fromisoformat(mark["at"]) + OVERLAP <= timezone.now():
        webhook.told_up_to[name] = _mark(mark["newest"], newest)
        webhook.save(update_fields=["told_up_to"])
    return len(made)


def _left(webhook: Webhook, name: str, source: Source) -> QuerySet[Any]:
    """What it is still to be told."""
    after = webhook.told_up_to[name]["told"]
    told = Delivery.objects.filter(webhook=webhook, source=name, row__gt=after).values("row")
    of_round = {source.round: webhook.round_id} if webhook.round_id else {}
    return source.rows(webhook.owner, webhook.happenings).filter(pk__gt=after, **of_round).exclude(pk__in=told)


def _delivery(webhook: Webhook, name: str, told: Told) -> Delivery:
    body = {"type": told.happening, "timestamp": told.at.isoformat(), "data": told.data}
    text = json.dumps(body, ensure_ascii=False)
    return Delivery(webhook=webhook, source=name, row=told.row, happening=told.happening, body=text)
