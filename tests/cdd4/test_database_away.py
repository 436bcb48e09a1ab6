"""The database stops or loses its backends while people and programs are at work: they are told to come again."""

import concurrent.futures
import json
import re
import time
import urllib.error
import urllib.request
from types import SimpleNamespace

import psycopg2
import pytest

from cdd4 import database
from cdd4.celery import app
from tests.databases import PostgreSQL, Redis
from tests.servers import ROOT, Web, Worker, wait_until

pytestmark = pytest.mark.faults
BREAKS = {
    "stopped": lambda postgresql: postgresql.stop(),
    "killed": lambda postgresql: postgresql.kill(),
    "its connections cut": lambda postgresql: cut(postgresql),
}


def cut(postgresql: PostgreSQL) -> None:
    ask(postgresql, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")


def ask(postgresql: PostgreSQL, statement: str):
    with psycopg2.connect(postgresql.url) as line, line.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()


@pytest.fixture(scope="module")
def stack(tmp_path_factory, migrated):
    """A database of these tests' own, which they may break, and the portal's parts on it."""
    data = tmp_path_factory.mktemp("data")
    with PostgreSQL() as postgresql, Redis() as redis:
        variables = {
            "CDD4_ENV": "test",
            "CDD4_DATA_DIR": str(data),
            "CDD4_DATABASE_URL": postgresql.url,
            "CDD4_REDIS_URL": redis.url,
            "CDD4_ALLOWED_HOSTS": "127.0.0.1,localhost",
        }
        postgresql.fill(migrated)
        yield SimpleNamespace(postgresql=postgresql, redis=redis, variables=variables)


@pytest.fixture(scope="module")
def web(stack):
    with Web(stack.variables) as server:
        yield server


@pytest.fixture(autouse=True)
def _the_database_is_there_again(stack):
    yield
    stack.postgresql.resume()
    if stack.postgresql.process is None or stack.postgresql.process.poll() is not None:
        (stack.postgresql.data / "postmaster.pid").unlink(missing_ok=True)
        stack.postgresql.start()


def get(web: Web, path: str, data: bytes | None = None, **headers: str):
    request = urllib.request.Request(f"http://127.0.0.1:{web.port}{path}", data, headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return SimpleNamespace(status=answer.status, headers=answer.headers, text=answer.read().decode())
    except urllib.error.HTTPError as error:
        return SimpleNamespace(status=error.code, headers=error.headers, text=error.read().decode())


SESSION = {"Cookie": "sessionid=abcdefghijklmnopqrstuvwxyz123456"}
TOKEN = {"Authorization": "Token " + "0" * 64}
KEY = "k" * 32
TUS = {
    "Cookie": f"{SESSION['Cookie']}; csrftoken={KEY}",
    "X-CSRFToken": KEY,
    "Tus-Resumable": "1.0.0",
    "Content-Type": "application/offset+octet-stream",
}


def test_people_and_programs_are_told_to_come_again(stack, web):
    assert get(web, "/api/v1/me/", **TOKEN).status == 401
    stack.postgresql.stop()
    log_before = len(web.log.read_text())
    page = get(web, "/", **SESSION)
    assert (page.status, page.headers["Retry-After"]) == (503, "30")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "กรุณาลองใหม่ในอีกสักครู่" in page.text
    assert "Please try again in a moment" in page.text
    for path, sent, headers in (
        ("/api/v1/me/", None, TOKEN),
        ("/api/v1/me/", None, SESSION),
        ("/uploads/1/", b"x", {**TUS, "X-HTTP-Method-Override": "PATCH"}),
        ("/", None, {**SESSION, "Accept": "application/json"}),
    ):
        answer = get(web, path, sent, **headers)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "30"), answer.text
        assert answer.headers["Content-Type"] == "application/problem+json"
        problem = json.loads(answer.text)
        assert (problem["type"], problem["status"]) == ("/api/problems/unavailable/", 503)
        assert problem["title"]
        assert problem["detail"]
    english = json.loads(get(web, "/api/v1/me/", **TOKEN, **{"Accept-Language": "en"}).text)
    assert "Try again in a moment" in english["detail"]
    log = web.log.read_text()[log_before:]
    assert "Traceback" not in log
    told = [line for line in log.splitlines() if "Service Unavailable" in line]
    assert len(told) == 6, log
    assert all("onnection" in line for line in told)


@pytest.mark.parametrize("how", BREAKS)
def test_under_load_no_answer_is_an_error_of_ours_and_all_is_well_when_it_is_back(stack, web, how):
    log_before = len(web.log.read_text())
    end = time.monotonic() + 4

    def knock(number: int) -> list[int]:
        seen = []
        while time.monotonic() < end:
            path, headers = [("/api/v1/me/", TOKEN), ("/", SESSION), ("/entries/1/", SESSION)][number % 3]
            seen.append(get(web, path, **headers).status)
            time.sleep(0.02)
        return seen

    with concurrent.futures.ThreadPoolExecutor(6) as people:
        answers = [people.submit(knock, number) for number in range(6)]
        time.sleep(1)
        BREAKS[how](stack.postgresql)
        seen = [status for one in answers for status in one.result()]
    assert len(seen) > 20
    assert set(seen) <= {200, 302, 401, 404, 503}, set(seen)
    assert "Traceback" not in web.log.read_text()[log_before:]
    if how != "its connections cut":
        assert 503 in seen
        (stack.postgresql.data / "postmaster.pid").unlink(missing_ok=True)
        stack.postgresql.start()
    wait_until(lambda: get(web, "/readyz").status == 200, 30, "the portal ready again")
    assert get(web, "/api/v1/me/", **TOKEN).status == 401


def test_a_database_that_hangs_holds_nobody_for_long(stack):
    """More people come than there are threads; each is answered, and the next ones too when it goes on."""
    with Web(stack.variables, workers=1, wsgi="tests.cdd4.impatient") as web:
        assert get(web, "/api/v1/me/", **TOKEN).status == 401
        stack.postgresql.pause()
        start = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(8) as people:
            answers = list(people.map(lambda _number: get(web, "/api/v1/me/", **TOKEN), range(8)))
        assert [one.status for one in answers] == [503] * 8
        assert time.monotonic() - start < 30
        stack.postgresql.resume()
        wait_until(lambda: get(web, "/readyz").status == 200, 30, "the portal ready again")
        assert get(web, "/api/v1/me/", **TOKEN).status == 401


def test_the_portal_gives_up_before_the_proxy_does():
    waits = int(re.search(r"proxy_read_timeout (\d+)s", (ROOT / "nginx.conf").read_text()).group(1))
    assert waits > database.SILENCE + database.CONNECTING
    assert "database.give_up_on_silence()" in (ROOT / "gunicorn.conf.py").read_text()


def test_a_worker_waits_and_loses_no_message(stack):
    """Forty messages come while the database is away; none is lost, and the wait is told in a line."""
    with Worker(stack.variables, beat=False, concurrency=2, queues="rescore") as worker:
        stack.postgresql.stop()
        with app.connection_for_write(stack.redis.url) as line:
            for number in range(40):
                app.send_task("scoring.tasks.rescore_entry", [number], connection=line, queue="rescore")
        time.sleep(8)
        assert " succeeded " not in worker.log.read_text()
        stack.postgresql.start()
        done = lambda: worker.log.read_text().count("rescore_entry") and count_done(worker) == 40  # noqa: E731
        wait_until(done, 40, f"all forty done\n{worker.log_text()}")
        log = worker.log.read_text()
    assert "Traceback" not in log
    assert 1 <= log.count("the database is away, waiting for it") <= 2  # once for each process
    assert log.count("the database is back after") == log.count("the database is away, waiting for it")


def count_done(worker: Worker) -> int:
    lines = [line for line in worker.log.read_text().splitlines() if " succeeded in " in line]
    return len({line.split("rescore_entry[")[1].split("]")[0] for line in lines if "rescore_entry[" in line})
