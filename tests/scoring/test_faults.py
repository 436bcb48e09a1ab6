"""Redis gone, Redis hung, workers killed, messages lost and doubled: uploads go on and the scores come right."""

import http.client
import os
import random
import signal
import statistics
import subprocess
import time
from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from kombu.exceptions import OperationalError

from cdd4.celery import app
from scoring import engine, receivers, tasks
from scoring.models import Scorecard
from scoring.recompute import read_entries, read_facts
from submissions import queue
from submissions.models import Entry, Evidence
from tests import factories as make
from tests.lines import cookies
from tests.servers import Web, Worker, free_port, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
HEALING = 60  # seconds after a fault's end in which every score is right again
RETURN = 10  # seconds after Redis' return in which it is
GIVEN_UP = 3  # seconds, on a machine with other things to do; a broker that hangs does so for ever
PATIENCE = 0.3  # seconds that an upload may take more than usual at the 99th percentile
SAMPLES = 50


# What is true


def stale_ids() -> list[int]:
    connection.ensure_connection()
    seen = dict(Scorecard.objects.filter(basis="verified").values_list("entry", "facts_version"))
    return [pk for pk, version in Entry.objects.values_list("pk", "facts_version") if seen.get(pk) != version]


def differing() -> list[int]:
    """The entries of which a scorecard is not what a computation from scratch makes of the facts."""
    ids = list(Entry.objects.order_by("pk").values_list("pk", flat=True))
    wrong = []
    for card in Scorecard.objects.filter(entry__in=ids):
        (entry,) = read_entries([card.entry_id])
        facts = replace(read_facts([entry], card.as_of)[entry.pk], basis=card.basis)
        anew = engine.score(entry.round.scheme, facts)
        if (anew.total, anew.attainable) != (card.total, card.attainable) or card.criteria != {
            code: criterion.as_json() for code, criterion in anew.criteria.items()
        }:
            wrong.append(card.entry_id)
    return wrong


def wait_until_right(seconds: float = HEALING) -> None:
    """Every entry has scorecards of its latest facts, and they are what a computation from scratch gives."""
    wait_until(lambda: not stale_ids(), seconds, "every score has seen its facts")
    assert differing() == []
    assert Scorecard.objects.count() == 2 * Entry.objects.count() > 0


def change_facts(entries, rounds: int = 1) -> None:
    for _ in range(rounds):
        for entry in entries:
            requirement = random.choice(("1.1.report", "3.1.plan", "3.1.review", "3.2.inventory", "4.2.summary"))
            status = random.choice(("submitted", "accepted", "returned"))
            make.make_evidence(entry, requirement, status=status, submitted_at=make.at("2023-07-01"))


@pytest.fixture
def entries(transactional_db):
    round = make.make_round()
    return [make.make_entry(round) for _ in range(6)]


@pytest.fixture(autouse=True)
def closed_circuit():
    """Each test begins with a sender that has met no broken broker yet."""
    queue._silent_until = 0.0
    yield
    queue._silent_until = 0.0


# Uploading


class Browser:
    """A logged-in person at the real web server."""

    def __init__(self, web: Web, client) -> None:
        self.port, self.token = web.port, "c" * 32
        self.cookie = cookies(sessionid=client.cookies["sessionid"].value, csrftoken=self.token)

    def upload(self, entry: Entry, number: int) -> tuple[int, float]:
        """(status, seconds) of handing in a file that nobody handed in before."""
        upload = make.make_upload("png", content=make.file_bytes("png") + b"%d" % number)  # a PDF costs a program
        fields = {"requirement": "1.1.report", "period": "", "csrfmiddlewaretoken": self.token, "upload": upload}
        body = encode_multipart(BOUNDARY, fields)
        headers = {"Content-Type": MULTIPART_CONTENT, "Cookie": self.cookie}
        start = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("POST", f"/entries/{entry.pk}/evidence/", body, headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, time.perf_counter() - start


@pytest.fixture
def browser(worker_environment, client):
    client.force_login(make.make_user("staff"))
    with Web(worker_environment) as web:
        yield Browser(web, client)


def upload_many(browser: Browser, entries, first: int) -> float:
    """Hands in many files; all are taken. The 99th percentile of the time it takes, in seconds."""
    before = Evidence.objects.count()
    times = []
    for number in range(first, first + SAMPLES):
        status, seconds = browser.upload(entries[number % len(entries)], number)
        assert status == 302, f"upload {number} was answered by {status}"
        times.append(seconds)
    assert Evidence.objects.count() == before + SAMPLES
    return statistics.quantiles(times, n=100)[98]


@pytest.mark.parametrize("fault", ["down", "hung"])
def test_uploads_do_not_notice_a_broken_redis(fault, entries, redis_server, worker, browser):
    for number in range(10):
        browser.upload(entries[0], number)  # warms up
    usual = upload_many(browser, entries, 1000)
    redis_server.kill() if fault == "down" else redis_server.pause()
    broken = upload_many(browser, entries, 2000)
    if broken > usual + PATIENCE:  # the machine has other things to do as well: the better of two counts
        broken = min(broken, upload_many(browser, entries, 4000))
    assert stale_ids(), "nothing could be rescored while Redis was broken"
    redis_server.start() if fault == "down" else redis_server.resume()
    wait_until_right(RETURN)
    if broken > usual + PATIENCE:
        usual = max(usual, upload_many(browser, entries, 3000))
    assert broken <= usual + PATIENCE, f"{broken:.3f} s instead of {usual:.3f} s"


def test_whoever_waits_for_redis_asks_every_second_for_as_long_as_it_takes():
    """Kombu's own way is to ask more and more rarely, and Celery's to give up after a hundred times."""
    waits = []
    connection = app.connection_for_read(f"redis://127.0.0.1:{free_port()}/0")
    with pytest.raises(OperationalError):
        connection.ensure_connection(lambda error, interval: waits.append(interval), max_retries=3)
    assert waits == [1, 1, 1]
    assert app.conf.broker_connection_max_retries is None


# Lost, killed, doubled


def test_a_worker_killed_while_it_rescores_loses_nothing(entries, worker_environment):
    with Worker(worker_environment) as doomed:
        with transaction.atomic():
            change_facts(entries)
            tasks.rescore_entry.delay(entries[0].pk)
            wait_until(is_waiting_for_a_lock, 20, "the worker is in the middle of a rescore")
            doomed.kill()
        assert stale_ids()
    with Worker(worker_environment):
        wait_until_right()


def test_a_killed_child_of_the_worker_loses_nothing(entries, worker):
    wait_until_right()
    with transaction.atomic():
        change_facts(entries)
        list(Entry.objects.select_for_update().order_by("pk"))
        tasks.sweep.delay()
        tasks.rescore_entry.delay(entries[0].pk)
        wait_until(is_waiting_for_a_lock, 20, "the worker is in the middle of a rescore")
        for child in children_of(worker.process.pid):
            os.kill(child, signal.SIGKILL)
    wait_until_right()
    assert worker.process.poll() is None


def is_waiting_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


def children_of(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=True)
    return [int(line) for line in found.stdout.split()]


def lose_all_messages(entries, redis_server, worker) -> None:
    """Facts whose messages reach the queue, and vanish from it before anybody took them."""
    worker.pause()
    change_facts(entries, rounds=3)
    redis_server.client().flushall()
    worker.resume()


def test_a_flushed_redis_loses_nothing(entries, redis_server, worker):
    wait_until_right()
    lose_all_messages(entries, redis_server, worker)
    assert stale_ids()
    wait_until_right()


def test_without_the_sweeper_lost_messages_stay_lost(entries, redis_server, worker_environment):
    """The control: what the other tests ask for does not come by itself."""
    with Worker(worker_environment, beat=False) as worker:
        change_facts(entries)
        wait_until_right()
        lose_all_messages(entries, redis_server, worker)
        with pytest.raises(TimeoutError):
            wait_until_right(12)  # more than two sweeps
        assert len(stale_ids()) >= len(entries) - 1, "one message may have been taken before"


def test_doubled_and_reordered_messages_change_nothing(entries, worker):
    chance = random.Random(2566)
    for _ in range(5):
        change_facts(entries)
        ids = [entry.pk for entry in entries] * 4
        chance.shuffle(ids)
        for pk in ids:
            tasks.rescore_entry.delay(pk)
            if chance.random() < 0.1:
                tasks.sweep.delay()
    wait_until_right()
    time.sleep(3)  # the stragglers
    assert (stale_ids(), differing()) == ([], [])


# The sender


class Broken:
    """A task whose broker refuses."""

    name = "broken"

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.tries = error or ConnectionError("refused"), 0

    def apply_async(self, *args, **kwargs):
        self.tries += 1
        raise self.error


def test_after_a_failure_nobody_waits_for_the_broker_for_a_while(monkeypatch):
    now = time.monotonic()
    monkeypatch.setattr(queue.time, "monotonic", lambda: now)
    task = Broken()
    assert not queue.send(task, 1)
    assert not queue.send(task, 2)
    assert task.tries == 1
    now += queue.SILENCE
    assert not queue.send(task, 3)
    assert task.tries == 2


@pytest.mark.parametrize("error", [ConnectionError(), TimeoutError(), ValueError("from deep inside a client")])
def test_no_error_of_a_broker_reaches_whoever_saved(error, monkeypatch, entries, caplog):
    monkeypatch.setattr(tasks, "rescore_entry", Broken(error))
    evidence = make.make_evidence(entries[0])
    assert Evidence.objects.filter(pk=evidence.pk).exists()
    assert "left to the sweep" in caplog.text


def test_a_hung_broker_is_given_up_within_the_time(redis_server):
    assert queue.send(tasks.rescore_entry, 1)
    redis_server.pause()
    start = time.monotonic()
    sent = queue.send(tasks.rescore_entry, 2)
    assert not sent
    assert time.monotonic() - start < GIVEN_UP


def test_many_entries_are_one_message(monkeypatch):
    round = make.make_round()
    for _ in range(receivers.MANY + 1):
        make.make_entry(round)
    sent = []
    monkeypatch.setattr(receivers, "send", lambda task, *args: sent.append((task.name, args)))
    round.entries.all().touch()
    assert sent == [("scoring.tasks.sweep", ())]


def test_nothing_is_sent_for_what_was_rolled_back(monkeypatch, entries):
    sent = []
    monkeypatch.setattr(receivers, "send", lambda task, *args: sent.append(args))
    with transaction.atomic():
        make.make_evidence(entries[0])
        transaction.set_rollback(True)
    assert sent == []
