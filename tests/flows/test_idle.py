"""Nobody sits at the computer any more: the login ends, though its page goes on asking; what is typed stays."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cdd4 import idle
from tests import factories as make

from .conftest import log_in
from .waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        later = 0

    import time as real

    monkeypatch.setattr(idle, "time", type("Time", (), {"time": staticmethod(lambda: real.time() + Clock.later)}))
    return Clock


def test_a_page_that_follows_the_portal_keeps_no_login_alive(open_page, krabi, clock):
    page = open_page(make.make_user("staff"))
    page.goto(reverse("scorecard", args=[krabi.pk]))
    asked = []
    page.on("request", lambda one: asked.append(one) if "/progress/" in one.url else None)
    clock.later = 29 * 60
    until(page, lambda: asked, "it asks by itself")
    assert "x-by-itself" in asked[0].headers
    clock.later = 31 * 60
    page.goto(reverse("standings", args=[krabi.round_id]))
    expect(page.locator("main")).to_contain_text("ไม่มีการใช้งาน")


def test_the_person_logs_in_and_is_back_on_the_page(open_page, krabi, judge, clock):
    page = open_page(judge)
    wanted = reverse("standings", args=[krabi.round_id])
    clock.later = 31 * 60
    page.goto(wanted)
    page.fill("[name=login]", judge.username)
    page.fill("[name=password]", make.PASSWORD)
    page.click("main form button")
    page.wait_for_url(f"**{wanted}")


def test_what_was_typed_stays_and_is_sent_after_another_login(open_page, officer, krabi, clock, settings):
    settings.IDLE_MINUTES_OFFICERS = 30
    page = open_page(officer, refused=[403])
    page.goto("/account/email/")
    page.fill("[name=email]", "typed@example.org")
    clock.later = 31 * 60
    page.click("button[value=ask]", no_wait_after=True)
    expect(page.locator("dialog[open]")).to_be_visible()
    other = page.context.new_page()
    log_in(other, officer)
    page.click("dialog[open] form button")
    assert page.input_value("[name=email]") == "typed@example.org"
    page.click("button[value=ask]")
    page.wait_for_url("**/accounts/reauthenticate/**")


def test_whoever_types_is_at_work(open_page, judge, clock):
    page = open_page(judge)
    page.clock.install()
    page.goto("/account/email/")
    for _half in range(4):
        clock.later += 20 * 60
        page.clock.fast_forward(20 * 60 * 1000)
        with page.expect_request(lambda one: "x-at-work" in one.headers):
            page.locator("[name=email]").press_sequentially("a")
    page.goto("/notices/")
    assert "/accounts/" not in page.url
