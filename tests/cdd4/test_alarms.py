"""Errors of the portal's own reach whoever runs it, seldom enough to be read, and without a word about people."""

import gzip
import http.server
import json
import logging
import os
import subprocess
import sys
import threading

import brotli
import pytest
from django.core import mail
from django.core.mail.backends import locmem

from cdd4 import alarms
from tests import factories as make
from tests.cdd4.test_settings import SOUND
from tests.servers import ROOT


@pytest.fixture
def asked(monkeypatch):
    """What the mailer was asked to send."""
    sent = []
    monkeypatch.setattr("submissions.queue.send", lambda task, *args: sent.append((task.name, *args)) or True)
    return sent


def log_to(handler: logging.Handler) -> logging.Logger:
    log = logging.Logger("cdd4.test")
    log.addHandler(handler)
    return log


def fail(log: logging.Logger, value: object) -> None:
    try:
        raise ValueError(f"about {value}")
    except ValueError:
        log.exception("it went wrong")


def test_the_same_error_is_told_once_in_an_hour(asked, monkeypatch):
    log = log_to(alarms.MailToAdmins())
    for number in range(5):
        fail(log, number)
    log.error("another")
    assert [subject for _name, subject, _text in asked] == ["ERROR: it went wrong", "ERROR: another"]
    assert asked[0][0] == "cdd4.alarms.mail_admins"
    assert "ValueError: about 0" in asked[0][2]
    later = alarms.time.monotonic() + alarms.QUIET + 1
    monkeypatch.setattr(alarms.time, "monotonic", lambda: later)
    fail(log, 9)
    assert len(asked) == 3


def test_many_errors_are_not_many_mails(asked):
    handler = alarms.MailToAdmins()
    places = [handler.is_new(f"place {number}") for number in range(50)]
    assert places.count(True) == alarms.MOST


def test_what_the_queue_did_not_take_is_told_when_it_comes_again(monkeypatch):
    taken = iter([False, True, True])
    sent = []
    monkeypatch.setattr("submissions.queue.send", lambda task, subject, text: sent.append(subject) or next(taken))
    log = log_to(alarms.MailToAdmins())
    for number in range(4):
        fail(log, number)
    assert sent == ["ERROR: it went wrong"] * 2


def test_an_argument_that_does_not_fit_fails_nobody(asked, capsys):
    log = log_to(alarms.MailToAdmins())
    log.error("%d rows", "many")
    assert "--- Logging error ---" in capsys.readouterr().err
    assert asked == []


ROW = """duplicate key value violates unique constraint "users"
DETAIL:  Key (username)=(hidden
row) already exists.
CONTEXT:  hidden statement"""


def test_the_mail_tells_no_row_of_the_database(asked):
    log = log_to(alarms.MailToAdmins())
    try:
        try:
            raise LookupError(ROW)
        except LookupError as fault:
            raise ValueError(ROW) from fault
    except ValueError:
        log.exception("not saved")
    [(_name, subject, text)] = asked
    assert "hidden" not in subject + text
    assert text.count("duplicate key value") == 2
    assert "The above exception was the direct cause" in text


class AwayAtFirst(locmem.EmailBackend):
    tries = 0

    def send_messages(self, messages):
        type(self).tries += 1
        if self.tries < 4:
            raise ConnectionRefusedError
        return super().send_messages(messages)


def test_a_mail_server_that_was_away_is_asked_again(settings, monkeypatch):
    settings.ADMINS = [("", "operator@example.go.th")]
    settings.EMAIL_BACKEND = f"{__name__}.AwayAtFirst"
    alarms.mail_admins.apply(("ERROR: it went wrong", "where"))
    assert (AwayAtFirst.tries, len(mail.outbox)) == (4, 1)


def test_no_retry_waits_until_the_queue_gives_it_out_again(settings):
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] > alarms.AGAIN["retry_backoff_max"]


def test_the_mail_goes_to_the_admins(settings):
    settings.ADMINS = [("", "operator@example.go.th")]
    alarms.mail_admins("ERROR: it went wrong", "where")
    assert [(one.to, one.body) for one in mail.outbox] == [(["operator@example.go.th"], "where")]


def test_an_error_in_a_view_is_handed_to_the_mailer(client, asked, monkeypatch):
    handler = alarms.MailToAdmins()
    handler.setLevel(logging.ERROR)
    logging.getLogger().addHandler(handler)
    try:
        monkeypatch.setattr("cdd4.health.JsonResponse", lambda *args: 1 / 0)
        client.raise_request_exception = False
        assert client.get("/healthz?name=somchai").status_code == 500
    finally:
        logging.getLogger().removeHandler(handler)
    assert len(asked) == 1
    assert "ZeroDivisionError" in asked[0][2]
    assert "somchai" not in asked[0][2]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CDD4_ADMINS", "somebody", "must name mail addresses"),
        ("CDD4_SENTRY_DSN", "hidden-word", "must begin with http://"),
        ("CDD4_METRICS_TOKEN", "short", "at least 20 characters"),
    ],
)
def test_nonsense_is_refused(tmp_path, name, value, words):
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **SOUND, "CDD4_DATA_DIR": str(tmp_path), name: value},
        capture_output=True,
        text=True,
    )
    assert f"{name} " in done.stderr
    assert words in done.stderr


class Collector(http.server.BaseHTTPRequestHandler):
    """What Sentry or GlitchTip would have been told."""

    got: list[str] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        unpack = {"gzip": gzip.decompress, "br": brotli.decompress}.get(self.headers.get("Content-Encoding"), bytes)
        self.got.append(unpack(body).decode())
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args) -> None:
        pass


FAILING = """
import logging, sys
sys.argv = ["manage.py", "remove_second_factor", "hidden-argument"]
import django, sentry_sdk
django.setup()
from django.test import Client
from django.db import IntegrityError, OperationalError
import psycopg2
from cdd4 import health

def fail(*args):
    passphrase = "hidden-local"
    raise IntegrityError('duplicate key\\nDETAIL:  Key (username)=(hidden-row) exists.')

health.JsonResponse = fail
client = Client(raise_request_exception=False)
client.cookies["sessionid"] = "hidden-cookie"
answer = client.post("/healthz?who=hidden-query", {"password": "hidden-form"}, HTTP_AUTHORIZATION="Token hidden-token",
                     HTTP_HOST="localhost", REMOTE_ADDR="203.0.113.77")
answer = client.get("/healthz?who=hidden-query", HTTP_AUTHORIZATION="Token hidden-token", HTTP_HOST="localhost",
                    REMOTE_ADDR="203.0.113.77", HTTP_X_REQUEST_ID="abcdef0123456789")
assert answer.status_code == 500, answer.status_code
logging.getLogger("cdd4").error("nothing for %s", "hidden-name", extra={"user_id": "hidden-id"})
try:
    raise OperationalError("no connection") from psycopg2.OperationalError("no connection")
except OperationalError:
    logging.getLogger("cdd4").exception("not saved for %s", "hidden-other")
sentry_sdk.flush(10)
"""


@pytest.mark.faults
def test_what_sentry_is_told_names_nobody(tmp_path):
    Collector.got.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        dsn = {"CDD4_SENTRY_DSN": f"http://key@127.0.0.1:{server.server_address[1]}/1"}
        subprocess.run(
            [sys.executable, "-c", FAILING],
            cwd=ROOT,
            env={**os.environ, "CDD4_ENV": "test", "CDD4_DATA_DIR": str(tmp_path), **dsn},
            check=True,
            timeout=60,
        )
        server.shutdown()
    told = "\n".join(Collector.got)
    events = [json.loads(line) for line in told.splitlines() if '"exception"' in line]
    said = [json.loads(line) for line in told.splitlines() if '"logentry"' in line]
    assert len(events) == 1
    assert [one["logentry"] for one in said] == [{"message": "nothing for %s"}, {"message": "%s: %s"}]
    assert events[0]["exception"]["values"][-1]["value"] == "duplicate key"
    assert events[0]["tags"]["request_id"] == "abcdef0123456789"
    assert events[0]["transaction"] == "/healthz"
    assert "hidden" not in told
    assert "203.0.113.77" not in told


@pytest.mark.faults
def test_without_a_dsn_nothing_is_loaded(tmp_path):
    code = "import django, sys; django.setup(); print('sentry_sdk' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "CDD4_ENV": "test", "CDD4_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "name", "short"),
    [("th", "พัฒนาชุมชนดิจิทัล 4.0", "พช. ดิจิทัล 4.0"), ("en", "Community Development Digital 4.0", "CDD Digital 4.0")],
)
def test_the_password_mail_calls_itself_by_the_portals_name(client, language, name, short):
    make.make_user(username="krabi", email="krabi@example.go.th")
    client.cookies["django_language"] = language
    client.post("/accounts/password/reset/", {"email": "krabi@example.go.th"}, headers={"Host": "127.0.0.1:8141"})
    [letter] = mail.outbox
    assert name in letter.body
    assert letter.subject.startswith(f"[{short}] ")
    greeting, *_rest, goodbye = [line for line in letter.body.splitlines() if line]
    assert "127.0.0.1" not in greeting + goodbye
