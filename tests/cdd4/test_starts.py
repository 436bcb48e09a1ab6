"""Each program says in a few lines why it does not start, and waits for a database that is away."""

import os
import signal
import subprocess
import sys
import time

import psycopg2
import pytest

from tests.cdd4.test_settings import SOUND
from tests.databases import PostgreSQL
from tests.servers import ROOT, Web, Worker, free_port, wait_until

PROGRAMS = {
    "web": ("gunicorn", "cdd4.wsgi", "--bind", "127.0.0.1:0"),
    "worker": ("celery", "-A", "cdd4", "worker"),
    "beat": ("celery", "-A", "cdd4", "beat"),
}


def start(program: str, tmp_path, seconds: float = 60, **variables: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", *PROGRAMS[program]],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **SOUND, "CDD4_DATA_DIR": str(tmp_path), **variables},
        capture_output=True,
        text=True,
        timeout=seconds,
    )


@pytest.mark.parametrize("program", PROGRAMS)
def test_settings_that_cannot_be_used_are_told_in_a_few_lines(program, tmp_path):
    done = start(program, tmp_path, CDD4_SECRET_KEY="short", CDD4_DATABASE_URL="sqlite:///here")
    assert done.returncode == 1
    lines = (done.stdout + done.stderr).strip().splitlines()
    assert lines[0] == "The portal cannot start with this environment:"
    assert [line.split()[1] for line in lines[1:]] == ["CDD4_SECRET_KEY", "CDD4_DATABASE_URL"]


@pytest.mark.parametrize("command", ["check", "makemigrations", "portal"])
def test_manage_says_the_same_whatever_it_is_to_do(command, tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **SOUND, "CDD4_DATA_DIR": str(tmp_path), "CDD4_SECRET_KEY": "short"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    lines = done.stderr.strip().splitlines()
    assert lines[0] == "The portal cannot start with this environment:"
    assert [line.split()[1] for line in lines[1:]] == ["CDD4_SECRET_KEY"]


@pytest.fixture(scope="module")
def strict():
    """A database that asks for a password."""
    with PostgreSQL() as server:
        with psycopg2.connect(server.url) as line, line.cursor() as cursor:
            cursor.execute("ALTER USER portal PASSWORD 'the-right-one'")
        (server.data / "pg_hba.conf").write_text("host all all 127.0.0.1/32 scram-sha-256\n")
        server.process.send_signal(signal.SIGHUP)
        time.sleep(1)
        yield server


@pytest.mark.faults
@pytest.mark.parametrize("program", ["web", "worker"])
def test_a_database_that_refuses_us_ends_the_start(program, strict, tmp_path):
    url = f"postgres://portal:hidden-word@127.0.0.1:{strict.port}/portal"
    done = start(program, tmp_path, CDD4_DATABASE_URL=url)
    told = done.stdout + done.stderr
    assert done.returncode == 1, told
    assert "The database refuses the portal:" in told
    assert "password authentication failed" in told
    assert "Listening at" not in told
    assert "Traceback" not in told
    assert "hidden-word" not in told


@pytest.mark.faults
def test_manage_says_in_a_line_that_the_database_cannot_be_used(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **SOUND, "CDD4_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("The database cannot be used: ")
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.faults
def test_a_database_that_is_not_there_yet_is_waited_for(tmp_path):
    """Nobody is let in before it is; SIGTERM ends the waiting."""
    port = free_port()
    variables = {
        **SOUND,
        "CDD4_DATA_DIR": str(tmp_path),
        "CDD4_DATABASE_URL": f"postgres://portal:x@127.0.0.1:{port}/x",
    }
    for part in (Web(variables), Worker(variables)):
        process = subprocess.Popen(
            part.command(),
            cwd=ROOT,
            env={**os.environ, **variables},
            stdout=(log := part.log.open("wb")),
            stderr=log,
            start_new_session=True,
        )
        try:
            wait_until(lambda part=part: "waiting for it" in part.log.read_text(), 30, "a line")
            time.sleep(5)
            assert process.poll() is None
            assert part.log.read_text().count("waiting for it") == 1
            assert not part.is_ready()
            process.terminate()
            assert process.wait(10) is not None
        finally:
            process.kill()
            part.remove()
