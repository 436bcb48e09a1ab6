"""What the proxy, the operator and the staff are told about the portal's state."""

import os
import shutil
import signal
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.cache import cache, caches
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from awards.models import Head
from cdd4 import alive, watch
from cdd4.celery import HEARTBEAT, HEARTBEATS_OF_MAIL, app
from submissions.models import Entry, Examination, Letter
from submissions.notices import letters
from submissions.notices.sending import Away, Later
from submissions.streams import tickets
from tests import factories as make
from tests.servers import Web, Worker, wait_until

pytestmark = pytest.mark.django_db
WAITING = {"scoring": 0, "documents": 0, "publishing": 0, "mail": 0, "webhooks": 0, "examination": 0}


@pytest.fixture(autouse=True)
def _room_on_the_disk(monkeypatch):
    """Whatever this machine has."""
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(total=100 * 2**30, free=50 * 2**30))


@pytest.fixture
def all_there(redis_server):
    cache.set(HEARTBEAT, time.time())
    alive.note(watch.QUEUES.values())


def ready(client) -> dict:
    caches["process"].clear()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    return answer.json()


def test_alive(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]


def test_all_well(client, all_there):
    parts = ("database", "queue", "scoring", "documents", "publishing", "mail", "webhooks", "examination", "disk")
    well = {"status": "ok", **dict.fromkeys(parts, "ok"), "scanner": "none", "log": "none"}
    well |= {"since": {}, "waiting": WAITING}
    assert ready(client) == well


def test_a_hung_redis_degrades_but_uploads_go_on(client, all_there, redis_server):
    redis_server.pause()
    start = time.perf_counter()
    answer = ready(client)
    assert (answer["status"], answer["queue"]) == ("degraded", "unavailable")
    assert time.perf_counter() - start < 5  # it hangs for ever; the machine has other things to do


def test_a_server_of_streams_that_is_away_is_told(client, all_there, redis_server, settings):
    settings.STREAMS, settings.CELERY_BROKER_URL = True, redis_server.url
    assert (ready(client)["status"], ready(client)["streams"]) == ("degraded", "late")
    with redis_server.client().pubsub() as listening:
        listening.subscribe(tickets.CHANNEL)
        assert listening.get_message(timeout=2)
        assert (ready(client)["status"], ready(client)["streams"]) == ("ok", "ok")


def test_a_scanner_that_is_away_is_told(client, all_there, settings):
    settings.CLAMD = "/nowhere/socket"
    answer = ready(client)
    assert (answer["status"], answer["scanner"]) == ("degraded", "unavailable")


def test_a_log_that_is_no_longer_sealed_is_told(client, all_there):
    for hours, state in ((3, "late"), (0, "ok")):
        Head(size=1, root="0" * 64, at=timezone.now() - timedelta(hours=hours), signatures=[]).save()
        assert ready(client)["log"] == state


def test_a_sweeper_that_is_late_is_told(client, all_there, monkeypatch):
    cache.set(HEARTBEAT, time.time() - 61)
    answer = ready(client)
    assert (answer["scoring"], list(answer["since"])) == ("late", ["scoring"])
    cache.delete(HEARTBEAT)
    answer = ready(client)
    assert (answer["status"], answer["scoring"]) == ("starting", "starting")
    in_a_minute(monkeypatch)
    alive.note(watch.QUEUES.values())
    answer = ready(client)
    assert (answer["status"], answer["scoring"], answer["since"]) == ("degraded", "late", {})


def in_a_minute(monkeypatch):
    later = time.time() + watch.STARTS_WITHIN + 1
    monkeypatch.setattr(time, "time", lambda: later)


HOUR = timedelta(hours=1)


def an_hour_ago(monkeypatch):
    """Whatever is seen meanwhile is seen then."""
    then = timezone.now() - HOUR
    monkeypatch.setattr(timezone, "now", lambda: then)


def test_since_when_queue_scanner_and_disk_are_not_well(client, all_there, redis_server, settings, monkeypatch):
    settings.CLAMD = "/nowhere/socket"
    monkeypatch.setattr(watch, "room_left", lambda: SimpleNamespace(state="filling"))
    redis_server.kill()
    with monkeypatch.context() as then:
        an_hour_ago(then)
        first = ready(client)["since"]
    assert set(first) == {"queue", "scanner", "disk"}
    assert ready(client)["since"] == first
    monkeypatch.setattr(watch, "room_left", lambda: SimpleNamespace(state="full"))
    settings.CLAMD = ""
    later = ready(client)["since"]
    assert later["queue"] == first["queue"]
    assert later["disk"] > first["disk"]
    assert "scanner" not in later


def test_without_a_queue_nobody_is_taken_for_dead(client, all_there, redis_server):
    cache.set_many({HEARTBEAT: 1_600_000_000, **{alive.KEY + queue: 1_600_000_000 for queue in watch.QUEUES.values()}})
    redis_server.kill()
    answer = ready(client)
    assert answer["queue"] == "unavailable"
    assert [part for part, state in answer.items() if state == "late"] == []


def test_a_queue_that_is_never_empty_is_told(client, all_there, redis_server, monkeypatch):
    """What it holds, certificates for one, may be in no table."""
    app.send_task("awards.tasks.make_documents", [1])
    with monkeypatch.context() as then:
        an_hour_ago(then)
        assert ready(client)["documents"] == "ok"
    answer = ready(client)
    assert (answer["documents"], answer["waiting"]["documents"]) == ("behind", 1)
    redis_server.client().flushall()
    assert ready(client)["documents"] == "ok"


def test_a_queue_of_files_that_turns_over_is_not_behind(client, all_there, monkeypatch):
    """On the last evening some wait at every look, and none of them for long."""
    app.send_task("submissions.tasks.examine", [1])
    with monkeypatch.context() as then:
        an_hour_ago(then)
        assert ready(client)["examination"] == "ok"
    assert ready(client)["examination"] == "ok"


@pytest.mark.parametrize("stuck", HEARTBEATS_OF_MAIL)
def test_a_mailer_that_gets_nothing_done_is_told(client, all_there, stuck):
    for task in HEARTBEATS_OF_MAIL:
        app.tasks[task].apply()
    assert ready(client)["mail"] == "ok"
    cache.set(HEARTBEATS_OF_MAIL[stuck], time.time() - watch.POST_LATE_AFTER - 1)
    assert ready(client)["mail"] == "late"


def test_a_round_of_the_mailer_that_fails_does_not_count(client, all_there, monkeypatch):
    assert ready(client)["mail"] == "ok"
    monkeypatch.setattr("submissions.notices.letters.write_letters", lambda: 1 / 0)
    for key in HEARTBEATS_OF_MAIL.values():
        cache.set(key, 1_600_000_000)
    for task in HEARTBEATS_OF_MAIL:
        app.tasks[task].apply()
    answer = ready(client)
    assert (answer["mail"], answer["since"]) == ("late", {"mail": "2020-09-13T12:26:40Z"})


def test_a_mailer_that_never_ended_a_round_is_told_half_an_hour_after_the_first_look(client, all_there, monkeypatch):
    assert ready(client)["mail"] == "ok"
    later = time.time() + watch.POST_LATE_AFTER + 1
    cache.set(alive.KEY + "mail", later)
    monkeypatch.setattr(time, "time", lambda: later)
    assert ready(client)["mail"] == "late"


@pytest.mark.parametrize(("answer", "state"), [(Later("452 mailbox full"), "ok"), (Away("refused"), "behind")])
def test_a_full_mailbox_is_no_mail_server_that_is_away(client, all_there, monkeypatch, answer, state):
    class Sender(letters.mail.Sender):
        def send(self, *args):
            raise answer

    with monkeypatch.context() as then:
        an_hour_ago(then)
        then.setitem(letters.SENDERS, "mail", Sender)
        then_due = {"made_at": timezone.now(), "due_at": timezone.now()}
        letter = Letter.objects.create(user=make.make_user(), channel="mail", is_trial=True, **then_due)
        letters.deliver("mail")
        letter.refresh_from_db()
    assert (letter.tries, letter.state) == (1, "waiting")
    told = ready(client)
    assert (told["mail"], told["waiting"]["mail"]) == (state, 1)
    assert letters.deliver("mail") == 1
    assert ready(client)["mail"] == "ok"
    Letter.objects.create(user=letter.user, channel="mail")
    assert ready(client)["mail"] == "ok", "of a server that is back nothing is remembered"


def test_letters_of_a_way_that_was_shut_are_not_waited_for_and_given_up_in_the_end(client, all_there, settings):
    settings.LINE_TOKEN = ""
    made = {"user": make.make_user(), "channel": "line"}
    left = Letter.objects.create(made_at=timezone.now() - letters.KEPT - HOUR, **made)
    young = Letter.objects.create(made_at=timezone.now() - HOUR, **made)
    answer = ready(client)
    assert (answer["mail"], answer["waiting"]["mail"]) == ("ok", 0)
    letters.post()
    left.refresh_from_db(), young.refresh_from_db()
    assert (left.state, young.state) == ("failed", "waiting")
    assert left.fault


@pytest.mark.parametrize(("part", "queue"), watch.QUEUES.items())
def test_a_worker_without_a_sign_of_life_is_told(client, all_there, part, queue):
    cache.set(alive.KEY + queue, 1_600_000_000)
    answer = ready(client)
    assert answer["status"] == "degraded"
    assert [name for name in watch.QUEUES if answer[name] == "late"] == [part]
    assert answer["since"] == {part: "2020-09-13T12:26:40Z"}


def test_in_production_the_server_of_uploads_is_one_of_the_parts(client, all_there, settings):
    settings.PRODUCTION = True
    assert ready(client)["uploads"] == "starting"
    cache.set(alive.KEY + "uploads", 1_600_000_000)
    assert ready(client)["uploads"] == "late"
    alive.note(["uploads"])
    answer = ready(client)
    assert (answer["status"], answer["uploads"], answer["waiting"]["uploads"]) == ("ok", "ok", 0)


def test_what_waits_is_counted_and_what_waits_long_is_told(client, all_there):
    round = make.make_round()
    entry = make.make_entry(round, make.make_office("TH-81"))
    for _ in range(3):
        make.make_evidence(entry, kind="pdf")
    Letter.objects.create(user=make.make_user(), channel="mail")
    answer = ready(client)
    assert answer["waiting"] == WAITING | {"scoring": 1, "mail": 1, "examination": 3}
    assert answer["status"] == "ok"
    before = timezone.now() - timedelta(hours=1)
    Letter.objects.update(due_at=before)
    Examination.objects.filter(pk=Examination.objects.first().pk).update(due_at=None)
    Entry.objects.get().evidence.update(received_at=before)
    cache.set(watch.STALE, {entry.pk: before})
    answer = ready(client)
    assert [answer[part] for part in ("scoring", "mail", "examination")] == ["behind"] * 3
    assert answer["waiting"]["examination"] == 2
    assert answer["since"]["mail"] == before.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_disk_that_fills_up_is_told(client, all_there, monkeypatch):
    for free, state in ((19, "filling"), (0.5, "full")):
        monkeypatch.setattr(
            shutil, "disk_usage", lambda path, free=free: SimpleNamespace(total=100 * 2**30, free=free * 2**30)
        )
        answer = ready(client)
        assert (answer["status"], answer["disk"]) == ("degraded", state)


def test_without_a_database_nothing_is_ready_and_nothing_is_told(client, monkeypatch):
    def refuse():
        raise DatabaseError("password=hidden-word host=10.0.0.1")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "database": "unavailable"}


def test_it_asks_no_more_for_more_rounds_and_not_again_for_a_moment(client, all_there, django_assert_num_queries):
    def questions() -> int:
        caches["process"].clear()
        with CaptureQueriesContext(connection) as asked:
            client.get("/readyz")
        return len(asked)

    make.make_entry(make.make_round(), make.make_office("TH-81"))
    questions()
    with_one = questions()
    for number in range(3):
        make.make_entry(make.make_round(), make.make_office(f"TH-8{number + 2}"))
    questions()
    assert questions() == with_one
    with django_assert_num_queries(1):
        client.get("/readyz")


def test_every_trouble_has_its_words():
    states = {
        "log": ["late"],
        "queue": ["unavailable"],
        "scanner": ["unavailable"],
        "uploads": ["late"],
        "streams": ["late"],
    }
    states |= {part: ["late", "behind"] for part in ("scoring", *watch.QUEUES)}
    assert set(watch.WORDS) == {(part, state) for part, known in states.items() for state in known}


def test_staff_are_told_in_the_admin_and_judges_are_not(client, all_there):
    Letter.objects.create(user=make.make_user(), channel="mail")
    cache.set(alive.KEY + "mail", 1_600_000_000)
    caches["process"].clear()
    client.force_login(make.make_user(username="staff", role="staff"))
    page = client.get("/admin/").content.decode()
    assert "ระบบไม่ได้ส่งการแจ้งเตือนและจดหมาย" in page
    assert "13 ก.ย. 2563 19:26 น." in page
    assert "รออยู่ 1 รายการ" in page
    client.force_login(make.make_user(username="judge", role="judge"))
    assert "ระบบไม่ได้ส่งการแจ้งเตือนและจดหมาย" not in client.get("/admin/").content.decode()


@pytest.mark.faults
def test_the_sweeper_leaves_its_heartbeat(worker):
    before = cache.get(HEARTBEAT)  # of a worker that was here earlier
    wait_until(lambda: cache.get(HEARTBEAT) != before, 20, f"a heartbeat\n{worker.log_text()}")
    assert time.time() - cache.get(HEARTBEAT) < 20
    assert "scoring.tasks.sweep" in app.tasks


@contextmanager
def noticed(monkeypatch, client, *parts: str):
    """They are well at first; and told as late within seconds after what is done inside."""
    monkeypatch.setattr(watch, "LATE_AFTER", 3 * alive.EVERY)
    wait_until(lambda: {ready(client)[part] for part in parts} == {"ok"}, 30, f"{parts} well")
    yield
    wait_until(lambda: {ready(client)[part] for part in parts} == {"late"}, 30, f"{parts} late")


@pytest.mark.faults
def test_killed_workers_are_noticed_and_long_work_is_not_taken_for_death(
    client, worker_environment, monkeypatch, settings
):
    """`mailer`'s only process is busy for longer than the signs may be old; the examiner's is killed."""
    with (
        Worker(worker_environment, beat=False, concurrency=1, queues="mail") as mailer,
        Worker(worker_environment, beat=False, concurrency=1, queues="examine") as examiner,
        noticed(monkeypatch, client, "examination"),
    ):
        assert ready(client)["mail"] == "ok"
        children = [int(pid) for pid in children_of(mailer)]
        stop(children)  # as one that computes for long: it answers nothing
        examiner.kill()
        end = time.monotonic() + 4 * alive.EVERY
        while time.monotonic() < end:
            assert ready(client)["mail"] == "ok"
            time.sleep(1)


def children_of(server) -> list[str]:
    return Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()


def stop(pids: list[int]) -> None:
    assert pids
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)


@pytest.mark.faults
def test_a_killed_server_of_uploads_is_noticed(client, production, monkeypatch, settings):
    settings.PRODUCTION = True
    with Web(production, workers=1, name="uploads") as server, noticed(monkeypatch, client, "uploads"):
        server.kill()
