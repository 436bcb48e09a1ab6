"""A form that is open while its writer logs in again, or somebody else does."""

import pytest
from playwright.sync_api import expect

from submissions.models import Answers

from ..conftest import log_in_again
from ..form import SAVED, field, saved
from ..waiting import until
from .writing import KEPT_HERE, NO_LINE, answered, save_as, waiting, write

pytestmark = pytest.mark.browser


def test_who_logs_in_again_and_again_goes_on_saving(begin):
    page = begin()
    page.evaluate("""() => {  // another token is asked for, the line is lost, another token is asked for
        const send = window.fetch;
        const left = window.left = [403, 504, 403];
        window.fetch = (address, asked) => asked.method && left.length
            ? Promise.resolve(new Response("", { status: left.shift() })) : send(address, asked);
    }""")
    write(page, obstacles="ไม่มี")
    expect(saved(page)).to_contain_text(KEPT_HERE)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(saved(page)).to_contain_text(SAVED)
    assert page.evaluate("left.length") == 0
    assert answered(results="หนึ่ง", obstacles="ไม่มี")


@pytest.mark.parametrize("is_awaited", [True, False])
def test_nothing_is_saved_in_the_name_of_whoever_logged_in_since(begin, officer, colleague, address, is_awaited):
    page = begin(refused=[403])
    page.clock.install()
    log_in_again(page, colleague)
    other = page.context.pages[-1]
    write(page, obstacles="ของฉัน")
    expect(saved(page)).to_contain_text("เข้าสู่ระบบ")
    assert not answered(obstacles="ของฉัน")
    assert "ของฉัน" in waiting(page)
    other.goto(address)
    expect(other.locator("[data-kept]")).to_be_hidden()
    expect(field(other, "obstacles")).to_have_value("")

    log_in_again(page, officer)
    if is_awaited:
        page.clock.run_for(31_000)
    else:
        page.evaluate("window.dispatchEvent(new Event('focus'))")  # whoever comes back from the other tab
    expect(saved(page)).to_contain_text(SAVED)
    expect(page.locator("[data-said]")).to_contain_text(SAVED)  # after what was told before
    assert answered(obstacles="ของฉัน")
    assert Answers.objects.get().saved_by == officer


def test_what_was_written_while_another_token_was_asked_for_is_what_was_sent(begin, officer, krabi, colleague):
    page, asks, arrived = begin(refused=[403]), [], []
    log_in_again(page, officer)
    page.route("**/accounts/reader/", lambda route: asks.append(route), times=1)
    write(page, results="ก")
    until(page, lambda: asks, "another token is asked for")
    page.on("response", lambda one: arrived.append(one) if "/draft/" in one.url and one.status == 200 else None)
    field(page, "results").fill("หนึ่ง")
    asks[0].continue_()
    until(page, lambda: arrived, "it is saved")
    page.evaluate(NO_LINE)
    write(page, results="ก")
    expect(saved(page)).to_contain_text(KEPT_HERE)
    save_as(colleague, krabi, results="ของเพื่อน")
    page.click("[data-save]")
    expect(field(page, "results")).to_have_value("ก")
    expect(page.locator(".fill-other")).to_have_count(1)


def test_more_is_written_while_another_token_is_asked_for(begin, officer):
    page, asked = begin(refused=[403]), []
    log_in_again(page, officer)
    page.route("**/accounts/reader/", lambda route: asked.append(route))
    write(page, obstacles="หนึ่ง")
    until(page, lambda: asked, "another token is asked for")
    write(page, remedies="สอง")
    asked[0].continue_()
    until(page, lambda: answered(obstacles="หนึ่ง", remedies="สอง"), "both are saved")
    expect(saved(page)).to_contain_text(SAVED)
    expect(page.locator("[data-clash]")).to_be_hidden()
