"""A page that somebody looks at is new when another has saved: told by the stream, or asking where there is none."""

import time
from contextlib import ExitStack

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from scoring.recompute import rescore
from scoring.tasks import rescore_entry
from submissions.queue import send
from submissions.streams import telling
from tests import factories as make
from tests.servers import Nginx, Streams, Web, Worker, wait_until

from .conftest import WIDE, give_login

pytestmark = [pytest.mark.browser, pytest.mark.faults]
ASKS = 16_000  # milliseconds: a little more than between two questions


@pytest.fixture
def portal(contest, production, settings):
    """All parts that a score goes through, behind the portal's nginx."""
    settings.STREAMS, settings.CELERY_BROKER_URL = True, production["CDD4_REDIS_URL"]
    known = {**production, "CDD4_STREAMS": "1"}
    with ExitStack() as stack:
        streams = stack.enter_context(Streams(known))
        web = stack.enter_context(Web(known))
        stack.enter_context(Worker(known, queues="rescore,sweep"))
        proxy = stack.enter_context(Nginx(web, settings.MEDIA_ROOT, streams=streams))
        wait_until(telling.listeners, 20, "the server of streams listens")
        proxy.streams = streams
        yield proxy


@pytest.fixture
def opened(chromium, portal):
    """Opens a page and counts what it asks for by itself."""
    contexts = []

    def open_as(user, path, expected=200):
        context = chromium.new_context(
            base_url=portal.url, viewport=WIDE, locale="th-TH", ignore_https_errors=True, service_workers="block"
        )
        contexts.append(context)
        give_login(context, user, portal.url)
        page = context.new_page()
        page.faults, page.asked, page.streamed = [], [], []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda line: line.type == "error" and page.faults.append(line.text))
        page.on("request", lambda one: "/followed/" in one.url and page.asked.append(one.url))
        page.on("response", lambda one: "/streams/" in one.url and page.streamed.append(one.status))
        page.goto(path)
        if expected:
            wait_until(lambda: page.wait_for_timeout(50) or expected in page.streamed, 20, "the stream")
        return page

    yield open_as
    for context in contexts:
        context.close()


def accept(entry, requirement="1.1.report", period="") -> None:
    """What somebody else does, elsewhere."""
    make.make_evidence(entry, requirement, period, status="accepted")


def points_of(page):
    return page.locator('[data-points="total"]').first


def test_what_another_saves_is_shown_at_once_and_nothing_is_asked(portal, opened, krabi, officer):
    """Also while the worker has much else to do."""
    rescore([krabi.pk])
    page = opened(officer, reverse("scorecard", args=[krabi.pk]))
    standings = opened(make.make_user("staff"), reverse("standings", args=[krabi.round_id]))
    before = points_of(page).inner_text()
    others = list(krabi.round.entries.exclude(pk=krabi.pk).values_list("pk", flat=True))
    for _ in range(50):
        for pk in others[:2]:
            send(rescore_entry, pk)
    start = time.perf_counter()
    accept(krabi)
    expect(points_of(page)).not_to_have_text(before)
    assert time.perf_counter() - start < 8
    row = standings.locator("table.standings tr", has_text="กระบี่")
    expect(row.locator(".total")).to_have_text(points_of(page).inner_text().split()[0])
    assert page.asked == standings.asked == []
    assert page.faults == standings.faults == []


def test_without_the_server_the_page_asks_and_is_told_again_once_it_is_back(portal, opened, krabi, officer):
    rescore([krabi.pk])
    page = opened(officer, reverse("criterion", args=[krabi.pk, "1.1"]))
    before = points_of(page).inner_text()
    portal.streams.kill()
    accept(krabi)
    expect(points_of(page)).not_to_have_text(before, timeout=ASKS + 5000)
    assert page.asked
    page.streamed.clear()
    portal.streams.start()
    wait_until(lambda: page.wait_for_timeout(50) or 200 in page.streamed, 40, "the stream again")
    page.asked.clear()
    before = points_of(page).inner_text()
    for period in ("r1", "r2"):
        accept(krabi, "1.2.report", period)
    expect(points_of(page)).not_to_have_text(before)
    assert page.asked == []


def test_a_page_behind_another_follows_nothing_and_catches_up(portal, opened, krabi, officer):
    rescore([krabi.pk])
    page = opened(officer, reverse("scorecard", args=[krabi.pk]))
    hide = "(is) => { Object.defineProperty(document, 'hidden', {value: is, configurable: true});"
    hide += " document.dispatchEvent(new Event('visibilitychange')) }"
    before = points_of(page).inner_text()
    page.evaluate(hide, True)
    accept(krabi)
    page.wait_for_timeout(3000)
    assert (points_of(page).inner_text(), page.asked) == (before, [])
    page.evaluate(hide, False)
    expect(points_of(page)).not_to_have_text(before)
    assert len(page.asked) == 1
