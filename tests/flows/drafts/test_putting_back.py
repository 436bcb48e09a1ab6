"""A text that was kept on the device is put into a form, and what stood there is put back."""

import pytest
from playwright.sync_api import expect

from ..form import SAVED, field, saved
from ..waiting import until
from .writing import FULL, KEPT_HERE, NO_LINE, answered, rewrite, save_as, waiting, write

pytestmark = pytest.mark.browser


@pytest.fixture
def put_in_and_gone_on(put_in, krabi, colleague):
    """One's own words stand in the form, and a colleague has saved once more what they took the place of."""
    page = put_in({"results": "ของฉัน"}, results="เพื่อน ฉบับแรก")
    save_as(colleague, krabi, results="เพื่อน ฉบับที่สอง")
    return page


def press(page, *buttons: str) -> None:
    """At once, one after the other."""
    page.evaluate("(names) => names.forEach((name) => document.querySelector(`[data-${name}]`).click())", list(buttons))


def test_what_a_colleague_went_on_from_is_offered_to_nobody(put_in_and_gone_on, address):
    page = put_in_and_gone_on
    page.click("[data-undo]")
    expect(page.locator("[data-clash]")).to_be_visible()
    page.goto(address)
    expect(field(page, "results")).to_have_value("เพื่อน ฉบับที่สอง")
    expect(page.locator("[data-texts] span")).to_have_text(["ของฉัน"])
    assert "ฉบับแรก" not in waiting(page)


def test_what_a_colleague_went_on_from_gives_way_to_it_beside_other_words(put_in_and_gone_on):
    page = put_in_and_gone_on
    page.click("[data-undo]")
    write(page, obstacles="เขียนต่อ")
    page.click("[data-clash] button")
    expect(field(page, "results")).to_have_value("เพื่อน ฉบับที่สอง")
    expect(field(page, "obstacles")).to_have_value("เขียนต่อ")


def test_what_was_put_back_without_a_line_is_not_forgotten(put_in, address):
    page = put_in({"results": "ของฉัน"}, results="ของเพื่อน")
    page.evaluate(NO_LINE)
    page.click("[data-undo]")
    expect(saved(page)).to_contain_text(KEPT_HERE)
    page.goto(address)
    expect(field(page, "results")).to_have_value("ของเพื่อน")
    expect(saved(page)).to_contain_text(SAVED)


def test_what_stood_there_before_is_no_text_that_was_not_sent(put_in, krabi, colleague, address):
    page = put_in({"results": "หนึ่ง และสอง"}, results="หนึ่ง", obstacles="ของเพื่อน")
    expect(page.locator("[data-undo]")).to_be_focused()
    assert answered(results="หนึ่ง และสอง", obstacles="ของเพื่อน")
    save_as(colleague, krabi, results="ฉบับใหม่")
    page.goto(address)
    expect(field(page, "results")).to_have_value("ฉบับใหม่")
    expect(page.locator("[data-kept]")).to_be_hidden()
    expect(page.locator("[data-taken]")).to_be_hidden()
    assert waiting(page) == ""


def test_putting_back_takes_nothing_from_a_tab_that_went_on(keep_beside, address):
    tab = keep_beside({"results": "แท็บแรก"}, results="ของเพื่อน")
    page = tab.context.new_page()
    page.goto(address)
    page.click("[data-take]")
    expect(saved(page)).to_contain_text(SAVED)
    write(tab, obstacles="เขียนต่อในแท็บแรก")
    until(page, lambda: "เขียนต่อในแท็บแรก" in waiting(page), "it is kept")
    tab.close()
    page.click("[data-undo]")
    assert "เขียนต่อในแท็บแรก" in waiting(page)


def test_putting_back_parts_no_choice_from_its_words(choose_beside):
    words = "kind:other"
    page = choose_beside("other", **{words: "ของฉัน"})
    page.reload()
    page.click("[data-take]")
    expect(saved(page)).to_contain_text(SAVED)
    write(page, **{words: "ของฉัน และเขียนต่อ"})
    page.click("[data-undo]")
    expect(field(page, words)).to_be_visible()
    expect(field(page, words)).to_have_value("ของฉัน และเขียนต่อ")


def test_a_device_without_room_puts_nothing_back(put_in):
    page = put_in({"results": "ของฉัน"}, results="ของเพื่อน")
    page.evaluate(FULL)
    page.click("[data-undo]")
    expect(saved(page)).to_contain_text("ไม่มีที่ว่าง")
    expect(field(page, "results")).to_have_value("ของฉัน")
    expect(page.locator("[data-undo]")).to_be_visible()


def test_twice_put_in_and_back_is_as_once(put_in_and_gone_on):
    page = put_in_and_gone_on
    press(page, "undo", "take", "undo")
    page.click("[data-clash] button")
    expect(field(page, "results")).to_have_value("เพื่อน ฉบับที่สอง")


def test_what_is_written_again_later_is_one_s_own(put_in, krabi, colleague):
    page = put_in({"results": "ของฉัน"}, results="เพื่อน ฉบับแรก")
    page.click("[data-undo]")
    expect(saved(page)).to_contain_text(SAVED)
    write(page, results="เขียนใหม่")
    until(page, lambda: answered(results="เขียนใหม่"), "it is saved")
    expect(saved(page)).to_contain_text(SAVED)
    save_as(colleague, krabi, results="เขียนใหม่ เพื่อนต่อ")
    write(page, results="เพื่อน ฉบับแรก")
    page.click("[data-clash] button")
    expect(field(page, "results")).to_have_value("เพื่อน ฉบับแรก")


def test_what_was_put_back_and_handed_in_at_once_gives_way(put_in_and_gone_on):
    page = put_in_and_gone_on
    press(page, "undo", "hand-in")
    page.wait_for_url("**/hand-in/**")
    expect(field(page, "results")).to_have_value("เพื่อน ฉบับที่สอง")


def test_an_option_that_is_gone_costs_a_colleague_s_choice_nothing(choose_beside, checklist):
    page = choose_beside("policy")
    page.goto("/")
    rewrite(page, "text.fields = text.fields.map(([name, said]) => [name, said === 'policy' ? 'gone' : said])")
    page.goto(checklist)
    page.click("[data-take]")
    expect(saved(page)).to_contain_text(SAVED)
    page.click("[data-undo]")
    expect(page.locator("[name='answer.kind'][value=service]")).to_be_checked()
