"""People see what was done with their account and where they are logged in, and end what they don't want to go on."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from submissions.accounts import events, sessions
from submissions.accounts.browsers import name_of
from submissions.models import AccountEvent
from tests import factories as make

from .conftest import CHROME, PHONE, kinds, log_in

SESSIONS, EVENTS = "/accounts/sessions/", "/account/events/"
pytestmark = pytest.mark.django_db


# What was done


def test_nobody_is_told_that_they_are_logged_in(person):
    assert "notice-success" not in log_in(person).get("/", follow=True).content.decode()


def test_people_read_what_was_done_with_their_own_account_alone(person):
    other = make.make_user("officer", "other")
    log_in(other, "wrong", address="203.0.113.5")
    events.record(events.Kind.PASSWORD, user=person, actor=make.make_user("staff", full_name="Somebody Central"))
    page = log_in(person).get(EVENTS).content.decode()
    assert "Logged in" in page
    assert "192.0.2.7" in page
    assert "The password was changed</strong> by Somebody Central" in " ".join(page.split())
    assert "Chrome · Windows" in page
    assert "203.0.113.5" not in page


@pytest.mark.parametrize("path", [EVENTS, "/admin/submissions/accountevent/"])
def test_queries_don_t_grow_with_rows(path, person):
    staff = make.make_user("staff", full_name="Central")
    client = Client()
    client.force_login(staff)

    def add(count):
        for _one in range(count):
            events.record(events.Kind.TAKEN, user=staff, actor=person, thing="evidence", thing_id="1", detail="x.pdf")

    add(1)
    client.get(path)
    with CaptureQueriesContext(connection) as few:
        client.get(path)
    add(2)
    with CaptureQueriesContext(connection) as many:
        client.get(path)
    assert len(many) == len(few)


def test_old_events_are_on_further_pages(person):
    rows = [AccountEvent(at=timezone.now(), user=person, kind="login.done") for _one in range(51)]
    AccountEvent.objects.bulk_create(rows)
    client = Client()
    client.force_login(person)
    assert len(client.get(EVENTS).context["page"].object_list) == 50
    assert len(client.get(EVENTS + "?page=2").context["page"].object_list) == 2  # and the log-in of this browser
    assert client.get(EVENTS + "?page=x").status_code == 200


def test_staff_filter_and_search_but_change_nothing(person, browser_of_staff):
    events.record(events.Kind.FAILED, user=person)
    events.record(events.Kind.TAKEN, user=person, actor=person, detail="secret plan.pdf")
    list_page = "/admin/submissions/accountevent/"

    def found(query):
        return [row.kind for row in browser_of_staff.get(list_page + query).context["cl"].result_list]

    assert found("?q=krabi") == ["file.taken", "login.failed"]
    assert found("?q=plan") == ["file.taken"]
    assert found("?kind__exact=login.failed") == ["login.failed"]
    assert found("?days=1&q=krabi") == ["file.taken", "login.failed"]
    assert found("?days=x") == []
    pk = AccountEvent.objects.first().pk
    assert browser_of_staff.get(f"{list_page}{pk}/change/").status_code == 200
    assert browser_of_staff.post(f"{list_page}{pk}/delete/").status_code == 403
    assert browser_of_staff.get(f"{list_page}add/").status_code == 403


@pytest.fixture
def browser_of_staff():
    client = Client()
    client.force_login(make.make_user("staff"))
    return client


# Where one is logged in


def test_each_device_stands_with_what_it_is_and_whence(person):
    log_in(person, browser=PHONE, address="203.0.113.5")
    page = log_in(person).get(SESSIONS)
    shown = [(one.user_agent, one.ip) for one in page.context["sessions"]]
    assert shown == [(CHROME, "192.0.2.7"), (PHONE, "203.0.113.5")]
    text = page.content.decode()
    assert text.count("this device") == 1
    assert "Safari · iPhone" in text
    assert f"{timezone.localdate().year}" in text  # English pages count years as people there do


def test_a_session_older_than_the_list_stands_in_it(person):
    client = Client()
    client.force_login(person)
    UserSession.objects.all().delete()
    assert [one.session_key for one in client.get(SESSIONS).context["sessions"]] == [client.session.session_key]


def test_one_is_ended_and_the_others_go_on(person):
    phone, third, here = (log_in(person, browser=PHONE), log_in(person), log_in(person))
    pk = UserSession.objects.get(session_key=phone.session.session_key).pk
    here.post(SESSIONS, {"end": str(pk)})
    assert [client.get("/notices/").status_code for client in (phone, third, here)] == [302, 200, 200]
    ended = AccountEvent.objects.get(kind="session.ended")
    assert (ended.user, ended.actor, ended.detail) == (person, person, "Safari · iPhone 192.0.2.7")


def test_all_others_are_ended(person):
    phone, third, here = (log_in(person, browser=PHONE), log_in(person), log_in(person))
    here.post(SESSIONS, {"end": "others"})
    assert [client.get("/notices/").status_code for client in (phone, third, here)] == [302, 302, 200]
    assert kinds(person).count("session.ended") == 2


@pytest.mark.parametrize("end", ["", "x", "0", "99999999999999999999"])
def test_nothing_else_ends_anything(person, end):
    other, here = log_in(person), log_in(person)
    foreign = log_in(make.make_user("officer", "other"))
    own = UserSession.objects.get(session_key=here.session.session_key).pk
    theirs = UserSession.objects.get(session_key=foreign.session.session_key).pk
    for number in (end, str(own), str(theirs)):
        assert here.post(SESSIONS, {"end": number}).status_code == 302
    assert [client.get("/notices/").status_code for client in (other, here, foreign)] == [200, 200, 200]


def test_a_new_password_leaves_this_device_alone_in_the_list(person):
    log_in(person, browser=PHONE)
    here = log_in(person)
    new = "eleven-blue-boats"
    here.post("/accounts/password/change/", {"oldpassword": make.PASSWORD, "password1": new, "password2": new})
    page = here.get(SESSIONS)
    assert [one.session_key for one in page.context["sessions"]] == [here.session.session_key]


def test_what_is_over_is_not_listed_and_thrown_away(person):
    log_in(person, browser=PHONE)
    here = log_in(person)
    Session.objects.exclude(session_key=here.session.session_key).update(
        expire_date=timezone.now() - timedelta(seconds=1)
    )
    assert len(here.get(SESSIONS).context["sessions"]) == 1
    assert sessions.sweep() == 1
    assert UserSession.objects.count() == Session.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (CHROME, "Chrome · Windows"),
        (PHONE, "Safari · iPhone"),
        (CHROME + " Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120 SamsungBrowser/25", "Samsung Internet · Android"),
        ("python-requests/2.32", "python-requests/2.32"),
        ("", ""),
    ],
)
def test_browsers_by_the_names_that_people_know(said, name):
    assert name_of(said) == name
