"""What the workers do for facts."""

import logging

from celery import shared_task

from .vault import vault

log = logging.getLogger(__name__)


@shared_task(name="submissions.tasks.sweep_vault")
def sweep_vault() -> int:
    """Free the room that broken uploads hold."""
    if removed := vault.sweep():
        log.info("%s half-written files of killed processes were removed", removed)
    return removed
