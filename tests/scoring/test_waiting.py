"""Whatever else there is to do, a score whose message was lost is there within ten seconds."""

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.db import connection

from cdd4 import local
from cdd4.celery import app
from scoring import tasks
from scoring.models import Scorecard
from tests import factories as make
from tests import long
from tests.servers import Worker, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
STALE = 200
PROMISE = 10  # seconds
BUSY = 30  # seconds on a machine with other things to do: an hour of others' work is still far from done
HOUR = 3600 // long.SECONDS  # tasks
APART = tuple(queues for queues, _processes in local.WORKERS.values())
TOGETHER = (",".join(APART),)


@pytest.fixture(params=["redis", "files"])
def environment(request, worker_environment, settings):
    """Of workers that share a queue with this process: a Redis, or files where there is none."""
    if request.param == "redis":
        yield worker_environment
        return
    url, app.conf.broker_url = app.conf.broker_url, "filesystem://localhost"
    empty(settings.QUEUE_DIR)
    yield {name: value for name, value in worker_environment.items() if name != "CDD4_REDIS_URL"}
    app.conf.broker_url = url
    empty(settings.QUEUE_DIR)


def empty(folder) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()


@pytest.fixture
def stale(environment, monkeypatch):
    """Entries of which no message says that they are to be scored."""
    monkeypatch.setattr("scoring.receivers.send", lambda *args: False)
    round = make.make_round()
    return [make.make_entry(round) for _ in range(STALE)]


def scored() -> int:
    connection.ensure_connection()
    return Scorecard.objects.filter(basis="verified").count()


def scored_within(seconds: int, environment, arrangement) -> int:
    """How many entries are scored within these seconds, by workers of these queues that have long work before them."""
    for queue in ("documents", "examine"):
        for _ in range(HOUR):
            app.send_task("tests.long.work", queue=queue)
    with ExitStack() as stack:
        for queues in arrangement:
            worker = Worker(environment, beat="sweep" in queues, queues=queues, include="tests.long")
            stack.enter_context(worker)
        end = time.monotonic() + seconds
        while time.monotonic() < end and scored() < STALE:
            time.sleep(0.1)
        return scored()


def test_an_hour_of_documents_and_examinations_keeps_no_score_waiting(environment, stale):
    assert scored_within(BUSY, environment, APART) == STALE


def test_it_would_in_one_worker_for_all_queues(environment, stale):
    assert scored_within(PROMISE, environment, TOGETHER) < STALE / 2


def copies(message: bytes, count: int) -> Iterator[str]:
    """As many of a message in the queue, each delivered by itself; sent one by one they would take half a minute."""
    copy = json.loads(message)
    for number in range(count):
        copy["properties"]["delivery_tag"] = f"copy {number}"
        yield json.dumps(copy)


@pytest.mark.parametrize("environment", ["redis"], indirect=True)
def test_a_flood_of_single_entries_lets_sweeps_through(worker_environment, stale, redis_server):
    """Half an hour of messages about one entry, while those about the others were lost."""
    tasks.rescore_entry.delay(stale[0].pk)
    redis = redis_server.client()
    redis.rpush("rescore", *copies(redis.lindex("rescore", 0), 20_000))
    with Worker(worker_environment, queues="rescore,sweep", concurrency=1) as worker:
        wait_until(lambda: scored() == STALE, BUSY, f"all scores\n{worker.log_text()}")
    assert redis.llen("rescore") > 10_000, "the flood is still there"
