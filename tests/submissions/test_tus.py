"""Uploads by the tus protocol: every status, whose they are, what ends them, and that ending twice is ending once."""

import hashlib
import io
import json
import os
import threading
from base64 import b64encode
from collections import namedtuple
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.http import UnreadablePostError
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from submissions import intake, tasks, tus, uploads
from submissions.models import Evidence, Upload
from submissions.partial import Busy, Partial
from submissions.vault import vault
from tests import factories as make

pytestmark = pytest.mark.django_db
PDF = make.file_bytes("pdf")
SIZE = len(PDF)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    """An empty place for this test's files; reasons in English."""
    monkeypatch.setattr(vault, "base_location", str(tmp_path), raising=False)
    monkeypatch.setattr(vault, "location", str(tmp_path), raising=False)
    with translation.override("en"):
        yield tmp_path


@pytest.fixture
def entry(db):
    return make.make_entry(office="TH-81")


@pytest.fixture
def officer(entry):
    return make.make_user("officer", office=entry.office)


@pytest.fixture
def sender(officer):
    client = Client(headers={"Tus-Resumable": "1.0.0", "Accept-Language": "en"})
    client.force_login(officer)
    client.cookies["django_language"] = "en"
    return client


def begin(client, entry, size=SIZE, **told):
    told = {"entry": str(entry.pk), "requirement": "1.1.report", "filename": "รายงาน.pdf"} | told
    pairs = ",".join(f"{name} {b64encode(text.encode()).decode()}".strip() for name, text in told.items())
    return client.post("/uploads/", headers={"Upload-Length": str(size), "Upload-Metadata": pairs})


def begun(client, entry, **told) -> str:
    response = begin(client, entry, **told)
    assert response.status_code == 201, response.content
    return response["Location"]


def send(client, address, data, at=0, **headers):
    headers = {"Upload-Offset": str(at), **headers}
    return client.patch(address, data, CONTENT_TYPE=headers.pop("type", tus.BODY), headers=headers)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_the_server_can_do_is_told(sender):
    told = sender.options("/uploads/")
    assert told.status_code == 204
    assert told["Tus-Version"] == told["Tus-Resumable"] == "1.0.0"
    assert told["Tus-Extension"] == "creation,expiration,termination"
    assert told["Tus-Max-Size"] == str(2**30)


def test_a_file_comes_in_pieces_and_is_evidence_at_the_end(sender, entry, officer, folder):
    address = begun(sender, entry, note="ฉบับลงนาม", modified="1700000000000")
    assert (sender.head(address)["Upload-Offset"], sender.head(address)["Upload-Length"]) == ("0", str(len(PDF)))
    first = send(sender, address, PDF[:100])
    assert (first.status_code, first["Upload-Offset"], first["Cache-Control"]) == (204, "100", "no-store")
    assert "GMT" in first["Upload-Expires"]
    assert not entry.evidence.exists()
    assert json.loads(sender.get(address).content) == {"state": "unfinished", "reasons": []}
    last = send(sender, address, PDF[100:], 100)
    assert (last.status_code, last["Upload-Offset"]) == (204, str(len(PDF)))

    evidence = entry.evidence.get()
    assert (evidence.original_name, evidence.note, evidence.submitted_by) == ("รายงาน.pdf", "ฉบับลงนาม", officer)
    assert evidence.sha256 == hashlib.sha256(PDF).hexdigest()
    assert evidence.file.open("rb").read() == PDF
    assert files(folder) == [Path(evidence.file.path)]
    assert Path(evidence.file.path).stat().st_mode & 0o777 == 0o640
    told = json.loads(sender.get(address).content)
    assert (told["state"], told["evidence"], told["is_repeated"], told["elsewhere"]) == ("done", evidence.pk, False, [])
    assert told["receipt"] == {"number": f"2566/{evidence.pk:06}", "url": f"/evidence/{evidence.pk}/receipt/"}


def test_a_lost_answer_is_made_good_by_asking_again(sender, entry):
    address = begun(sender, entry)
    send(sender, address, PDF)
    for _again in range(2):
        asked = sender.head(address)
        assert (asked.status_code, asked["Upload-Offset"]) == (200, str(len(PDF)))
    assert send(sender, address, b"", len(PDF)).status_code == 204
    assert entry.evidence.count() == entry.events.count() == 1


def test_what_a_crash_left_between_the_last_byte_and_the_evidence_is_finished_when_asked(
    sender, entry, monkeypatch, folder
):
    address = begun(sender, entry)
    with monkeypatch.context() as patched:
        patched.setattr(Upload, "become", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            send(sender, address, PDF)
    assert not entry.evidence.exists()
    assert [path.parent.name for path in files(folder)] == ["incoming"], "no byte need be sent again"
    assert sender.head(address)["Upload-Offset"] == str(len(PDF))
    assert entry.evidence.get().sha256 == hashlib.sha256(PDF).hexdigest()


def test_the_same_file_for_the_same_slot_is_one_row_and_for_another_is_said(sender, entry, folder):
    send(sender, begun(sender, entry), PDF)
    again = begun(sender, entry)
    assert send(sender, again, PDF).status_code == 204
    assert json.loads(sender.get(again).content)["is_repeated"]
    assert (entry.evidence.count(), len(files(folder))) == (1, 1)
    other = begun(sender, entry, requirement="3.1.plan")
    send(sender, other, PDF)
    (said,) = json.loads(sender.get(other).content)["elsewhere"]
    assert "handed in for" in said
    assert entry.evidence.count() == 2


def test_it_replaces_what_was_returned(sender, entry):
    returned = make.make_evidence(entry, status="returned")
    address = begun(sender, entry, replaces=str(returned.pk), revision="1")
    send(sender, address, PDF)
    assert entry.evidence.get(replaces=returned).size == len(PDF)


def test_who_was_overtaken_is_told_and_may_go_on_without_sending_again(sender, entry):
    replaced = make.make_evidence(entry)
    address = begun(sender, entry, replaces=str(replaced.pk), revision="1")
    Evidence.objects.filter(pk=replaced.pk).update(revision=2)
    refused = send(sender, address, PDF)
    assert refused.status_code == 422
    assert json.loads(refused.content)["state"] == "waiting"
    assert "Somebody else" in json.loads(refused.content)["reasons"][0]
    assert sender.head(address).status_code == 200
    assert json.loads(sender.get(address).content)["state"] == "done"


def test_access_is_asked_at_the_end_too_and_nothing_sent_is_lost(sender, entry, folder):
    address = begun(sender, entry)
    entry.round.is_closed = True
    entry.round.save()
    refused = send(sender, address, PDF)
    assert (refused.status_code, json.loads(refused.content)["state"]) == (422, "waiting")
    assert "closed" in json.loads(refused.content)["reasons"][0]
    assert len(files(folder)) == 1
    entry.round.is_closed = False
    entry.round.save()
    sender.head(address)
    assert entry.evidence.count() == 1


# What is refused


def test_a_file_that_is_none_of_ours_is_refused_by_its_first_bytes(sender, entry, folder):
    address = begun(sender, entry, size=40 * 2**20)
    refused = send(sender, address, b"MZ" * tus.PIECE)
    assert refused.status_code == 422
    assert "Allowed: PDF" in json.loads(refused.content)["reasons"][0]
    assert files(folder) == []
    assert sender.head(address)["Upload-Offset"] == str(40 * 2**20), "nothing more is wanted"
    assert json.loads(sender.get(address).content)["state"] == "refused"
    assert not entry.evidence.exists()


def test_a_damaged_file_is_refused_at_its_end(sender, entry, folder):
    address = begun(sender, entry, size=5000)
    assert send(sender, address, b"%PDF-1.7" + b"x" * 4992).status_code == 422
    assert files(folder) == []
    assert send(sender, address, b"", 5000).status_code == 422, "sent again, it is told again"


@pytest.mark.parametrize(
    ("told", "status", "word"),
    [
        ({"size": 0}, 422, "empty"),
        ({"size": 51 * 2**20}, 422, "50\xa0MB at most"),
        ({"size": 2**30 + 1, "filename": "a.mp4"}, 413, "larger than"),
        ({"size": "x"}, 400, "Upload-Length"),
        ({"requirement": "9.9"}, 422, "9.9"),
        ({"requirement": "4.2.publicity", "period": "2023-07"}, 422, "channels"),
        ({"period": "2023-01"}, 422, "no periods"),
        ({"note": "x" * 2001}, 422, "2,000"),
    ],
)
def test_what_is_known_to_be_wrong_is_refused_before_a_byte_comes(sender, entry, told, status, word):
    refused = begin(sender, entry, **told)
    assert refused.status_code == status
    assert word in json.loads(refused.content)["reasons"][0]
    assert not Upload.objects.exists()


def test_a_video_may_be_larger_than_other_files(sender, entry):
    assert begin(sender, entry, size=51 * 2**20, filename="วีดิทัศน์.MP4").status_code == 201


@pytest.mark.parametrize("header", ["filename %%%", "filename " + b64encode(b"\xff").decode()])
def test_metadata_that_can_t_be_read_are_refused(sender, header):
    refused = sender.post("/uploads/", headers={"Upload-Length": "5", "Upload-Metadata": header})
    assert refused.status_code == 400


def test_requests_that_break_the_protocol_are_told_so(sender, entry):
    address = begun(sender, entry)
    assert sender.post("/uploads/", headers={"Tus-Resumable": "0.2.0"}).status_code == 412
    assert sender.post("/uploads/").status_code == 400
    assert send(sender, address, PDF, type="text/plain").status_code == 415
    assert send(sender, address, PDF, at="x").status_code == 400
    moved = send(sender, address, PDF, at=7)
    assert (moved.status_code, moved["Upload-Offset"]) == (409, "0")
    assert send(sender, address, PDF + b"x").status_code == 413
    assert sender.get("/uploads/").status_code == 405
    assert sender.put(address).status_code == 405
    assert not entry.evidence.exists()


def test_one_person_can_t_fill_the_disk(sender, entry, monkeypatch, settings):
    monkeypatch.setattr(uploads, "MOST_UPLOADS", 2)
    begun(sender, entry)
    settings.VIDEO_MAX_BYTES = 50 * 2**20
    assert begin(sender, entry, size=200 * 2**20).status_code == 413
    monkeypatch.setattr(uploads, "MOST_VIDEOS", 1)
    assert begin(sender, entry, size=50 * 2**20).status_code == 429
    last = begun(sender, entry)
    assert begin(sender, entry).status_code == 429
    sender.delete(last)
    assert begin(sender, entry).status_code == 201


def test_a_full_disk_is_told_before_hours_of_sending(sender, entry, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(uploads.shutil, "disk_usage", lambda path: usage(1, 1, uploads.RESERVE + 100))
    refused = begin(sender, entry)
    assert refused.status_code == 507
    assert "disk is full" in json.loads(refused.content)["reasons"][0]


# Whose it is


def test_a_stranger_learns_nothing(sender, entry):
    address = begun(sender, entry)
    stranger = Client(headers={"Tus-Resumable": "1.0.0"})
    assert stranger.head(address).status_code == 401
    colleague = make.make_user("officer", office=entry.office)
    neighbour = make.make_user("officer", office=make.make_office("TH-82"))
    for person in (colleague, neighbour, make.make_user("staff")):
        stranger.force_login(person)
        asked = [stranger.head(address), stranger.get(address), stranger.delete(address), send(stranger, address, PDF)]
        assert {answer.status_code for answer in asked} == {404}
    stranger.force_login(neighbour)
    assert begin(stranger, entry).status_code == 404
    assert Upload.objects.count() == 1


def test_another_site_can_t_write_in_a_sender_s_name(officer, entry):
    foreign = Client(enforce_csrf_checks=True, headers={"Tus-Resumable": "1.0.0"})
    foreign.force_login(officer)
    assert begin(foreign, entry).status_code == 403
    own = reverse("criterion", args=[entry.pk, "1.1"])
    token = foreign.get(own).context["csrf_token"]
    foreign.defaults["HTTP_X_CSRFTOKEN"] = str(token)
    assert send(foreign, begun(foreign, entry), PDF).status_code == 204


# What ends it


def test_it_is_given_up_with_all_its_bytes(sender, entry, folder):
    address = begun(sender, entry)
    send(sender, address, PDF[:100])
    assert sender.delete(address).status_code == 204
    assert files(folder) == []
    assert {sender.head(address).status_code, send(sender, address, PDF[100:], 100).status_code} == {404}


def test_giving_up_what_is_done_takes_nothing_back(sender, entry):
    address = begun(sender, entry)
    send(sender, address, PDF)
    assert sender.delete(address).status_code == 204
    assert entry.evidence.get().file.open("rb").read() == PDF


def test_what_nobody_goes_on_with_is_forgotten_at_night(sender, entry, folder):
    old, new = begun(sender, entry), begun(sender, entry)
    Upload.objects.filter(key=old.split("/")[2]).update(touched_at=timezone.now() - timedelta(days=8))
    lost = vault.incoming / ("0" * 32)
    lost.write_bytes(b"of a row that is gone")
    os.utime(lost, (0, 0))
    assert tasks.sweep_vault() == 2
    assert [path.name for path in files(folder)] == [new.split("/")[2]]
    assert sender.head(old).status_code == 404
    assert sender.head(new).status_code == 200


# A bad line


class Cut(io.BytesIO):
    """A body of which the line brings no more than this."""

    def read(self, *size):
        if piece := super().read(*size):
            return piece
        raise UnreadablePostError("connection reset")


def test_what_arrives_before_the_line_is_cut_counts(rf, officer, entry, sender):
    address = begun(sender, entry)
    request = rf.patch(
        address, b"x" * len(PDF), content_type=tus.BODY, headers={"Upload-Offset": "0"} | {"Tus-Resumable": "1.0.0"}
    )
    request.user, request._stream = officer, Cut(PDF[:300])
    request.read = request._stream.read
    tus.OneUpload.as_view()(request, key=address.split("/")[2])
    assert sender.head(address)["Upload-Offset"] == "300"
    assert send(sender, address, PDF[300:], 300).status_code == 204
    assert entry.evidence.get().sha256 == hashlib.sha256(PDF).hexdigest()


def test_of_two_who_write_at_once_one_is_told_to_wait(sender, entry):
    address = begun(sender, entry)
    partial = Partial(address.split("/")[2])
    with partial.writer() as quick, partial.writer() as slow:
        quick.append(PDF[:100], 0)
        with pytest.raises(Busy):
            slow.append(b"x" * 100, 0)
    assert partial.path.read_bytes() == PDF[:100]
    with partial.held():
        assert send(sender, address, PDF[100:], 100).status_code == 423
        assert sender.delete(address).status_code == 423
        assert sender.head(address)["Upload-Offset"] == "100", "asking waits for nobody"
    assert send(sender, address, PDF[100:], 100).status_code == 204


@pytest.mark.django_db(transaction=True)
def test_the_last_piece_sent_twice_at_once_makes_one_row(entry, officer, sender):
    address = begun(sender, entry)
    send(sender, address, PDF[:-100])
    at, answers = len(PDF) - 100, []
    both = threading.Barrier(2)

    def finish() -> None:
        client = Client(headers={"Tus-Resumable": "1.0.0"})
        client.cookies["sessionid"] = sender.cookies["sessionid"].value
        both.wait()
        answers.append(send(client, address, PDF[at:], at).status_code)
        connection.close()

    threads = [threading.Thread(target=finish) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers)[0] == 204
    assert sorted(answers)[1] in (204, 409, 423)
    assert entry.evidence.count() == entry.events.count() == 1
    assert entry.evidence.get().sha256 == hashlib.sha256(PDF).hexdigest()


# The receipt


def test_a_receipt_says_what_came_when_from_whom_and_its_fingerprint(sender, entry, officer):
    officer.full_name = "สมหญิง ใจดี"
    officer.save()
    evidence = intake.attach_evidence(entry, by=officer, requirement="1.1.report", upload=make.make_upload("pdf"))
    address = reverse("receipt", args=[evidence.pk])
    page = sender.get(address).content.decode()
    shown = page.replace("</span><span>", "")
    for word in (evidence.receipt, evidence.sha256, "รายงาน.pdf", "สมหญิง ใจดี", "2566"):
        assert word in shown
    link = intake.attach_evidence(entry, by=officer, requirement="1.1.report", url="https://www.example.org/a")
    shown = sender.get(reverse("receipt", args=[link.pk])).content.decode()
    assert "https://www.example.org/a" in shown
    assert "SHA-256" not in shown
    sender.force_login(make.make_user("officer", office=make.make_office("TH-82")))
    assert sender.get(address).status_code == 404
