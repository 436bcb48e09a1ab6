"""A real browser before a real server, with a real worker behind it."""

import contextlib
import os
import re
import shutil
from pathlib import Path
from unittest.mock import Mock
from urllib.parse import urljoin

import pytest
from celery.contrib.testing.worker import start_worker
from celery.signals import task_postrun
from django.contrib.staticfiles import finders
from django.db import connections
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Error, Locator, Page, expect, sync_playwright

from cdd4.celery import app
from scoring.recompute import rescore
from submissions.models import Round
from tests import factories as make
from tests.lines import BadLine
from tests.rows import once

from .pool import connections_used_again
from .slot import SLOT, hand_in, large_pdf
from .waiting import hold, until

# Playwright keeps an event loop in this thread; the tests' own queries run beside it all the same.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
MOST = 15_000  # milliseconds: what is there sooner costs none of them, and a busy machine needs more than five
expect.set_options(timeout=MOST)
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"
    # One process draws whatever is shown: each of its own cost a fifth of a page's time.
    " --in-process-gpu --renderer-process-limit=1 --process-per-site --num-raster-threads=1"
).split()
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SCREENS = pytest.mark.parametrize("screen", [WIDE, PHONE], ids=["desk", "phone"])
# What is the same on every screen is done on the one that its people have; widths are walked in test_accessibility.
AT_A_DESK = pytest.mark.parametrize("screen", [WIDE], ids=["desk"])
ON_A_PHONE = pytest.mark.parametrize("screen", [PHONE], ids=["phone"])


@pytest.fixture(scope="session")
def chromium():
    # The same Chromium without the window around the page, which nobody sees here and which costs a quarter more.
    program = shutil.which("chromium-headless-shell")
    assert program, "The flows need Debian's package chromium-headless-shell; `make test` installs it."
    connections.close_all()  # this thread has another connection while Playwright's loop runs in it
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()
        connections.close_all()


@pytest.fixture(autouse=True, scope="package")
def _connections_are_used_again(django_db_setup):
    with connections_used_again():
        yield


# A form is sent once it was asked who is logged in: this page is left, though another is not there yet.
IS_SENT = """addEventListener("submit", (event) => {
    const { method, target } = event.target;
    const isElsewhere = (event.submitter?.formTarget || target) === "_blank";
    window.isSent = !event.defaultPrevented && method === "post" && !isElsewhere;
});"""
IS_LEFT = "() => window.isLeft = window.isSent || document.documentElement.matches('.is-asking')"


@pytest.fixture(autouse=True, scope="session")
def _type_is_there_at_once(tmp_path_factory):
    """As on anybody's second page. On a first one a typeface that is not there within 100 ms is left for the next, and
    this machine is busy: lines would be as long one time as another.
    """
    folder, find = tmp_path_factory.mktemp("styles"), finders.find

    def find_with_type(path, *args, **options):
        found = find(path, *args, **options)
        if path not in ("portal.css", "admin.css"):
            return found
        (folder / path).write_text(Path(found).read_text().replace("font-display: optional", "font-display: block"))
        return str(folder / path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finders, "find", find_with_type)
        yield


@pytest.fixture(autouse=True, scope="session")
def _a_click_waits_for_the_page_it_leads_to():
    """A form asks first who is logged in, and a click waits by itself only for what begins at once."""
    with pytest.MonkeyPatch.context() as patch:
        for kind in (Page, Locator):
            patch.setattr(kind, "click", waiting(kind.click))
        patch.setattr(Browser, "new_context", watching(Browser.new_context))
        yield


def watching(new_context):
    def new_context_that_is_watched(self, **options):
        context = new_context(self, **options)
        context.add_init_script(IS_SENT)
        return context

    return new_context_that_is_watched


def waiting(click):
    def click_and_wait(self, *asked, **options) -> None:
        click(self, *asked, **options)
        page = getattr(self, "page", self)
        if options.get("no_wait_after") or page.is_closed():
            return
        with contextlib.suppress(Error):  # the page goes this moment
            if not page.evaluate(IS_LEFT):
                return
        page.wait_for_function("() => !window.isLeft || document.querySelector('dialog[open]')")

    return click_and_wait


@pytest.fixture
def open_page(chromium, live_server):
    """Opens the home of a person, logged in, on their screen. Any fault that the browser reports fails the test."""
    contexts, faults = [], []

    def open_as(user=None, *, screen=WIDE, scripts=True, touch=False, refused=()):
        context = chromium.new_context(
            base_url=live_server.url, viewport=screen, locale="th-TH", java_script_enabled=scripts, has_touch=touch
        )
        context.set_default_timeout(MOST)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console", lambda line: faults.append(f"{line.text} ({line.location})") if is_fault(line, refused) else None
        )
        if user:
            give_login(context, user, live_server.url)
            page.goto("/")
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def line(live_server):
    with BadLine(live_server.thread.port, 2_000_000) as line:
        yield line


@pytest.fixture
def line_address(line) -> str:
    return f"http://127.0.0.1:{line.port}"


@pytest.fixture
def over_line(chromium, line_address):
    """A page of the portal over the bad line; what the browser itself says of lost requests is not looked at."""
    contexts = []

    def open_as(user, screen):
        context = chromium.new_context(base_url=line_address, viewport=screen, locale="th-TH", ignore_https_errors=True)
        context.set_default_timeout(30_000)
        contexts.append(context)
        give_login(context, user, line_address)
        return context.new_page()

    yield open_as
    for context in contexts:
        context.close()


def lose_one_of_each(page, *addresses: str) -> list:
    """Cut the line on the first request to each of these from now on; those that were lost."""
    lost = []

    def lose(route) -> None:
        lost.append(route)
        route.abort()

    for address in addresses:
        page.route(address, lose, times=1)
    return lost


def log_in(page, user) -> None:
    """Through the door, as people do."""
    page.goto("/accounts/login/")
    page.fill("[name=login]", user.username)
    page.fill("[name=password]", make.PASSWORD)
    page.click("main form button")
    page.wait_for_url(lambda url: "/accounts/" not in url)


def is_fault(line, refused) -> bool:
    """A refused form is answered with 409 or 422, a file that is held with 423: failed resources to the browser. That
    the line was taken away is no fault of the page.
    """
    expected = "ERR_INTERNET_DISCONNECTED" in line.text or any(
        re.search(rf"(status of|Status Error Code) {code}\b", line.text) for code in (409, 422, 423, *refused)
    )
    return line.type in ("error", "warning") and not expected


@pytest.fixture
def worker(transactional_db, redis_server, monkeypatch):
    """A Celery worker in a thread of this process: one of its own takes seconds to start, and other tests have that."""

    def hang_up(**task) -> None:
        connections.close_all()  # its thread ends with the test, and its connection would outlive it

    monkeypatch.setattr(app.log, "setup", Mock())  # a worker makes the log of its process its own
    task_postrun.connect(hang_up)
    with start_worker(
        app, pool="solo", perform_ping_check=False, queues=["rescore", "sweep", "documents", "publish", "mail"]
    ) as worker:
        yield worker
    task_postrun.disconnect(hang_up)


@pytest.fixture
def contest(transactional_db):
    """A round of three provinces; Krabi is second, and stands to gain."""
    return Round.objects.get(pk=once("contest of three", make_contest))


def make_contest() -> int:
    round = make.make_round(rank_visibility="full")
    for code, name, reports in (("TH-50", "เชียงใหม่", 2), ("TH-81", "กระบี่", 1), ("TH-14", "พระนครศรีอยุธยา", 0)):
        entry = make.make_entry(round, make.make_office(code, name_th=name, name_en=name))
        for requirement in ("3.1.assignment", "3.1.plan")[:reports]:
            make.make_evidence(entry, requirement, status="accepted")
    rescore(round.entries.values_list("pk", flat=True))
    return round.pk


@pytest.fixture
def krabi(contest):
    return contest.entries.get(office__code="TH-81")


@pytest.fixture
def officer(krabi):
    return make.make_user("officer", office=krabi.office, full_name="เจ้าหน้าที่จังหวัดกระบี่")


@pytest.fixture
def judge(contest):
    judge = make.make_user("judge", full_name="กรรมการคนที่หนึ่ง")
    contest.judges.add(judge)
    return judge


def give_login(context, user, url: str) -> None:
    """A login, with a token of its own."""
    client = Client()
    client.force_login(user)
    cookie = {"name": "sessionid", "value": client.session.session_key, "url": url}
    in_production = [{**cookie, "name": "__Host-sessionid", "secure": True}] if url.startswith("https:") else []
    context.add_cookies([cookie, *in_production])


def log_in_again(page, user) -> None:
    """In another tab of the same browser, which has another token from then on."""
    page.context.clear_cookies()
    give_login(page.context, user, urljoin(page.url, "/"))
    page.context.new_page().goto(page.url)


@pytest.fixture
def open_slot(open_page, officer, krabi):
    def open_slot(screen=WIDE):
        page = open_page(officer, screen=screen, refused=[403, 502])
        page.goto(reverse("criterion", args=[krabi.pk, "1.1"]))
        page.locator(f"{SLOT} .hand-in > summary").click()
        page.locator(f"{SLOT} .talk summary").click()
        return page

    return open_slot


@pytest.fixture
def large_one(tmp_path):
    """A large file on its way from a page's slot; whoever calls it lets it arrive."""

    def begin(page, note=""):
        large_pdf(tmp_path / "ใหญ่.pdf", 2 * 2**20)
        page.locator(f"{SLOT} .hand-in textarea").fill(note)
        held = hold(page, "**/uploads/**", "PATCH")
        hand_in(page, tmp_path / "ใหญ่.pdf")
        until(page, lambda: held, "it is on its way")

        def arrive(papers=1):
            for route in held:
                route.continue_()
            page.unroute("**/uploads/**")
            expect(page.locator(f"{SLOT} .paper")).to_have_count(papers)

        return arrive

    return begin
