"""A login at which nobody works ends after a while; what pages ask by themselves is no work."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from cdd4.idle import IdleLimit
from submissions.models import AccountEvent
from tests import factories as make

pytestmark = pytest.mark.django_db
MINUTES = 60


@pytest.fixture
def clock(monkeypatch):
    """Seconds that have passed."""
    clock, begun = SimpleNamespace(now=0), timezone.now()
    later = SimpleNamespace(now=lambda: begun + timedelta(seconds=clock.now))
    monkeypatch.setattr("cdd4.idle.timezone", later)
    return clock


def at_work(role: str) -> Client:
    client = Client()
    client.force_login(make.make_user(role))
    client.get("/notices/")
    return client


@pytest.mark.parametrize("role", ["staff", "judge", "admin"])
def test_it_ends_after_half_an_hour_and_leads_back(clock, role):
    client = at_work(role)
    clock.now += 30 * MINUTES
    assert client.get("/notices/").status_code == 200
    clock.now += 30 * MINUTES + 1
    answer = client.get("/notices/")
    assert (answer.status_code, answer.url) == (302, "/accounts/login/?next=/notices/")
    assert answer["Clear-Site-Data"] == '"cache"'
    assert "ไม่มีการใช้งาน" in client.get(answer.url).content.decode()
    assert AccountEvent.objects.order_by("pk").last().kind == "logout.idle"
    assert client.get("/notices/").status_code == 302  # it stays so


def test_officers_keep_theirs_unless_it_is_set(clock, settings):
    client = at_work("officer")
    clock.now += 600 * MINUTES
    assert client.get("/notices/").status_code == 200
    settings.IDLE_MINUTES_OFFICERS = 60
    clock.now += 61 * MINUTES
    assert client.get("/notices/").status_code == 302


BY_ITSELF = [
    ("/notices/settings/letter/mail/?asked=3", {}),
    ("/notices/", {"X-By-Itself": "1", "HX-Request": "true"}),
    ("/accounts/reader/", {}),
]


@pytest.mark.parametrize(("path", "headers"), BY_ITSELF)
def test_a_page_that_asks_by_itself_keeps_nothing_alive(clock, path, headers):
    client = at_work("staff")
    for _minute in range(31):
        clock.now += MINUTES
        client.get(path, headers=headers)
    assert client.get("/notices/").status_code == 302


def test_who_types_is_at_work(clock):
    client = at_work("staff")
    for _quarter in range(8):
        clock.now += 15 * MINUTES
        client.get("/accounts/reader/", headers={"X-At-Work": "1"})
    assert client.get("/notices/").status_code == 200


def test_a_page_says_who_reads_it_when_it_is_over(clock):
    client = at_work("staff")
    clock.now += 31 * MINUTES
    assert client.get("/accounts/reader/").json()["reader"] == ""


def test_what_is_noted_is_noted_once_a_minute(clock):
    client = at_work("staff")

    def seen_after(seconds):
        clock.now += seconds
        client.get("/notices/")
        return UserSession.objects.get(session_key=client.session.session_key).last_seen_at

    first = seen_after(61)
    assert seen_after(50) == first
    assert seen_after(11) - first >= timedelta(minutes=1)


def test_a_login_ends_after_the_hours_of_a_session_however_much_is_done(clock, settings):
    client = at_work("officer")
    for _hour in range(12):
        clock.now += 60 * MINUTES - 1
        assert client.get("/notices/").status_code == 200
        session = client.session
        session["something"] = clock.now  # as pages do that ask for the password again
        session.save()
    clock.now += MINUTES
    assert client.get("/notices/").status_code == 302
    assert client.get("/notices/").status_code == 302


def test_a_request_that_takes_long_brings_back_nothing(clock):
    """An upload, during which the person asks for something, is seen, and logs out."""
    client = at_work("staff")
    key = client.session.session_key
    clock.now += 5 * MINUTES

    def answer(request):
        other = Client()
        other.cookies = client.cookies
        clock.now += 5 * MINUTES
        other.post("/account/email/", {"deed": "ask", "email": "new@example.org"})  # asks for the password
        assert "account_reauthentication_state" in other.session
        other.get("/notices/")
        return HttpResponse("taken")

    request = RequestFactory().patch("/", headers={"cookie": f"sessionid={key}"})
    through = SessionMiddleware(AuthenticationMiddleware(IdleLimit(answer)))
    assert through(request).status_code == 200
    assert "account_reauthentication_state" in client.session
    seen = UserSession.objects.get(session_key=key).last_seen_at
    assert seen > timezone.now() + timedelta(minutes=9)


def test_a_request_that_takes_long_is_answered_though_the_person_leaves(clock):
    client = at_work("staff")
    key = client.session.session_key
    clock.now += 5 * MINUTES

    def answer(request):
        client.post("/accounts/logout/")
        return HttpResponse("taken")

    request = RequestFactory().patch("/", headers={"cookie": f"sessionid={key}"})
    through = SessionMiddleware(AuthenticationMiddleware(IdleLimit(answer)))
    assert through(request).content == b"taken"
    assert not Session.objects.filter(session_key=key).exists()


def test_a_token_knows_no_idle_time(clock):
    person = make.make_user("staff", "krabi")
    client = Client()
    answer = client.post(
        "/api/v1/login/", {"username": "krabi", "password": make.PASSWORD}, content_type="application/json"
    )
    assert "sessionid" not in answer.cookies
    token = answer.json()["token"]
    clock.now += 600 * MINUTES
    assert Client(headers={"authorization": f"Token {token}"}).get("/api/v1/me/").json()["username"] == person.username
