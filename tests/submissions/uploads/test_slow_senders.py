"""Slow senders hold no thread that others need: the upload service as production starts it, and behind its nginx."""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from base64 import b64encode

import pytest
from django.conf import settings
from django.test import Client

from submissions.files.gate import BODY
from submissions.files.partial import Partial
from submissions.models import Upload
from tests import factories as make
from tests.lines import cookies
from tests.servers import Nginx, Uploads
from tests.submissions.sending import PDF, SIZE

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
TOKEN = "t" * 32
HELD_UP = 15  # seconds; who is held up waits until the slow ones are given up, half a minute later


@pytest.fixture
def service(production):
    with Uploads(production) as server:
        yield server


@pytest.fixture
def proxy(service):
    with Nginx(service, settings.MEDIA_ROOT) as server:
        yield server


@pytest.fixture(params=["directly", "behind nginx"])
def port(request, service):
    """Where the service is asked, and whether by TLS."""
    if request.param == "directly":
        return service.port, False
    return request.getfixturevalue("proxy").port, True


def session_of(person) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies["sessionid"].value


def connect(port) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port[0]), timeout=30, source_address=("127.0.0.2", 0))
    return ssl._create_unverified_context().wrap_socket(line, server_hostname="localhost") if port[1] else line


def write_head(method: str, path: str, **headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "X-Forwarded-Proto: https", "Referer: https://localhost/"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def write_patch(address: str, cookie: str, size: int = SIZE) -> bytes:
    asked = {"Upload_Offset": "0", "Tus_Resumable": "1.0.0", "Content_Type": BODY, "X_CSRFToken": TOKEN}
    return write_head("PATCH", address, Cookie=cookie, Content_Length=str(size), **asked)


def begun(entry, officer) -> str:
    upload = Upload.objects.create(user=officer, entry=entry, requirement="1.1.report", name="a.pdf", size=SIZE)
    Partial(upload.key).create()
    return upload.key


class Slow:
    """Connections that say what they want, and then one byte every half second."""

    def __init__(self, port, heads: list[bytes]) -> None:
        self.lines, self._end = [], threading.Event()
        for head in heads:
            line = connect(port)
            line.sendall(head)
            self.lines.append(line)

    def __enter__(self) -> "Slow":
        self._thread = threading.Thread(target=self._trickle)
        self._thread.start()
        time.sleep(1)  # all of them are there
        return self

    def __exit__(self, *exc) -> None:
        self._end.set()
        self._thread.join()
        for line in self.lines:
            line.close()

    def _trickle(self) -> None:
        while not self._end.wait(0.5):
            for line in self.lines:
                with contextlib.suppress(OSError):  # it was shut
                    line.sendall(b"a")


class Quick:
    """An officer who sends one small file."""

    def __init__(self, port) -> None:
        self.port = port
        entry = make.make_entry(office="TH-82")
        self.entry, officer = entry, make.make_user("officer", office=entry.office)
        self.cookie = cookies(sessionid=session_of(officer), csrftoken=TOKEN)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
        if self.port[1]:
            trust = ssl._create_unverified_context()
            line = http.client.HTTPSConnection("localhost", self.port[0], context=trust, timeout=30)
        else:
            line = http.client.HTTPConnection("127.0.0.1", self.port[0], timeout=30)
        own = {"Host": "localhost", "X-Forwarded-Proto": "https", "Referer": "https://localhost/"}
        own |= {"Cookie": self.cookie, "X-CSRFToken": TOKEN, "Tus-Resumable": "1.0.0"}
        line.request(method, path, body, {**own, **{name.replace("_", "-"): text for name, text in headers.items()}})
        answer = line.getresponse()
        answer.read()
        return answer

    def seconds(self) -> float:
        """How long it takes until the file is evidence."""
        start = time.perf_counter()
        about = {"entry": str(self.entry.pk), "requirement": "1.1.report", "filename": "a.pdf"}
        told = ",".join(f"{name} {b64encode(text.encode()).decode()}" for name, text in about.items())
        begun = self.ask("POST", "/uploads/", Upload_Length=str(SIZE), Upload_Metadata=told)
        assert begun.status == 201
        sent = self.ask("PATCH", begun.headers["Location"], PDF, Upload_Offset="0", Content_Type=BODY)
        assert (sent.status, sent.headers["Upload-Offset"]) == (204, str(SIZE))
        assert self.entry.evidence.count() == 1
        return time.perf_counter() - start


def test_strangers_who_send_a_form_slowly_hold_nobody_up(port, service):
    quick = Quick(port)
    form = {"Content_Type": "application/x-www-form-urlencoded", "Content_Length": "900000"}
    made_up = [f"csrftoken={TOKEN}", f"csrftoken={TOKEN}; sessionid=madeup", f"__Host-sessionid=madeup{TOKEN}"]
    # Behind nginx the second leads to the same service, and would be a page of the admin there.
    paths = ["/uploads/", "/admin/%2e%2e/uploads/" if port[1] else "/uploads/nokey/"]
    heads = [write_head("POST", paths[n % 2], Cookie=made_up[n % 3], **form) for n in range(66)]
    with Slow(port, heads) as slow:
        assert quick.seconds() < HELD_UP
        told = {line.recv(12).decode() for line in slow.lines}  # nginx lets 20 at once of one address through
    assert told - {"HTTP/1.1 404", "HTTP/1.1 429"} == {"HTTP/1.1 401", "HTTP/1.1 415"}


def said(lines: list[socket.socket]) -> list[str]:
    """The beginning of what each has been answered, "" where nothing was yet."""
    told = []
    for line in lines:
        line.settimeout(0.3)
        try:
            told.append(line.recv(12).decode())
        except TimeoutError:
            told.append("")
    return told


def test_the_proxy_lets_so_many_through_of_one_sender_and_of_one_address(proxy, entry, officer):
    people = [officer, *(make.make_user("officer", f"colleague-{n}", office=entry.office) for n in range(5))]
    sessions = {person: cookies(sessionid=session_of(person), csrftoken=TOKEN) for person in people}

    def heads(person, count: int) -> list[bytes]:
        return [write_patch(f"/uploads/{begun(entry, person)}/", sessions[person]) for _ in range(count)]

    refused, port = "HTTP/1.1 429", (proxy.port, True)
    with Slow(port, heads(officer, 6)) as of_one:
        assert sorted(said(of_one.lines)) == [""] * 4 + [refused] * 2
        with Slow(port, [head for person in people[1:] for head in heads(person, 4)]) as of_others:
            assert sorted(said(of_others.lines)) == [""] * 16 + [refused] * 4


def test_an_account_that_sends_slowly_holds_nobody_up(port, service, entry, officer):
    quick = Quick(port)
    cookie = cookies(sessionid=session_of(officer), csrftoken=TOKEN)
    keys = [begun(entry, officer) for _ in range(50)]
    heads = [write_patch(f"/uploads/{key}/", cookie) for key in keys for _ in range(2)]
    with Slow(port, heads):
        assert quick.seconds() < HELD_UP
