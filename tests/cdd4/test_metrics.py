"""/metrics: for whoever knows the token, summed over the web server's processes."""

import time
import urllib.error
import urllib.request
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.utils import timezone

from cdd4 import alive, watch
from cdd4.celery import HEARTBEAT, app
from submissions.models import Letter, Upload
from tests import factories as make
from tests.cdd4.test_production import Visitor
from tests.servers import Nginx, Uploads, Web

pytestmark = pytest.mark.django_db
TOKEN = "a-token-that-nobody-guesses"


@pytest.fixture
def scrape(client, settings):
    settings.METRICS_TOKEN = TOKEN

    def scraped() -> dict[str, float]:
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        return read(answer.content.decode())

    return scraped


def read(text: str) -> dict[str, float]:
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _space, value in lines}


@pytest.mark.parametrize("given", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer "}])
def test_only_with_the_token(client, settings, given):
    assert client.get("/metrics", headers=given).status_code == 404  # none is set
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", headers=given)
    assert (answer.status_code, answer.content) == (401, b"")


def test_what_waits_and_for_how_long(scrape, redis_server):
    cache.set(HEARTBEAT, time.time() - 7)
    alive.note(["mail"])
    cache.set(alive.KEY + "examine", 1_600_000_000)
    entry = make.make_entry(make.make_round(), make.make_office("TH-81"))
    make.make_evidence(entry, kind="pdf")
    officer = make.make_user()
    Letter.objects.create(user=officer, channel="mail", due_at=timezone.now() - timedelta(minutes=2))
    Upload.objects.create(user=officer, entry=entry, requirement="x", name="a", size=1)
    Upload.objects.create(user=officer, entry=entry, requirement="x", name="b", size=1, touched_at="2023-01-01T00:00Z")
    app.send_task("scoring.tasks.rescore_entry", [1])
    app.send_task("scoring.tasks.sweep")
    seen = scrape()
    assert {part: seen[f'cdd4_waiting{{part="{part}"}}'] for part in ("scoring", "mail", "examination")} == {
        "scoring": 1,
        "mail": 1,
        "examination": 1,
    }
    assert 119 < seen['cdd4_waiting_seconds{part="mail"}'] < 200
    assert 6 < seen["cdd4_sweep_seconds"] < 60
    assert seen["cdd4_uploads_under_way"] == 1
    assert (seen['cdd4_part_up{part="mail"}'], seen['cdd4_part_up{part="examination"}']) == (1, 0)
    assert seen['cdd4_queue_messages{queue="rescore"}'] == seen['cdd4_queue_messages{queue="sweep"}'] == 1
    assert 0 < seen["cdd4_disk_free_bytes"] < seen["cdd4_disk_bytes"]


def test_requests_are_counted_by_view_and_status(scrape, client):
    name = 'cdd4_requests_total{method="GET",status="404",view="%s"}'
    before = scrape().get(name % "none", 0)
    for path in ("/no-such-page", "/nor-this-one"):
        client.get(path)
    seen = scrape()
    assert seen[name % "none"] == before + 2
    assert 'cdd4_requests_total{method="GET",status="200",view="metrics"}' in seen
    assert not [line for line in seen if "no-such-page" in line]


def test_a_queue_that_is_away_leaves_the_rest(scrape, redis_server):
    redis_server.kill()
    seen = scrape()
    assert seen['cdd4_part_up{part="queue"}'] == 0
    assert not [name for name in seen if name.startswith("cdd4_queue_messages")]


def test_a_database_that_is_away_leaves_what_was_counted(scrape, client, monkeypatch):
    client.get("/healthz")
    assert scrape()['cdd4_part_up{part="database"}'] == 1

    def refuse():
        raise OperationalError

    monkeypatch.setattr(watch, "look", refuse)
    seen = scrape()
    assert seen['cdd4_part_up{part="database"}'] == 0
    assert seen['cdd4_requests_total{method="GET",status="200",view="healthz"}'] >= 1
    assert seen["cdd4_disk_bytes"]
    assert not [name for name in seen if name.startswith("cdd4_waiting")]


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_the_server_of_uploads_is_counted_by_the_proxy_too(production, tmp_path):
    told = {**production, "CDD4_METRICS_TOKEN": TOKEN}
    with Web(told, workers=1) as web, Uploads(told) as uploads, Nginx(web, tmp_path, uploads) as proxy:
        visitor = Visitor(proxy)
        assert visitor.ask("GET", "/metrics/uploads").status == 401
        answer = visitor.ask("GET", "/metrics/uploads", Authorization=f"Bearer {TOKEN}")
        again = visitor.ask("GET", "/metrics/uploads", Authorization=f"Bearer {TOKEN}")
        of_web = visitor.ask("GET", "/metrics", Authorization=f"Bearer {TOKEN}")
    name = 'cdd4_requests_total{method="GET",status="200",view="metrics"}'
    assert (answer.status, read(again.text)[name], name in read(of_web.text)) == (200, 1, False)


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_all_processes_are_counted_and_the_proxy_lets_nobody_in_without_the_token(production, tmp_path):
    with Web({**production, "CDD4_METRICS_TOKEN": TOKEN}, workers=2) as web, Nginx(web, tmp_path) as proxy:
        for _ in range(60):
            urllib.request.urlopen(
                urllib.request.Request(f"http://127.0.0.1:{web.port}/healthz", headers={"Host": "localhost"})
            ).close()
        visitor = Visitor(proxy)
        assert visitor.ask("GET", "/metrics").status == 401
        counted = set()
        for _ in range(10):
            answer = visitor.ask("GET", "/metrics", Authorization=f"Bearer {TOKEN}")
            assert answer.status == 200
            counted.add(read(answer.text)['cdd4_requests_total{method="GET",status="200",view="healthz"}'])
    assert counted == {60}
