"""Nobody sits at the computer any more: the login ends, and what stands typed there stays."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cdd4 import idle
from tests import factories as make

from .conftest import ON_A_PHONE, SCREENS, log_in
from .waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        later = 0

    later = SimpleNamespace(now=lambda: timezone.now() + timedelta(seconds=Clock.later))
    monkeypatch.setattr(idle, "timezone", later)
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
    clock.later = 0
    log_in(other, officer)
    page.click("dialog[open] form button")
    assert page.input_value("[name=email]") == "typed@example.org"
    page.click("button[value=ask]")
    page.wait_for_url("**/accounts/reauthenticate/**")


MINUTE = 60


@pytest.fixture
def at_work(open_page, clock):
    """A page of central staff, and minutes that pass for it and for the portal."""

    def open_at(place="/notices/", **options):
        page = open_page(make.make_user("staff"), **options)
        page.clock.install()
        page.goto(place)

        def pass_by(seconds: int) -> None:
            clock.later += seconds
            page.clock.run_for(seconds * 1000)

        return page, pass_by

    return open_at


def go_on(page) -> None:
    with page.expect_response(lambda one: "x-at-work" in one.request.headers):
        page.get_by_role("button", name="ทำงานต่อ").click()


@SCREENS
@pytest.mark.parametrize("place", ["/notices/", "/admin/"])
def test_whoever_reads_for_long_is_asked_before_the_login_ends(at_work, place, screen):
    page, pass_by = at_work(place, screen=screen)
    asked = page.locator("#idle")
    pass_by(26 * MINUTE)
    expect(asked).to_be_hidden()
    pass_by(90)
    expect(asked).to_be_visible()
    expect(asked).to_contain_text("อีก 2 นาที", use_inner_text=True)
    pass_by(115)
    go_on(page)
    expect(asked).to_be_hidden()
    pass_by(20 * MINUTE)
    page.goto(place)
    assert "/login/" not in page.url


def test_whoever_types_is_promised_no_more_than_the_portal_was_told(at_work):
    page, pass_by = at_work("/account/email/")
    field = page.locator("[name=email]")
    for seconds in (30, 89, 61, 119):
        pass_by(seconds)
        field.press_sequentially("a")
    asked = page.locator("#idle")
    for _minute in range(29):
        if asked.is_visible():
            break
        pass_by(MINUTE)
    expect(asked).to_be_visible()
    pass_by(115)
    go_on(page)
    expect(asked).to_be_hidden()
    page.goto("/notices/")
    assert "/login/" not in page.url


@ON_A_PHONE
def test_whoever_comes_back_too_late_reads_that_it_has_ended(at_work, screen):
    page, pass_by = at_work("/account/email/", screen=screen)
    page.fill("[name=email]", "typed@example.org")
    asked = page.locator("#idle")
    pass_by(28 * MINUTE)
    expect(asked).to_contain_text("อีก 2 นาที", use_inner_text=True)
    pass_by(17 * MINUTE)
    expect(asked).to_contain_text("หมดเวลาการเข้าสู่ระบบ", use_inner_text=True)
    expect(asked).not_to_contain_text("อีก 2 นาที", use_inner_text=True)
    page.get_by_role("button", name="กลับไปที่หน้าเดิม").click()
    expect(asked).to_be_hidden()
    assert page.input_value("[name=email]") == "typed@example.org"


def test_a_press_that_comes_too_late_says_so(at_work, clock):
    """The computer slept, and its clock with it."""
    page, pass_by = at_work()
    pass_by(28 * MINUTE)
    clock.later += 17 * MINUTE
    go_on(page)
    asked = page.locator("#idle")
    expect(asked).to_contain_text("หมดเวลาการเข้าสู่ระบบ", use_inner_text=True)
    expect(page.locator("#idle a")).to_have_attribute("target", "_blank")


def put_database_away(page) -> list:
    """Have the portal answer as it does then; the times that it was asked who is logged in."""
    asks, problem = [], {"type": "/api/docs/problems/unavailable", "title": "Unavailable", "status": 503}
    page.route("**/accounts/reader/", lambda route: asks.append(route) or route.fulfill(status=503, json=problem))
    return asks


def test_whoever_reads_while_the_database_is_away_is_not_told_that_they_were_logged_out(at_work):
    page, pass_by = at_work(refused=[503])
    asked = page.locator("#idle")
    pass_by(28 * MINUTE)
    asks = put_database_away(page)
    pass_by(2 * MINUTE)
    until(page, lambda: pass_by(1) or len(asks) == 3, "it asks again each quarter of a minute")
    expect(asked).to_contain_text("อีก 2 นาที", use_inner_text=True)
    page.unroute("**/accounts/reader/")
    until(page, lambda: pass_by(1) or "หมดเวลาการเข้าสู่ระบบ" in asked.inner_text(), "the portal says it itself")


def test_whoever_goes_on_while_the_database_is_away_is_asked_again(at_work):
    page, pass_by = at_work(refused=[503])
    asked = page.locator("#idle")
    pass_by(28 * MINUTE)
    put_database_away(page)
    go_on(page)
    expect(asked).to_be_hidden()
    until(page, lambda: pass_by(1) or asked.is_visible(), "it knows that this did not reach the portal")
    expect(asked).to_contain_text("อีก 2 นาที", use_inner_text=True)
    page.unroute("**/accounts/reader/")
    go_on(page)
    expect(asked).to_be_hidden()
    pass_by(20 * MINUTE)
    page.goto("/notices/")
    assert "/login/" not in page.url
