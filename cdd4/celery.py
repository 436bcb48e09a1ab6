"""The Celery application. The queue carries ids only and may be lost: the database is the truth."""

import os
import time

from celery import Celery
from celery.app.amqp import AMQP
from celery.signals import task_postrun, task_prerun, worker_ready
from django.db import close_old_connections
from kombu import Connection
from kombu.transport.redis import Channel
from redis.exceptions import ConnectionError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cdd4.settings")


def tell_closed_from_broken(parameters_of):
    """A worker that lost Redis with a message in hand acknowledges it on a channel that is closed by now.

    Kombu 5.7 then asks None for an address, which ends the worker; a lost connection, which it is, does not.
    """

    def checked(channel, *args, **kwargs):
        if channel.connection is None or channel.connection.client is None:
            raise ConnectionError("the channel was closed when Redis was lost")
        return parameters_of(channel, *args, **kwargs)

    return checked


Channel._connparams = tell_closed_from_broken(Channel._connparams)


class SteadyConnection(Connection):
    """Whoever waits for the queue asks every second; kombu would ask more and more rarely, up to every 30 seconds."""

    def ensure_connection(self, *args, **kwargs):
        return super().ensure_connection(*args, **{"interval_start": 1, "interval_step": 0} | kwargs)


class SteadyAMQP(AMQP):
    Connection = SteadyConnection


class Portal(Celery):
    """Sending gives up at once, so that no request waits on the queue; receiving has time."""

    amqp_cls = SteadyAMQP

    def connection_for_write(self, url=None, **kwargs):
        options = dict(self.conf.broker_publish_transport_options, **kwargs.pop("transport_options", None) or {})
        return super().connection_for_write(url, transport_options=options, **kwargs)


app = Portal("cdd4")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

SWEEP = "scoring.tasks.sweep"
SWEEPS = "sweep"  # the queue
HEARTBEAT = "cdd4.sweep.heartbeat"


@task_prerun.connect
def look_after_connection(task=None, **kwargs) -> None:
    """A worker keeps its connection to the database from task to task, unless it is broken or old."""
    if not task.request.is_eager:
        close_old_connections()


@task_postrun.connect
def note_heartbeat(sender=None, state=None, **kwargs) -> None:
    """Remember when the sweeper last finished: /readyz tells from it whether beat and worker are alive."""
    if sender is not None and sender.name == SWEEP and state == "SUCCESS":
        from django.core.cache import cache

        cache.set(HEARTBEAT, time.time(), timeout=None)


@worker_ready.connect
def sweep_at_once(sender=None, **kwargs) -> None:
    """A worker that sweeps begins with a sweep: what is stale by now has waited for it."""
    if SWEEPS in sender.app.amqp.queues.consume_from:
        sender.app.send_task(SWEEP)
