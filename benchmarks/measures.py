"""What is measured. Each figure is a ratio to something bare that was measured in turns with it."""

import http.client
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from itertools import cycle, islice

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from weasyprint import HTML

from awards.documents import pdf
from awards.models import Publication
from benchmarks.bare import nothing
from cdd4.management.commands.demo import HOME
from scoring import engine, parcels
from scoring.models import Scorecard, rank_of, standings
from scoring.recompute import read_entries, read_facts, rescore
from submissions import intake
from submissions.documents import printing, typesetting
from submissions.models import Entry, Round, User
from tests.lines import cookies

QUICK, SLOW = 60, 9  # how often something is measured
WARM_UP = 10
WORKING = 18  # statements of the pages on which an office works: advice, threads, what was checked
WEIGHT = 60_000  # bytes of HTML, before compression, of a page that is no table
HEAVIER = {"criterion page": 90_000, "calendar page": 90_000, "standings page": None}  # twelve forms; a year; a table
# The peak that getrusage() knows is that of the process which started this one, if it is larger.
SCORE_AND_TELL = """
import runpy, sys, time
sys.argv = ["manage.py", "score", sys.argv[1]]
try:
    runpy.run_path("manage.py", run_name="__main__")
finally:
    peak = open("/proc/self/status").read().split("VmHWM:")[1].split()[0]
    print(time.process_time(), peak, file=sys.stderr)
"""


@dataclass(frozen=True)
class Figure:
    """`value` against `bare`, or alone: seconds, bytes or, in no unit, a count."""

    name: str
    value: float
    against: str = ""
    bare: float | None = None
    goal: float | None = None  # for the ratio, or for the value alone
    unit: str = "s"

    @property
    def ratio(self) -> float | None:
        return None if self.bare is None else self.value / self.bare

    @property
    def is_met(self) -> bool:
        reached = self.value if self.ratio is None else self.ratio
        return self.goal is None or reached <= self.goal

    def row(self) -> tuple[str, ...]:
        return (
            self.name,
            self._show(self.value),
            self.against,
            "" if self.bare is None else self._show(self.bare),
            "" if self.ratio is None else f"{self.ratio:.2f}",
            "" if self.goal is None else f"≤ {self.goal:g}",
            "" if self.goal is None else "met" if self.is_met else "MISSED",
        )

    def _show(self, value: float) -> str:
        if self.unit == "bytes":
            return f"{value / 2**20:.1f} MB" if value >= 2**20 else f"{value / 1000:.0f} kB"
        if self.unit == "s":
            return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.2f} ms"
        return f"{value:.0f}"

    def as_json(self) -> dict:
        return asdict(self) | {"ratio": self.ratio, "is_met": self.is_met}


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turns(times: int, *works: Callable[[], object]) -> list[list[float]]:
    """Each work measured so often, one after the other, so that what disturbs one disturbs all; after a warm-up."""
    for work in works:
        work()
    taken = [[seconds(work) for work in works] for _ in range(times)]
    return [list(column) for column in zip(*taken, strict=True)]


def medians(times: int, *works: Callable[[], object]) -> list[float]:
    return [statistics.median(column) for column in in_turns(times, *works)]


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[18]


def reader(user: User) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    return client


class Bench:
    def __init__(self, port: int, redis) -> None:
        self.port, self.redis = port, redis
        self.round = Round.objects.get(is_closed=False, organiser=None)
        self.entries = list(self.round.entries.select_related("round__edition", "office").order_by("pk"))
        self.ids = [entry.pk for entry in self.entries]
        self.home = self.round.entries.get(office__code=HOME)
        self.staff = User.objects.get(username="staff")
        self.client, self.officer = reader(self.staff), reader(User.objects.get(username="officer"))

    def all(self) -> Iterator[Figure]:
        for measure in (
            self.rescore_one,
            self.rescore_all,
            self.score_lines,
            self.upload_to_rank,
            self.pages,
            self.documents,
        ):
            yield from measure()

    # Scores

    def facts(self, ids: list[int]) -> list[engine.Facts]:
        return list(read_facts(read_entries(ids), timezone.now() + self.round.clock_offset).values())

    def bare_scores(self, facts: list[engine.Facts]) -> dict[str, engine.Score]:
        """What rescore asks of the engine."""
        return {entrant.entrant: engine.score_both(self.round.scheme, entrant)[0] for entrant in facts}

    def rescore_one(self) -> Iterator[Figure]:
        busiest = max(self.entries, key=lambda entry: entry.evidence.count()).pk
        facts = self.facts([busiest])
        with CaptureQueriesContext(connection) as captured:
            rescore([busiest])
        yield Figure("rescore one province: statements", len(captured), goal=8, unit="")
        whole, bare = medians(QUICK, lambda: rescore([busiest]), lambda: self.bare_scores(facts))
        yield Figure("rescore one province", whole, "engine alone", bare)

    def rescore_all(self) -> Iterator[Figure]:
        facts = self.facts(self.ids)

        def whole():
            rescore(self.ids)
            return list(standings(self.round).values("pk", "rank", "total"))

        def bare():
            return engine.rank(self.round.scheme, self.bare_scores(facts))

        measured, compared = medians(SLOW, whole, bare)
        yield Figure("rescore and rank all 76", measured, "engine alone, same facts", compared, goal=3)

    def score_lines(self) -> Iterator[Figure]:
        (seconds, most), (_seconds, few) = self._score_lines(10_000), self._score_lines(2_000)
        yield Figure("manage.py score, 10,000 lines: CPU time", seconds, goal=15)
        yield Figure("manage.py score, 10,000 lines: memory", most, "2,000 lines", few, goal=1.05, unit="bytes")

    def _score_lines(self, count: int) -> tuple[float, int]:
        """CPU seconds and peak bytes of scoring so many lines of the published round's facts, as a whole process."""
        facts = list(Publication.objects.get().results.values_list("facts", flat=True))
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as lines:
            lines.writelines(f"{line}\n" for line in islice(cycle(facts), count))
            lines.flush()
            command = [sys.executable, "-c", SCORE_AND_TELL, lines.name]
            done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
        seconds, kilobytes = done.stderr.split()
        return float(seconds), int(kilobytes) * 1024

    # From saving to the rank

    def upload_to_rank(self) -> Iterator[Figure]:
        saved, nothings = [], []
        for number in range(2 * QUICK):
            saved.append(self._wait_for_rank(number))
            nothings.append(seconds(self._wait_for_nothing))
        saved, nothings = saved[WARM_UP:], nothings[WARM_UP:]
        middle = statistics.median(nothings)
        yield Figure("saved → rank readable, p50", statistics.median(saved), "no-op task, p50", middle)
        yield Figure("saved → rank readable, p95", p95(saved), "no-op task, p50", middle, goal=10)
        yield Figure("saved → rank readable, p95", p95(saved), "no-op task, p95", p95(nothings))

    def _wait_for_rank(self, number: int) -> float:
        """Seconds from the end of saving to when the rank that follows from it can be read."""
        entry = self.entries[number % len(self.entries)]
        url = f"https://bench.example/{number}"
        intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=self.staff, url=url)
        saved = time.perf_counter()
        version = Entry.objects.values_list("facts_version", flat=True).get(pk=entry.pk)
        fresh = Scorecard.objects.filter(entry=entry, basis="verified", facts_version__gte=version)
        while not fresh.exists():
            time.sleep(0.002)  # asking without a pause would take the worker's time
        rank_of(entry)
        return time.perf_counter() - saved

    def _wait_for_nothing(self) -> None:
        key = f"bench-{uuid.uuid4()}"
        nothing.apply_async((key,), retry=False)
        assert self.redis.blpop([key], timeout=30)

    # Pages

    def pages(self) -> Iterator[Figure]:
        parcels.make(parcels.begin(self.home, by=self.staff))
        own = f"/entries/{self.home.pk}/"
        pages = {
            "scorecard page": (self.officer, own),
            "course of the score": (self.officer, f"{own}course/"),
            "criterion page": (self.officer, f"{own}criteria/4.2/"),
            "criterion page, a value each month": (self.officer, f"{own}criteria/3.4/"),
            "form page": (self.officer, f"{own}forms/innovation-report/"),
            "form page, of a month": (self.officer, f"{own}forms/monthly-report/?period=2023-07"),
            "confirmation page": (self.officer, f"{own}confirmation/"),
            "history page": (self.officer, f"{own}history/"),
            "parcel page": (self.officer, f"{own}parcel/"),
            "calendar page": (self.officer, "/calendar/"),
            "notices page": (self.officer, "/notices/"),
            "guide page": (self.officer, "/help/officer/"),
            "standings page": (self.client, f"/rounds/{self.round.pk}/standings/"),
        }
        for client in {client for client, _address in pages.values()}:
            client.get("/help/")  # a login's first page of a minute notes that somebody works
        for name, (client, address) in pages.items():
            with CaptureQueriesContext(connection) as captured:
                answer = client.get(address)
            assert answer.status_code == 200, address
            weight = len(answer.content)
            yield Figure(f"{name}: HTML", weight, goal=HEAVIER.get(name, WEIGHT), unit="bytes")
            yield Figure(f"{name}: statements", len(captured), goal=WORKING if own in address else 12, unit="")
        bare = (self.client, f"/bare/{self.round.pk}/")
        times = medians(QUICK, *(lambda p=page: self._get(*p) for page in (*pages.values(), bare)))
        for name, measured in zip(pages, times, strict=False):
            goal = 2 if name == "standings page" else None
            yield Figure(name, measured, "bare table of 76 rows", times[-1], goal)

    def _get(self, client: Client, address: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", address, headers={"Cookie": cookies(sessionid=client.cookies["sessionid"].value)})
        answer = connection.getresponse()
        assert answer.read()
        assert answer.status == 200, (address, answer.status)

    # Documents

    def documents(self) -> Iterator[Figure]:
        content = Publication.objects.get().content()
        office = content["results"][0]["office"]["code"]
        for kind in pdf.KINDS:
            code = office if kind == "scorecard" else None
            plain = plain_pages(pdf.render(kind, content, code))
            measured, bare = medians(3, partial(pdf.render, kind, content, code), partial(lay_out, plain))
            yield Figure(f"PDF: {kind}, {len(plain)} pages", measured, "its text, laid out plainly", bare)


def plain_pages(document: bytes) -> list[str]:
    done = subprocess.run(["pdftotext", "-", "-"], input=document, capture_output=True, check=True)
    return done.stdout.decode().split("\f")[:-1]


def lay_out(pages: list[str]) -> None:
    """The same words on as many pages, in the same font, without a design."""
    face = "@font-face { font-family: Sarabun; src: url(asset:400) } body { font: 9pt Sarabun }"
    body = "".join(f"<pre style='break-after: page; white-space: pre-wrap'>{page}</pre>" for page in pages)
    HTML(string=f"<style>{face}</style>{body}", url_fetcher=printing.HandedIn(typesetting.fonts())).write_pdf()
