"""The log is in UTC, names the request, the person and the task, and is silent about sweeps that found nothing."""

import json
import logging
import re
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory

from cdd4 import logs
from cdd4.celery import app
from submissions.models import Token
from tests import factories as make
from tests.cdd4.test_settings import SOUND
from tests.servers import ROOT, Nginx, Web, Worker, free_port, wait_until

STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z "


def record(**fields) -> logging.LogRecord:
    made = logging.LogRecord("cdd4.test", logging.INFO, "x.py", 1, "what %s", ("happened",), None)
    made.__dict__.update(fields)
    return made


def written(formatter: logging.Formatter, one: logging.LogRecord) -> str:
    assert logs.Context().filter(one)
    return formatter.format(one)


def test_a_line_is_in_utc_whatever_the_time_zone():
    line = written(logs.PlainLine(), record(created=1_700_000_000.0, msecs=0))
    assert time.tzname[0] != "UTC"
    assert line == "2023-11-14T22:13:20.000Z INFO cdd4.test what happened"


def test_json_says_the_same():
    told = json.loads(written(logs.Json(), record(created=1_700_000_000.0, msg="ภาษาไทย", args=())))
    assert told.pop("time").startswith("2023-11-14T22:13:20")
    assert told == {"level": "INFO", "logger": "cdd4.test", "message": "ภาษาไทย"}


@pytest.mark.django_db
def test_what_is_logged_in_a_request_names_it_and_the_person(client, caplog):
    """By session and by token alike; the answer gives the name back, and a name that is none is not taken over."""
    officer = make.make_user()
    client.force_login(officer)
    seen = []

    class Keep(logging.Handler):
        def emit(self, one):
            logs.Context().filter(one)
            seen.append((one.__dict__.get("request_id"), one.__dict__.get("user_id")))

    logging.getLogger("django.request").addHandler(keep := Keep())
    try:
        answer = client.get("/entries/0/", headers={"X-Request-ID": "0123456789abcdef"})
        assert answer["X-Request-ID"] == "0123456789abcdef"
        token = Token.objects.create(officer)[1]
        Client().get("/api/v1/entries/0/", headers={"Authorization": f"Token {token}"})
        nonsense = client.get("/entries/0/", headers={"X-Request-ID": "a b\x1b[31m"})["X-Request-ID"]
    finally:
        logging.getLogger("django.request").removeHandler(keep)
    assert re.fullmatch(r"[0-9a-f]{32}", nonsense)
    assert seen[0] == ("0123456789abcdef", officer.pk)
    assert seen[1][1] == officer.pk
    assert seen[2] == (nonsense, officer.pk)
    assert logs.request_id() == ""


def test_the_page_of_an_error_names_the_request(client, monkeypatch):
    def fail(*args):
        raise RuntimeError

    monkeypatch.setattr("cdd4.health.JsonResponse", fail)
    client.raise_request_exception = False
    answer = client.get("/healthz", headers={"X-Request-ID": "abcdef0123456789"})
    assert answer.status_code == 500
    assert "abcdef0123456789" in answer.content.decode()
    problem = client.get("/healthz", headers={"X-Request-ID": "abcdef0123456789", "Accept": "application/json"})
    assert (problem.status_code, problem.json()["request"]) == (500, "abcdef0123456789")


def test_nobody_is_asked_for_who_is_logged_in_only_for_the_log(client):
    request = RequestFactory().get("/")
    assert logs.user_of(request) is None


@pytest.mark.parametrize("form", ["line", "json"])
@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_every_part_writes_so(worker_environment, tmp_path, form):
    """A request through the proxy, and the task it causes, are found by one name in three logs."""
    variables = {**worker_environment, "CDD4_LOG_FORMAT": form, "CDD4_ALLOWED_HOSTS": "localhost", "TZ": "Asia/Bangkok"}
    variables["CDD4_URL"] = f"https://localhost:{free_port()}"  # the proxy's
    with (
        Web(variables, workers=1) as web,
        Nginx(web, tmp_path) as proxy,
        Worker(variables) as worker,
    ):
        plain = urllib.request.Request(f"http://127.0.0.1:{web.port}/nowhere", headers={"Host": "localhost"})
        for _ in range(2):
            with pytest.raises(urllib.error.HTTPError) as missing:
                urllib.request.urlopen(plain, timeout=30)
        name = missing.value.headers["X-Request-ID"]
        context = ssl.create_default_context(cafile=str(proxy.folder / "tls_certificate"))
        with pytest.raises(urllib.error.HTTPError) as missing:
            urllib.request.urlopen(f"{proxy.url}/nowhere", context=context, timeout=30)
        through = missing.value.headers["X-Request-ID"]
        wait_until(lambda: through in web.log.read_text(), 20, "the web server's line")
        time.sleep(8)  # two sweeps at least, and a health check
        urllib.request.urlopen(
            urllib.request.Request(f"http://127.0.0.1:{web.port}/healthz", headers={"Host": "localhost"})
        )
        lines = {part: part.log.read_text().splitlines() for part in (web, worker)}
        access = (proxy.folder / "access.log").read_text().splitlines()
    assert [line for line in access if f"[request={through}]" in line]
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00 ", line) for line in access), access
    assert all(line.count("healthz") == 0 for line in lines[web])
    own = [line for line in lines[web] if name in line]
    assert len(own) == 2, lines[web]  # what Django says of it, and the web server's line
    sound = (lambda line: json.loads(line)["time"]) if form == "json" else (lambda line: re.match(STAMP, line))
    assert all(sound(line) for line in lines[web]), lines[web]
    told = [line for line in lines[worker] if "celery." in line]
    assert told
    assert all(sound(line) for line in told), told
    assert not [line for line in told if "scoring.tasks.sweep" in line and ("received" in line or "Sending" in line)]


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_a_task_names_itself_and_the_request_that_caused_it(worker_environment, redis_server):
    request = RequestFactory().get("/")
    with Worker(worker_environment, beat=False) as worker:

        def asking(request):
            app.send_task("scoring.tasks.rescore_entry", [7])
            return HttpResponse()

        name = logs.RequestId(asking)(request)["X-Request-ID"]
        done = f"[request={name} task="
        wait_until(lambda: done in worker.log.read_text(), 20, f"a line of the task\n{worker.log_text()}")


def test_only_idle_sweeps_are_left_out():
    def is_told(logger: str, **about) -> bool:
        one = logging.LogRecord(logger, logging.INFO, "", 1, about.pop("msg", ""), (), None)
        one.args = about
        return logs.NothingHappened().filter(one)

    sweep, other = "scoring.tasks.sweep", "scoring.tasks.rescore_entry"
    assert sweep in {row["task"] for row in settings.CELERY_BEAT_SCHEDULE.values()}
    assert not is_told("celery.app.trace", name=sweep, return_value="0")
    assert is_told("celery.app.trace", name=sweep, return_value="3")
    assert is_told("celery.app.trace", name=other, return_value="0")
    assert not is_told("celery.worker.strategy", name=sweep)
    assert not is_told("celery.beat", msg="Scheduler: Sending due task %s (%s)")
    assert is_told("celery.beat", msg="beat: Starting...")
    assert not is_told("gunicorn.access", U="/readyz", s="200")
    assert is_told("gunicorn.access", U="/readyz", s="503")


def test_the_form_is_one_of_two(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **SOUND, "CDD4_DATA_DIR": str(tmp_path), "CDD4_LOG_FORMAT": "xml"},
        capture_output=True,
        text=True,
    )
    assert "CDD4_LOG_FORMAT is 'xml'; allowed: line, json" in done.stderr
