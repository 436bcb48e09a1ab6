"""A program that is called, on this machine, and a webhook of staff's that calls it."""

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from types import SimpleNamespace

import pytest
from django.utils import timezone

from submissions import intake
from submissions.models import Evidence, Happening, Webhook
from submissions.webhooks.gathering import begin
from tests import factories as make


class Program:
    """What it was asked, and what it answers: the statuses in `answers`, then 204."""

    def __init__(self) -> None:
        self.asked, self.answers, program = [], [], self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                program.asked.append(SimpleNamespace(path=self.path, headers=dict(self.headers), body=body))
                self.send_response(program.answers.pop(0) if program.answers else 204)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self) -> None:  # where a redirection would lead
                program.asked.append("redirected")

            def log_message(self, *args) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/portal"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


@pytest.fixture
def program(settings):
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.1/32")]
    program = Program()
    yield program
    program.server.shutdown()
    program.server.server_close()


@pytest.fixture
def clock(monkeypatch):
    """The world's time, as tests set it: at first a minute on, since columns have their defaults by the real one."""
    told = SimpleNamespace(now=timezone.now() + timedelta(minutes=1))
    monkeypatch.setattr(timezone, "now", lambda: told.now)
    return told


def make_webhook(owner, url: str, name: str = "ระบบติดตาม", **fields) -> Webhook:
    webhook = Webhook(owner=owner, name=name, address=url, **{"happenings": Happening.values} | fields)
    begin(webhook)
    webhook.save()
    return webhook


@pytest.fixture
def work(db):
    """Krabi in a round with a judge, a province beside it, and staff."""
    staff, judge, krabi = make.make_user("staff"), make.make_user("judge"), make.make_office("TH-81")
    officer = make.make_user("officer", office=krabi, full_name="ใจดี มีสุข")
    (entry,) = intake.enter_offices(make.make_round(judges=[judge]), [krabi], by=staff)
    return SimpleNamespace(staff=staff, judge=judge, officer=officer, entry=entry)


def hand_in(work, number: int = 1) -> Evidence:
    url = f"https://krabi.example/{number}"
    return intake.attach_evidence(work.entry, intake.HandIn("1.1.report"), by=work.officer, url=url)
