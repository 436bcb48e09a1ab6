"""Letters leave the portal: when each person wants them, once, whatever the mail server or LINE does meanwhile."""

import base64
import email
import hashlib
import hmac
import json
import socket
import threading
import time
import uuid
from datetime import timedelta
from email import policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller
from django.urls import reverse
from django.utils import timezone

from submissions.models import Letter, Notice, Telling
from submissions.notices import letters, tell
from tests import factories as make
from tests.servers import free_port

pytestmark = pytest.mark.django_db
SLOT = "1.1.report"
MINUTES = timedelta(minutes=1)
NINE = make.at("2026-03-02", "09:00")
ADDRESS = "krabi@cdd.example.org"


class Mailbox:
    """A real SMTP server's own side: what it took, and what it answers."""

    def __init__(self) -> None:
        self.messages, self.answer, self.refused = [], "250 OK", "550 no such person"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return self.refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.answer.startswith("250"):
            self.messages.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return self.answer


@pytest.fixture
def smtp(settings):
    """A mail server that is up; `.port` is where it was when it is down."""
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, False
    settings.PORTAL_URL = "https://cdd.example.org"
    server.start()
    box.server = server
    yield box
    if server.server:
        server.stop()


@pytest.fixture
def clock(monkeypatch):
    """The world's time, as a test sets it: clock.now += …"""

    class Clock:
        now = NINE

    monkeypatch.setattr(timezone, "now", lambda: Clock.now)
    for model, name in ((Letter, "made_at"), (Letter, "due_at"), (Notice, "at")):
        monkeypatch.setattr(model._meta.get_field(name), "_get_default", lambda: Clock.now)
    return Clock


@pytest.fixture
def entry():
    return make.make_entry(make.make_round(), make.make_office("TH-81", name_th="กระบี่"))


@pytest.fixture
def officer(entry):
    return make.make_user("officer", office=entry.office, email=ADDRESS)


def notify(user, entry, number: int = 1, code: str = "evidence.returned", **item) -> Notice:
    said = {"entry": entry.pk, "requirement": SLOT, "period": "", "text": "ไม่มีลายมือชื่อ", "title": "รายงาน.pdf"}
    tell([user], code, key=f"n{number}", entry=entry, items=[said | item])
    return Notice.objects.get(user=user, key=f"n{number}")


# When


def test_what_happens_within_ten_minutes_is_one_letter(smtp, clock, entry, officer):
    for number in range(3):
        notify(officer, entry, number)
        clock.now += 3 * MINUTES
        assert letters.post() == 0
    clock.now += 2 * MINUTES
    assert (letters.post(), letters.post()) == (1, 0)
    (message,) = smtp.messages
    assert message["To"] == ADDRESS
    assert "3" in message["Subject"]


def test_a_storm_is_a_few_letters_and_the_rest_waits_for_the_morning(smtp, clock, entry, officer, monkeypatch):
    monkeypatch.setattr(letters, "A_DAY", 3)
    for number in range(40):  # one every eleven minutes: none is gathered with the next
        notify(officer, entry, number)
        clock.now += 11 * MINUTES
        letters.post()
    assert len(smtp.messages) == 3
    clock.now = make.at("2026-03-03", "07:31")
    letters.post()
    assert len(smtp.messages) == 4
    assert Notice.objects.filter(mail=None).count() == 0
    assert "37" in smtp.messages[-1]["Subject"]


def test_once_a_day_means_half_past_seven(smtp, clock, entry, officer):
    Telling.objects.create(user=officer, mail="daily")
    notify(officer, entry)
    for at, sent in (
        ("2026-03-02 23:59", 0),
        ("2026-03-03 07:29", 0),
        ("2026-03-03 07:30", 1),
        ("2026-03-03 09:00", 1),
    ):
        clock.now = make.at(*at.split())
        letters.post()
        assert len(smtp.messages) == sent, at


@pytest.mark.parametrize("why", ["none", "read", "closed", "no address", "moved away", "old"])
def test_who_gets_no_letter(smtp, clock, entry, officer, why):
    notice = notify(officer, entry)
    if why == "none":
        Telling.objects.create(user=officer, mail="none")
    elif why == "read":
        Notice.objects.update(read_at=clock.now)
    elif why == "old":
        clock.now += timedelta(days=3)
    else:
        officer.is_active = why != "closed"
        officer.email = "" if why == "no address" else ADDRESS
        if why == "moved away":
            officer.office = make.make_office("TH-50")
        officer.save()
    clock.now += 20 * MINUTES
    assert letters.post() == 0
    assert smtp.messages == []
    notice.refresh_from_db()
    assert notice.mail is None


# What


def test_the_letter_says_what_happened_with_the_way_there(smtp, clock, entry, officer):
    notice = notify(officer, entry)
    clock.now += 10 * MINUTES
    letters.post()
    (message,) = smtp.messages
    address = f"https://cdd.example.org{reverse('notice', args=[notice.pk])}"
    assert message["Subject"].strip().startswith("ส่งคืนแก้ไข:")
    assert message["List-Unsubscribe"] == f"<https://cdd.example.org{reverse('notice-settings')}>"
    for part in ("plain", "html"):
        text = message.get_body((part,)).get_content()
        assert all(word in text for word in (address, "กระบี่", "รายงาน.pdf", "ไม่มีลายมือชื่อ"))
    assert "<script" not in message.get_body(("html",)).get_content()
    assert str(Letter.objects.get().key) in message["Message-ID"]


def test_the_letter_is_in_its_reader_s_language_and_harmless(smtp, clock, entry, officer):
    Telling.objects.create(user=officer, language="en")
    notify(officer, entry, title="<b>x</b>\r\nBcc: all@example.org")
    clock.now += 10 * MINUTES
    letters.post()
    (message,) = smtp.messages
    assert message["Subject"].strip().startswith("Returned:")
    assert message["Bcc"] is None
    assert "&lt;b&gt;" in message.get_body(("html",)).get_content()


# Through what


def test_a_server_that_is_down_gets_the_letter_later_and_once(smtp, clock, entry, officer):
    notify(officer, entry)
    smtp.server.stop()
    clock.now += 10 * MINUTES
    assert letters.post() == 0
    letter = Letter.objects.get()
    assert (letter.state, letter.tries) == ("waiting", 1)
    assert "Refused" in letter.fault
    smtp.server = Controller(smtp, hostname="127.0.0.1", port=smtp.server.port)
    smtp.server.start()
    try:
        assert letters.post() == 0, "not before its time"
        clock.now += 2 * MINUTES
        assert (letters.post(), letters.post()) == (1, 0)
        clock.now += timedelta(days=1)
        assert letters.post() == 0
    finally:
        smtp.server.stop()
    assert len(smtp.messages) == 1
    letter.refresh_from_db()
    assert (letter.state, letter.fault) == ("sent", "")


def test_one_wrong_address_keeps_nobody_else_waiting(smtp, clock, entry, officer):
    wrong = make.make_user("officer", office=entry.office, email="nobody@cdd.example.org")
    for user in (wrong, officer):
        notify(user, entry)
    clock.now += 10 * MINUTES
    assert letters.post() == 1
    failed = Letter.objects.get(user=wrong)
    assert failed.state == "failed"
    assert "550 no such person" in failed.fault
    assert Letter.objects.get(user=officer).state == "sent"


def test_a_server_that_says_later_is_tried_more_and_more_rarely_and_then_no_more(smtp, clock, entry, officer):
    smtp.answer = "451 later"
    notify(officer, entry)
    clock.now += 10 * MINUTES
    tries, waits = 0, []
    while (letter := Letter.objects.first()) is None or letter.state == "waiting":
        before = clock.now
        if letter:
            clock.now = letter.due_at
            waits.append(clock.now - before)
        letters.post()
        tries += 1
        assert tries < 30
    assert (letter.state, letter.tries) == ("failed", len(letters.WAITS) + 1)
    assert waits[1:] == sorted(waits[1:])
    assert smtp.messages == []


def test_a_letter_in_another_worker_s_hands_is_left_to_it(smtp, clock, entry, officer):
    Letter.objects.create(user=officer, channel="mail", is_trial=True)
    assert letters._take(Letter.objects.get().pk)
    assert letters.post() == 0
    clock.now += letters.LEASE
    assert letters.post() == 1  # the other worker died


def test_a_letter_that_cannot_be_made_keeps_nobody_else_waiting(smtp, clock, entry, officer, monkeypatch):
    bad, good = (Letter.objects.create(user=officer, channel="mail", is_trial=True) for _ in range(2))
    compose = letters.mail.compose

    def fail(letter, said):
        if letter.pk == bad.pk:
            raise ValueError("ours")
        return compose(letter, said)

    monkeypatch.setattr(letters.mail, "compose", fail)
    assert letters.post() == 1
    bad.refresh_from_db()
    assert (bad.state, bad.fault) == ("waiting", "ValueError: ours")
    assert good.pk


def test_a_hung_server_holds_up_no_request_and_is_given_up_in_time(client, settings, clock, officer):
    with socket.create_server(("127.0.0.1", 0)) as hung:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = hung.getsockname()
        settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = False, 0.3
        client.force_login(officer)
        start = time.monotonic()
        client.post(reverse("notice-trial"), {"channel": "mail"})
        assert time.monotonic() - start < 0.3
        assert letters.post() == 0
        assert time.monotonic() - start < 2
    assert "timed out" in Letter.objects.get().fault.lower()


def test_old_letters_and_notices_go_and_nothing_is_told_again(smtp, clock, entry, officer):
    notify(officer, entry)
    clock.now += 10 * MINUTES
    letters.post()
    clock.now += timedelta(days=91)
    Letter.objects.create(user=officer, channel="mail", is_trial=True)
    assert (letters.sweep(), letters.sweep()) == (1, 0)
    assert letters.post() == 1, "the trial, and nothing else"
    clock.now += timedelta(days=310)
    letters.sweep()
    assert not Notice.objects.exists()


# LINE


class Line:
    """A stand-in for LINE's Messaging API, on this machine: what it was asked, and what it answers."""

    def __init__(self) -> None:
        self.asked, self.answers, line = [], [], self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                line.asked.append((self.path, dict(self.headers), body))
                self.send_response(line.answers.pop(0) if line.answers else 200)
                self.end_headers()
                self.wfile.write(b"{}")

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
    ("answer", "state"), [(429, "waiting"), (500, "waiting"), (503, "waiting"), (409, "sent"), (400, "failed")]
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


# The page on which people choose


def test_the_choice_is_kept_with_the_address(client, officer):
    client.force_login(officer)
    chosen = {"email": "new@cdd.example.org", "mail": "daily", "language": "en"}
    assert client.post(reverse("notice-settings"), chosen).status_code == 302
    officer.refresh_from_db()
    assert officer.email == "new@cdd.example.org"
    assert (officer.telling.mail, officer.telling.language) == ("daily", "en")
    wrong = client.post(reverse("notice-settings"), {**chosen, "email": "no address", "mail": "hourly"})
    assert wrong.status_code == 422
    assert "no address" in wrong.content.decode()
    assert officer.history.filter(email="new@cdd.example.org").exists()


def test_a_letter_on_trial_says_how_it_went_and_not_without_end(client, smtp, clock, officer):
    client.force_login(officer)
    page = reverse("notice-settings")
    for _ in range(letters.TRIALS + 2):
        client.post(reverse("notice-trial"), {"channel": "mail"})
    assert letters.post() == letters.TRIALS
    assert "ทดสอบ" in smtp.messages[0]["Subject"]
    assert "ส่งครั้งล่าสุดเมื่อ 2 มี.ค. 2569 09:00" in client.get(page).content.decode()
    officer.email = ""
    officer.save()
    client.post(reverse("notice-trial"), {"channel": "mail"})
    client.post(reverse("notice-trial"), {"channel": "pigeon"})
    assert Letter.objects.count() == letters.TRIALS
