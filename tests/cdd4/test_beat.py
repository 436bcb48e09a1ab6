"""Of two clocks one sends, and the other goes on within ten seconds when it is killed; asked to end, at once."""

import os
import sys
import time

import pytest

from tests.servers import Server, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


class Beat(Server):
    name = "beat"

    def __init__(self, variables: dict[str, str]) -> None:
        super().__init__()
        self.variables = variables

    def environment(self) -> dict[str, str]:
        return {**os.environ, **self.variables, "PYTHONUNBUFFERED": "1"}

    def command(self) -> list[str]:
        options = ["--schedule", str(self.folder / "beat"), "--pidfile=", "--loglevel", "INFO"]
        return [sys.executable, "-m", "celery", "-A", "cdd4", "beat", *options]

    def is_ready(self) -> bool:
        return "beat: Starting" in self.log_text()

    def sends(self) -> bool:
        said = [line for line in self.log_text().splitlines() if "clock sends" in line]
        return bool(said) and "this clock sends" in said[-1]


def test_one_of_two_sends_and_the_other_goes_on(worker_environment, redis_server):
    queue = redis_server.client()
    with Beat(worker_environment) as first, Beat(worker_environment) as second:
        wait_until(lambda: first.sends() or second.sends(), 30, "one sends")
        queue.delete("sweep", "mail", "documents", "seal")
        before = time.monotonic()
        time.sleep(9)
        sweeps = sum(b"scoring.tasks.sweep" in one for one in queue.lrange("sweep", 0, -1))
        assert 1 <= sweeps <= (time.monotonic() - before) / 3 + 1
        assert first.sends() != second.sends()
        sender, other = (first, second) if first.sends() else (second, first)
        sender.kill()
        wait_until(other.sends, 10, "the other goes on")
        with Beat(worker_environment) as third:
            other.stop()
            wait_until(third.sends, 5, "the third goes on, as the lease was given back")
