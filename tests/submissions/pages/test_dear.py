"""Pages that take long to make take neither all threads of the web nor one person's whole day."""

import gc
import re
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from submissions.files.seats import LINE
from submissions.pages.dear import SEATS, dear
from tests import factories as make
from tests.lines import cookies
from tests.servers import Web
from tests.test_urls import address, make_world, routes


@pytest.fixture
def officer(db):
    return make.make_user("officer")


def ask(view, rf, user, method: str = "get") -> HttpResponse:
    request = getattr(rf, method)("/")
    request.user = user
    return view(request)


def test_a_third_at_once_is_asked_to_come_again(rf, officer):
    inside, go = threading.Barrier(3), threading.Event()

    @dear("100/min")
    def slow(request):
        inside.wait(10)
        go.wait(10)
        return HttpResponse("made")

    with ThreadPoolExecutor(2) as pool:
        made = [pool.submit(ask, slow, rf, officer) for _one in range(2)]
        inside.wait(10)
        third, form = ask(slow, rf, officer), ask(slow, rf, officer, "post")
        go.set()
        assert [one.result().content for one in made] == [b"made", b"made"]
    assert (third.status_code, third["Retry-After"], third["Refresh"]) == (503, "3", "3")
    assert "สิ่งที่กรอกยังอยู่" in third.content.decode()
    assert form.status_code == 503
    assert "Refresh" not in form, "a form is not sent again by itself"


def test_a_seat_is_free_again_after_a_fault(rf, officer):
    @dear("100/min")
    def broken(request):
        raise ValueError

    for _one in range(3):
        with pytest.raises(ValueError):
            ask(broken, rf, officer)
    assert SEATS.acquire(blocking=False)
    SEATS.release()


def test_one_person_asks_so_often_and_nobody_else_is_held_up(rf, officer):
    @dear("2/min")
    def page(request):
        return HttpResponse("made")

    assert [ask(page, rf, officer).status_code for _one in range(4)] == [200, 200, 429, 429]
    refused = ask(page, rf, officer)
    assert 0 < int(refused["Retry-After"]) <= 60
    assert ask(page, rf, make.make_user("officer")).status_code == 200


@pytest.fixture
def no_seat():
    """Both are taken by somebody."""
    assert SEATS.acquire(blocking=False)
    assert SEATS.acquire(blocking=False)
    yield
    SEATS.release()
    SEATS.release()


@pytest.mark.django_db
def test_one_may_wait_for_a_seat_and_not_two(rf, officer, no_seat):
    @dear("100/min", patience=5)
    def page(request):
        return HttpResponse("made")

    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(ask, page, rf, officer) for _one in range(2)]
        time.sleep(0.5)
        assert [one.done() for one in asked].count(True) == 1, "who finds somebody waiting holds no thread"
        SEATS.release()
        assert sorted(one.result().status_code for one in asked) == [200, 503]
        SEATS.acquire()


def test_what_is_made_while_it_is_sent_keeps_its_seat_until_it_is_closed(rf, officer):
    @dear("100/min")
    def table(request):
        return StreamingHttpResponse(iter([b"a", b"b"]))

    first, second = (ask(table, rf, officer) for _one in range(2))
    next(iter(first))
    assert ask(table, rf, officer).status_code == 503
    first.close()
    first.close()
    third = ask(table, rf, officer)
    assert third.status_code == 200
    assert ask(table, rf, officer).status_code == 503
    del second, third  # which no server closed
    assert [ask(table, rf, officer).status_code for _one in range(3)] == [200] * 3, "none is kept"
    gc.collect()
    assert SEATS._value == 2


@pytest.mark.django_db
def test_lists_as_csv_hold_their_seats_while_they_are_read(client):
    client.force_login(make.make_user("staff"))
    address = reverse("admin:submissions_entry_list", args=["csv"])
    under_way = [client.get(address) for _one in range(2)]
    assert [one.status_code for one in under_way] == [200, 200]
    assert client.get(address).status_code == 503
    assert all(b"".join(one) for one in under_way)
    for one in under_way:
        one.close()
    assert SEATS._value == 2


@pytest.mark.django_db
@pytest.mark.parametrize("view", ["evidence-preview", "evidence-page"])
def test_a_frame_is_told_in_words_that_it_may_show(client, no_seat, monkeypatch, view):
    monkeypatch.setattr("submissions.files.seats.SEATS.acquire", lambda **asked: False)
    evidence = make.make_evidence(make.make_entry(), kind="docx")
    client.force_login(make.make_user("judge"))
    page = [1] if view == "evidence-page" else []
    answer = client.get(reverse(view, args=[evidence.pk, *page]))
    assert (answer.status_code, answer["X-Frame-Options"], answer["Refresh"]) == (503, "SAMEORIGIN", "3")
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert "อีกครั้ง" in answer.content.decode()


@pytest.mark.django_db
def test_whatever_lays_out_a_document_or_reads_a_whole_list_is_dear(no_seat):
    world = make_world()
    client = Client()
    client.force_login(world.people["admin"])
    made = re.compile(
        r"\.pdf$|preview/$|\.<slug:extension>$|bundle\.zip$|/check_chains/$"
        r"|/pages/<int:page>/$|/beside/<int:other>/$|/word/$|/hand-in/$"
    )
    kept = "results/<int:pk>/bundle.zip"  # a file by now: a worker made it
    found = sorted(route for route in routes() if made.search(route) and route != kept)
    assert len(found) > 16
    with LINE:  # somebody stands there already: nobody waits with these for a seat
        answers = {route: client.get(address(route, world)).status_code for route in found}
    assert {route for route, status in answers.items() if status != 503} == set()


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_eight_slow_documents_and_the_scorecard_still_answers(production):
    with Web(production, workers=1, wsgi="tests.submissions.pages.slow_documents") as web:
        while_documents_are_made(web)


def while_documents_are_made(web: Web) -> None:
    staff = make.make_user("staff")
    rounds = [make.make_round(name_th=f"รอบ {number}") for number in range(8)]
    entry = make.make_entry(rounds[0])
    client = Client()
    client.force_login(staff)
    cookie = cookies(sessionid=client.cookies[settings.SESSION_COOKIE_NAME].value)

    def get(path: str) -> tuple[int, float]:
        headers = {"Cookie": cookie, "Host": "localhost", "X-Forwarded-Proto": "https"}
        request = urllib.request.Request(f"http://127.0.0.1:{web.port}{path}", headers=headers)
        begun = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                answer.read()
                assert answer.url.endswith(path), "logged in"
                return answer.status, time.monotonic() - begun
        except urllib.error.HTTPError as error:
            return error.code, time.monotonic() - begun

    scorecard, spent = reverse("scorecard", args=[entry.pk]), []
    assert get(scorecard)[0] == 200
    with ThreadPoolExecutor(8) as pool:
        documents = [pool.submit(get, reverse("scheme-pdf", args=[round.pk])) for round in rounds]
        while not all(one.done() for one in documents):
            status, seconds = get(scorecard)
            assert status == 200
            spent.append(seconds)
    answers = [one.result() for one in documents]
    assert {code for code, _seconds in answers} == {200, 503}
    assert len(spent) > 1, "while the documents were made"
    assert max(spent) < max(seconds for _code, seconds in answers)
    assert max(spent) < 3, "1 s on a quiet machine"
