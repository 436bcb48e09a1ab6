"""A reviewer at the desk, in a browser: from the key of a decision to the next piece drawn; and how queues, and tables
of a number, grow."""

import contextlib
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from django import db
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Page, sync_playwright

from benchmarks import country
from benchmarks.measures import Figure, medians, p95, seconds
from benchmarks.servers import Web
from submissions.models import Claim, Evidence, Round, User, Value

DECISIONS, READING = 60, 2.0  # how many, and seconds of looking at each: a practised reviewer takes nine
SHOWN = 0.4  # seconds from a decision to the next piece, at most
KEYS = 2
NUMBER = "3.4.news"  # an office enters it, and it is reviewed
COLUMN = 2.0  # seconds to accept as many amounts as a page has, at most
# Of each decision the milliseconds from its last key until another piece stands there, its picture drawn.
WATCH = """() => {
    window.took = [];
    const piece = () => document.querySelector("[data-piece]:not([hidden])");
    const isDrawn = (one) => [...one.querySelectorAll("img[data-shown]")].every((i) => i.complete && i.naturalWidth);
    addEventListener("keydown", (event) => {
        if (!["KeyA", "KeyR"].includes(event.code)) return;
        const since = performance.now(), was = piece().dataset.piece;
        const look = () => {
            const now = piece();
            if (now && now.dataset.piece !== was && isDrawn(now)) window.took.push(performance.now() - since);
            else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    }, true);
}"""


class Reviewing:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.judge = User.objects.get(username="judge")
        self.client = Client(SERVER_NAME="127.0.0.1")
        self.client.force_login(self.judge)

    def all(self) -> Iterator[Figure]:
        yield from self.desk()
        yield from self.queues()

    def desk(self) -> Iterator[Figure]:
        program = shutil.which("chromium-headless-shell")
        assert program, "Debian's package chromium-headless-shell is missing"
        with contextlib.ExitStack() as stack:
            web = stack.enter_context(Web(dict(self.environment), workers=2))
            address = f"http://127.0.0.1:{web.port}"
            browser = stack.enter_context(sync_playwright()).chromium.launch(executable_path=program)
            context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900}, locale="th-TH")
            session = self.client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
            page = context.new_page()
            page.goto("/review/next/")
            page.evaluate(WATCH)
            keys = [self.decide(page, number) for number in range(DECISIONS)]
            took = [one / 1000 for one in page.evaluate("window.took")]
            browser.close()
        db.connection.close()
        yield Figure("decision → next piece shown, p50", statistics.median(took))
        yield Figure("decision → next piece shown, p95", p95(took), goal=SHOWN)
        yield Figure("keys for one decision, most", max(keys), goal=KEYS, unit="")

    def decide(self, page: Page, number: int) -> int:
        """One of five is returned with a reason. Says how many keys it took."""
        time.sleep(READING)
        keys = ["1", "r"] if number % 5 == 4 else ["a"]
        for key in keys:
            page.keyboard.press(key)
        patience = time.monotonic() + 30
        while page.evaluate("window.took.length") <= number:
            assert time.monotonic() < patience, "the next piece did not come"
            time.sleep(0.01)
        return len(keys)

    def queues(self) -> Iterator[Figure]:
        with tempfile.TemporaryDirectory() as folder:
            country.load_offices(Path(folder) / "offices.csv")
        sizes = {
            76: Round.objects.get(is_closed=False, organiser=None, name_en__endswith="(demo)"),
            878: country.make_round("district"),
        }
        Evidence.objects.filter(entry__round=sizes[878]).update(status=Evidence.Status.SUBMITTED)
        entered = Value.objects.filter(entry__round__in=sizes.values(), code=NUMBER)
        entered.update(status=Value.Status.SUBMITTED, source=Value.Source.OFFICE)
        with db.connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        smaller: dict[str, float] = {}
        for size, round in sizes.items():
            waiting = Evidence.objects.filter(entry__round=round).waiting().count()
            yield Figure(f"{size} entries: pieces that wait", waiting, unit="")
            slot = "slot=1.1.report%7C"
            piece = Evidence.objects.filter(entry__round=round).waiting().first()
            assert piece
            pages = {
                "queues": f"/review/?round={round.pk}",
                "the next piece": f"/review/next/?round={round.pk}&after={piece.pk}&past={piece.pk}",
                "contact sheet": f"/review/sheet/?round={round.pk}&{slot}",
                "a number of all": f"/admin/submissions/value/review/rounds/{round.pk}/{NUMBER}/?order=remarks",
            }
            for name, address in pages.items():
                Claim.objects.all().delete()
                yield from self.page(f"{size} entries: {name}", address, smaller.get(name))
                smaller[name] = self.statements
            yield self.column(f"{size} entries", pages["a number of all"])

    def column(self, name: str, address: str) -> Figure:
        """A page of amounts accepted in one go."""
        seen = re.findall(r'name="seen"\s+value="([0-9.]+)"', self.client.get(address).content.decode())
        assert seen, address
        taken = seconds(lambda: self.client.post(address, {"seen": seen}))
        return Figure(f"{name}: {len(seen)} amounts accepted", taken, goal=COLUMN)

    def page(self, name: str, address: str, smaller: float | None) -> Iterator[Figure]:
        def ask() -> None:
            assert self.client.get(address, headers={"X-Desk": "1"}).status_code == 200, address

        ask()
        with CaptureQueriesContext(db.connection) as captured:
            ask()
        self.statements = len(captured)
        yield Figure(f"{name}, statements", len(captured), goal=45 if smaller is None else smaller + 1, unit="")
        yield Figure(name, medians(9, ask)[0])
