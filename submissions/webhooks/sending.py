"""Deliveries go out, each signed, and again for a day where they were not taken."""

import base64
import hmac
import logging
import time
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Min
from django.utils import timezone

from submissions.models import Delivery, Webhook
from submissions.models.webhooks import MOST_ANSWER, DeliveryQuerySet

from . import straight

log = logging.getLogger(__name__)
WAITS = [1, 5, 15, 60, 180, 360, 720]  # minutes between tries: the last is a day after the first
LEASE = timedelta(minutes=2)  # so long nobody else sends what somebody is sending
MOST_AT_ONCE = 100  # to one webhook, before the others have their turn
TURN = 20  # seconds, likewise
GONE = 410  # by which a program says that it wants no more
KEPT = timedelta(days=30)


def send_due() -> int:
    """Send what waits, to each webhook until it does not take one. Says how many were taken."""
    due = Delivery.objects.filter(due_at__lte=timezone.now()).values("webhook")
    webhooks = Webhook.objects.filter(pk__in=due).select_related("owner")
    return sum(_send_to(webhook) for webhook in webhooks if webhook.is_served)


def _send_to(webhook: Webhook) -> int:
    due = webhook.deliveries.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")
    sent, over = 0, time.monotonic() + TURN
    for pk in list(due.values_list("pk", flat=True)[:MOST_AT_ONCE]):
        if time.monotonic() > over:
            break
        delivery = _take(pk)
        if delivery is None:
            continue
        if not _send(webhook, delivery):
            break
        sent += 1
    return sent


def _take(pk: int) -> Delivery | None:
    """The delivery, if nobody else sends it now."""
    now = timezone.now()
    taken = Delivery.objects.filter(pk=pk, due_at__lte=now).update(due_at=now + LEASE, tries=F("tries") + 1)
    return Delivery.objects.filter(pk=pk).first() if taken else None


def _send(webhook: Webhook, delivery: Delivery) -> bool:
    """Whether it was taken."""
    now = timezone.now()
    try:
        status = straight.post(webhook.address, delivery.body.encode(), headers(webhook, delivery, now))
    except straight.NotReached as fault:
        _put_off(delivery, str(fault))
        return False
    if status == GONE:
        Webhook.objects.filter(pk=webhook.pk).update(is_on=False)
    if not 200 <= status < 300:
        _put_off(delivery, str(status))
        return False
    _note(delivery, sent_at=now, due_at=None, answer=str(status))
    return True


def headers(webhook: Webhook, delivery: Delivery, at: datetime) -> dict[str, str]:
    """As Standard Webhooks has them: the key tells one sent twice, the signature covers it, the time and the body."""
    key, moment = str(delivery.key), str(int(at.timestamp()))
    seal = hmac.digest(webhook.secret, f"{key}.{moment}.{delivery.body}".encode(), "sha256")
    signature = f"v1,{base64.b64encode(seal).decode()}"
    return {"webhook-id": key, "webhook-timestamp": moment, "webhook-signature": signature}


def _put_off(delivery: Delivery, answer: str) -> None:
    waits = delivery.tries <= len(WAITS)
    next_try = timezone.now() + timedelta(minutes=WAITS[delivery.tries - 1]) if waits else None
    _note(delivery, due_at=next_try, answer=answer[:MOST_ANSWER])
    log.warning("delivery %s %s: %s", delivery.pk, "waits" if waits else "is given up", answer)


def _note(delivery: Delivery, **columns: Any) -> None:
    """Nothing where its webhook was removed while it was sent."""
    Delivery.objects.filter(pk=delivery.pk).update(**columns)


def again(deliveries: DeliveryQuerySet) -> int:
    """Send these as if for the first time, in the same words. Says how many."""
    return deliveries.update(due_at=timezone.now(), sent_at=None, tries=0, answer="")


def waiting() -> tuple[int, datetime | None]:
    """How many deliveries wait, and since when the oldest of them does for its first try: of programs that take what
    they are sent. What the others do not take is their own affair, and nobody is sent what its owner may not see."""
    due = Delivery.objects.filter(due_at__isnull=False)
    webhooks = Webhook.objects.filter(pk__in=due.values("webhook")).select_related("owner")
    waits = due.filter(webhook__in=[webhook for webhook in webhooks if webhook.is_served])
    untried = waits.exclude(webhook__in=waits.filter(tries__gt=0).values("webhook"))
    return waits.count(), untried.aggregate(since=Min("due_at"))["since"]


def sweep() -> int:
    """Throw old deliveries away. Says how many."""
    return Delivery.objects.filter(made_at__lt=timezone.now() - KEPT, due_at=None).delete()[0]
