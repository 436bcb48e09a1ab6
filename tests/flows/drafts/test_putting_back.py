"""A text that was kept on the device is put into a form, and what stood there is put back."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from submissions import intake

from ..form import SAVED, field, saved
from ..waiting import until
from .writing import FULL, KEPT_HERE, NO_LINE, answered, save_as, waiting, write

pytestmark = pytest.mark.browser


def test_what_stood_there_before_is_no_text_that_was_not_sent(begin, krabi, colleague, address):
    page = begin()
    page.evaluate(NO_LINE)
    write(page, results="หนึ่ง และสอง")
    expect(saved(page)).to_contain_text(KEPT_HERE)
    save_as(colleague, krabi, results="หนึ่ง", obstacles="ของเพื่อน")
    page.goto(address)
    page.click("[data-take]")
    expect(page.locator("[data-undo]")).to_be_focused()
    expect(saved(page)).to_contain_text(SAVED)
    assert answered(results="หนึ่ง และสอง", obstacles="ของเพื่อน")
    save_as(colleague, krabi, results="ฉบับใหม่")
    page.goto(address)
    expect(field(page, "results")).to_have_value("ฉบับใหม่")
    expect(page.locator("[data-kept]")).to_be_hidden()
    expect(page.locator("[data-taken]")).to_be_hidden()
    assert waiting(page) == ""


def test_putting_back_takes_nothing_from_a_tab_that_went_on(begin, krabi, colleague, address):
    tab = begin()
    tab.evaluate(NO_LINE)
    write(tab, results="แท็บแรก")
    expect(saved(tab)).to_contain_text(KEPT_HERE)
    save_as(colleague, krabi, results="ของเพื่อน")
    page = tab.context.new_page()
    page.goto(address)
    page.click("[data-take]")
    expect(saved(page)).to_contain_text(SAVED)
    write(tab, obstacles="เขียนต่อในแท็บแรก")
    until(page, lambda: "เขียนต่อในแท็บแรก" in waiting(page), "it is kept")
    tab.close()
    page.click("[data-undo]")
    assert "เขียนต่อในแท็บแรก" in waiting(page)


def test_putting_back_parts_no_choice_from_its_words(open_page, krabi, officer, colleague):
    page, words = open_page(officer), "kind:other"
    page.goto(reverse("form", args=[krabi.pk, "innovation-checklist"]))
    page.evaluate(NO_LINE)
    page.check("[name='answer.kind'][value=other]")
    write(page, **{words: "ของฉัน"})
    expect(saved(page)).to_contain_text(KEPT_HERE)
    intake.save_answers(krabi, "innovation-checklist", {"kind": "service"}, by=colleague, revision=0, page="f" * 32)
    page.reload()
    page.click("[data-take]")
    expect(saved(page)).to_contain_text(SAVED)
    write(page, **{words: "ของฉัน และเขียนต่อ"})
    page.click("[data-undo]")
    expect(field(page, words)).to_be_visible()
    expect(field(page, words)).to_have_value("ของฉัน และเขียนต่อ")


def test_a_device_without_room_puts_nothing_back(begin, krabi, colleague, address):
    page = begin()
    page.evaluate(NO_LINE)
    write(page, results="ของฉัน")
    expect(saved(page)).to_contain_text(KEPT_HERE)
    save_as(colleague, krabi, results="ของเพื่อน")
    page.goto(address)
    page.click("[data-take]")
    expect(saved(page)).to_contain_text(SAVED)
    page.evaluate(FULL)
    page.click("[data-undo]")
    expect(saved(page)).to_contain_text("ไม่มีที่ว่าง")
    expect(field(page, "results")).to_have_value("ของฉัน")
    expect(page.locator("[data-undo]")).to_be_visible()
