"""The databases that tests run on: PostgreSQL and Redis, private, on free loopback ports."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import redis

from tests.servers import ROOT, Server, free_port, need


class PostgreSQL(Server):
    name = "postgresql"
    stop_signal = signal.SIGINT  # fast shutdown

    def __init__(self) -> None:
        super().__init__()
        self.port = free_port()
        self.url = f"postgres://portal:portal@127.0.0.1:{self.port}/portal"
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            self.user = "postgres"
            shutil.chown(self.folder, "postgres", "postgres")
        self.run("initdb", "-D", str(self.data), "-U", "portal", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def remove(self) -> None:
        self.stop()  # killed, it would leave its shared memory to the machine
        super().remove()

    def send_signal(self, number: int) -> None:
        """To its backends too, each of which leads a group of its own."""
        if self.process and self.process.poll() is None:
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            for pid in (self.process.pid, *map(int, children)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)

    def run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [need(program, "postgresql"), *arguments], user=self.user, cwd=self.folder, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr}")

    def fill(self, url: str) -> None:
        """Its database becomes what that of another server is: a second's work, where migrating takes many."""
        dumped = subprocess.run([need("pg_dump", "postgresql"), url], capture_output=True, check=True).stdout
        psql = [need("psql", "postgresql"), "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", self.url]
        subprocess.run(psql, input=dumped, capture_output=True, check=True)

    def command(self) -> list[str]:
        quick = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=100"]
        quick += ["jit=off", "wal_level=minimal", "max_wal_senders=0"]  # all rows are few
        options = [f"port={self.port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={self.folder}", *quick]
        return [need("postgres", "postgresql"), "-D", str(self.data), *(part for o in options for part in ("-c", o))]

    def is_ready(self) -> bool:
        try:
            connection = psycopg2.connect(host="127.0.0.1", port=self.port, user="portal", dbname="postgres")
        except psycopg2.OperationalError:
            return False
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'portal'")
            if not cursor.fetchone():
                cursor.execute("CREATE DATABASE portal")
        connection.close()
        return True


class Pooler(Server):
    """pgbouncer before one database, configured as the portal ships it, with two connections for everybody."""

    name = "pgbouncer"
    stop_signal = signal.SIGINT

    def __init__(self, url: str) -> None:
        super().__init__()
        self.port, to = free_port(), urlsplit(url)
        self.url = to._replace(netloc=f"portal:portal@127.0.0.1:{self.port}").geturl()
        theirs = {
            r"^portal = .*$": f"* = host=127.0.0.1 port={to.port}",
            r"^listen_port = .*$": f"listen_port = {self.port}",
            r"^auth_type = .*$": "auth_type = trust",
            r"^auth_file = .*$": f"auth_file = {self.folder}/users",
            r"^default_pool_size = .*$": "default_pool_size = 2",
        }
        text = (ROOT / "deploy/pgbouncer.ini").read_text()
        for ours, instead in theirs.items():
            text, count = re.subn(ours, instead, text, flags=re.MULTILINE)
            assert count == 1, ours
        (self.folder / "users").write_text('"portal" ""\n')
        (self.folder / "pgbouncer.ini").write_text(f"{text}\nunix_socket_dir =\n")
        if os.geteuid() == 0:  # it refuses to run as root
            self.user = "postgres"
            shutil.chown(self.folder, "postgres", "postgres")

    def command(self) -> list[str]:
        return [need("pgbouncer", "pgbouncer"), str(self.folder / "pgbouncer.ini")]

    def is_ready(self) -> bool:
        try:
            psycopg2.connect(self.url).close()
        except psycopg2.OperationalError:
            return False
        return True


class Redis(Server):
    name = "redis"

    def __init__(self) -> None:
        super().__init__()
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        return [need("redis-server", "redis-server"), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]

    def client(self) -> redis.Redis:
        return redis.Redis(port=self.port, socket_timeout=2)

    def is_ready(self) -> bool:
        try:
            return bool(self.client().ping())
        except redis.RedisError:
            return False
