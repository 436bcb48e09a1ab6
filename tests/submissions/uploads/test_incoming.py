"""What becomes of uploads: lines and processes that break, full disks, what ends them; ending twice is ending once."""

import errno
import hashlib
import io
import json
import os
import threading
from collections import namedtuple
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.http import UnreadablePostError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from submissions import intake, tasks
from submissions.files import partial, room
from submissions.files.gate import BODY
from submissions.files.partial import Busy, Partial
from submissions.models import Upload
from submissions.questions.slots import page_of, title_of
from submissions.thai import format_date
from submissions.uploads import incoming, tus
from submissions.vault import vault
from tests import factories as make
from tests.submissions.sending import PDF, SIZE, begin, begun, files, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


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


def test_what_a_crash_left_between_the_last_byte_and_the_evidence_is_finished_when_asked(
    sender, entry, monkeypatch, folder
):
    address = begun(sender, entry)
    with monkeypatch.context() as patched:
        patched.setattr(Upload, "become", lambda *args, **kwargs: 1 / 0)
        patched.setattr(intake.evidence, "discard", lambda kept: None)  # as of a process that is killed
        with pytest.raises(ZeroDivisionError):
            send(sender, address, PDF)
    assert not entry.evidence.exists()
    assert (folder / "incoming" / address.split("/")[2]).stat().st_size == SIZE, "no byte need be sent again"
    hour_ago = timezone.now() - timedelta(hours=1)
    os.utime(Partial(address.split("/")[2]).path, (hour_ago.timestamp(),) * 2)
    assert sender.head(address)["Upload-Offset"] == str(len(PDF))
    evidence = entry.evidence.get()
    assert evidence.sha256 == hashlib.sha256(PDF).hexdigest()
    assert files(folder) == [Path(evidence.file.path)], "nothing is left behind"
    assert abs(evidence.submitted_at - entry.round.time_of(hour_ago)) < timedelta(seconds=1), "it came when it came"


# A full disk


def test_one_person_can_t_fill_the_disk(sender, entry, monkeypatch, settings):
    monkeypatch.setattr(incoming, "MOST_UPLOADS", 2)
    begun(sender, entry)
    settings.VIDEO_MAX_BYTES = 50 * 2**20
    assert begin(sender, entry, size=200 * 2**20).status_code == 413
    monkeypatch.setattr(incoming, "MOST_VIDEOS", 1)
    assert begin(sender, entry, size=50 * 2**20).status_code == 429
    last = begun(sender, entry)
    assert begin(sender, entry).status_code == 429
    sender.delete(last)
    assert begin(sender, entry).status_code == 201


def test_a_full_disk_is_told_before_hours_of_sending(sender, entry, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(room.shutil, "disk_usage", lambda path: usage(1, 1, room.RESERVE + 100))
    refused = begin(sender, entry)
    assert refused.status_code == 507
    assert "disk is full" in json.loads(refused.content)["reasons"][0]


def test_a_disk_that_fills_on_the_way_is_told_and_what_arrived_is_kept(sender, entry, monkeypatch):
    address, usage, written = begun(sender, entry), namedtuple("usage", "total used free"), os.write

    def full(handle: int, piece: bytes) -> int:
        if len(piece) < 300:
            raise OSError(errno.ENOSPC, "No space left on device")
        return written(handle, piece[:300])

    with monkeypatch.context() as patched:
        patched.setattr(partial.os, "write", full)
        assert send(sender, address, PDF[:400]).status_code == 507
    with monkeypatch.context() as patched:
        patched.setattr(room.shutil, "disk_usage", lambda path: usage(1, 1, room.RESERVE - 1))
        refused = send(sender, address, PDF[300:], 300)
    assert refused.status_code == 507
    assert "What has arrived is kept" in json.loads(refused.content)["reasons"][0]
    assert sender.head(address)["Upload-Offset"] == "300"
    assert send(sender, address, PDF[300:], 300).status_code == 204
    assert entry.evidence.get().sha256 == hashlib.sha256(PDF).hexdigest()


# What ends it


def test_it_is_given_up_with_all_its_bytes(sender, entry, folder):
    address = begun(sender, entry)
    send(sender, address, PDF[:100])
    assert sender.delete(address).status_code == 204
    assert files(folder) == []
    assert {sender.head(address).status_code, send(sender, address, PDF[100:], 100).status_code} == {404}


def test_what_is_given_up_while_it_comes_is_not_written_on(sender, entry, folder):
    address = begun(sender, entry)
    with Partial(address.split("/")[2]).writer() as writer:
        writer.append(PDF[:100], 0)
        assert sender.delete(address).status_code == 204
        with pytest.raises(Busy):
            writer.append(PDF[100:], 100)
    assert files(folder) == []
    assert not Upload.objects.exists()


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
    with Partial(old.split("/")[2]).held():
        assert incoming.sweep() == 1, "somebody goes on with it after all"
    lost.write_bytes(b"of a row that is gone")
    os.utime(lost, (0, 0))
    assert tasks.sweep_vault() == 2
    assert [path.name for path in files(folder)] == [new.split("/")[2]]
    assert sender.head(old).status_code == 404
    assert sender.head(new).status_code == 200


def test_an_office_reads_until_when_it_is_kept_by_its_round_s_calendar(sender, entry, officer):
    begun(sender, entry)
    (left,) = incoming.unfinished_of(officer, entry)
    assert left.kept_until - entry.round.now() > timedelta(days=6, hours=23)
    assert left.kept_until - entry.round.now() <= timedelta(days=7)


def test_what_did_not_arrive_in_full_is_told_on_the_scorecard(officer, sender, entry):
    sender.cookies["django_language"] = "th"
    card = reverse("scorecard", args=[entry.pk])
    assert "ส่งยังไม่ครบ" not in sender.get(card).content.decode()
    address = begun(sender, entry)
    send(sender, address, PDF[:100])
    with CaptureQueriesContext(connection) as one:
        page = sender.get(card).content.decode()
    assert "ส่งยังไม่ครบ" in page
    panel = page[page.index('id="tasks-title"') :].partition("</ol>")[0]
    title = title_of(entry.round.scheme, "1.1.report", "", "th")
    kept_until = incoming.unfinished_of(officer, entry)[0].kept_until
    for said in ("รายงาน.pdf", "100", title, format_date(kept_until, short=True), page_of(entry, "1.1.report")):
        assert said in panel
    sent = sender.get(reverse("criterion", args=[entry.pk, "1.4"])).content.decode()
    assert title in sent[sent.index('id="uploads"') :].partition("</section>")[0]
    begun(sender, entry, filename="อื่น.pdf")
    with CaptureQueriesContext(connection) as two:
        assert sender.get(card).content.decode().count("เลือกไฟล์เดิมอีกครั้ง") == 2
    assert len(two) == len(one)


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
        address, b"x" * len(PDF), content_type=BODY, headers={"Upload-Offset": "0"} | {"Tus-Resumable": "1.0.0"}
    )
    request.user, request._stream, request.unread = officer, Cut(PDF[:300]), len(PDF)
    request._dont_enforce_csrf_checks = True  # as the tests' own browser says
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


@pytest.mark.postgresql
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


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_file_ends_while_its_sender_begins_another(entry, sender, monkeypatch):
    """One holds the entry, the other the sender, and each is to name in its row what the other holds."""
    address, ended = begun(sender, entry), []
    held, locked, hold = threading.Event(), threading.Event(), intake.evidence.hold

    def hold_and_wait(entry) -> None:
        hold(entry)
        held.set()
        assert locked.wait(10)

    def finish() -> None:
        client = Client(headers={"Tus-Resumable": "1.0.0"})
        client.cookies["sessionid"] = sender.cookies["sessionid"].value
        ended.append(send(client, address, PDF).status_code)
        connection.close()

    monkeypatch.setattr(intake.evidence, "hold", hold_and_wait)
    monkeypatch.setattr(incoming, "_check_share", lambda *asked: locked.set())
    thread = threading.Thread(target=finish)
    thread.start()
    assert held.wait(10)
    assert begin(sender, entry).status_code == 201
    thread.join()
    assert ended == [204]


# The receipt


def test_a_receipt_says_what_came_when_from_whom_and_its_fingerprint(sender, entry, officer):
    officer.full_name = "สมหญิง ใจดี"
    officer.save()
    evidence = intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, upload=make.make_upload("pdf"))
    address = reverse("receipt", args=[evidence.pk])
    page = sender.get(address).content.decode()
    shown = page.replace("</span><span>", "")
    for word in (evidence.receipt, evidence.sha256, "รายงาน.pdf", "สมหญิง ใจดี", "2566"):
        assert word in shown
    link = intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, url="https://www.example.org/a")
    shown = sender.get(reverse("receipt", args=[link.pk])).content.decode()
    assert "https://www.example.org/a" in shown
    assert "SHA-256" not in shown
    sender.force_login(make.make_user("officer", office=make.make_office("TH-82")))
    assert sender.get(address).status_code == 404
