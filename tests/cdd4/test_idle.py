"""A login at which nobody works ends after a while; what pages ask by themselves is no work."""

from types import SimpleNamespace

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from submissions.models import AccountEvent
from tests import factories as make

pytestmark = pytest.mark.django_db
MINUTES = 60


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(now=1_800_000_000)
    monkeypatch.setattr("cdd4.idle.time", SimpleNamespace(time=lambda: clock.now))
    return clock


def at_work(role: str) -> Client:
    client = Client()
    client.force_login(make.make_user(role))
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


def test_what_is_noted_is_noted_once_a_minute(clock, django_assert_max_num_queries):
    client = at_work("staff")
    client.get("/notices/")
    clock.now += 61
    client.get("/notices/")
    seen = UserSession.objects.get(session_key=client.session.session_key)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cdd4.idle.sessions.see", lambda request: pytest.fail("noted twice in a minute"))
        clock.now += 59
        client.get("/notices/")
    assert seen.user.username


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
