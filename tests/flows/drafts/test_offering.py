"""A text that waits on this device is read before anybody decides about it: what is pressed holds for what was read."""

import pytest
from playwright.sync_api import expect

from tests import factories as make

from ..conftest import PHONE
from ..form import SAVED, field, saved
from ..waiting import until
from .writing import KEPT_HERE, MONTH, answered, rewrite, save_as, waiting, write

pytestmark = pytest.mark.browser


def listed(page):
    return page.locator("[data-texts] span")


def test_what_waits_is_read_before_anything_is_decided(keep_here, krabi, colleague, address):
    page = keep_here(PHONE, results="หนึ่ง\n<b>สอง</b>", obstacles="เหมือนกัน")
    save_as(colleague, krabi, results="ของเพื่อน", obstacles="เหมือนกัน", remedies="ของเพื่อน")
    page.goto(address)
    expect(listed(page)).to_have_text(["หนึ่ง\n<b>สอง</b>"])  # remedies were never written in here
    expect(page.locator("[data-texts] dt")).to_have_text(["ผลการดำเนินงาน"])
    expect(page.locator("[data-since]")).to_have_text("เขียนไว้: เมื่อสักครู่")


def test_a_text_that_another_tab_went_on_with_is_shown_before_it_is_taken(keep_beside, address):
    tab = keep_beside({"results": "แท็บแรก"}, results="ของเพื่อน")
    page = tab.context.new_page()
    page.goto(address)
    expect(listed(page)).to_have_text(["แท็บแรก"])
    write(tab, results="แท็บแรก เขียนต่อ")
    until(page, lambda: "เขียนต่อ" in waiting(page), "it is kept")
    page.click("[data-take]")
    expect(listed(page)).to_have_text(["แท็บแรก เขียนต่อ"])
    expect(field(page, "results")).to_have_value("ของเพื่อน")
    page.click("[data-take]")
    expect(field(page, "results")).to_have_value("แท็บแรก เขียนต่อ")


def test_what_waits_is_in_sight_on_a_phone(krabi, kept_beside, address):
    make.make_evidence(krabi, "3.5.report", MONTH, status="returned", return_reason="ขอรายละเอียดเพิ่ม " * 40)
    page = kept_beside
    page.set_viewport_size(PHONE)
    page.goto(address)
    expect(page.locator(".paper-reason")).to_be_visible()
    expect(page.locator("[data-take]")).to_be_in_viewport()


def test_whose_words_stand_in_the_form_is_told(kept_beside, address):
    page = kept_beside
    page.goto(address)
    expect(page.locator("[data-kept]")).to_contain_text("ข้อความในแบบฟอร์มบันทึกโดย เพื่อนร่วมงาน")


def test_what_waits_is_added_to_a_colleague_s_words(kept_beside, address):
    page = kept_beside
    page.goto(address)
    page.click("[data-texts] [data-add]")
    expect(field(page, "results")).to_have_value("ของเพื่อน\nของฉัน")
    expect(saved(page)).to_contain_text(SAVED)
    assert answered(results="ของเพื่อน\nของฉัน")
    expect(page.locator("[data-kept]")).to_be_hidden()  # all of it stands in the form
    page.goto(address)
    expect(page.locator("[data-kept]")).to_be_hidden()
    assert waiting(page) == ""


def test_a_tab_that_asks_again_for_ever_keeps_nobody_from_deciding(keep_beside, address):
    tab = keep_beside({"results": "แท็บแรก"}, results="ของเพื่อน")
    page = tab.context.new_page()
    page.goto(address)
    written = "Object.values(localStorage).map((text) => JSON.parse(text).at)"
    before, kept = page.evaluate(written), waiting(page)
    tab.evaluate("window.dispatchEvent(new Event('focus'))")
    until(page, lambda: waiting(page) != kept, "it is kept once more")
    assert page.evaluate(written) == before
    page.click("[data-take]")
    expect(field(page, "results")).to_have_value("แท็บแรก")


def test_what_was_not_listed_is_not_taken(keep_here, krabi, colleague, address):
    page = keep_here(results="ของฉัน", obstacles="เหมือนกัน")
    save_as(colleague, krabi, results="ของเพื่อน", obstacles="เหมือนกัน")
    page.goto(address)
    expect(listed(page)).to_have_text(["ของฉัน"])
    write(page, obstacles="เขียนใหม่ตอนนี้")
    page.click("[data-take]")
    expect(field(page, "obstacles")).to_have_value("เขียนใหม่ตอนนี้")
    expect(listed(page)).to_have_text(["ของฉัน", "เหมือนกัน"])
    expect(page.locator("[data-moved]")).to_be_visible()


def test_words_are_added_only_where_they_are_seen(choose_beside, checklist):
    page = choose_beside("other", **{"kind:other": "คำของฉัน"})
    page.goto(checklist)
    expect(listed(page)).to_have_count(2)
    expect(page.locator("[data-texts] [data-add]")).to_have_count(0)


def test_where_another_tab_has_decided_the_keyboard_stays_on_the_page(kept_beside, address):
    page = kept_beside
    page.goto(address)
    other = page.context.new_page()
    other.goto(address)
    other.on("dialog", lambda dialog: dialog.accept())
    other.click("[data-drop]")
    expect(other.locator("[data-said]")).to_have_text("ทิ้งข้อความแล้ว")
    page.click("[data-take]")
    expect(page.locator("[data-kept]")).to_be_hidden()
    expect(page.locator("[data-save]")).to_be_focused()
    expect(field(page, "results")).to_have_value("ของเพื่อน")


def test_what_is_filled_in_by_itself_is_as_old_as_it_was(keep_here, address):
    page = keep_here(results="ของฉัน")
    page.goto("/")
    rewrite(page, "text.at -= 3 * 86400000")
    page.route("**/draft/**", lambda route: route.fulfill(body="what some gateway says"))
    page.goto(address)
    expect(field(page, "results")).to_have_value("ของฉัน")
    expect(saved(page)).to_contain_text(KEPT_HERE)
    page.goto("/")
    assert page.evaluate("JSON.parse(Object.values(localStorage)[0]).at < Date.now() - 2 * 86400000")


@pytest.mark.parametrize(("hours", "said"), [(0.5, "30 นาทีที่ผ่านมา"), (35, "1 วันที่ผ่านมา"), (240, "10 วันที่ผ่านมา")])
def test_since_when_it_waits_is_told(kept_beside, address, hours, said):
    page = kept_beside
    page.goto("/")
    rewrite(page, f"text.at -= {hours} * 3600000")
    page.goto(address)
    expect(page.locator("[data-since]")).to_have_text(f"เขียนไว้: {said}")


def test_a_text_of_nobody_knows_when_is_offered_as_well(kept_beside, address):
    page = kept_beside
    page.goto("/")
    rewrite(page, "delete text.at; delete text.untouched")
    page.goto(address)
    expect(page.locator("[data-since]")).to_have_text("")
    page.click("[data-take]")
    expect(field(page, "results")).to_have_value("ของฉัน")


def test_a_field_that_the_form_had_not_yet_keeps_a_colleague_s_words(keep_here, krabi, colleague, address):
    page = keep_here(results="ของฉัน")
    save_as(colleague, krabi, results="ของเพื่อน", remedies="เพื่อนแก้")
    page.goto("/")
    rewrite(
        page,
        "const isOther = (name) => name !== 'answer.remedies';"
        "text.fields = text.fields.filter(([name]) => isOther(name)); text.untouched = text.untouched.filter(isOther)",
    )
    page.goto(address)
    expect(listed(page)).to_have_text(["ของฉัน"])
    page.click("[data-take]")
    expect(field(page, "remedies")).to_have_value("เพื่อนแก้")


def test_fields_in_another_order_are_no_other_text(keep_here, krabi, colleague, address):
    page = keep_here(results="ก", obstacles="ข")
    save_as(colleague, krabi, results="ก", obstacles="ข")
    page.goto("/")
    rewrite(page, "text.fields.reverse()")
    page.goto(address)
    expect(page.locator("[data-kept]")).to_be_hidden()
    assert waiting(page) == ""


def test_a_choice_and_its_words_are_told_as_on_the_form(choose_beside, checklist):
    page = choose_beside("other", **{"kind:other": "คำของฉัน"})
    page.goto(checklist)
    expect(listed(page)).to_have_text(["อื่น ๆ", "คำของฉัน"])
    expect(page.locator("[data-texts] dt")).to_have_text(["ประเภทของนวัตกรรม (เลือกได้เพียงหนึ่งข้อ)", "อื่น ๆ: ระบุว่าคืออะไร"])
    page.goto("/")
    rewrite(page, "text.fields = text.fields.map(([name, said]) => [name, said === 'other' ? 'policy' : said])")
    page.goto(checklist)
    expect(listed(page)).to_have_count(1)  # words beside an option that was not chosen are no answer
