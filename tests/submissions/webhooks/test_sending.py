"""Deliveries go out: signed, to no machine inside, and again until they are taken; one program waits for no other."""

import base64
import contextlib
import hashlib
import hmac
import json
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from submissions.models import Delivery
from submissions.webhooks import sending, straight
from submissions.webhooks.sending import send_due
from tests.servers import free_port

from .conftest import make_webhook

pytestmark = pytest.mark.django_db


@pytest.fixture
def webhook(work, program):
    return make_webhook(work.staff, program.url)


def test_what_is_sent_is_signed_and_the_same_when_it_is_sent_again(webhook, program, clock):
    delivery = Delivery.objects.create_trial(webhook)
    program.answers = [503]
    assert send_due() == 0
    clock.now += timedelta(minutes=1)
    assert send_due() == 1
    first, second = program.asked
    assert (first.path, first.body, first.headers["webhook-id"]) == ("/portal", second.body, str(delivery.key))
    assert json.loads(first.body)["type"] == "trial"
    key = base64.b64decode(webhook.secret_text.removeprefix("whsec_"))
    for sent in program.asked:
        signed = f"{sent.headers['webhook-id']}.{sent.headers['webhook-timestamp']}.".encode() + sent.body
        seal = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert sent.headers["webhook-signature"] == f"v1,{seal}"
    webhook.renew()
    assert base64.b64decode(webhook.secret_text.removeprefix("whsec_")) != key


@pytest.mark.parametrize(
    ("answer", "state"),
    [(200, "sent"), (204, "sent"), (302, "waiting"), (400, "waiting"), (410, "waiting"), (500, "waiting")],
)
def test_what_it_answers(webhook, program, answer, state):
    program.answers = [answer]
    delivery = Delivery.objects.create_trial(webhook)
    send_due()
    delivery.refresh_from_db()
    webhook.refresh_from_db()
    assert (delivery.state, delivery.answer) == (state, str(answer))
    assert len(program.asked) == 1  # no redirection is followed
    assert webhook.is_on == (answer != 410)


def test_what_is_never_taken_is_given_up_after_a_day_and_sent_again_when_asked(webhook, program, clock):
    program.answers = [500] * 8
    delivery, began = Delivery.objects.create_trial(webhook), clock.now
    while True:
        send_due()
        delivery.refresh_from_db()
        if not delivery.due_at:
            break
        clock.now = delivery.due_at
    assert (len(program.asked), delivery.state) == (8, "failed")
    assert timedelta(hours=20) < clock.now - began < timedelta(hours=30)
    assert sending.again(webhook.deliveries.failed()) == 1
    assert send_due() == 1


def test_who_is_away_holds_up_nobody_else(webhook, program, work, clock):
    away = make_webhook(work.staff, f"http://127.0.0.1:{free_port()}/", "away")
    for _ in range(3):
        Delivery.objects.create_trial(away)
        Delivery.objects.create_trial(webhook)
    assert send_due() == 3
    waiting = away.deliveries.order_by("pk")
    assert [one.tries for one in waiting] == [1, 0, 0]  # it is asked once, not once for each
    assert "ConnectionRefusedError" in waiting[0].answer


def test_what_somebody_sends_now_nobody_else_sends(webhook, program):
    delivery = Delivery.objects.create_trial(webhook)
    assert sending._take(delivery.pk).pk == delivery.pk
    assert sending._take(delivery.pk) is None
    assert (send_due(), program.asked) == (0, [])


def test_one_that_is_removed_while_it_is_told_is_no_fault(webhook, program, monkeypatch):
    Delivery.objects.create_trial(webhook)
    post = straight.post

    def post_and_remove(*args):
        webhook.delete()
        return post(*args)

    monkeypatch.setattr(straight, "post", post_and_remove)
    assert (send_due(), Delivery.objects.count()) == (1, 0)


def test_whose_owner_left_is_told_nothing(webhook, program, work):
    Delivery.objects.create_trial(webhook)
    work.staff.is_active = False
    work.staff.save()
    assert (send_due(), program.asked) == (0, [])


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "10.1.2.3", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1"),
        *("[::1]", "[::ffff:10.0.0.1]", "[64:ff9b::a00:1]", "[2002:a00:1::1]", "[fec0::1]"),
    ],
)
def test_no_machine_inside_is_called(settings, monkeypatch, host):
    settings.WEBHOOK_NETWORKS = []
    monkeypatch.setattr(socket, "create_connection", lambda *args, **kwargs: pytest.fail("it was called"))
    with pytest.raises(straight.NotReached, match="a machine inside"):
        straight.post(f"https://{host}:8123/", b"{}", {})


def looked_up(monkeypatch, *addresses: str) -> list[str]:
    """What names are looked up, each leading to these addresses."""
    asked = []

    def lookup(host, port, *args, **kwargs):
        asked.append(host)
        family = socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return asked


def test_a_name_that_leads_inside_as_well_is_not_called(settings, monkeypatch):
    settings.WEBHOOK_NETWORKS = []
    looked_up(monkeypatch, "203.0.114.7", "10.0.0.1")
    monkeypatch.setattr(socket, "create_connection", lambda *args, **kwargs: pytest.fail("it was called"))
    with pytest.raises(straight.NotReached, match="a machine inside"):
        straight.post("https://program.example/", b"{}", {})


def test_a_name_is_looked_up_once_and_that_address_is_called(settings, monkeypatch):
    settings.WEBHOOK_NETWORKS = []
    called = []

    def connect(address, *args, **kwargs):
        called.append(address)
        raise ConnectionRefusedError

    asked = looked_up(monkeypatch, "203.0.114.7")
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(straight.NotReached, match="ConnectionRefusedError"):
        straight.post("https://program.example/", b"{}", {})
    assert (asked, called) == (["program.example"], [("203.0.114.7", 443)])


@pytest.fixture
def by_tls(tmp_path, monkeypatch, settings):
    """The port of a server whose certificate is program.example's, which this machine trusts."""
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.1/32")]
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "program.example")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(1), now + timedelta(1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("program.example")]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    certificate = tmp_path / "certificate.pem"
    certificate.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    of_key = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "key.pem").write_bytes(key.private_bytes(*of_key))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, tmp_path / "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_by_tls_it_must_be_the_one_it_says(by_tls, monkeypatch):
    looked_up(monkeypatch, "127.0.0.1")
    assert straight.post(f"https://program.example:{by_tls}/", b"{}", {}) == 200
    with pytest.raises(straight.NotReached, match="CERTIFICATE_VERIFY_FAILED"):
        straight.post(f"https://other.example:{by_tls}/", b"{}", {})


DRIPPING = {"bytes": b"HTTP/1.1 200 OK\r\nX: ", "continue": b"HTTP/1.1 100 Continue\r\n\r\n"}


@pytest.mark.parametrize("way", DRIPPING)
def test_an_answer_that_never_ends_is_waited_for_no_longer(monkeypatch, settings, way):
    """A byte now and then, or a promise: neither holds up the others."""
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.1/32")]
    monkeypatch.setattr(straight, "TIMEOUT", 0.5)
    server, over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def drip() -> None:
        line, _address = server.accept()
        with contextlib.suppress(OSError):
            line.sendall(DRIPPING[way])
            while not over.wait(0.1):
                line.sendall(b"x" if way == "bytes" else DRIPPING[way])

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    start = time.monotonic()
    with pytest.raises(straight.NotReached):
        straight.post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {})
    assert time.monotonic() - start < 5
    over.set()
    thread.join()
    server.close()


def test_a_turn_has_an_end(webhook, program, monkeypatch):
    monkeypatch.setattr(sending, "TURN", -1)
    Delivery.objects.create_trial(webhook)
    assert (send_due(), program.asked) == (0, [])


def test_what_waits_for_nobody_we_serve_is_no_backlog(webhook, program, work, clock):
    away = make_webhook(work.staff, f"http://127.0.0.1:{free_port()}/", "away")
    for _ in range(3):
        Delivery.objects.create_trial(away)
    send_due()
    assert sending.waiting() == (3, None)  # it does not take them: that is its own affair
    Delivery.objects.create_trial(webhook)
    assert sending.waiting()[0] == 4
    assert sending.waiting()[1] is not None
    work.staff.is_active = False
    work.staff.save()
    assert sending.waiting() == (0, None)


def test_beyond_the_named_networks_nothing_goes_without_tls(settings, monkeypatch):
    settings.WEBHOOK_NETWORKS = [ip_network("10.20.0.0/16")]
    looked_up(monkeypatch, "203.0.114.7")
    monkeypatch.setattr(socket, "create_connection", lambda *args, **kwargs: pytest.fail("it was called"))
    with pytest.raises(straight.NotReached, match="TLS"):
        straight.post("http://program.example/", b"{}", {})


def test_a_thai_path_is_called(program):
    assert straight.post(f"{program.url}/แจ้ง?ก=ข", b"{}", {}) == 204
    assert program.asked[0].path == "/portal/%E0%B9%81%E0%B8%88%E0%B9%89%E0%B8%87?%E0%B8%81=%E0%B8%82"


def test_an_answer_that_does_not_come_is_waited_for_no_longer(monkeypatch, settings):
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.1/32")]
    monkeypatch.setattr(straight, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(straight.NotReached):
        straight.post(f"http://127.0.0.1:{silent.getsockname()[1]}/", b"{}", {})
