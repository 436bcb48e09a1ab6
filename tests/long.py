"""A task that takes long, as a document or an examination may, and costs the machine nothing."""

import time

from celery import shared_task

SECONDS = 10


@shared_task(name="tests.long.work")
def work() -> None:
    time.sleep(SECONDS)
