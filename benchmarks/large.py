"""How it grows: rounds of 76, 878 and 7,255 entries, rescored from nothing, ranked, shown, and moved by one upload."""

import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from django import db
from django.core.cache import caches
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards import tasks as tasks_of_awards
from awards.publishing import press
from awards.publishing.preparation import preparation_of
from benchmarks import country, shares
from benchmarks.measures import Figure, medians, p95
from benchmarks.servers import ScoringWorker
from scoring import tasks
from scoring.models import Scorecard, rank_of, stale_entries, standings
from submissions import intake
from submissions.models import Entry, Round, User

GOALS_OF_JUDGES = {878: 10}  # seconds until it is worked out how five judges judged everybody
GOALS = {76: None, 878: 10, 7255: 60}  # seconds for a round from nothing to ranks, by two processes
GOALS_OF_PUBLISHING = {76: 2, 878: 10, 7255: 60}  # seconds
UPLOADS = 60
OWN, WHOLE = 0.2, 0.5  # seconds from one upload to its rank, and to the whole table


class Large:
    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.staff = User.objects.get(username="staff")
        with tempfile.TemporaryDirectory() as folder:
            started = time.process_time()
            country.load_offices(Path(folder) / "offices.csv")
            self.loading = time.process_time() - started
        self.rounds = {size: country.make_round(kind) for kind, size in country.SIZES.items()}
        with db.connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def all(self) -> Iterator[Figure]:
        yield Figure("load 8,097 offices: CPU time", self.loading, goal=10)
        smaller = None
        for size, round in self.rounds.items():
            figures = list(self.rescore(round, size)) + list(self.read(round, size))
            figures += self.publish(round, size)
            if size in GOALS_OF_JUDGES:
                figures += self.calibration(round, size)
            yield from (self.beside(figure, smaller) for figure in figures)
            smaller = {figure.name.partition(": ")[2]: figure for figure in figures}
        yield from self.upload(self.rounds[7255])

    @staticmethod
    def beside(figure: Figure, smaller: dict[str, Figure] | None) -> Figure:
        """Against the same of the round before, to show how it grows; a goal is for the figure alone."""
        before = smaller and smaller.get(figure.name.partition(": ")[2])
        if not before or figure.goal is not None:
            return figure
        return Figure(figure.name, figure.value, before.name.partition(":")[0], before.value, unit=figure.unit)

    # From nothing

    def rescore(self, round: Round, size: int) -> Iterator[Figure]:
        for processes in (1, 2):
            country.forget_scores(round)
            taken, used, most = in_processes(round, processes)
            named = f"{size:,} entries: from nothing to ranks, {processes} process{'es' * (processes > 1)}"
            yield Figure(named, taken, goal=GOALS[size] if processes == 2 else None)
            yield Figure(f"{named}, CPU time", used)
            yield Figure(f"{named}, memory of each", most, unit="bytes")

    def read(self, round: Round, size: int) -> Iterator[Figure]:
        entry = Entry.objects.with_round().filter(round=round).order_by("pk").last()
        assert entry
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(self.staff)
        page, board = f"/rounds/{round.pk}/standings/", f"/rounds/{round.pk}/board/"
        reviewed = next(iter(round.reviewed_values))
        values = reverse("admin:submissions_value_column", args=[round.pk, reviewed])
        pages = {"standings page": page, "board page": board, "values of all beside each other": values}
        statements = {name: count(client, address) for name, address in pages.items()}
        times = medians(
            15,
            lambda: rank_of(entry),
            lambda: list(standings(round).values("pk", "rank", "total")),
            lambda: stale_entries(round, round.now()).exists(),
            *(partial(client.get, address) for address in pages.values()),
        )
        names = ("rank of one", "ranks of all", "is anything stale", *pages)
        goals = {"rank of one": 0.05, "standings page": 0.3} if size == 7255 else {}
        goals |= {"board page": 0.15} if size == 76 else {}
        for name, value in zip(names, times, strict=True):
            yield Figure(f"{size:,} entries: {name}", value, goal=goals.get(name))
        for name, number in statements.items():
            yield Figure(f"{size:,} entries: {name}, statements", number, goal=12, unit="")

    def publish(self, round: Round, size: int) -> Iterator[Figure]:
        """As a worker does it, with nobody else at work: from its message to the publication."""
        prepared = preparation_of(round, at=round.now())
        ties = [{"offices": list(tie.codes), "reason": "bench"} for tie in prepared.ties]
        said = {"reason": "", "seen": prepared.fingerprint, "number": 1, "decisions": ties}
        begun = press.begin(round, by=self.staff, deed="publish", said=said)
        started = time.perf_counter()
        tasks_of_awards.make_publication(begun.pk)
        taken = time.perf_counter() - started
        begun.refresh_from_db()
        assert begun.publication, begun.faults
        yield Figure(f"{size:,} entries: pressed → published", taken, goal=GOALS_OF_PUBLISHING[size])

    def calibration(self, round: Round, size: int) -> Iterator[Figure]:
        """How five judges of everybody judge: worked out, and as it is kept until a fact changes."""
        country.judge_all(round, judges=5)
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(self.staff)
        page = f"/rounds/{round.pk}/calibration/"
        statements = count(client, page)

        def anew() -> None:
            caches["process"].clear()
            client.get(page)

        fresh, kept = medians(3, anew, lambda: client.get(page))
        yield Figure(f"{size:,} entries, 5 judges: calibration page, worked out", fresh, goal=GOALS_OF_JUDGES.get(size))
        yield Figure(f"{size:,} entries, 5 judges: calibration page, kept", kept)
        yield Figure(f"{size:,} entries, 5 judges: calibration page, statements", statements, goal=25, unit="")

    # From an upload to what follows from it

    def upload(self, round: Round) -> Iterator[Figure]:
        entries = list(round.entries.select_related("round__edition", "office").order_by("-pk")[:UPLOADS])
        with ScoringWorker(self.environment):
            yield from self.waits("7,255 entries, idle", [self.wait(entry) for entry in entries], True)
            country.forget_scores(round)
            tasks.sweep.delay()
            waited: list[tuple[float, float]] = []
            while stale_entries(round, round.now()).count() > UPLOADS:
                waited.append(self.wait(entries[len(waited) % UPLOADS]))
                time.sleep(0.1)
            yield from self.waits("7,255 entries, while all are rescored", waited, False)

    def waits(self, when: str, waited: list[tuple[float, float]], has_goals: bool) -> Iterator[Figure]:
        for place, (what, goal) in enumerate((("own rank", OWN), ("whole table", WHOLE))):
            times = [pair[place] for pair in waited]
            yield Figure(f"{when}: saved → {what}, p50", statistics.median(times))
            yield Figure(f"{when}: saved → {what}, p95", p95(times), goal=goal if has_goals else None)

    def wait(self, entry: Entry) -> tuple[float, float]:
        """Seconds from the end of saving to when the rank, and then the table, that follow from it were read."""
        url = f"https://bench.example/{time.monotonic_ns()}"
        intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=self.staff, url=url)
        saved = time.perf_counter()
        version = Entry.objects.values_list("facts_version", flat=True).get(pk=entry.pk)
        fresh = Scorecard.objects.filter(entry=entry, basis="verified", facts_version__gte=version)
        while not fresh.exists():
            time.sleep(0.002)
        rank_of(entry)
        own = time.perf_counter() - saved
        list(standings(entry.round).values("pk", "rank", "total"))
        return own, time.perf_counter() - saved


def count(client: Client, page: str) -> int:
    """How many statements a page takes once its process has seen it."""
    client.get(page)
    with CaptureQueriesContext(db.connection) as captured:
        assert client.get(page).status_code == 200
    return len(captured)


def in_processes(round: Round, count: int) -> tuple[float, float, float]:
    """Rescore a round from nothing and rank it: seconds, CPU seconds of all, and peak bytes of the largest process."""
    ids = list(round.entries.order_by("pk").values_list("pk", flat=True))
    with multiprocessing.get_context("spawn").Pool(count, initializer=shares.set_up) as pool:
        pool.map(shares.warm, [round.pk] * count)
        started = time.perf_counter()
        used_by_each = pool.map(shares.share, [ids[place::count] for place in range(count)], chunksize=1)
        list(standings(round).values("pk", "rank", "total"))
        taken = time.perf_counter() - started
    return taken, sum(used for used, _most in used_by_each), max(most for _used, most in used_by_each)
