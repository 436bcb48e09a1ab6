"""From the press of the button to the last signed paper: 76 with all their papers, then 878, by workers as put up."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from awards.documents import files
from awards.ledger import key_files
from awards.models import Publication
from awards.publishing import press
from awards.publishing.preparation import preparation_of
from awards.tasks import make_publication
from benchmarks import country
from benchmarks.measures import Figure
from submissions.models import Round, User
from submissions.queue import send
from tests.servers import Server, Worker

GOALS = {"province": 15, "district": 90}  # seconds until every paper is there
AT_ONCE = 0.5  # seconds until whoever pressed has an answer
QUEUES = {"publish": 1, "seal": 1, "documents": 2}  # how many processes serve each, as where it is put up
# One bundle in a process of its own: seconds of processor, memory before and at its largest, and the bundle's size.
BUNDLE = """
import os, sys, time, django
django.setup()
from awards.bundle import files
from awards.models import Publication
def most():
    return int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) * 1024
publication, before, began = Publication.objects.with_round().get(pk=sys.argv[1]), most(), time.process_time()
with files.write(publication, full=sys.argv[2] == "full") as file:
    size = file.seek(0, os.SEEK_END)
print(time.process_time() - began, before, most(), size)
"""
PATIENCE = 600  # seconds
TICKS = os.sysconf("SC_CLK_TCK")


class Papers:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.staff = User.objects.get(username="staff")
        with tempfile.TemporaryDirectory() as folder:
            country.load_offices(Path(folder) / "offices.csv")

    def all(self) -> Iterator[Figure]:
        with tempfile.TemporaryDirectory(prefix="cdd4-bench-") as folder, ExitStack() as stack:
            key_files.make(Path(folder) / "key")
            variables = {**self.environment, "CDD4_HEAD_KEY": str(Path(folder) / "key"), "CDD4_LOG_LEVEL": "INFO"}
            workers = {
                queue: stack.enter_context(Worker(variables, beat=False, concurrency=count, queues=queue))
                for queue, count in QUEUES.items()
            }
            for kind, goal in GOALS.items():
                yield from self.publish(country.make_round(kind), country.SIZES[kind], goal, workers)

    def publish(self, round: Round, size: int, goal: float, workers: Mapping[str, Server]) -> Iterator[Figure]:
        prepared = preparation_of(round, at=round.now())
        ties = [{"offices": list(tie.codes), "reason": "bench"} for tie in prepared.ties]
        said = {"reason": "", "seen": prepared.fingerprint, "number": 1, "decisions": ties}
        used = {name: processor_seconds(worker) for name, worker in workers.items()}
        pressed = time.perf_counter()
        send(make_publication, press.begin(round, by=self.staff, deed="publish", said=said).pk)
        yield Figure(f"{size}: the press of the button", time.perf_counter() - pressed, goal=AT_ONCE)
        while not (publication := Publication.objects.with_round().filter(round=round).first()):
            wait(pressed)
        yield Figure(f"{size}: pressed → published", time.perf_counter() - pressed)
        while files.missing(publication):
            wait(pressed)
        taken, papers = time.perf_counter() - pressed, publication.documents.count()
        yield Figure(f"{size}: pressed → all {papers} papers signed", taken, goal=goal)
        for name, worker in workers.items():
            spent = processor_seconds(worker) - used[name]
            yield Figure(f"{size}: processor of the worker of {name}", spent)
            yield Figure(f"{size}: memory of the worker of {name}, most", most_memory(worker), unit="bytes")
        for variant in ("public", "full"):
            told = subprocess.run(
                [sys.executable, "-c", BUNDLE, str(publication.pk), variant], capture_output=True, check=True
            )
            taken, before, most, bundle = map(float, told.stdout.split())
            yield Figure(f"{size}: {variant} bundle, processor", taken)
            yield Figure(f"{size}: {variant} bundle, bytes", bundle, unit="bytes")
            yield Figure(f"{size}: {variant} bundle, memory beside the portal's own", most - before, unit="bytes")


def wait(since: float) -> None:
    assert time.perf_counter() - since < PATIENCE, "the workers are heard of no more"
    time.sleep(0.1)


def family(server: Server) -> list[int]:
    """The process and those that it started."""
    assert server.process
    pids = [server.process.pid]
    for pid in pids:  # it grows meanwhile
        pids += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    return pids


def processor_seconds(server: Server) -> float:
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in family(server)]
    return sum(int(one[11]) + int(one[12]) for one in fields) / TICKS


def most_memory(server: Server) -> float:
    """Bytes of the largest process at its largest."""
    told = [Path(f"/proc/{pid}/status").read_text() for pid in family(server)]
    return max(int(one.split("VmHWM:")[1].split()[0]) for one in told) * 1024
