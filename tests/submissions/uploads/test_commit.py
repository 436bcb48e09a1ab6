"""The answer to COMMIT is lost, or COMMIT comes late, or never: what is acknowledged is there, once."""

import contextlib
import hashlib
import json
import socket
import threading
import time

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from submissions.models import Evidence
from tests import factories as make
from tests.submissions.sending import begun, send

pytestmark = [pytest.mark.faults, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
COMMIT = b"COMMIT\0"
WRITTEN = b'INSERT INTO "submissions_evidence"'
TRIES = 4


class Between:
    """A TCP proxy before PostgreSQL. When `mode` is set, the next COMMIT after evidence was written fares so:

    "never": it does not arrive; "late": it arrives half a second after the line to the portal broke; "unheard": it is
    carried out, and its answer is lost.
    """

    def __init__(self, port: int) -> None:
        self.far_port, self.mode, self.done = port, "", 0
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._let_in, daemon=True).start()

    def _let_in(self) -> None:
        while True:
            try:
                near, _address = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        far = socket.create_connection(("127.0.0.1", self.far_port))
        threading.Thread(target=_carry, args=(far, near), daemon=True).start()
        is_written = False
        with contextlib.suppress(OSError):
            while piece := near.recv(2**20):
                is_written |= WRITTEN in piece
                if self.mode and is_written and piece.endswith(COMMIT):
                    self._disturb(near, far, piece)
                    break
                is_written &= not piece.endswith(COMMIT)
                far.sendall(piece)
        _shut(near, far)

    def _disturb(self, near, far, commit: bytes) -> None:
        mode, self.mode = self.mode, ""
        self.done += 1
        near.shutdown(socket.SHUT_RDWR)
        if mode == "late":
            time.sleep(0.5)
        if mode != "never":
            far.sendall(commit)
            time.sleep(0.2)  # to carry it out

    def close(self) -> None:
        self._door.close()


def _carry(far, near) -> None:
    with contextlib.suppress(OSError):
        while piece := far.recv(2**20):
            near.sendall(piece)
    _shut(near)


def _shut(*ends) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def between(transactional_db):
    settings = connection.settings_dict
    proxy, port = Between(int(settings["PORT"])), settings["PORT"]
    connections.close_all()
    settings["PORT"] = proxy.port
    yield proxy
    connections.close_all()
    settings["PORT"] = port
    proxy.close()


def by_form(client, entry, content: bytes) -> str:
    form = {"requirement": "1.1.report", "upload": make.make_upload(content=content)}
    answer = client.post(reverse("evidence-add", args=[entry.pk]), form)
    return "" if answer.status_code >= 500 else "taken"


def by_api(client, entry, content: bytes) -> str:
    form = {"requirement": "1.1.report", "upload": make.make_upload(content=content)}
    answer = client.post(f"/api/v1/entries/{entry.pk}/evidence/", form, format="multipart")
    if answer.status_code >= 500:
        return ""
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def by_pieces(client, entry, content: bytes) -> str:
    """As a page goes on: it asks how much is there."""
    if not (address := getattr(client, "address", "")):
        address = client.address = begun(client, entry, size=len(content))
        answer = send(client, address, content)
    else:
        answer = client.head(address)
    if answer.status_code >= 500:
        return ""
    told = json.loads(client.get(address).content)
    assert told["state"] == "done"
    return str(told["evidence"])


@pytest.mark.parametrize("mode", ["never", "late", "unheard"])
@pytest.mark.parametrize("hand_in", [by_form, by_api, by_pieces])
def test_what_is_acknowledged_is_there_once(between, entry, officer, folder, hand_in, mode):
    for number in range(TRIES):
        content = make.file_bytes("pdf") + b"\n%% %d" % number
        client = Client(raise_request_exception=False, headers={"Tus-Resumable": "1.0.0"})
        client.force_login(officer)
        between.mode = mode
        assert hand_in(client, entry, content) == "", "nobody knows whether it was written"
        assert between.done == number + 1
        receipts = {hand_in(client, entry, content) for _again in range(2)}
        assert len(receipts) == 1, "the same receipt"
        evidence = entry.evidence.get(sha256=hashlib.sha256(content).hexdigest())
        assert receipts <= {"taken", str(evidence.pk)}
        assert evidence.file.open("rb").read() == content
    assert Evidence.objects.count() == entry.events.count() == TRIES
