"""Everything is lost but a backup that was made while people worked; all that was acknowledged before it comes back."""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager

import psycopg2
import pytest

from tests.databases import PostgreSQL
from tests.servers import ROOT, wait_until

pytestmark = pytest.mark.faults

# A round in which everything was done that people do, and announced.
STORY = """
import django; django.setup()
from tests.submissions.log.world import World
from cdd4.demo.story import BEGUN, FILLED
from submissions import intake
world = World()
world.do_each()
entry = world.entry()
officer = world.officers[entry.office_id]
for code, data in FILLED.items():
    intake.hand_in_answers(entry, code, data, by=officer)
for code, data in BEGUN.items():
    intake.save_answers(entry, code, data, by=officer)
world.announce()
"""
# Offices hand in one file after the other; each is told when it was acknowledged.
SENDER = """
import django; django.setup()
from itertools import cycle
from submissions import intake
from submissions.models import Entry, User
from submissions.questions.proofread import Refused
from tests.factories import file_bytes, make_upload
officers = {user.office_id: user for user in User.objects.filter(role="officer", office__isnull=False)}
entries = [one for one in Entry.objects.with_round().filter(round__is_closed=False) if one.office_id in officers]
for number, entry in enumerate(cycle(entries)):
    for code, asked in entry.round.scheme.requirements.items():
        period = asked.periods[0].code if asked.periods else ""
        content = file_bytes("pdf") + f"%{number} {code}\\n".encode()
        try:
            kept = intake.attach_evidence(entry, intake.HandIn(code, period), by=officers[entry.office_id],
                                          upload=make_upload(content=content))
        except Refused:
            continue
        print(kept.pk, kept.file.name, flush=True)
"""


def of_django(environment) -> dict[str, str]:
    return {**environment, "DJANGO_SETTINGS_MODULE": "cdd4.settings", "PYTHONPATH": str(ROOT)}


@contextmanager
def sending(environment, log):
    with log.open("wb") as told:
        command = [sys.executable, "-c", SENDER]
        process = subprocess.Popen(command, cwd=ROOT, env=of_django(environment), stdout=told, stderr=told)
    try:
        yield lambda: acknowledged(log)
        assert process.poll() is None, log.read_text()[-2000:]
    finally:
        process.kill()
        process.wait()


def acknowledged(log) -> dict[int, str]:
    lines = [line.split() for line in log.read_text().splitlines(keepends=True) if line.endswith("\n")]
    assert all(len(line) == 2 for line in lines), log.read_text()[-2000:]
    return {int(pk): name for pk, name in lines}


def manage(environment, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600)


def done(environment, *arguments: str) -> str:
    ended = manage(environment, *arguments)
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-2000:]
    return ended.stdout


def local(data, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": "/tmp", "CDD4_ENV": "development", "CDD4_DATA_DIR": str(data), **more}


def destroy(server: PostgreSQL, data) -> None:
    shutil.rmtree(data)
    line = psycopg2.connect(server.url.rpartition("/")[0] + "/postgres")
    line.autocommit = True
    with line.cursor() as cursor:
        cursor.execute("DROP DATABASE portal WITH (FORCE)")
        cursor.execute("CREATE DATABASE portal")
    line.close()


def rows(url: str) -> dict[str, list]:
    asked = {
        "pieces": "SELECT id, file FROM submissions_evidence",
        "scores": "SELECT entry_id, basis, total, attainable FROM scoring_scorecard ORDER BY 1, 2",
        "forms": "SELECT evidence_id, form, data::text, paper::text FROM submissions_filledform ORDER BY 1",
        "answers": "SELECT id, data::text FROM submissions_answers ORDER BY 1",
        "publications": "SELECT id, digest FROM awards_publication ORDER BY 1",
        "sessions": "SELECT session_key FROM django_session",
    }
    with psycopg2.connect(url) as line, line.cursor() as cursor:
        answers = {}
        for name, query in asked.items():
            cursor.execute(query)
            answers[name] = cursor.fetchall()
    return answers


def test_all_that_was_acknowledged_before_the_backup_comes_back_and_holds(tmp_path, migrated):
    data, saved = tmp_path / "data", tmp_path / "saved"
    with PostgreSQL() as server:
        here = local(data, CDD4_DATABASE_URL=server.url)
        server.fill(migrated)
        subprocess.run([sys.executable, "-c", STORY], cwd=ROOT, env=of_django({**here, "CDD4_ENV": "test"}), check=True)
        with psycopg2.connect(server.url) as line, line.cursor() as cursor:
            cursor.execute("INSERT INTO django_session VALUES ('stolen', 'x', now() + interval '1 day')")
        before = rows(server.url)
        with sending(here, tmp_path / "log") as told:
            wait_until(lambda: len(told()) >= 20, 180, "some files are handed in")
            early = told()
            done(here, "backup", "--output", str(saved))
            late = told()
        assert len(late) > len(early) + 3, "nobody worked meanwhile"

        destroy(server, data)
        told = done(here, "restore", str(saved))
        assert told.rstrip().endswith("restored, and all is right")
        for name in ("check_files", "check_log", "verify_publication"):
            assert f"{name}: as it should be" in told
        after = rows(server.url)
        pieces = dict(after["pieces"])
        assert early.items() <= pieces.items()
        assert dict(before["pieces"]).items() <= pieces.items()
        assert all((data / "media" / name).is_file() for name in pieces.values() if name)
        assert after["forms"] == before["forms"] != []
        assert after["answers"] == before["answers"] != []
        assert after["publications"] == before["publications"] != []
        assert len(after["scores"]) == len(before["scores"]) > 0
        assert after["sessions"] == []

        refused = manage(here, "restore", str(saved))
        assert refused.returncode == 1
        assert "the database holds tables" in refused.stderr
        assert "Traceback" not in refused.stderr
        done(here, "restore", str(saved), "--replace")
        assert rows(server.url) == after


def test_sqlite_comes_back_too(tmp_path):
    data, saved = tmp_path / "data", tmp_path / "saved"
    here = local(data)
    done(here, "migrate", "-v0")
    done(here, "load_shipped")
    (data / "media/evidence/ab").mkdir(parents=True)
    (data / "media/evidence/ab/one.pdf").write_bytes(b"%PDF")
    done(here, "backup", "--output", str(saved))
    shutil.rmtree(data)
    told = done(here, "restore", str(saved))
    assert told.rstrip().endswith("restored, and all is right")
    assert told.count(": as it should be") == 3
    assert (data / "media/evidence/ab/one.pdf").read_bytes() == b"%PDF"
    assert "Added: 0 offices" in done(here, "load_shipped")
