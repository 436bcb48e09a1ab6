"""Nobody sits at the computer any more: the login ends, and what stands typed there stays."""

import time
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from cdd4 import idle

from .conftest import log_in

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
