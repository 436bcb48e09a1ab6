"""A backup is whole or has no name, and one that was altered is never brought back."""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from io import StringIO
from pathlib import Path

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from awards.management import backups, dumps, restoring
from submissions.models import Letter, Token
from submissions.vault import vault
from tests import factories as make

# Of SQLite's files there is none in a test; tests/awards/management/test_restore.py saves and restores one.
pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "data"
    settings.MEDIA_ROOT.mkdir()
    return settings.MEDIA_ROOT


def tell(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.fixture
def saved(tmp_path) -> Path:
    entry = make.make_entry()
    for kind in ("pdf", "png"):
        make.make_evidence(entry, kind=kind)
    tell("backup", "--output", str(tmp_path / "saved"))
    return tmp_path / "saved"


def files_of(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_dry_run_says_how_much_and_writes_nothing(saved, media, tmp_path, monkeypatch):
    vault.keep([b"of today"], ".pdf")
    before, new = files_of(tmp_path), str(tmp_path / "new")
    size = sum((media / name).stat().st_size for name in files_of(media))
    assert tell("backup", "--output", new, "--dry-run").startswith(f"{new}\t3 files, {size} bytes to copy")
    told = tell("backup", "--output", new, "--dry-run", "--previous", str(saved))
    assert told.startswith(f"{new}\t3 files, 8 bytes to copy")
    (tmp_path / "broken.partial").mkdir()
    refused = {
        saved: "is there already",
        tmp_path / "none/new": "is no folder",
        tmp_path / "broken": r"broken\.partial is there",
    }
    for folder, why in refused.items():
        with pytest.raises(CommandError, match=why):
            tell("backup", "--output", str(folder), "--dry-run")
    assert files_of(tmp_path) == before


@pytest.mark.parametrize("lacks", [0, 1], ids=["it fits", "by one byte"])
def test_a_dry_run_counts_the_database_too(saved, tmp_path, monkeypatch, lacks):
    monkeypatch.setattr(dumps, "most", lambda: 5_000_000)
    vault.keep([b"of today"], ".pdf")
    free = 5_000_000 + len(b"of today") - lacks
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(free, 0, free))
    asked = ("backup", "--output", str(tmp_path / "new"), "--dry-run", "--previous", str(saved))
    if lacks:
        with pytest.raises(CommandError, match="has no room for it"):
            tell(*asked)
    else:
        assert "the database, 5000000 bytes at most" in tell(*asked)


def test_a_dump_takes_no_more_than_is_said(saved):
    assert 0 < (saved / dumps.file_name()).stat().st_size <= dumps.most()


def test_from_another_disk_nothing_is_linked(saved, media, tmp_path):
    elsewhere = Path(tempfile.mkdtemp(dir="/dev/shm"))
    try:
        told = tell("backup", "--output", str(elsewhere / "new"), "--dry-run", "--previous", str(saved))
    finally:
        elsewhere.rmdir()
    size = sum((media / name).stat().st_size for name in files_of(media))
    assert f"{size} bytes to copy" in told


def test_it_holds_the_database_the_files_and_their_digests_for_its_keeper_alone(saved, media):
    told = json.loads((saved / "manifest.json").read_text())
    held = files_of(saved)
    assert sorted(told["files"]) == [name for name in held if name != "manifest.json"]
    assert [name for name in held if name.startswith("media/")] == [f"media/{name}" for name in files_of(media)]
    assert len(held) == 4
    assert saved.stat().st_mode & 0o077 == 0


def test_what_is_on_its_way_and_parcels_are_left_out(tmp_path, media):
    for name in ("incoming/half", "parcels/ab/one.zip", "evidence/ab/.incoming-x"):
        (media / name).parent.mkdir(parents=True, exist_ok=True)
        (media / name).write_bytes(b"not kept")
    tell("backup", "--output", str(tmp_path / "saved"))
    assert files_of(tmp_path / "saved") == ["database.dump", "manifest.json"]


def test_nothing_is_overwritten(saved):
    before = (saved / "manifest.json").read_bytes()
    with pytest.raises(CommandError, match="never overwritten"):
        tell("backup", "--output", str(saved))
    assert (saved / "manifest.json").read_bytes() == before


def test_one_that_is_broken_off_leaves_nothing_that_looks_like_a_backup(saved, tmp_path, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    for place, name in ((backups, "_save"), (dumps, "dump")):
        with monkeypatch.context() as patch:
            patch.setattr(place, name, full)
            with pytest.raises(CommandError, match=r"no backup was made: .*No space left"):
                tell("backup", "--output", str(tmp_path / "second"))
        assert list(tmp_path.glob("second*")) == []


def test_one_that_was_killed_is_no_backup_and_is_not_gone_on_with(saved, tmp_path):
    """All of it is there but the manifest, which is written last."""
    killed = tmp_path / "second.partial"
    shutil.copytree(saved, killed)
    (killed / "manifest.json").unlink()
    with pytest.raises(CommandError, match="not a whole one"):
        tell("restore", str(killed), "--replace")
    with pytest.raises(CommandError, match="another backup is being made, or broke off"):
        tell("backup", "--output", str(tmp_path / "second"))


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def a_file(saved: Path) -> Path:
    return next(path for path in (saved / "media").rglob("*") if path.is_file())


def alter_a_file(saved: Path) -> str:
    flip(a_file(saved))
    return "altered"


def alter_the_database(saved: Path) -> str:
    flip(saved / "database.dump")
    return "database.dump: altered"


def lose_a_file(saved: Path) -> str:
    a_file(saved).unlink()
    return "missing"


def add_a_file(saved: Path) -> str:
    (saved / "media/evidence/more.pdf").write_bytes(b"%PDF")
    return "more.pdf: not of this backup"


def link_elsewhere(saved: Path) -> str:
    path = a_file(saved)
    path.rename(saved.parent / "elsewhere")
    path.symlink_to(saved.parent / "elsewhere")
    return "missing"


def lead_out(saved: Path) -> str:
    told = json.loads((saved / "manifest.json").read_text())
    (saved.parent / "outside").write_bytes(b"x")
    told["files"]["media/../../outside"] = [1, "0" * 64]
    (saved / "manifest.json").write_text(json.dumps(told))
    return "outside: missing"


def cut_the_manifest(saved: Path) -> str:
    text = (saved / "manifest.json").read_text()
    (saved / "manifest.json").write_text(text[:-20])
    return "can't be read"


def lose_the_database_from_the_manifest(saved: Path) -> str:
    told = json.loads((saved / "manifest.json").read_text())
    del told["files"]["database.dump"]
    (saved / "manifest.json").write_text(json.dumps(told))
    return "can't be read"


HARM = [
    alter_a_file,
    alter_the_database,
    lose_a_file,
    add_a_file,
    link_elsewhere,
    lead_out,
    cut_the_manifest,
    lose_the_database_from_the_manifest,
]


@pytest.mark.parametrize("harm", HARM)
def test_one_that_was_altered_is_refused_before_anything_is_touched(saved, media, harm, monkeypatch):
    told = harm(saved)
    shutil.rmtree(media / "evidence", ignore_errors=True)  # or what is whole there would do
    monkeypatch.setattr(dumps, "load", lambda *args: pytest.fail("it was brought back"))
    before = files_of(media)
    with pytest.raises(CommandError, match=told):
        tell("restore", str(saved), "--replace")
    assert files_of(media) == before


def test_all_reasons_are_told_at_once(saved, monkeypatch):
    told = json.loads((saved / "manifest.json").read_text())
    told["migrations"].append("submissions.9999_of_next_year")
    (saved / "manifest.json").write_text(json.dumps(told))
    monkeypatch.setattr(dumps, "others", lambda: {7, 8, 9})
    with pytest.raises(CommandError) as refused:
        tell("restore", str(saved))
    for words in ("of a newer release", "the database holds tables", "3 other connection"):
        assert words in str(refused.value)


def test_a_disk_without_room_is_said_before(saved, media, monkeypatch):
    shutil.rmtree(media / "evidence")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(100, 90, 10))
    with pytest.raises(CommandError, match="has room for 10 bytes"):
        tell("restore", str(saved), "--replace")
    assert files_of(media) == []


def test_what_is_not_right_once_it_is_back_is_said(saved, media, monkeypatch):
    lost = next(path for path in media.rglob("*.pdf"))
    monkeypatch.setattr(dumps, "others", set)
    monkeypatch.setattr(restoring, "restore", lambda plan, say: lost.unlink())
    with pytest.raises(CommandError, match="not all is right:\n  check_files: 1 of 2") as told:
        tell("restore", str(saved), "--replace")
    assert told.value.returncode == 1


def test_who_else_is_connected_is_known():
    def number_of(one) -> int:
        with one.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return cursor.fetchone()[0]

    other = connection.copy()
    try:
        assert number_of(other) in dumps.others()
        assert number_of(connection) not in dumps.others()
    finally:
        other.close()


def test_the_database_s_own_programs_are_told_all_of_its_address(monkeypatch, tmp_path):
    """What pg_dump would forget of the address, it would do without: encryption, and whose certificate it is."""
    options = {"sslmode": "verify-full", "sslrootcert": "/ca.pem", "sslcert": "/me.pem", "sslkey": "/me.key"}
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
    told = {}
    monkeypatch.setattr(dumps.subprocess, "run", lambda command, env, **more: told.update(env) or Done())
    dumps.dump(tmp_path / "x")
    assert {name: told[name] for name in ("PGSSLMODE", "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY")} == {
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "/ca.pem",
        "PGSSLCERT": "/me.pem",
        "PGSSLKEY": "/me.key",
    }


class Done:
    returncode = 0


def test_no_key_of_a_log_in_is_saved(tmp_path):
    """Neither where sessions are kept, nor where people see where they are logged in."""
    user = make.make_user()
    session = Session.objects.create(session_key="stolen-key", session_data="x", expire_date=timezone.now())
    UserSession.objects.create(user=user, session_key=session.pk, ip="127.0.0.1", user_agent="x")
    named = {
        model._meta.db_table
        for model in apps.get_models()
        if any("session_key" in (field.name, field.attname) for field in model._meta.concrete_fields)
    }
    assert named <= set(dumps.FORGOTTEN)
    dumps.dump(tmp_path / "saved")
    text = subprocess.run(["pg_restore", "--file=-", tmp_path / "saved"], capture_output=True, check=True).stdout
    assert b"usersessions_usersession" in text
    assert b"stolen-key" not in text


def test_what_the_previous_one_has_takes_no_room_again(saved, tmp_path, media):
    vault.keep([b"new"], ".pdf")
    tell("backup", "--output", str(tmp_path / "next"), "--previous", str(saved))
    for path in (saved / "media").rglob("*.p*"):
        assert os.path.samefile(path, tmp_path / "next" / path.relative_to(saved))
    assert len(files_of(tmp_path / "next/media")) == len(files_of(media)) == 3
    first, second = backups.read(saved), backups.read(tmp_path / "next")
    assert first.media.items() < second.media.items()
    assert backups.faults(tmp_path / "next", second, lambda text: None) == {}


def test_what_is_rotten_in_the_previous_one_is_copied_anew(saved, tmp_path):
    flip(a_file(saved))
    tell("backup", "--output", str(tmp_path / "next"), "--previous", str(saved))
    assert backups.faults(tmp_path / "next", backups.read(tmp_path / "next"), lambda text: None) == {}


def test_a_file_that_is_whole_in_the_vault_is_no_fault_of_the_backup(saved):
    flip(a_file(saved))
    told = tell("restore", str(saved), "--replace", "--dry-run")
    assert told.rstrip().endswith("it can be brought back; nothing was changed")


def test_the_rest_comes_back_without_what_is_damaged(saved, media, monkeypatch):
    loaded = []
    monkeypatch.setattr(dumps, "load", loaded.append)
    rotten = a_file(saved)
    flip(rotten)
    shutil.rmtree(media / "evidence")
    name = str(rotten.relative_to(saved))
    with pytest.raises(CommandError, match="--without-damaged") as refused:
        tell("restore", str(saved), "--replace")
    assert name in str(refused.value)
    assert not loaded
    out = StringIO()
    with pytest.raises(CommandError, match="restored, but not all is right"):  # check_files names it too
        call_command("restore", str(saved), "--replace", "--without-damaged", stdout=out, stderr=StringIO())
    assert f"damaged, and nowhere else: {name}" in out.getvalue()
    assert loaded == [saved / "database.dump"]
    assert {f"media/{one}" for one in files_of(media)} == {one for one in files_of(saved) if "media/" in one} - {name}


def test_no_database_that_is_damaged_is_brought_back_at_all(saved):
    alter_the_database(saved)
    with pytest.raises(CommandError, match=r"database\.dump: altered"):
        tell("restore", str(saved), "--replace", "--without-damaged", "--dry-run")


def test_a_manifest_that_is_not_the_one_that_was_kept_is_refused(saved):
    kept = hashlib.sha256((saved / "manifest.json").read_bytes()).hexdigest()
    tell("restore", str(saved), "--replace", "--dry-run", "--manifest", kept.upper())
    told = json.loads((saved / "manifest.json").read_text())
    (saved / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(CommandError, match="is not the one of SHA-256"):
        tell("restore", str(saved), "--replace", "--dry-run", "--manifest", kept)


@pytest.mark.parametrize("options", [(), ("--begin-anew",)], ids=["as it was", "anew"])
def test_tokens_and_letters_that_live_again_are_said_or_ended(saved, monkeypatch, options):
    monkeypatch.setattr(dumps, "load", lambda source: None)
    monkeypatch.setattr(restoring, "CHECKS", ())  # the rows of this test have no log
    user = make.make_user()
    Token.objects.create(user=user)
    Letter.objects.create(user=user, channel="mail")
    told = tell("restore", str(saved), "--replace", *options)
    assert ("are sent once more" in told) is not bool(options)
    assert Token.objects.exists() is not bool(options)
    assert Letter.objects.filter(due_at__isnull=False).exists() is not bool(options)
