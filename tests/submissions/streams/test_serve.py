"""The server of streams as production starts it, before a real Redis: who is told what, and who is told nothing."""

import http.client
import json
import statistics
import time
from contextlib import ExitStack

import pytest
from django.core import signing

from submissions.streams import hub, telling, tickets
from tests.servers import Streams, wait_until

pytestmark = pytest.mark.faults
PAGES, SOON = 80, 0.3  # seconds


@pytest.fixture
def streams(redis_server, settings):
    settings.STREAMS, settings.CELERY_BROKER_URL = True, redis_server.url
    known = {"CDD4_SECRET_KEY": settings.SECRET_KEY, "CDD4_REDIS_URL": redis_server.url, "CDD4_DATABASE_URL": "none"}
    with Streams({**known, "CDD4_METRICS_TOKEN": "a-word-of-the-metrics"}) as server:
        wait_until(telling.listeners, 10, "it listens")
        yield server


class Page:
    """An open page: it follows what its ticket names."""

    def __init__(self, server: Streams, ticket: str) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        self.line.request("GET", f"/streams/?ticket={ticket}")
        self.answer = self.line.getresponse()

    def __enter__(self) -> "Page":
        assert (self.answer.status, self.answer.readline()) == (200, b":\n")
        return self

    def __exit__(self, *exc) -> None:
        self.answer.close()
        self.line.close()

    def next(self) -> dict:
        """What it is told next; nothing, where the stream has ended."""
        told = {}
        while line := self.answer.readline().decode():
            if line == "\n" and told:
                return told
            name, _, value = line.strip().partition(": ")
            if name in ("event", "data", "id"):
                told[name] = value
        return {}


def ticket(person: int = 1, **shown: int) -> str:
    return tickets.write(person, {what.replace("_", "-"): version for what, version in shown.items()})


def test_a_page_is_told_what_moved_and_nothing_of_what_it_does_not_follow(streams):
    with Page(streams, ticket(entry_5=1, round_3=1)) as page:
        telling.tell({"entry-6": 7, "round-4": 7})
        telling.tell({"entry-5": 8})
        assert page.next() == {"event": "moved", "data": "8", "id": "entry-5"}
        telling.tell({"entry-6": 9, "round-3": 9})
        assert page.next() == {"event": "moved", "data": "9", "id": "round-3"}


def test_what_moved_while_the_page_was_on_its_way_is_told_at_once(streams):
    with Page(streams, ticket(entry_5=1)) as page:
        telling.tell({"entry-5": 2})
        assert page.next()["data"] == "2"
    with Page(streams, ticket(entry_5=2)) as knows, Page(streams, ticket(entry_5=1)) as late:
        assert late.next()["data"] == "2"
        telling.tell({"entry-5": 3})
        assert knows.next()["data"] == "3"


def test_nobody_follows_without_a_ticket_of_the_portals(streams, monkeypatch):
    foreign = signing.dumps([1, {"entry-5": 1}, time.time() + 100], key="another", salt=tickets.SALT)
    other = signing.dumps([1, {"entry-5": 1}, time.time() + 100], salt="of something else")
    altered = ticket(entry_5=1)[:-1]
    monkeypatch.setattr(tickets, "LIFE", -1)
    for text in ("", "nothing", foreign, other, altered, ticket(entry_5=1), "%00"):
        assert Page(streams, text).answer.status == 403, text


def test_a_stream_ends_with_its_ticket(streams, monkeypatch):
    monkeypatch.setattr(tickets, "LIFE", 2)
    with Page(streams, ticket(entry_5=1)) as page:
        assert page.next() == {}


def test_one_person_has_so_many_streams_and_those_that_were_left_are_none(streams):
    with ExitStack() as pages:
        for _ in range(hub.MOST_OF_PERSON):
            pages.enter_context(Page(streams, ticket(entry_5=1)))
        assert Page(streams, ticket(entry_5=1)).answer.status == 429
        pages.enter_context(Page(streams, ticket(person=2, entry_5=1)))
    wait_until(lambda: counted(streams) == "0", 2, "they are left")
    with Page(streams, ticket(entry_5=1)):
        assert counted(streams) == "1"


def counted(streams: Streams, token: str = "a-word-of-the-metrics") -> str:
    line = http.client.HTTPConnection("127.0.0.1", streams.port, timeout=10)
    line.request("GET", "/metrics", headers={"Authorization": f"Bearer {token}"})
    answer = line.getresponse()
    return answer.read().decode().split()[-1] if answer.status == 200 else str(answer.status)


def test_its_figures_are_for_whoever_knows_the_token(streams):
    assert (counted(streams, "wrong"), counted(streams)) == ("401", "0")


def test_eighty_pages_are_told_within_a_moment(streams):
    taken = []
    with ExitStack() as stack:
        pages = [stack.enter_context(Page(streams, ticket(person, round_3=1))) for person in range(PAGES)]
        for version in range(2, 7):
            start = time.perf_counter()
            telling.tell({f"entry-{version}": version, "round-3": version})
            for page in pages:
                assert page.next()["data"] == str(version)
                taken.append(time.perf_counter() - start)
    assert statistics.quantiles(taken, n=20)[18] < SOON


def test_without_the_queue_streams_end_and_are_there_again_with_it(streams, redis_server):
    with Page(streams, ticket(entry_5=1)) as page:
        redis_server.pause()  # it does not answer: nobody would be told
        assert page.next() == {}
        assert Page(streams, ticket(entry_5=1)).answer.status == 503
        start = time.perf_counter()
        telling.tell({"entry-5": 2})
        telling.tell({"entry-5": 3})
        assert time.perf_counter() - start < 1, "nobody's work waits for it"
        redis_server.resume()

    def is_there() -> bool:
        return Page(streams, ticket(entry_5=1)).answer.status == 200

    wait_until(is_there, 20, "streams again")
    telling._silent_until = 0.0
    with Page(streams, ticket(entry_5=1)) as page:
        telling.tell({"entry-5": 4})
        assert page.next()["data"] == "4"


def test_it_ends_in_a_moment_with_all_its_streams(streams):
    with Page(streams, ticket(entry_5=1)) as page:
        start = time.perf_counter()
        streams.stop()
        assert page.next() == {}
        assert time.perf_counter() - start < 4


def test_where_there_are_no_streams_nothing_is_told(settings, monkeypatch):
    settings.STREAMS = False
    monkeypatch.setattr(telling, "_client", None)
    telling.tell({"entry-5": 1})


def test_what_is_told_is_json_that_names_versions_alone(streams, redis_server):
    with redis_server.client().pubsub() as heard:
        heard.subscribe(tickets.CHANNEL)
        telling.tell({"entry-5": 1})
        messages = (heard.get_message(timeout=2) for _ in range(3))
        [told] = [json.loads(one["data"]) for one in messages if one and one["type"] == "message"]
    assert told == {"entry-5": 1}
