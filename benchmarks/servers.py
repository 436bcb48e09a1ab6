"""The portal's servers for measuring: those of the tests, with a database that keeps what it promises to keep."""

import sys
from collections.abc import Mapping

from tests.databases import PostgreSQL, Redis
from tests.servers import Web, Worker

__all__ = ["DurablePostgreSQL", "Redis", "ScoringWorker", "Web"]


class DurablePostgreSQL(PostgreSQL):
    """Writes to disk before it says so, as in production; the tests' does not."""

    def command(self) -> list[str]:
        durable = {"fsync=off": "fsync=on", "synchronous_commit=off": "synchronous_commit=on"}
        durable["full_page_writes=off"] = "full_page_writes=on"
        return [durable.get(part, part) for part in super().command()]


class ScoringWorker(Worker):
    """A worker that knows the task that does nothing as well."""

    def environment(self) -> Mapping[str, str]:
        return {**super().environment(), "CDD4_LOG_LEVEL": "INFO"}  # in which it says that it is ready

    def command(self) -> list[str]:
        assert self.beat
        return [
            *(sys.executable, "-m", "celery", "-A", "cdd4", "worker", "--include", "benchmarks.bare"),
            *("--loglevel", "INFO", "--concurrency", str(self.concurrency), "--queues", "rescore,sweep,documents"),
            *("--beat", "--schedule", str(self.folder / "beat")),
        ]
