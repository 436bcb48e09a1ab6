"""An examiner that is killed lets go of the files it had in hand; one that works for long does not."""

import socketserver
import threading
import time

import pytest
from django.utils import timezone

from submissions import tasks
from submissions.examination import work
from submissions.lease import RENEWED
from submissions.models import Examination
from submissions.queue import send
from tests.servers import Worker, wait_until
from tests.submissions import examined as files

from .test_findings import keep

SLACK = 5  # seconds for a message, and for a busy machine

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


class Endless(socketserver.BaseRequestHandler):
    """A scanner that is there, and never comes to an end with a file."""

    def handle(self) -> None:
        if self.request.recv(64).startswith(b"zPING"):
            self.request.sendall(b"PONG\0")
            return
        while self.request.recv(65536):
            pass


@pytest.fixture
def scanner_without_end():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Endless) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_its_files_are_free_within_half_a_minute(worker_environment, scanner_without_end):
    pk = keep(files.text_pdf(["words"])).pk
    variables = {**worker_environment, "CDD4_CLAMD": scanner_without_end}
    row = Examination.objects.filter(pk=pk)
    with Worker(variables, beat=False, concurrency=1, queues="examine") as examiner:
        assert send(tasks.examine, pk)
        wait_until(lambda: row.get().attempts, 20, f"the file in hand\n{examiner.log_text()}")
        end = time.monotonic() + work.LEASE.total_seconds() + 2 * RENEWED
        while time.monotonic() < end:
            assert row.get().due_at > timezone.now(), "long work was taken for death"
            time.sleep(0.5)
        with Worker(variables, concurrency=1, queues="sweep,examine") as another:
            examiner.kill()
            killed = time.monotonic()
            wait_until(lambda: row.get().attempts == 2, 60, f"the file in other hands\n{another.log_text()}")
    assert time.monotonic() - killed < work.LEASE.total_seconds() + tasks.REST_EVERY + SLACK
