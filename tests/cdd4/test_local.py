"""`make run`: starts everything, says where it is, and leaves nothing behind; what stands in the way is told."""

import contextlib
import hashlib
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

from cdd4 import local
from tests.servers import ROOT, free_port, wait_until

PLAIN = {"PATH": os.environ["PATH"], "HOME": "/tmp", "LANG": "C.UTF-8"}


QUICK = 5  # seconds of a second start, on a machine where `manage.py check` takes CHECKED
CHECKED = 1
SETTLED = 20  # seconds after "Ready"
IDLE = 0.1  # of one processor


class Portal:
    """One `make run`, in a group of its own as a terminal would give it."""

    def __init__(self, data_dir: Path, *before: str, **environment: str) -> None:
        self.port = free_port()
        started = time.monotonic()
        self.process = subprocess.Popen(
            [*before, sys.executable, "-m", "cdd4.local", "--port", str(self.port)],
            cwd=ROOT,
            env={**PLAIN, "CDD4_DATA_DIR": str(data_dir), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if "Ctrl-C" in line:
                break
        self.seconds = time.monotonic() - started

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return answer.read().decode()

    def family(self) -> list[int]:
        """Every process below this one."""
        found, ask = [], [self.process.pid]
        while ask:
            listing = subprocess.run(["pgrep", "-P", str(ask.pop())], capture_output=True, text=True).stdout
            found += (children := [int(pid) for pid in listing.split()])
            ask += children
        return found

    def cpu_seconds(self) -> float:
        """What it and all below it have used so far, those that have ended among them."""
        used = 0
        for pid in [self.process.pid, *self.family()]:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            used += sum(int(field) for field in fields[11:15])
        return used / os.sysconf("SC_CLK_TCK")

    def stop(self, number: int) -> list[int]:
        """Stop it as a terminal or a system would. Answers those it left behind."""
        family = self.family()
        os.killpg(self.process.pid, number)
        self.process.wait(30)
        with contextlib.suppress(TimeoutError):  # one that was killed is there until the system has buried it
            wait_until(lambda: not any(map(is_alive, family)), 30, "nothing is left")
        return list(filter(is_alive, family))


def is_alive(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("portal")


def without_redis(tmp_path) -> str:
    """A PATH with what `make run` needs on a fresh machine, and no Redis."""
    (tmp_path / "msgfmt").symlink_to("/usr/bin/msgfmt")
    return str(tmp_path)


@pytest.mark.faults
def test_the_first_start_fills_the_demo_and_ctrl_c_leaves_nothing_behind(data_dir, tmp_path, demo_of_make_run):
    portal = Portal(data_dir, PATH=without_redis(tmp_path))
    assert f"http://127.0.0.1:{portal.port}/" in portal.said
    for login in ("officer", "judge", "staff"):
        assert f" {login} " in portal.said
    assert '"scoring": "ok"' in portal.get("/readyz"), "Ready was said before anybody scored"
    assert [f"{done} %" in portal.said for done in (10, 50, 90)] == [True] * 3
    assert "เข้าสู่ระบบ" in portal.get("/accounts/login/")
    assert len(portal.family()) >= 5
    wait_until(lambda: '"log": "ok"' in portal.get("/readyz"), 30, "the demo's log is sealed")
    told = [Path(f"/proc/{pid}/environ").read_text() for pid in portal.family()]
    assert sum("CDD4_HEAD_KEY=" in one for one in told) == 1, "nobody but the sealer is told where its key lies"
    assert (data_dir / "head-key").stat().st_mode & 0o077 == 0
    time.sleep(SETTLED)
    before = portal.cpu_seconds()
    time.sleep(SETTLED)
    assert portal.cpu_seconds() - before < IDLE * SETTLED, "a demo that nobody looks at costs nothing"
    assert portal.stop(signal.SIGINT) == []
    assert portal.process.returncode == 0
    keep(data_dir / "db.sqlite3", demo_of_make_run)


def keep(database: Path, copy: Path) -> None:
    """A copy that is there as a whole or not at all."""
    part = copy.with_suffix(".part")
    with contextlib.closing(sqlite3.connect(database)) as line, contextlib.closing(sqlite3.connect(part)) as kept:
        line.backup(kept)
    part.replace(copy)


@pytest.mark.faults
def test_the_second_start_is_quick_and_sigterm_leaves_nothing_behind(data_dir):
    slow = [busy()]
    portal = Portal(data_dir)
    assert " officer " in portal.said
    assert "Warning" not in portal.said
    assert '"scoring": "ok"' in portal.get("/readyz")
    assert portal.stop(signal.SIGTERM) == []
    assert portal.process.returncode == 0
    slow.append(busy())
    again = Portal(data_dir)
    again.stop(signal.SIGTERM)
    assert min(portal.seconds / slow[0], again.seconds / slow[1]) < QUICK


def busy() -> float:
    """How many times slower this machine is now, with what else it has to do, than a quiet one; 1 at least."""
    begun = time.monotonic()
    subprocess.run([sys.executable, "manage.py", "check"], cwd=ROOT, check=True, capture_output=True)
    return max(1, (time.monotonic() - begun) / CHECKED)


@pytest.mark.faults
def test_a_second_one_on_the_same_data_says_where_the_first_is_and_leaves_it_alone(data_dir):
    portal = Portal(data_dir)
    logs = {path.name: path.read_bytes() for path in (data_dir / "log").iterdir()}
    for port in (portal.port, free_port()):
        said = refusal("--port", str(port), CDD4_DATA_DIR=str(data_dir))
        assert f"This portal runs already: http://127.0.0.1:{portal.port}\n" in said
    assert all((data_dir / "log" / name).read_bytes().startswith(text) for name, text in logs.items())
    assert logs["web.log"]
    os.kill(portal.process.pid, signal.SIGKILL)
    portal.process.wait()
    again = Portal(data_dir)
    assert "Ready" in again.said
    again.stop(signal.SIGTERM)


@pytest.mark.faults
def test_a_checkout_that_cannot_be_written(data_dir, tmp_path):
    """The folder is the same, and read-only; its catalogues were never compiled."""
    sources = tmp_path / "locale"
    shutil.copytree(ROOT / "locale", sources, ignore=shutil.ignore_patterns("*.mo"))
    binds = f"mount --bind {sources} {ROOT}/locale && mount --rbind {ROOT} {ROOT} && cd {ROOT}"
    shut = f"{binds} && for at in . locale; do mount -o remount,bind,ro $PWD/$at; done"
    portal = Portal(data_dir, "unshare", "--user", "--map-root-user", "--mount", "sh", "-c", f'{shut}; exec "$@"', "sh")
    assert "Ready" in portal.said
    assert "เข้าสู่ระบบ" in portal.get("/accounts/login/")
    assert list(sources.rglob("*.mo")) == []
    portal.stop(signal.SIGTERM)
    Portal(data_dir).stop(signal.SIGTERM)
    assert list((data_dir / "locale").rglob("*.mo")) == [], "those of the checkout are newer from now on"


@pytest.mark.faults
def test_a_supervisor_that_is_killed_takes_its_children_along(data_dir):
    portal = Portal(data_dir)
    family = portal.family()
    os.kill(portal.process.pid, signal.SIGKILL)
    portal.process.wait()
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family), 20, "no orphans")


def refusal(*arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cdd4.local", *arguments],
        cwd=ROOT,
        env={**PLAIN, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


def test_a_taken_port(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"Port {port} is not available" in refusal("--port", str(port), CDD4_DATA_DIR=str(tmp_path))


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid", "..x"])
def test_an_address_of_another_machine(host, tmp_path):
    said = refusal("--port", str(free_port()), "--host", host, CDD4_DATA_DIR=str(tmp_path))
    assert f"HOST={host}" in said
    assert "is not an address of this machine" in said
    assert "PORT" not in said


def test_help_starts_nothing(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "cdd4.local", "--help"],
        cwd=ROOT,
        env={**PLAIN, "CDD4_DATA_DIR": str(tmp_path / "data")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    assert "make run PORT=8123" in done.stdout
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "๘๐๐๐"])
def test_a_port_that_is_none(port, tmp_path):
    assert "1 to 65535" in refusal(f"--port={port}", CDD4_DATA_DIR=str(tmp_path))


def test_a_folder_that_cannot_be_written():
    assert "Cannot write to /proc/portal" in refusal("--port", str(free_port()), CDD4_DATA_DIR="/proc/portal")


@pytest.mark.parametrize("mine", ["running", "log/web.log"])
def test_a_folder_that_is_another_users(mine, tmp_path):
    """As after `sudo make run`. A folder where a file should be can't be written by anybody, root among them."""
    (tmp_path / mine).mkdir(parents=True)
    said = refusal("--port", str(free_port()), CDD4_DATA_DIR=str(tmp_path))
    assert f"Cannot write to {tmp_path / mine} " in said


@pytest.mark.parametrize(
    ("host", "hosts", "url"),
    [
        ("::", "*", "http://localhost:8000"),
        ("0.0.0.0", "*", "http://localhost:8000"),
        ("::1", "localhost,127.0.0.1,[::1],[::1]", "http://[::1]:8000"),
        ("fd00::7", "localhost,127.0.0.1,[::1],[fd00::7]", "http://[fd00::7]:8000"),
    ],
)
def test_the_portal_answers_to_the_address_that_it_listens_at(host, hosts, url, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "environ", {})
    local.settle_environment(tmp_path, host)
    assert os.environ["CDD4_ALLOWED_HOSTS"] == hosts
    assert local.url_of(host, 8000) == url


def test_a_database_that_is_away(tmp_path):
    url = f"postgres://portal@127.0.0.1:{free_port()}/portal"
    said = refusal("--port", str(free_port()), CDD4_DATA_DIR=str(tmp_path), CDD4_DATABASE_URL=url)
    assert "The database cannot be used" in said


@pytest.fixture
def clone(tmp_path):
    """The files that `make` starts from, in a folder that has no libraries yet."""
    for name in ("Makefile", "requirements.txt"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    return tmp_path


def make(folder: Path, target: str, *settings: str, **environment: str) -> str:
    done = subprocess.run(
        ["make", "-C", str(folder), target, *settings],
        env={**PLAIN, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr


def test_no_python(clone, tmp_path):
    (tools := tmp_path / "tools").mkdir()
    for name in ("bash", "dpkg-query", "grep", "sha256sum", "cut", "cat", "make", "rm", "mktemp"):
        (tools / name).symlink_to(subprocess.run(["which", name], capture_output=True, text=True).stdout.strip())
    old = tools / "python3"
    old.write_text('#!/bin/bash\n[ "$1" = -V ] && { echo Python 3.9.2; exit 0; }\nexit 1\n')
    old.chmod(0o755)
    said = make(clone, "venv", "PYTHONS=python3.11 python3", PATH=str(tools))
    assert "Python 3.11 or newer was not found (python3 here: Python 3.9.2)" in said


def test_what_the_tests_installed_is_enough_to_run(clone):
    (clone / "requirements-dev.txt").write_text("more==1\n")
    (clone / ".venv/bin").mkdir(parents=True)
    (clone / ".venv/bin/python").symlink_to(sys.executable)
    stamp = clone / ".venv/installed-dev"
    stamp.write_text(hashlib.sha256(b"more==1\n").hexdigest() + "\n")
    command = ["make", "--no-print-directory", "-C", str(clone), "venv"]
    done = subprocess.run(command, env=PLAIN, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    stamp.write_text("of another day\n")
    assert "could not be installed" in make(clone, "venv", PIP_INDEX_URL="http://127.0.0.1:1/", PIP_RETRIES="0")


def test_no_network(clone):
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:1/", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": "/dev/null"}
    said = make(clone, "venv", **nowhere)
    assert "The libraries could not be installed; is there a network?" in said
    assert not (clone / ".venv" / "installed").exists()


def test_packages_are_missing_and_nobody_may_install_them():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "Makefile").write_text((ROOT / "Makefile").read_text())
        done = subprocess.run(
            ["make", "-C", folder, "system", "RUN_PACKAGES=no-such-package-1"],
            env={"PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            user="nobody" if os.geteuid() == 0 else None,
            stdin=subprocess.DEVNULL,
        )
    assert done.returncode != 0
    assert "apt-get install no-such-package-1" in done.stderr
