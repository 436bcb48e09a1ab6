"""What the workers do for facts."""

import logging

from celery import shared_task
from django.utils import timezone

from .accounts import events, invitations, sessions, tries
from .examination import attachments, work
from .files import register
from .notices import circulars, hearing, letters, reminders
from .notices.from_events import tell_recorded
from .uploads import incoming
from .vault import vault
from .webhooks import gathering, sending

log = logging.getLogger(__name__)
REST_EVERY = 10  # seconds between looks for what is to be examined


@shared_task(name="submissions.tasks.sweep_vault")
def sweep_vault() -> int:
    """Free the room that broken uploads hold."""
    if removed := vault.sweep() + incoming.sweep() + register.sweep():
        log.info("%s half-written files, abandoned uploads and files of no row were removed", removed)
    return removed


@shared_task(name="submissions.tasks.examine", soft_time_limit=work.LIMIT - 10, time_limit=work.LIMIT)
def examine(evidence_id: int) -> bool:
    return work.examine(evidence_id)


@shared_task(name="submissions.tasks.examine_rest")
def examine_rest() -> int:
    """Ask for what no message asked for, or whose worker died. Such messages are let fall when the next ones come."""
    left = work.left()
    for pk in left:
        examine.apply_async((pk,), expires=REST_EVERY)
    unscanned = attachments.left()
    for pk in unscanned:
        scan_attachment.apply_async((pk,), expires=REST_EVERY)
    return len(left) + len(unscanned)


@shared_task(name="submissions.tasks.scan_attachment", soft_time_limit=work.LIMIT - 10, time_limit=work.LIMIT)
def scan_attachment(attachment_id: int) -> bool:
    return attachments.scan(attachment_id)


@shared_task(name="submissions.tasks.tell")
def tell(entry_ids: list[int] | None = None) -> int:
    """Of these entries; without any, of all, and of circulars that no message told of."""
    told = tell_recorded(entry_ids)
    return told if entry_ids is not None else told + circulars.tell_circulars() + hearing.tell_proposals()


@shared_task(name="submissions.tasks.tell_circulars")
def tell_circulars() -> int:
    if told := circulars.tell_circulars():
        log.info("%s people were told of circulars", told)
    return told


@shared_task(name="submissions.tasks.remind")
def remind() -> int:
    if told := reminders.remind() + hearing.tell_appeals_end():
        log.info("%s people were reminded of last days", told)
    return told


@shared_task(name="submissions.tasks.call_webhooks")
def call_webhooks() -> int:
    """Tell other programs what happened, and again what they did not take."""
    made, sent = gathering.gather(), sending.send_due()
    if made or sent:
        log.info("%s deliveries to webhooks are new, %s were taken", made, sent)
    return sent


@shared_task(name="submissions.tasks.sweep_notices")
def sweep_notices() -> int:
    """What was told long ago is kept by the facts it was told of; a wrong try of yesterday keeps nobody waiting."""
    told = letters.sweep() + sending.sweep()
    return told + circulars.forget_openings(timezone.now()) + tries.sweep(timezone.now())


@shared_task(name="submissions.tasks.sweep_accounts")
def sweep_accounts() -> int:
    """What was recorded of accounts long enough ago, sessions that are over, and invitations that ended."""
    if removed := events.expire():
        log.info("%s account events were thrown away", removed)
    return removed + sessions.sweep() + invitations.forget(timezone.now())


@shared_task(name="submissions.tasks.post")
def post() -> int:
    if sent := letters.post():
        log.info("%s letters were sent", sent)
    return sent
