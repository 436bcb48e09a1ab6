"""What browsers may keep of pages that are somebody's, and what goes with the log-in."""

import pytest
from django.test import Client
from knox.models import AuthToken

from submissions.models import CalendarFeed
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return make.make_user("officer", "krabi", office=make.make_office("TH-81"))


@pytest.fixture
def at_home(officer):
    client = Client()
    client.force_login(officer)
    return client


def test_pages_of_people_are_kept_by_nobody(at_home, officer):
    entry = make.make_entry(make.make_round(), officer.office)
    for path in ("/", f"/entries/{entry.pk}/", "/calendar/", "/notices/", "/guide/", "/nothing/here/"):
        answer = at_home.get(path, follow=True)
        assert "no-store" in answer["Cache-Control"], path
        assert "private" in answer["Cache-Control"], path


def test_so_is_the_api_for_whoever_asks(officer, at_home):
    _row, token = AuthToken.objects.create(officer)
    for client in (at_home, Client(headers={"authorization": f"Token {token}"}), Client()):
        for path in ("/api/v1/me/", "/api/v1/rounds/"):
            assert client.get(path)["Cache-Control"] == "private, no-store"


def test_the_admin_too():
    client = Client()
    client.force_login(make.make_user("staff"))
    assert "no-store" in client.get("/admin/submissions/user/")["Cache-Control"]


def test_what_may_be_kept_keeps_its_own_word(at_home, officer):
    style = at_home.get("/static/portal.css")
    assert "no-store" not in style["Cache-Control"]
    feed = CalendarFeed.objects.create(user=officer, language="th")
    assert Client().get(f"/calendar/{feed.key}.ics")["Cache-Control"] == "private, no-cache"


def test_a_visitor_s_page_says_nothing_of_it(client):
    assert "Cache-Control" not in client.get("/nothing/here/")


@pytest.mark.parametrize("path", ["/accounts/logout/", "/admin/logout/"])
def test_logging_out_clears_what_the_browser_kept_but_no_draft(path):
    client = Client()
    client.force_login(make.make_user("staff"))
    cleared = client.post(path)["Clear-Site-Data"]
    assert cleared == '"cache"'  # not "storage": there lies what was typed; not "cookies": there lies the language
    assert "Clear-Site-Data" not in client.get("/accounts/login/")


def test_pages_ask_a_device_for_nothing(client):
    said = client.get("/accounts/login/")["Permissions-Policy"]
    assert "camera=()" in said
    assert "geolocation=()" in said
    assert "publickey-credentials-get=(self)" in said
