"""The Celery application. The queue carries ids only and may be lost: the database is the truth."""

import os
import time

from celery import Celery
from celery.signals import task_postrun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cdd4.settings")


class Portal(Celery):
    """Sending gives up at once, so that no request waits on the queue; receiving has time."""

    def connection_for_write(self, url=None, **kwargs):
        options = dict(self.conf.broker_publish_transport_options, **kwargs.pop("transport_options", None) or {})
        return super().connection_for_write(url, transport_options=options, **kwargs)


app = Portal("cdd4")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

SWEEP = "scoring.tasks.sweep"
HEARTBEAT = "cdd4.sweep.heartbeat"


@task_postrun.connect
def note_heartbeat(sender=None, state=None, **kwargs) -> None:
    """Remember when the sweeper last finished: /readyz tells from it whether beat and worker are alive."""
    if sender is not None and sender.name == SWEEP and state == "SUCCESS":
        from django.core.cache import cache

        cache.set(HEARTBEAT, time.time(), timeout=None)
