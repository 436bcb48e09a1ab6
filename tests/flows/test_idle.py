"""Nobody sits at the computer any more: the login ends, and what stands typed there stays."""

import time
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from cdd4 import idle
from tests import factories as make

from .conftest import SCREENS, log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        later = 0

    monkeypatch.setattr(idle, "time", SimpleNamespace(time=lambda: time.time() + Clock.later))
    return Clock


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


@SCREENS
@pytest.mark.parametrize("place", ["/notices/", "/admin/"])
def test_whoever_reads_for_long_is_asked_before_the_login_ends(open_page, clock, place, screen):
    page = open_page(make.make_user("staff"), screen=screen)
    page.clock.install()
    page.goto(place)
    asked = page.locator("#idle")
    page.clock.fast_forward(27 * 60 * 1000)
    expect(asked).to_be_hidden()
    clock.later = 28 * 60
    page.clock.fast_forward(61 * 1000)
    expect(asked).to_be_visible()
    expect(asked).to_contain_text("อีก 2 นาที")
    with page.expect_response(lambda one: "x-at-work" in one.request.headers):
        page.get_by_role("button", name="ทำงานต่อ").click()
    clock.later = 56 * 60
    page.goto(place)
    assert "/login/" not in page.url
