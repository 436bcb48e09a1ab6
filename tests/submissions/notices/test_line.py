"""Letters go out by LINE, through a stand-in for its Messaging API, and people link their accounts with the portal."""

import base64
import hashlib
import hmac
import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.urls import reverse

from submissions.models import Letter, Telling
from submissions.notices import letters
from tests import factories as make
from tests.servers import free_port

from .test_letters import MINUTES, notify

pytestmark = pytest.mark.django_db


class Line:
    """A stand-in for LINE's Messaging API, on this machine: what it was asked, and what it answers."""

    def __init__(self) -> None:
        self.asked, self.answers, line = [], [], self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                line.asked.append((self.path, dict(self.headers), body))
                self.send_response(line.answers.pop(0) if line.answers else 200)
                self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(b"{}")

            def do_GET(self) -> None:  # where a redirection would lead
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


@pytest.fixture
def line(settings):
    standin = Line()
    settings.LINE_TOKEN, settings.LINE_SECRET, settings.LINE_API = "the-token", "the-secret", standin.url
    settings.PORTAL_URL = "https://cdd.example.org"
    yield standin
    standin.server.shutdown()
    standin.server.server_close()


@pytest.fixture
def linked(entry):
    user = make.make_user("officer", office=entry.office)
    Telling.objects.create(user=user, line_id="U" + "1" * 32)
    return user


def test_line_is_told_in_one_message_with_a_key_of_its_own(line, clock, entry, linked):
    for number in range(2):
        notify(linked, entry, number)
    clock.now += 10 * MINUTES
    assert letters.post() == 1
    ((path, headers, body),) = line.asked
    assert path == "/v2/bot/message/push"
    assert headers["Authorization"] == "Bearer the-token"
    assert uuid.UUID(headers["X-Line-Retry-Key"]) == Letter.objects.get().key
    assert body["to"] == "U" + "1" * 32
    (message,) = body["messages"]
    assert message["text"].count("ส่งคืนแก้ไข") == 2
    assert message["text"].endswith("https://cdd.example.org/notices/")


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        *((429, "waiting"), (500, "waiting"), (401, "waiting"), (403, "waiting"), (302, "waiting")),
        *((409, "sent"), (400, "failed")),
    ],
)
def test_what_line_answers(line, clock, entry, linked, answer, state):
    line.answers = [answer]
    notify(linked, entry)
    clock.now += 10 * MINUTES
    letters.post()
    assert Letter.objects.get().state == state
    if state == "waiting":
        clock.now += 2 * MINUTES
        assert letters.post() == 1
        assert len({headers["X-Line-Retry-Key"] for _path, headers, _body in line.asked}) == 1


def test_line_that_is_away_waits_and_without_a_token_there_is_none(line, settings, clock, entry, linked):
    notify(linked, entry)
    settings.LINE_API = f"http://127.0.0.1:{free_port()}"
    clock.now += 10 * MINUTES
    letters.post()
    assert Letter.objects.get().state == "waiting"
    settings.LINE_TOKEN = ""
    notify(linked, entry, 2)
    clock.now += 30 * MINUTES
    assert letters.post() == 0
    assert Letter.objects.count() == 1


def ring(client, text: str, *, line_id: str = "U" + "2" * 32, secret: str = "the-secret", **headers):
    event = {"type": "message", "message": {"type": "text", "text": text}, "source": {"userId": line_id}}
    body = json.dumps({"events": [event, {"type": "follow"}]}).encode()
    seal = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    headers = {"X-Line-Signature": seal, **headers}
    return client.post(reverse("line-webhook"), body, content_type="application/json", headers=headers)


def test_a_code_typed_to_the_portal_s_account_links_it(client, line, clock, officer):
    client.force_login(officer)
    client.post(reverse("notice-line"), {"deed": "link"})
    code = Telling.objects.get(user=officer).line_code
    assert code in client.get(reverse("notice-settings")).content.decode()
    assert ring(client, "nonsense").status_code == 200
    assert ring(client, code, secret="another").status_code == 403
    assert Telling.objects.get(user=officer).line_id is None
    assert ring(client, f" {code.lower()} ").status_code == 200
    telling = Telling.objects.get(user=officer)
    assert (telling.line_id, telling.line_code) == ("U" + "2" * 32, None)
    assert letters.post() == 1  # says so
    ring(client, code, line_id="U" + "3" * 32)
    assert Telling.objects.get(user=officer).line_id == "U" + "2" * 32, "a code is used once"
    client.post(reverse("notice-line"), {"deed": "end"})
    assert Telling.objects.get(user=officer).line_id is None


def test_a_code_that_is_late_links_nothing(client, line, clock, officer):
    client.force_login(officer)
    client.post(reverse("notice-line"), {"deed": "link"})
    clock.now += 16 * MINUTES
    ring(client, Telling.objects.get(user=officer).line_code)
    assert Telling.objects.get(user=officer).line_id is None


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"events": [1]}', b'{"events": [{"type": "message"}]}', b"\xff"])
def test_nonsense_at_the_webhook_does_no_harm(client, line, body):
    seal = base64.b64encode(hmac.new(b"the-secret", body, hashlib.sha256).digest()).decode()
    address = reverse("line-webhook")
    assert client.post(address, body, content_type="text/plain", headers={"X-Line-Signature": seal}).status_code == 200
    assert client.post(address, body, content_type="text/plain").status_code == 403
