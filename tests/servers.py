"""Real servers for tests: private, on free loopback ports, started and stopped by the tests themselves."""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from cdd4.local import die_with_parent

ROOT = Path(__file__).resolve().parent.parent


def need(program: str, package: str) -> str:
    """The path of a program the tests cannot do without: its absence is a failure, never a skip."""
    found = shutil.which(program) or next(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{program}")), None)
    if found is None:
        raise RuntimeError(f"The tests need {program!r} (Debian package {package}); `make test` installs it.")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(question: Callable[[], object], seconds: float, what: str):
    """Ask until the answer is true; the answer, or TimeoutError naming what was waited for."""
    end = time.monotonic() + seconds
    while True:
        if answer := question():
            return answer
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds} s: {what}")
        time.sleep(0.05)


def adapted(name: str, changes: Mapping[str, str]) -> str:
    """One of the project's own configurations, its addresses and folders put where a test can have them."""
    return changed((ROOT / name).read_text(), name, changes)


def changed(text: str, name: str, changes: Mapping[str, str]) -> str:
    for ours, theirs in changes.items():
        if ours not in text:
            raise RuntimeError(f"{name} no longer has {ours!r}")
        text = text.replace(ours, theirs)
    return text


class Server:
    """A child process in its own session, so that stopping it stops what it started."""

    name = "server"
    user: str | None = None
    stop_signal = signal.SIGTERM

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"cdd4-{self.name}-"))
        self.log = self.folder / "log"
        self.process: subprocess.Popen | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def is_ready(self) -> bool:
        raise NotImplementedError

    def environment(self) -> Mapping[str, str]:
        return os.environ

    def start(self, seconds: float = 60):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                cwd=self.folder if self.user else ROOT,
                env=dict(self.environment()),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,  # a test run that is killed leaves nothing behind
                user=self.user,
                group=pwd.getpwnam(self.user).pw_gid if self.user else None,
                extra_groups=[] if self.user else None,
            )
        try:
            wait_until(lambda: self.process.poll() is not None or self.is_ready(), seconds, f"{self.name} ready")
        except TimeoutError as late:
            self.kill()
            raise RuntimeError(f"{late}\n{self.log_text()}") from None
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended with code {self.process.returncode}:\n{self.log_text()}")
        return self

    def log_text(self) -> str:
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""

    def send_signal(self, number: int) -> None:
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, number)

    def pause(self) -> None:
        """Hung: connections are accepted (by the kernel), nothing answers."""
        self.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.send_signal(signal.SIGCONT)

    def stop(self, seconds: float = 20) -> None:
        if self.process is None:
            return
        self.resume()
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        self.process = None

    def kill(self) -> None:
        """As the kernel would when memory runs out: no goodbye, children included."""
        self.send_signal(signal.SIGKILL)
        if self.process:
            self.process.wait()
        self.process = None

    def remove(self) -> None:
        """For good: nobody waits for goodbyes, several seconds each."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc) -> None:
        self.remove()


class Worker(Server):
    """A Celery worker; with `beat` it sweeps as well. It examines files only when asked to: a demo has thousands."""

    name = "worker"

    def __init__(
        self,
        environment: Mapping[str, str],
        beat: bool = True,
        concurrency: int = 2,
        queues: str = "rescore,sweep,documents,publish,mail",
        include: str = "",
    ) -> None:
        super().__init__()
        self.variables = environment
        self.beat, self.concurrency, self.queues, self.include = beat, concurrency, queues, include

    def environment(self) -> Mapping[str, str]:
        return {**os.environ, **self.variables, "PYTHONUNBUFFERED": "1"}

    def command(self) -> list[str]:
        beat = ["--beat", "--schedule", str(self.folder / "beat")] if self.beat else []
        options = ["--loglevel", "INFO", "--concurrency", str(self.concurrency), "--queues", self.queues, *beat]
        include = ["--include", self.include] if self.include else []
        return [sys.executable, "-m", "celery", "-A", "cdd4", "worker", *include, *options]

    def is_ready(self) -> bool:
        return " ready." in self.log.read_text(errors="replace")


class Web(Server):
    """The portal as production serves it, without the proxy: gunicorn with threads."""

    name = "web"

    def __init__(
        self, environment: Mapping[str, str], workers: int = 2, wsgi: str = "cdd4.wsgi", name: str = "web"
    ) -> None:
        super().__init__()
        self.variables, self.workers, self.wsgi, self.name = environment, workers, wsgi, name
        self.port = free_port()

    def environment(self) -> Mapping[str, str]:
        return {**os.environ, **self.variables, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}

    def command(self) -> list[str]:
        threads = ["--workers", str(self.workers), "--worker-class", "gthread", "--threads", "4"]
        return [
            sys.executable,
            "-m",
            "gunicorn",
            self.wsgi,
            "--bind",
            f"127.0.0.1:{self.port}",
            "--name",
            self.name,
            *threads,
        ]

    def is_ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True
        except OSError:
            return False


class Uploads(Web):
    """The service for files that come in pieces, as docker-compose.yml starts it."""

    name = "uploads"

    def command(self) -> list[str]:
        told = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["uploads"]["command"].split()
        told[told.index("--bind") + 1] = f"127.0.0.1:{self.port}"
        return [sys.executable, "-m", *told]


class Streams(Web):
    """The server that tells open pages what moved, as docker-compose.yml starts it."""

    name = "streams"

    def command(self) -> list[str]:
        told = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["streams"]["command"].split()
        told[told.index("--host") + 1] = "127.0.0.1"
        return [sys.executable, *told[1:], "--port", str(self.port)]


class Nginx(Server):
    """nginx with the project's own nginx.conf, started as docker-compose.yml starts it."""

    name = "nginx"
    stop_signal = signal.SIGQUIT

    def __init__(
        self, web: Web, media: Path, uploads: Web | None = None, port: int | None = None, *, streams: Web | None = None
    ) -> None:
        super().__init__()
        self.url = web.variables["CDD4_URL"]
        self.port, self.plain_port = port or urlsplit(self.url).port, free_port()
        self.web, self.media, self.uploads, self.streams = web, media, uploads or web, streams or web
        (self.folder / "cache").mkdir()
        self.make_certificate()
        (self.folder / "nginx.conf").write_text(self.configuration())

    def make_certificate(self) -> None:
        names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        files = ["-keyout", self.folder / "tls_key", "-out", self.folder / "tls_certificate"]
        command = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names, *files]
        subprocess.run([need("openssl", "openssl"), *command], check=True, capture_output=True)

    def configuration(self) -> str:
        changes = {
            "listen 8080": f"listen 127.0.0.1:{self.plain_port}",
            "listen 8443 ": f"listen 127.0.0.1:{self.port} ",
            "/tmp/names.conf": f"{self.folder}/names.conf",
            "server web:8000 resolve;": f"server 127.0.0.1:{self.web.port};",
            "server uploads:8000 resolve;": f"server 127.0.0.1:{self.uploads.port};",
            "server streams:8000 resolve;": f"server 127.0.0.1:{self.streams.port};",
            "/run/secrets/": f"{self.folder}/",
            "/var/cache/nginx/": f"{self.folder}/cache/",
            "/tmp/nginx.pid": f"{self.folder}/nginx.pid",
            "/dev/stdout": f"{self.folder}/access.log",
            "error_log stderr": f"error_log {self.folder}/error.log",
            "/srv/portal/data/media/": f"{self.media}/",
        }
        return adapted("nginx.conf", changes)

    def command(self) -> list[str]:
        globals_ = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
        changes = {
            "/tmp/names.conf": f"{self.folder}/names.conf",
            'exec nginx -g "daemon off;"': f'exec {need("nginx", "nginx")} -c {self.folder}/nginx.conf -g "{globals_}"',
        }
        proxy = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["proxy"]
        return shlex.split(changed(proxy["command"].replace("$$", "$"), "the proxy's command", changes))

    def environment(self) -> Mapping[str, str]:
        return {**os.environ, "TZ": "UTC", "CDD4_ALLOWED_HOSTS": self.web.variables["CDD4_ALLOWED_HOSTS"]}

    def is_ready(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class Clamd(Server):
    """The virus scanner with the project's own clamd.conf, and one signature: that of the harmless EICAR test file."""

    name = "clamd"
    signature = "Eicar-Test:0:*:" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$".hex()
    # Written in two pieces: nothing that looks for viruses should find one in this repository.
    eicar = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

    def __init__(self) -> None:
        super().__init__()
        self.address = str(self.folder / "socket")
        (self.folder / "signatures").mkdir()
        (self.folder / "signatures/local.ndb").write_text(self.signature + "\n")
        (self.folder / "clamd.conf").write_text(self.configuration())
        if os.geteuid() == 0:  # it would look for an account of its own
            self.user = "nobody"
            for path in (self.folder, *self.folder.rglob("*")):
                shutil.chown(path, "nobody", "nogroup")

    def configuration(self) -> str:
        changes = {
            "DatabaseDirectory /var/lib/clamav": f"DatabaseDirectory {self.folder}/signatures",
            "TemporaryDirectory /var/tmp": f"TemporaryDirectory {self.folder}",
            "TCPSocket 3310": f"LocalSocket {self.address}",
        }
        return adapted("clamd.conf", changes)

    def command(self) -> list[str]:
        return [need("clamd", "clamav-daemon"), "--config-file", str(self.folder / "clamd.conf")]

    def is_ready(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(self.address) == 0
