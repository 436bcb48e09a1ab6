"""Once a day an authority vouches for a head's time; its words are about that head, and any program reads them."""

import subprocess
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from django.urls import reverse
from django.utils import timezone
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from awards.ledger import key_files, keys, timestamps
from awards.ledger.check import check
from awards.ledger.seal import seal
from awards.models import HeadTimestamp
from submissions.log import findings as found
from submissions.models import Event
from tests import factories as make
from tests.submissions.log.sql import run, undone

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """An authority of our own at an address: (its address, its certificate's file)."""
    folder = tmp_path_factory.mktemp("authority")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=trial time", "-days", "2"]
    made += ["-addext", "extendedKeyUsage=critical,timeStamping"]
    subprocess.run([*made, "-keyout", "key.pem", "-out", "cert.pem"], cwd=folder, check=True, capture_output=True)
    forms = (
        "x509 -in cert.pem -outform DER -out cert.der",
        "pkcs8 -topk8 -nocrypt -in key.pem -outform DER -out key.der",
    )
    for form in forms:
        subprocess.run(["openssl", *form.split()], cwd=folder, check=True, capture_output=True)
    certificate = asn1_x509.Certificate.load((folder / "cert.der").read_bytes())
    key = asn1_keys.PrivateKeyInfo.load((folder / "key.der").read_bytes())
    clock = DummyTimeStamper(certificate, key, certs_to_embed=SimpleCertificateStore.from_certs([certificate]))

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            content = clock.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", folder / "cert.pem"
    server.shutdown()


@pytest.fixture
def head(tmp_path):
    key_files.make(tmp_path / "key")
    Event.objects.record_all(make.make_entry(), "test.done", [{"number": 1}], by=None)
    return seal(keys.read([tmp_path / "key"]))


def test_a_head_a_day_is_stamped_and_openssl_agrees(head, authority, settings, client, tmp_path):
    settings.TSA_URL, certificate = authority
    made = timestamps.stamp_daily()
    assert made.head == head
    assert abs(made.at - timezone.now()) < timedelta(minutes=5)
    assert timestamps.is_about(made)
    assert timestamps.stamp_daily() is None, "one a day"
    assert reverse("head-timestamp", args=[head.size]) in client.get(reverse("log")).content.decode()
    (tmp_path / "head").write_text(keys.text_of_head(head.size, head.root, head.at))
    (tmp_path / "token").write_bytes(client.get(reverse("head-timestamp", args=[head.size])).content)
    asked = f"openssl ts -verify -data head -in token -token_in -CAfile {certificate}"
    done = subprocess.run(asked.split(), cwd=tmp_path, capture_output=True, text=True)
    assert "Verification: OK" in done.stdout + done.stderr, done.stderr


def test_one_that_is_about_another_head_is_found(head, authority, settings):
    settings.TSA_URL, _certificate = authority
    timestamps.stamp_daily()
    assert check() == []
    with undone():
        run("UPDATE awards_head SET at = at + interval '1 minute'")
        assert found.STAMP in {one.fault for one in check()}


def test_an_authority_that_is_away_is_asked_again_and_none_is_asked_where_none_is_set(head, authority, settings):
    settings.TSA_URL = "http://127.0.0.1:9/"
    assert timestamps.stamp_daily() is None
    settings.TSA_URL = ""
    assert timestamps.stamp_daily() is None
    assert not HeadTimestamp.objects.exists()
    settings.TSA_URL = authority[0]
    assert timestamps.stamp_daily()
