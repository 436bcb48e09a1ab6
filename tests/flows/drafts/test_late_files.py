"""Over a slow line the form comes before its scripts, and one of them may not come at all."""

import pytest
from playwright.sync_api import expect

from ..form import SAVED, field, saved
from ..waiting import hold, until
from .writing import answered, waiting, write

pytestmark = pytest.mark.browser


@pytest.fixture
def open_late(keep_here, address):
    """A form for which words wait on the device, before the script comes that knows of them."""

    def open_late():
        page = keep_here(results="ของฉัน")
        page.close()
        page = page.context.new_page()
        held = hold(page, "**/waiting*.js")
        page.goto(address, wait_until="commit")
        return page, held

    return open_late


def test_what_waits_is_filled_in_when_its_script_comes(open_late):
    page, held = open_late()
    write(page, obstacles="เขียนก่อน")
    held[0].continue_()
    expect(field(page, "results")).to_have_value("ของฉัน")
    until(page, lambda: answered(results="ของฉัน", obstacles="เขียนก่อน"), "all of it is saved")
    until(page, lambda: waiting(page) == "", "nothing waits any more")


def test_a_draft_that_was_sent_before_is_no_colleague_s(open_late):
    page, held = open_late()
    drafts = hold(page, "**/draft/**", "POST")
    write(page, obstacles="เขียนก่อน")
    until(page, lambda: drafts, "the draft is on its way")
    held[0].continue_()
    expect(field(page, "results")).to_have_value("ของฉัน")
    page.unroute("**/draft/**")
    assert drafts[0].fetch().status == 200
    drafts[0].fulfill(body="what some gateway says")  # it arrived, and nobody heard of it
    expect(saved(page)).to_contain_text(SAVED, timeout=15_000)
    expect(page.locator("[data-clash]")).to_be_hidden()
    assert answered(results="ของฉัน", obstacles="เขียนก่อน")


@pytest.mark.parametrize("script", ["waiting", "beside", "lengths"])
def test_without_one_of_them_the_draft_saves_itself(begin, address, script):
    page = begin(refused=("ERR_FAILED",))
    page.route(f"**/{script}*.js", lambda route: route.fulfill(body=""))
    page.goto(address)
    write(page, obstacles="เขียนต่อ")
    until(page, lambda: answered(results="หนึ่ง", obstacles="เขียนต่อ"), "it is saved")
