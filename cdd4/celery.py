"""The Celery application. The queue carries ids only and may be lost: the database is the truth."""

import logging.config
import os
import sys
import time
from typing import Any

from celery import Celery, Task
from celery.app.amqp import AMQP
from celery.exceptions import Reject, SoftTimeLimitExceeded
from celery.loaders.app import AppLoader
from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun, worker_init, worker_ready
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, close_old_connections, connection
from kombu import Connection
from kombu.transport.redis import Channel
from redis.exceptions import ConnectionError

from cdd4 import database
from cdd4.alive import SignsOfLife
from submissions.away import is_away

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


redis_channel: Any = Channel
redis_channel._connparams = tell_closed_from_broken(redis_channel._connparams)


class SteadyConnection(Connection):
    """Whoever waits for the queue asks every second; kombu would ask more and more rarely, up to every 30 seconds."""

    def ensure_connection(self, *args, **kwargs):
        return super().ensure_connection(*args, **{"interval_start": 1, "interval_step": 0} | kwargs)


class SteadyAMQP(AMQP):
    Connection = SteadyConnection


class PatientTask(Task):
    """A task that finds the database away waits for it and begins again: every task may be run twice.

    Failed instead, it would be lost with its message, and the next one after it, until the queue is empty.
    """

    def __call__(self, *args, **kwargs):
        while True:
            try:
                return self.run(*args, **kwargs)
            except Error as error:
                if self.request.called_directly or not is_away(error):
                    raise
            try:
                database.wait()
            except SoftTimeLimitExceeded:  # its time was spent waiting
                raise Reject("the database is away", requeue=True) from None


class Loader(AppLoader):
    """Settings that cannot be used are the operator's to mend: a sentence, not a stack trace."""

    def config_from_object(self, obj, silent=False):
        try:
            return super().config_from_object(obj, silent)
        except ImproperlyConfigured as fault:
            sys.exit(f"{fault}")


class Portal(Celery):
    """Sending gives up at once, so that no request waits on the queue; receiving has time."""

    amqp_cls: Any = SteadyAMQP
    task_cls: Any = PatientTask
    loader_cls = "cdd4.celery:Loader"

    def connection_for_write(self, url=None, **kwargs):
        options = dict(self.conf.broker_publish_transport_options, **kwargs.pop("transport_options", None) or {})
        return super().connection_for_write(url, transport_options=options, **kwargs)


app = Portal("cdd4")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(SignsOfLife)

SWEEP = "scoring.tasks.sweep"
SWEEPS = "sweep"  # the queue
BEGINNINGS = {SWEEPS: SWEEP, "seal": "awards.tasks.seal_log"}
HEARTBEAT = "cdd4.sweep.heartbeat"
HEARTBEATS_OF_MAIL = {f"submissions.tasks.{name}": f"cdd4.{name}.heartbeat" for name in ("tell", "post")}
_heartbeats = {SWEEP: HEARTBEAT, **HEARTBEATS_OF_MAIL}


@setup_logging.connect
def log_as_the_web_server_does(**kwargs) -> None:
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@before_task_publish.connect
def name_the_request(headers=None, **kwargs) -> None:
    """The task's lines in the log name the request that asked for it."""
    from cdd4.logs import request_id

    headers["request_id"] = request_id()


@worker_init.connect
def need_the_database(**kwargs) -> None:
    database.wait(at_start=True)
    connection.close()  # each process of the pool has its own


@task_prerun.connect
def look_after_connection(task=None, **kwargs) -> None:
    """A worker keeps its connection to the database from task to task, unless it is broken or old."""
    if not task.request.is_eager:
        close_old_connections()


@task_postrun.connect
def note_heartbeat(sender=None, state=None, **kwargs) -> None:
    """Remember when the sweeper, and each round of the mailer, last finished: /readyz tells from it who gets on."""
    if sender is not None and sender.name in _heartbeats and state == "SUCCESS":
        from django.core.cache import cache

        cache.set(_heartbeats[sender.name], time.time(), timeout=None)


@worker_ready.connect
def begin_at_once(sender=None, **kwargs) -> None:
    """A worker begins with what has waited for it: what is stale by now, what is not sealed yet."""
    for queue, task in BEGINNINGS.items():
        if queue in sender.app.amqp.queues.consume_from:
            sender.app.send_task(task)
