"""What the proxy and the operator are told about the portal's state."""

import time

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection

from cdd4.celery import HEARTBEAT, app

pytestmark = pytest.mark.django_db


def test_alive(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]


def test_all_well(client, redis_server):
    cache.set(HEARTBEAT, time.time())
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "queue": "ok", "scoring": "ok", "scanner": "none"}


def test_a_hung_redis_degrades_but_uploads_go_on(client, redis_server):
    cache.set(HEARTBEAT, time.time())
    redis_server.pause()
    start = time.perf_counter()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"], answer.json()["queue"]) == (200, "degraded", "unavailable")
    assert time.perf_counter() - start < 2


def test_a_scanner_that_is_away_is_told(client, redis_server, settings):
    cache.set(HEARTBEAT, time.time())
    settings.CLAMD = "/nowhere/socket"
    answer = client.get("/readyz").json()
    assert (answer["status"], answer["scanner"]) == ("degraded", "unavailable")


def test_a_sweeper_that_is_late_is_told(client, redis_server):
    cache.set(HEARTBEAT, time.time() - 61)
    assert client.get("/readyz").json()["scoring"] == "late"
    cache.delete(HEARTBEAT)
    assert client.get("/readyz").json()["scoring"] == "late"


def test_without_a_database_nothing_is_ready_and_nothing_is_told(client, monkeypatch):
    def refuse():
        raise DatabaseError("password=hidden-word host=10.0.0.1")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "database": "unavailable"}


@pytest.mark.faults
def test_the_sweeper_leaves_its_heartbeat(worker):
    from tests.servers import wait_until

    before = cache.get(HEARTBEAT)  # of a worker that was here earlier
    wait_until(lambda: cache.get(HEARTBEAT) != before, 20, f"a heartbeat\n{worker.log_text()}")
    assert time.time() - cache.get(HEARTBEAT) < 20
    assert "scoring.tasks.sweep" in app.tasks
