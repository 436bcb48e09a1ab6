"""A file is kept in full or not at all, on disk before its row, and nobody reads it who may not."""

import errno
import os
import stat
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as portal
from django.utils import translation

from cdd4.celery import app
from submissions import intake, tasks
from submissions.models import Evidence
from submissions.questions.proofread import Refused
from submissions.vault import ABANDONED, vault
from tests import factories as make


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An empty place for this test's files."""
    monkeypatch.setattr(vault, "location", str(tmp_path), raising=False)
    monkeypatch.setattr(vault, "base_location", str(tmp_path), raising=False)  # second: the other is made of it once
    return tmp_path


def everything_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def on_full_disk(monkeypatch) -> None:
    """The next temporary file is written to the kernel's own full disk."""

    def mkstemp(dir, prefix):
        path = Path(dir) / f"{prefix}full"
        path.touch()
        return os.open("/dev/full", os.O_WRONLY), str(path)

    monkeypatch.setattr(tempfile, "mkstemp", mkstemp)


def test_a_kept_file_is_all_there_under_a_name_of_its_own(folder):
    kept = vault.keep([b"abc", b"", b"def"], ".pdf")
    assert Path(folder / kept.name).read_bytes() == b"abcdef"
    assert (kept.size, kept.sha256[:16]) == (6, "bef57ec7f53a6d40")
    assert kept.name.startswith("evidence/")
    assert kept.name.endswith(".pdf")
    assert everything_in(folder) == [folder / kept.name]


def test_the_owner_and_the_proxy_s_group_read_it_nobody_else(folder):
    path = folder / vault.keep([b"x"], ".pdf").name
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert all(stat.S_IMODE(parent.stat().st_mode) & 0o007 == 0 for parent in path.parents if parent > folder)


def test_the_same_content_twice_is_two_files(folder):
    assert vault.keep([b"x"], ".pdf").name != vault.keep([b"x"], ".pdf").name
    assert len(everything_in(folder)) == 2


def test_nothing_is_ever_overwritten(folder, monkeypatch):
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=1))
    first = vault.keep([b"first"], ".pdf")
    with pytest.raises(FileExistsError):
        vault.keep([b"second"], ".pdf")
    assert everything_in(folder) == [folder / first.name]
    assert Path(folder / first.name).read_bytes() == b"first"


def test_only_keep_writes_and_nothing_has_an_address(folder):
    with pytest.raises(TypeError):
        vault.save("evidence/x.pdf", make.make_upload())
    with pytest.raises(TypeError):
        vault.url("evidence/x.pdf")
    assert everything_in(folder) == []


def test_the_vault_lies_outside_all_that_is_served():
    folders = [one[1] if isinstance(one, tuple) else one for one in portal.STATICFILES_DIRS]
    served = [Path(portal.STATIC_ROOT), *map(Path, folders)]
    assert not any(Path(portal.MEDIA_ROOT).is_relative_to(place) for place in served)
    assert not any(place.is_relative_to(portal.MEDIA_ROOT) for place in served)


def test_a_file_is_on_disk_before_it_gets_its_name_and_its_name_before_its_row(folder, monkeypatch, db):
    deeds = []
    fsync, rename, save = os.fsync, os.rename, Evidence.save

    def note_fsync(handle):
        deeds.append("folder on disk" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file on disk")
        fsync(handle)

    def note_rename(source, target):
        assert Path(source).stat().st_size == len(make.file_bytes("pdf"))
        deeds.append("named")
        rename(source, target)

    def note_save(self, *args, **kwargs):
        deeds.append("row")
        save(self, *args, **kwargs)

    monkeypatch.setattr(os, "fsync", note_fsync)
    monkeypatch.setattr(os, "rename", note_rename)
    monkeypatch.setattr(Evidence, "save", note_save)
    hand_in()
    assert deeds[-4:] == ["file on disk", "named", "folder on disk", "row"]


def hand_in(entry=None, **options) -> Evidence:
    entry = entry or make.make_entry(office="TH-81")
    officer = make.make_user("officer", office=entry.office)
    return intake.attach_evidence(
        entry, intake.HandIn("1.1.report"), by=officer, upload=make.make_upload("pdf"), **options
    )


def fails_with(code):
    def fail(*args):
        raise OSError(code, os.strerror(code))

    return fail


@pytest.mark.parametrize("step", ["write", "fsync", "rename", "folder"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_whatever_step_fails_nothing_is_left_behind(folder, monkeypatch, step, code):
    if step == "folder":
        calls = iter([os.fsync, os.fsync, os.fsync, fails_with(code)])  # two new folders, the file, its folder
        monkeypatch.setattr(os, "fsync", lambda handle: next(calls)(handle))
    elif step == "write":
        monkeypatch.setattr(os, "fdopen", lambda handle, mode: Breaking(handle, code))
    else:
        monkeypatch.setattr(os, step, fails_with(code))
    with pytest.raises(OSError) as failed:
        vault.keep([b"x" * 100], ".pdf")
    assert failed.value.errno == code
    assert everything_in(folder) == []


class Breaking:
    """A file that takes half of what it is given."""

    def __init__(self, handle: int, code: int) -> None:
        self.handle, self.code = handle, code

    def __enter__(self):
        return self

    def __exit__(self, *exc) -> None:
        os.close(self.handle)

    def write(self, chunk: bytes) -> int:
        os.write(self.handle, chunk[: len(chunk) // 2])
        raise OSError(self.code, os.strerror(self.code))


@pytest.mark.django_db
def test_what_killed_processes_left_is_swept_when_nobody_can_be_writing_it(folder, settings):
    settings.FILE_UPLOAD_TEMP_DIR = folder / "on-its-way"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    kept = folder / vault.keep([b"x"], ".pdf").name
    old, new = [kept.parent / ".incoming-old", settings.FILE_UPLOAD_TEMP_DIR / "tmpold.upload.pdf"], []
    new += [kept.parent / ".incoming-new", settings.FILE_UPLOAD_TEMP_DIR / "tmpnew.upload.mp4"]
    for path in [*old, *new]:
        path.write_bytes(b"half")
    for path in [*old, kept]:
        os.utime(path, (0, time.time() - ABANDONED - 60))
    assert tasks.sweep_vault() == 2
    assert sorted(everything_in(folder)) == sorted([kept, *new])
    assert tasks.sweep_vault() == 0


def test_the_vault_is_swept_every_night():
    scheduled = {one["task"]: one["schedule"] for one in app.conf.beat_schedule.values()}
    app.loader.import_default_modules()
    assert set(scheduled) <= set(app.tasks)
    assert scheduled[tasks.sweep_vault.name].remaining_estimate(datetime.now(UTC)) <= timedelta(days=1)


def test_a_sender_who_breaks_off_leaves_nothing(folder):
    def chunks():
        yield b"x" * 1000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        vault.keep(chunks(), ".pdf")
    assert everything_in(folder) == []


def test_on_a_full_disk_there_is_no_row_and_no_file(folder, monkeypatch, db):
    entry = make.make_entry(office="TH-81")
    before = entry.facts_version
    on_full_disk(monkeypatch)
    with pytest.raises(OSError) as failed:
        hand_in(entry)
    assert failed.value.errno == errno.ENOSPC
    assert everything_in(folder) == []
    entry.refresh_from_db()
    assert entry.facts_version == before
    assert not entry.evidence.exists()
    assert not entry.events.exists()


def test_a_disk_that_fails_otherwise_is_told_otherwise(folder, monkeypatch, db):
    monkeypatch.setattr(os, "fsync", fails_with(errno.EIO))
    with translation.override("en"), pytest.raises(Refused) as refused:
        hand_in()
    assert "could not be stored" in refused.value.reasons["upload"][0]
    assert everything_in(folder) == []


def test_a_row_that_fails_takes_its_file_with_it(folder, monkeypatch, db):
    def fail(*args, **kwargs):
        raise RuntimeError("the database is away")

    entry = make.make_entry(office="TH-81")
    monkeypatch.setattr(Evidence, "save", fail)
    with pytest.raises(RuntimeError):
        hand_in(entry)
    assert everything_in(folder) == []


def test_a_second_arrival_of_the_same_file_leaves_one(folder, db):
    entry = make.make_entry(office="TH-81")
    assert hand_in(entry) == hand_in(entry)
    assert len(everything_in(folder)) == 1


@pytest.mark.parametrize(
    "name", ["รายงานผล น้ำดื่ม ครั้งที่ ๑.pdf", "../../etc/passwd", 'a"b.pdf', "a\r\nSet-Cookie: x=1.pdf", "ก" * 300 + ".pdf"]
)
def test_the_name_people_gave_comes_back_and_does_no_harm(client, db, name):
    entry = make.make_entry(office="TH-81")
    officer = make.make_user("officer", office=entry.office)
    upload = make.make_upload("pdf")
    upload._name = name  # as a client could send it, past Django's own cleaning
    evidence = intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, upload=upload)
    assert "/" not in evidence.original_name
    assert len(evidence.original_name) <= 255
    client.force_login(officer)
    response = client.get(f"/evidence/{evidence.pk}/file/")
    assert b"".join(response.streaming_content) == make.file_bytes("pdf")
    disposition = response["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert "\r" not in disposition
    if name.startswith("รายงาน"):
        assert "filename*=utf-8''%E0%B8%A3%E0%B8%B2%E0%B8%A2%E0%B8%87%E0%B8%B2%E0%B8%99" in disposition


def test_nobody_reads_a_file_who_does_not_see_the_entry(client, db):
    evidence = make.make_evidence(make.make_entry(office="TH-81"), kind="pdf")
    address = f"/evidence/{evidence.pk}/file/"
    assert client.get(address).status_code == 302
    for person, status in {
        make.make_user("officer", office=make.make_office("TH-82")): 404,
        make.make_user("judge"): 404,
        make.make_user("officer", office=evidence.entry.office): 200,
        make.make_user("staff"): 200,
    }.items():
        client.force_login(person)
        assert client.get(address).status_code == status


def test_a_file_may_do_nothing_in_the_browser(client, db):
    entry = make.make_entry(office="TH-81")
    client.force_login(make.make_user("officer", office=entry.office))
    for kind in make.FILES:
        evidence = make.make_evidence(entry, kind=kind)
        response = client.get(f"/evidence/{evidence.pk}/file/?inline=1")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert "no-store" in response["Cache-Control"]
        assert response["Content-Type"] == evidence.content_type
        assert response["Content-Disposition"].startswith("attachment") == (kind in ("docx", "xlsx", "pptx"))


def test_behind_the_proxy_the_file_is_handed_to_it_only_after_the_question(client, db, settings):
    settings.X_ACCEL = True
    evidence = make.make_evidence(make.make_entry(office="TH-81"), kind="pdf")
    client.force_login(make.make_user("officer", office=make.make_office("TH-82")))
    refused = client.get(f"/evidence/{evidence.pk}/file/")
    assert refused.status_code == 404
    assert "X-Accel-Redirect" not in refused
    client.force_login(make.make_user("officer", office=evidence.entry.office))
    allowed = client.get(f"/evidence/{evidence.pk}/file/")
    assert allowed["X-Accel-Redirect"] == f"/protected/{evidence.file.name}"
    assert allowed.content == b""
