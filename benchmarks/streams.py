"""Open pages: from saving to what 80 of them show, told by streams and asking as they did; and what 1,000 streams take.

A page is played by what it sends: its stream, and the question that follows. All on loopback, and over in minutes.
"""

import asyncio
import itertools
import statistics
import time
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import aiohttp
import psycopg2
from django import db
from django.conf import settings
from django.urls import reverse

from benchmarks.measures import Figure, p95, reader
from benchmarks.servers import ScoringWorker, Web
from submissions import intake
from submissions.models import Round, User
from submissions.streams import telling, tickets
from tests.lines import cookies
from tests.servers import Streams, wait_until

PAGES, SAVED = 80, 12
TABLES = 4  # of these show the whole round
MANY = 1000
SHOWN, MEMORY = 0.3, 60 * 2**20  # seconds from saving to what is shown, at most; bytes of the server of streams
ASKED = 4.0  # seconds between two questions of a page, before there were streams
PAUSE = 1.5  # seconds between two savings


class Open:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = {**environment, "CDD4_STREAMS": "1", "CDD4_SECRET_KEY": settings.SECRET_KEY}
        self.round = Round.objects.get(is_closed=False, organiser=None)
        self.entry = self.round.entries.order_by("pk")[0]
        self.staff = User.objects.get(username="staff")
        self.session = reader(self.staff).cookies["sessionid"].value
        self.number = itertools.count()

    def all(self) -> Iterator[Figure]:
        with ExitStack() as stack:
            self.streams = stack.enter_context(Streams(self.environment))
            self.web = stack.enter_context(Web(self.environment, workers=2))
            stack.enter_context(ScoringWorker(self.environment))
            settings.STREAMS = True
            wait_until(telling.listeners, 20, "the server of streams listens")
            entry, progress = tickets.OF_ENTRY(self.entry.pk), reverse("progress", args=[self.entry.pk])
            asked = asyncio.run(self.measure([self.asking(progress) for _ in range(PAGES)]))
            told = asyncio.run(self.measure([self.told(entry, None) for _ in range(PAGES)]))
            yield Figure(f"saved → told to {PAGES} pages, p95", p95(told), goal=SHOWN)
            shown = asyncio.run(self.measure(list(self.of_a_round()), TABLES + 1))
            name = f"saved → shown by the pages that it moved of {PAGES} open ones of a round, p95"
            yield Figure(name, p95(shown), goal=SHOWN)
            shown = asyncio.run(self.measure([self.told(entry, progress) for _ in range(PAGES)]))
            yield Figure(f"saved → score shown by {PAGES} pages of one entry, p50", statistics.median(shown))
            name = f"saved → score shown by {PAGES} pages of one entry, p95"
            yield Figure(name, p95(shown), "asking every 4 s", p95(asked))
            places = reverse("standings", args=[self.round.pk])
            tables = [self.told(tickets.OF_ROUND(self.round.pk), places) for _ in range(PAGES)]
            shown = asyncio.run(self.measure(tables))
            yield Figure(f"saved → table of 76 shown by {PAGES} pages, p95", p95(shown))
            memory, connections = asyncio.run(self.many())
            name = f"{MANY} open pages: memory of their server"
            yield Figure(name, memory, "what it may take", MEMORY, goal=1, unit="bytes")
            yield Figure(f"{MANY} open pages: connections to the database for them", connections, goal=0, unit="")

    def of_a_round(self) -> Iterator[Coroutine]:
        """As on a busy day: each office looks at its own scorecard, and some staff at the table of all."""
        for pk in self.round.entries.order_by("pk").values_list("pk", flat=True)[: PAGES - TABLES]:
            yield self.told(tickets.OF_ENTRY(pk), reverse("scorecard", args=[pk]))
        for _ in range(TABLES):
            yield self.told(tickets.OF_ROUND(self.round.pk), reverse("standings", args=[self.round.pk]))

    async def measure(self, opened: list[Coroutine], moved: int = PAGES) -> list[float]:
        """Seconds from each saving until each of those that it moved showed it."""
        self.saved_at: list[float] = []
        self.shown_at: list[tuple[int, float]] = []
        limits = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=limits, headers={"Cookie": cookies(sessionid=self.session)}) as http:
            self.http = http
            pages: list[asyncio.Task] = [asyncio.create_task(page) for page in opened]
            await asyncio.sleep(2)
            for _ in range(SAVED):
                await asyncio.to_thread(self.save)
                while len(seen := [at for number, at in self.shown_at if number == len(self.saved_at)]) < moved:
                    await asyncio.sleep(0.01)
                    assert time.perf_counter() - self.saved_at[-1] < 30, f"only {len(seen)} pages show it"
                await asyncio.sleep(PAUSE)
            for one in pages:
                one.cancel()
            await asyncio.gather(*pages, return_exceptions=True)
        return [at - self.saved_at[number - 1] for number, at in self.shown_at]

    def save(self) -> None:
        url = f"https://bench.example/streams/{next(self.number)}"
        intake.attach_evidence(self.entry, intake.HandIn("1.1.report"), by=self.staff, url=url)
        self.saved_at.append(time.perf_counter())
        db.connection.close()

    def note(self) -> None:
        self.shown_at.append((len(self.saved_at), time.perf_counter()))

    async def get(self, address: str) -> str:
        async with self.http.get(f"http://127.0.0.1:{self.web.port}{address}") as answer:
            assert answer.status == 200, answer.status
            return await answer.text()

    async def told(self, what: str, address: str | None) -> None:
        """A page with a stream, which asks when it is told."""
        ticket = tickets.write(id(asyncio.current_task()), {what: 0})
        url = f"http://127.0.0.1:{self.streams.port}/streams/?ticket={ticket}"
        async with self.http.get(url, timeout=aiohttp.ClientTimeout(total=None)) as stream:
            async for line in stream.content:
                if line.startswith(b"data: ") and self.saved_at:
                    if address:
                        await self.get(address)
                    self.note()

    async def asking(self, address: str) -> None:
        """A page as it was: the version that it shows is told by what else the answer says."""
        await asyncio.sleep(ASKED * (hash(asyncio.current_task()) % 1000) / 1000)
        seen = 0
        while True:
            page = await self.get(address)
            if "is-waiting" not in page and len(self.saved_at) > seen:
                seen = len(self.saved_at)
                self.note()
            await asyncio.sleep(ASKED)

    async def many(self) -> tuple[int, int]:
        """What the server takes with 1,000 streams, all of which it has told something."""
        before = self.connections()
        waiting = []
        for person in range(MANY):
            ticket = tickets.write(person, {tickets.OF_ENTRY(person): 1, tickets.OF_ROUND(0): 1})
            lines, writer = await asyncio.open_connection("127.0.0.1", self.streams.port)
            writer.write(f"GET /streams/?ticket={ticket} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            await lines.readuntil(b":\n\n")
            waiting.append((lines, writer))
        telling.tell({tickets.OF_ROUND(0): 2})
        await asyncio.gather(*(lines.readuntil(b"data: 2") for lines, _writer in waiting))
        pages = int(Path(f"/proc/{self.streams.process.pid}/statm").read_text().split()[1])
        found = pages * 4096, max(0, self.connections() - before)
        for _lines, writer in waiting:
            writer.close()
        return found

    def connections(self) -> int:
        with psycopg2.connect(self.environment["CDD4_DATABASE_URL"]) as line, line.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            return cursor.fetchone()[0]
