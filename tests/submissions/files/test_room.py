"""A full disk is told as one at every door and at every moment, and an entry has its share of the disk."""

import errno
import json
import os
import shutil
from collections import namedtuple
from pathlib import Path

import psycopg2
import pytest
from django.db import OperationalError, connection, transaction
from django.urls import reverse

from submissions import intake, vault
from submissions.files import room
from submissions.models import Event
from submissions.questions.proofread import Refused
from tests import factories as make
from tests.submissions.documents.test_filled_forms import REPORT
from tests.submissions.filling import asking
from tests.submissions.sending import PDF, SIZE, begin, begun, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]
Usage = namedtuple("Usage", "total used free")


def by_form(client, entry):
    form = {"requirement": "1.1.report", "note": "ฉบับลงนาม", "upload": make.make_upload()}
    return client.post(reverse("evidence-add", args=[entry.pk]), form)


def by_form_with_two(client, entry):
    two = [make.make_upload(), make.make_upload(content=PDF + b"\n")]
    return client.post(reverse("evidence-add", args=[entry.pk]), {"requirement": "1.1.report", "upload": two})


def by_api(client, entry):
    form = {"requirement": "1.1.report", "upload": make.make_upload()}
    return client.post(f"/api/v1/entries/{entry.pk}/evidence/", form, format="multipart")


def by_pieces(client, entry):
    begins = begin(client, entry)
    return send(client, begins["Location"], PDF) if begins.status_code == 201 else begins


DOORS = pytest.mark.parametrize("hand_in", [by_form, by_form_with_two, by_api, by_pieces])


def fail(*args, **kwargs):
    raise OSError(errno.ENOSPC, "No space left on device")


def fail_in_the_database(*args, **kwargs):
    raise OperationalError("could not extend file: No space left on device") from NoRoom()


class NoRoom(psycopg2.errors.DiskFull):
    pgcode = "53100"


def reserve_touched(monkeypatch):
    monkeypatch.setattr(room.shutil, "disk_usage", lambda path: Usage(2 * room.RESERVE, room.RESERVE, room.RESERVE))


MOMENTS = {
    "beforehand": reserve_touched,
    "spooling": lambda patch: patch.setattr("django.core.files.uploadedfile.TemporaryUploadedFile.__init__", fail),
    "a new folder": lambda patch: patch.setattr(Path, "mkdir", fail),
    "copying": lambda patch: patch.setattr(vault.tempfile, "mkstemp", lambda **asked: (os.open("/dev/full", 1), "/x")),
    "on disk": lambda patch: patch.setattr(vault.os, "fsync", fail),
    "linking": lambda patch: (patch.setattr(vault.os, "link", fail), patch.setattr(vault.os, "rename", fail)),
    "the row": lambda patch: patch.setattr(type(Event.objects), "record", fail_in_the_database),
}
# What comes in pieces is neither spooled nor copied.
NOT_THERE = {(by_pieces, "spooling"), (by_pieces, "copying")}


def test_before_the_first_file_the_disk_is_the_one_that_it_will_lie_on(monkeypatch, tmp_path):
    monkeypatch.setattr(room.vault, "location", str(tmp_path / "not" / "there yet"))
    assert room.room_left().total == shutil.disk_usage(tmp_path).total


@DOORS
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_full_disk_is_507_at_every_door_and_moment(sender, entry, folder, monkeypatch, hand_in, moment):
    sender.raise_request_exception = False
    with monkeypatch.context() as patched:
        MOMENTS[moment](patched)
        answer = hand_in(sender, entry)
    if (hand_in, moment) in NOT_THERE:
        assert answer.status_code == 204
        return
    assert answer.status_code == 507
    assert "disk is full" in answer.content.decode() or "room left for files" in answer.content.decode()
    assert not entry.evidence.exists()
    assert not list(folder.glob("evidence/*/*.pdf")) or moment == "the row", "no half of a file"
    assert hand_in(sender, entry).status_code in (200, 201, 204, 302)
    assert entry.evidence.filter(sha256__isnull=False).exists()


def test_nothing_that_was_typed_is_lost_with_it(sender, entry, monkeypatch):
    reserve_touched(monkeypatch)
    page = by_form(sender, entry).content.decode()
    assert "ฉบับลงนาม" in page
    assert "disk is full; nothing was saved" in page


def full(client, address: str, data: dict, method: str = "post", **asked):
    """The database's disk is full when this is sent."""
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"
        )
        for table in ("submissions_value", "submissions_answers"):
            cursor.execute(f"CREATE TRIGGER no_room BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION no_room()")
    with transaction.atomic():
        return getattr(client, method)(address, data, **asked)


def test_the_database_s_full_disk_is_told_of_a_value(sender, entry):
    values = {"values": [{"code": "3.4.webex", "period": "2023-07", "amount": "3", "revision": 0}]}
    path = f"/api/v1/entries/{entry.pk}/values/"
    answer = full(sender, path, values, "put", content_type="application/json")
    assert answer.status_code == 507, answer.content.decode()
    assert answer.json()["type"] == "/api/problems/disk-full/"


def test_and_of_a_draft(sender, entry):
    answer = full(sender, asking.address(entry, "form-draft"), asking.sent(REPORT))
    assert answer.status_code == 507
    assert "no room left" in answer.content.decode()


# The share of an entry


@DOORS
@pytest.mark.parametrize(("name", "most", "word"), [("PIECES", 1, "1 pieces"), ("BYTES", SIZE + 1, "take")])
def test_an_entry_has_its_share_and_what_was_withdrawn_counts(sender, entry, settings, hand_in, name, most, word):
    make.make_evidence(entry, kind="pdf", status="withdrawn")
    setattr(settings, f"ENTRY_MAX_{name}", most)
    answer = hand_in(sender, entry)
    assert answer.status_code == (400 if hand_in is by_api else 422)
    told = answer.json() if hand_in in (by_api, by_pieces) else answer.content.decode()
    assert word in str(told)
    assert "central staff for more room" in str(told)
    assert entry.evidence.count() == 1
    setattr(settings, f"ENTRY_MAX_{name}", 10 * most)
    assert hand_in(sender, entry).status_code in (200, 201, 204, 302)


def test_the_same_file_again_takes_no_share(entry, officer, settings):
    report = intake.HandIn("1.1.report")
    first = intake.attach_evidence(entry, report, by=officer, upload=make.make_upload())
    settings.ENTRY_MAX_PIECES = 1
    assert intake.attach_evidence(entry, report, by=officer, upload=make.make_upload()) == first
    with pytest.raises(Refused):
        intake.attach_evidence(entry, report, by=officer, url="https://www.example.org/")


def test_two_at_the_end_of_a_share_come_in_pieces_and_one_is_told_at_its_end(sender, entry, settings, folder):
    settings.ENTRY_MAX_PIECES = 1
    first, second = begun(sender, entry), begun(sender, entry, requirement="3.1.plan")
    assert send(sender, first, PDF).status_code == 204
    refused = send(sender, second, PDF)
    assert (refused.status_code, json.loads(refused.content)["state"]) == (422, "waiting")
    settings.ENTRY_MAX_PIECES = 2
    sender.head(second)
    assert entry.evidence.count() == 2, "with more room nothing need be sent again"


# Who hears of it


@pytest.mark.parametrize(("free", "state"), [(0.5, "ok"), (0.2, "filling"), (0.0001, "full")])
def test_the_room_is_told(monkeypatch, free, state):
    total = 100 * 2**30
    monkeypatch.setattr(room.shutil, "disk_usage", lambda path: Usage(total, 0, int(total * free)))
    assert room.room_left().state == state


def test_staff_read_of_a_disk_and_of_entries_that_fill_and_nobody_else_does(client, entry, monkeypatch, settings):
    client.cookies["django_language"] = "en"
    settings.ENTRY_MAX_PIECES = 10
    for _number in range(8):
        make.make_evidence(entry)
    total = 100 * 2**30
    monkeypatch.setattr(room.shutil, "disk_usage", lambda path: Usage(total, 0, int(total * 0.19)))
    said = {}
    for role in ("staff", "judge"):
        client.force_login(make.make_user(role))
        said[role] = client.get("/admin/").content.decode()
    assert "81 % of the disk for files is used; 19" in said["staff"]
    assert "8 of 10" in said["staff"]
    assert "of the disk" not in said["judge"]
    entry.evidence.first().delete()
    monkeypatch.setattr(room.shutil, "disk_usage", lambda path: Usage(total, 0, total))
    client.force_login(make.make_user("staff"))
    said = client.get("/admin/").content.decode()
    assert "of the disk" not in said
    assert "used most of the room" not in said
