"""`make run`: prepares the database, then starts the web server, the workers and, where it is installed, a Redis.

Everything started here is stopped here: by Ctrl-C, by SIGTERM, or when one of the parts ends by itself.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import errno
import fcntl
import hashlib
import io
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60  # seconds for the web server and the workers to come up
GOODBYE = 10  # seconds for a part to end by itself
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1  # from linux/prctl.h
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  all addresses of this machine
LONE = ("--without-gossip", "--without-mingle")  # there is nobody else to be asked
# {part: (its queues, how many tasks at once)}: what must not wait, and what may take long.
WORKERS = {
    "worker": ("rescore,sweep", 1),
    "documents": ("documents,mail,examine,webhooks", 2),
    "publisher": ("publish", 1),
    "sealer": ("seal", 1),
}


class Refused(Exception):
    """Why the portal cannot be started here: one sentence for the person who asked."""


class Parts:
    """The processes that were started, in order."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.running: dict[str, subprocess.Popen] = {}
        for log in logs.glob("*.log"):
            log.open("ab").close()  # one that is another user's is found before the demo is made

    def start(self, name: str, *command: str) -> None:
        with (self.logs / f"{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def ended(self) -> str | None:
        """A part that is no longer there, or None."""
        return next((name for name, process in self.running.items() if process.poll() is not None), None)

    def tail(self, name: str) -> str:
        lines = (self.logs / f"{name}.log").read_text(errors="replace").splitlines()
        return "\n".join(lines[-15:])

    def stop(self) -> None:
        """Ask all to end, the queue after those who would wait for it; whoever takes too long is made to."""
        queue = [process for name, process in self.running.items() if name == "redis"]
        others = [process for process in self.running.values() if process not in queue]
        for processes in (others, queue):
            for process in processes:
                process.terminate()
            end = time.monotonic() + GOODBYE
            for process in processes:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(max(0, end - time.monotonic()))
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # its children too, whatever they were doing
                process.wait()


def die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="make run", description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--port", default="8000", help="the port it listens at: make run PORT=8123")
    parser.add_argument("--host", default="127.0.0.1", help="this machine's address; 0.0.0.0 is all of them")
    options = parser.parse_args()
    for number in STOPS:
        signal.signal(number, interrupt)
    try:
        port = port_number(options.port)
        data_dir = Path(os.environ.get("CDD4_DATA_DIR") or ROOT / "var").resolve()
        settle_environment(data_dir, options.host)
        with alone(data_dir, options.host, port), tempfile.TemporaryDirectory(prefix="cdd4-") as run_dir:
            serve(options.host, port, data_dir, Path(run_dir))
    except Refused as reason:
        return tell(reason)
    except (PermissionError, IsADirectoryError) as error:  # as after `sudo make run`
        return tell(not_writable(error.filename, error))
    except KeyboardInterrupt:
        print("\nหยุดแล้ว / Stopped.")
    return 0


def tell(reason: Refused) -> int:
    print(f"\n{reason}", file=sys.stderr)
    return 1


def interrupt(*_signal) -> None:
    raise KeyboardInterrupt


def port_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise Refused(f"PORT={text} ใช้ไม่ได้: ต้องเป็นเลข 1 ถึง 65535 / must be a number from 1 to 65535.")
    return int(text)


def address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def url_of(host: str, port: int) -> str:
    """For people's links; no browser goes to all addresses of a machine at once."""
    return address("localhost" if host in EVERYWHERE else host, port)


@contextlib.contextmanager
def alone(data_dir: Path, host: str, port: int) -> Iterator[None]:
    """Nobody else runs on this data meanwhile. The system lets the lock go when this process ends, however it ends."""
    with (data_dir / "running").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise Refused(
                f"พอร์ทัลนี้ทำงานอยู่แล้วที่ / This portal runs already: {file.read()}\n"
                f"กด Ctrl-C ที่นั่นเพื่อหยุด หรือใช้ข้อมูลชุดอื่น / Stop it there with Ctrl-C, or start another one "
                f"with data of its own: make run PORT={port + 1 if port < 65535 else 8123} CDD4_DATA_DIR=/tmp/portal-2"
            ) from None
        ask_for_port(host, port)
        file.truncate(0)
        file.write(address(host, port))
        file.flush()
        yield


def not_writable(path: Path | str, error: OSError) -> Refused:
    return Refused(
        f"เขียนไม่ได้ / Cannot write to {path} ({error.strerror}). "
        f"ถ้าเป็นของผู้ใช้อื่น ใช้ข้อมูลชุดอื่น / If it is another user's, use other data: make run CDD4_DATA_DIR=/tmp/portal-2"
    )


def ask_for_port(host: str, port: int) -> None:
    """Refuse with the reason what the web server could not have."""
    try:
        family, kind, *_, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except PermissionError:
        raise Refused(f"ไม่มีสิทธิ์ใช้พอร์ต {port} / No permission for port {port}: make run PORT=8123") from None
    except (OSError, UnicodeError) as error:  # the latter: no name of a host is written so
        if isinstance(error, socket.gaierror | UnicodeError) or error.errno == errno.EADDRNOTAVAIL:
            raise Refused(
                f"HOST={host} ไม่ใช่ที่อยู่ของเครื่องนี้ / is not an address of this machine. "
                f"ใช้ / Use HOST=127.0.0.1 (เครื่องนี้เท่านั้น / this machine alone) หรือ / or HOST=0.0.0.0"
            ) from None
        raise Refused(
            f"พอร์ต {port} มีโปรแกรมอื่นใช้อยู่ / Port {port} is not available ({error.strerror}). "
            f"เลือกพอร์ตอื่น / Choose another: make run PORT={port + 1 if port < 65535 else 8123}"
        ) from None


def serve(host: str, port: int, data_dir: Path, run_dir: Path) -> None:
    here = address(host, port)
    parts = Parts(data_dir / "log")
    try:
        if "CDD4_REDIS_URL" not in os.environ and (redis := shutil.which("redis-server")):
            parts.start("redis", redis, "--port", "0", "--unixsocket", str(run_dir / "redis"), "--save", "")
            os.environ["CDD4_REDIS_URL"] = f"redis+socket://{run_dir / 'redis'}"
        logins = prepare(data_dir)
        started = time.time()
        python = [sys.executable, "-m"]
        gthread = ["--worker-class", "gthread", "--threads", "8", "--graceful-timeout", "3"]
        os.environ.setdefault("CDD4_URL", url_of(host, port))
        parts.start("web", *python, "gunicorn", "cdd4.wsgi", "--bind", here.removeprefix("http://"), *gthread)
        start_worker(parts, "worker", "--beat", "--schedule", str(run_dir / "beat"))
        wait_for(parts, "web", lambda: answers(f"{here}/healthz"))
        wait_for(parts, "worker", lambda: was_swept(since=started))
        for part in ("documents", "publisher"):  # not before: nobody who begins waits for them
            start_worker(parts, part)
        # Nobody else is told where the key of the log's heads lies.
        os.environ["CDD4_HEAD_KEY"] = str(head_key(data_dir))
        start_worker(parts, "sealer", "--pool", "solo")
        print(welcome(f"{here}/", logins, parts.logs), flush=True)
        while not (name := parts.ended()):
            time.sleep(0.5)
        raise Refused(f"ส่วน {name} หยุดทำงาน / The part '{name}' has ended:\n{parts.tail(name)}")
    finally:
        for number in STOPS:
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave anything behind
        parts.stop()


def start_worker(parts: Parts, name: str, *more: str) -> None:
    queues, processes = WORKERS[name]
    options = ["--hostname", f"{name}@%h", "--queues", queues, "--concurrency", str(processes), "--loglevel", "INFO"]
    parts.start(name, sys.executable, "-m", "celery", "-A", "cdd4", "worker", *options, *LONE, *more)


def settle_environment(data_dir: Path, host: str) -> None:
    """What the children are to read, where the person who started us did not say otherwise."""
    try:
        (data_dir / "log").mkdir(parents=True, exist_ok=True)
        if "CDD4_SECRET_KEY" not in os.environ:
            os.environ.setdefault("CDD4_SECRET_KEY_FILE", str(write_secret(data_dir / "secret-key")))
    except OSError as error:
        raise not_writable(data_dir, error) from None
    os.environ.update(CDD4_ENV="development", CDD4_DATA_DIR=str(data_dir), DJANGO_SETTINGS_MODULE="cdd4.settings")
    # Whoever opens the portal to the network reaches it by names only they know.
    named = f"[{host}]" if ":" in host else host
    os.environ.setdefault("CDD4_ALLOWED_HOSTS", "*" if host in EVERYWHERE else f"localhost,127.0.0.1,[::1],{named}")


def write_secret(path: Path) -> Path:
    """A key of this machine's own, made once."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path


def head_key(data_dir: Path) -> Path:
    """The key by which heads of this machine's log are signed, made once."""
    from awards.ledger.key_files import make

    path = data_dir / "head-key"
    if not path.exists():
        make(path)
    return path


def prepare(data_dir: Path) -> str:
    """Bring the database up to date, and fill it when it is empty. Answers the logins that the demo printed."""
    compile_messages(data_dir)
    logins, prepared = data_dir / "logins.txt", data_dir / "prepared"
    mark = mark_of_database()
    if not prepared.exists() or prepared.read_text() != mark:
        text = migrate_and_fill()
        if text:
            logins.write_text(text, encoding="utf-8")
        prepared.write_text(mark_of_database())
    return logins.read_text(encoding="utf-8") if logins.exists() else ""


def mark_of_database() -> str:
    """Differs when there is something to migrate: another database, another migration, other libraries."""
    digest = hashlib.sha256(os.environ.get("CDD4_DATABASE_URL", "").encode())
    for path in sorted([*ROOT.glob("*/migrations/*.py"), ROOT / "requirements.txt"]):
        digest.update(path.name.encode() + path.read_bytes())
    with contextlib.suppress(FileNotFoundError):
        digest.update(str((Path(os.environ["CDD4_DATA_DIR"]) / "db.sqlite3").stat().st_ino).encode())
    return digest.hexdigest()


def migrate_and_fill() -> str:
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError, call_command
    from django.db import OperationalError

    print("กำลังเตรียมฐานข้อมูล / Preparing the database …", flush=True)
    try:
        django.setup()
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
    except ImproperlyConfigured as fault:
        raise Refused(str(fault)) from None
    except OperationalError as error:
        raise Refused(f"ใช้ฐานข้อมูลไม่ได้ / The database cannot be used: {error}") from None
    from django.contrib.auth import get_user_model

    if get_user_model().objects.exists():
        return ""
    print("กำลังสร้างรอบสาธิต / Making the demo rounds …", flush=True)
    logins = io.StringIO()
    try:
        call_command("demo", stdout=logins)
    except CommandError as fault:
        raise Refused(f"สร้างรอบสาธิตไม่สำเร็จ / The demo could not be made: {fault}") from None
    return logins.getvalue()


def compile_messages(data_dir: Path | None = None) -> None:
    """Catalogues are kept as text; what changed is compiled beside it, or into the data where that can't be written."""
    for source in ROOT.glob("locale/**/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        spare = data_dir / target.relative_to(ROOT) if data_dir else None
        if not is_newer(target, source) and spare and not os.access(source.parent, os.W_OK):
            spare.parent.mkdir(parents=True, exist_ok=True)
            target = spare
        elif spare:
            spare.unlink(missing_ok=True)  # of a time when the sources could not be written
        if not is_newer(target, source):
            compile_catalogue(source, target)


def is_newer(target: Path, source: Path) -> bool:
    return target.exists() and target.stat().st_mtime >= source.stat().st_mtime


def compile_catalogue(source: Path, target: Path) -> None:
    try:
        subprocess.run(["msgfmt", "-o", target, source], check=True, capture_output=True, text=True)
    except FileNotFoundError:
        raise Refused("ไม่พบโปรแกรม msgfmt / The program msgfmt is missing: apt-get install gettext") from None
    except subprocess.CalledProcessError as error:
        raise Refused(f"แปลงคำแปลไม่ได้ / A catalogue cannot be compiled: {error.stderr.strip()}") from None


def wait_for(parts: Parts, name: str, is_there: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if ended := parts.ended():
            raise Refused(f"ส่วน {ended} เริ่มไม่ได้ / The part '{ended}' could not start:\n{parts.tail(ended)}")
        if is_there():
            return
        time.sleep(0.1)
    raise Refused(f"ส่วน {name} ไม่ตอบภายใน {PATIENCE} วินาที / The part '{name}' did not answer:\n{parts.tail(name)}")


def answers(url: str) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 (own address)
        return answer.status == 200
    return False


def was_swept(since: float) -> bool:
    """Whether scoring answers: a sweep has ended, and one of these workers made it."""
    from django.core.cache import cache

    from cdd4.celery import HEARTBEAT

    # A second start needs no models here; Django warns of a cache in the database that is asked without them.
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):
        return cache.get(HEARTBEAT, 0) > since


def welcome(url: str, logins: str, logs: Path) -> str:
    accounts = f"บัญชีสาธิต / Demo logins (role, name, password):\n{textwrap.indent(logins, '  ')}\n" if logins else ""
    second = os.environ.get("CDD4_SECOND_FACTOR") == "1"
    factor = "ขอ / asked for" if second else "ไม่ขอ / not asked for (CDD4_SECOND_FACTOR=1 make run)"
    return (
        f"\nพร้อมใช้งาน / Ready: {url}\n\n{accounts}"
        f"การยืนยันตัวตนสองขั้นตอน / Second factor: {factor}\n"
        f"บันทึกการทำงาน / Logs: {logs}\nกด Ctrl-C เพื่อหยุด / Ctrl-C stops everything."
    )


if __name__ == "__main__":
    sys.exit(main())
