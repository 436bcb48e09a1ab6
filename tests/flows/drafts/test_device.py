"""What waits on the device: one without room, or with what nobody wrote."""

import pytest
from playwright.sync_api import expect

from ..conftest import log_in_again
from ..form import SAVED, field, saved
from ..waiting import until
from .writing import FULL, KEPT_HERE, NO_ANSWER, NO_LINE, answered, save_as, write

pytestmark = pytest.mark.browser


def test_a_device_without_room_says_so_and_keeps_nobody_s_words_from_them(begin, krabi, colleague, address):
    page, asked = begin(), []
    page.evaluate(NO_LINE)
    write(page, obstacles="ของฉัน")
    save_as(colleague, krabi, results="ของเพื่อน")
    page.goto(address)
    page.evaluate(NO_LINE)
    page.evaluate(FULL)
    page.click("[data-take]")
    expect(saved(page)).to_contain_text("ไม่มีที่ว่าง")
    expect(field(page, "results")).to_have_value("ของเพื่อน")
    write(page, remedies="ไม่มีที่อื่น")
    expect(saved(page)).to_contain_text("ไม่มีที่ว่าง")
    page.on("dialog", lambda dialog: asked.append(dialog.type) or dialog.accept())
    page.goto(address)
    assert asked == ["beforeunload"]
    expect(page.locator("[data-kept]")).to_be_visible()


def test_a_device_without_room_brings_no_older_text_back(begin, address):
    page = begin()
    page.evaluate(NO_ANSWER)
    write(page, obstacles="สั้น")
    expect(saved(page)).to_contain_text(KEPT_HERE)
    page.evaluate(FULL)
    longer = "ยาวกว่ามาก" * 20
    write(page, obstacles=longer)
    until(page, lambda: answered(obstacles=longer), "it arrived")
    page.goto(address)
    expect(field(page, "obstacles")).to_have_value(longer)
    expect(page.locator("[data-kept]")).to_be_hidden()


def test_a_full_device_lets_no_button_take_the_words_away(begin, officer):
    page = begin(refused=[403])
    page.evaluate(FULL)
    page.context.clear_cookies(name="sessionid")
    write(page, obstacles="ไม่มีที่อื่น")
    expect(saved(page)).to_contain_text("ไม่มีที่ว่าง")
    expect(saved(page)).to_have_class("muted unkept")
    page.click("[data-save]")
    expect(page.locator("#reader")).to_be_visible()
    page.click("#reader button")
    expect(saved(page)).to_contain_text("ไม่มีที่ว่าง")
    log_in_again(page, officer)
    with page.expect_navigation():
        page.click("[data-save]")
    expect(field(page, "obstacles")).to_have_value("ไม่มีที่อื่น")
    assert answered(results="หนึ่ง", obstacles="ไม่มีที่อื่น")


def test_what_is_written_on_after_stop_is_guarded_on_a_full_device(begin, address):
    page, held, asked = begin(), [], []
    page.route("**/hand-in/**", lambda route: held.append(route))
    page.locator("[data-hand-in]").click(no_wait_after=True)
    until(page, lambda: held, "the form was sent")
    held[0].fulfill(status=204)  # as if Stop had been pressed
    page.evaluate(FULL)
    write(page, obstacles="เขียนต่อ")
    expect(saved(page)).to_contain_text("ไม่มีที่ว่าง")
    page.on("dialog", lambda dialog: asked.append(dialog.type) or dialog.accept())
    page.goto(address)
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("text", ["null", "{}", '{"fields": true}', '{"fields": [1]}', '{"fields": [["a", null]]}'])
def test_what_is_no_text_hides_none(begin, address, text):
    page = begin()
    page.evaluate(NO_LINE)
    write(page, obstacles="รอ")
    expect(saved(page)).to_contain_text(KEPT_HERE)
    page.evaluate("text => localStorage.setItem(Object.keys(localStorage)[0].replace(/[^:]*$/, 'zz'), text)", text)
    page.goto(address)
    expect(field(page, "obstacles")).to_have_value("รอ")
    until(page, lambda: answered(obstacles="รอ"), "it is saved")


def test_a_page_that_lacks_a_file_saves_all_the_same(begin, address):
    page = begin()
    page.context.route("**/device*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(address)
    write(page, obstacles="ไม่มี")
    expect(saved(page)).to_contain_text(SAVED)
    until(page, lambda: answered(obstacles="ไม่มี"), "it is saved")


def test_a_full_device_says_so_beside_a_colleague_s_words_too(begin, krabi, colleague):
    page = begin()
    save_as(colleague, krabi, results="ของเพื่อน")
    write(page, results="ของฉัน")
    page.click("[data-clash] button")
    expect(page.locator(".fill-other")).to_have_count(1)
    page.evaluate(FULL)
    write(page, obstacles="เขียนต่อ")
    expect(saved(page)).to_contain_text("ไม่มีที่ว่าง")
