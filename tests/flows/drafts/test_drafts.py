"""Nothing that was typed into a form is lost, and nothing takes the place of what somebody else wrote unless somebody
decides so: over a line that breaks, between two people, two tabs, and pages that come late.
"""

import json

import pytest
from playwright.sync_api import expect

from submissions import intake
from submissions.models import Answers
from submissions.questions import proofread

from ..conftest import AT_A_DESK, PHONE, WIDE
from ..form import SAVED, field, saved
from ..waiting import until
from .writing import KEPT_HERE, MONTH, NO_ANSWER, NO_LINE, answered, save_as, waiting, write

pytestmark = pytest.mark.browser


def test_a_colleague_s_words_are_replaced_by_nobody_who_did_not_decide_it(begin, krabi, colleague, address):
    page = begin(PHONE)
    save_as(colleague, krabi, results="ของเพื่อน")
    write(page, results="ของฉัน")
    page.click("[data-clash] button")
    expect(page.locator(".fill-other").first).to_be_visible()
    expect(saved(page)).to_have_text("ยังไม่ได้บันทึก")
    page.goto(address)  # without a decision
    expect(page.locator("[data-kept]")).to_be_visible()
    expect(field(page, "results")).to_have_value("ของเพื่อน")
    page.click("[data-take]")
    expect(saved(page)).to_contain_text(SAVED)
    until(page, lambda: answered(results="ของฉัน"), "the decision is saved")
    page.click("[data-undo]")
    expect(field(page, "results")).to_have_value("ของเพื่อน")
    expect(page.locator("[data-taken]")).to_be_hidden()
    expect(page.locator("[data-take]")).to_be_focused()
    page.click("[data-take]")
    write(page, obstacles="เขียนต่อ")
    until(page, lambda: answered(results="ของฉัน", obstacles="เขียนต่อ"), "it is saved once more")
    page.click("[data-undo]")  # all but what was written since
    expect(field(page, "results")).to_have_value("ของเพื่อน")
    expect(field(page, "obstacles")).to_have_value("เขียนต่อ")


@pytest.fixture
def see_both(begin, krabi, colleague):
    """One wrote of obstacles, a colleague of remedies."""

    def see_both(screen=WIDE):
        page = begin(screen)
        save_as(colleague, krabi, results="หนึ่ง", remedies="ของเพื่อน")
        write(page, obstacles="ของฉัน")
        page.click("[data-clash] button")
        return page

    return see_both


def test_beside_a_colleague_s_words_nothing_holds_but_what_was_written_here(see_both):
    page = see_both()
    expect(field(page, "obstacles")).to_have_value("ของฉัน")
    expect(field(page, "remedies")).to_have_value("ของเพื่อน")
    expect(page.locator(".fill-other")).to_have_count(0)  # there is no field in which both wrote
    page.click("[data-save]")
    expect(saved(page)).to_contain_text(SAVED)
    assert answered(results="หนึ่ง", obstacles="ของฉัน", remedies="ของเพื่อน")


def test_whoever_writes_into_a_colleague_s_words_goes_on_seeing_them(see_both):
    page = see_both(PHONE)
    expect(page.locator(".fill-taken")).to_have_count(1)
    write(page, remedies="ของฉัน")
    expect(page.locator(".fill-taken")).to_have_count(0)
    expect(page.locator(".fill-other")).to_contain_text("ของเพื่อน")
    page.click("[data-add]")
    expect(field(page, "remedies")).to_have_value("ของฉัน\nของเพื่อน")


def test_what_was_added_is_not_added_once_more(begin, krabi, colleague):
    page = begin()
    save_as(colleague, krabi, results="ของเพื่อน", remedies="ของเพื่อน")
    write(page, results="ของฉัน")
    page.click("[data-clash] button")
    page.click("[data-add='answer.results']")
    write(page, remedies="ของฉัน")
    expect(page.locator("[data-add='answer.remedies']")).to_be_visible()
    expect(page.locator("[data-add='answer.results']")).to_be_hidden()


def test_a_colleague_s_return_to_what_was_there_is_shown_after_an_unheard_save(begin, krabi, colleague):
    page = begin()
    page.evaluate(NO_ANSWER)
    write(page, results="หนึ่ง ผิด")
    until(page, lambda: answered(results="หนึ่ง ผิด"), "it arrived")
    expect(saved(page)).to_contain_text(KEPT_HERE)
    save_as(colleague, krabi, results="หนึ่ง")
    write(page, results="หนึ่ง ผิด และต่อ")
    page.evaluate("document.querySelector('[data-save]').click()")
    expect(page.locator(".fill-other")).to_contain_text("หนึ่ง")


def test_what_stands_beside_a_colleague_s_words_is_not_offered_once_more(begin, krabi, colleague, address):
    page = begin()
    save_as(colleague, krabi, results="ของเพื่อน", remedies="ของเพื่อน")
    write(page, obstacles="ของฉัน")
    page.click("[data-clash] button")
    expect(field(page, "remedies")).to_have_value("ของเพื่อน")
    expect(page.locator("[data-kept]")).to_be_hidden()
    write(page, proposals="เขียนขณะอ่าน")
    save_as(colleague, krabi, results="ของเพื่อน", remedies="ของเพื่อน แก้แล้ว")
    page.goto(address)  # what was written there comes back, and nothing else does
    page.click("[data-take]")
    expect(field(page, "obstacles")).to_have_value("ของฉัน")
    expect(field(page, "proposals")).to_have_value("เขียนขณะอ่าน")
    expect(field(page, "results")).to_have_value("ของเพื่อน")
    expect(field(page, "remedies")).to_have_value("ของเพื่อน แก้แล้ว")
    until(page, lambda: answered(obstacles="ของฉัน", remedies="ของเพื่อน แก้แล้ว"), "it is saved")


@AT_A_DESK
def test_a_colleague_s_words_are_added_to_one_s_own(begin, krabi, colleague, screen):
    page = begin(screen)
    save_as(colleague, krabi, results="ของเพื่อน", obstacles="ไม่มี")
    field(page, "results").fill("ของฉัน")
    expect(page.locator("[data-clash]")).to_be_in_viewport(ratio=1)
    page.keyboard.type(" ต่อ")  # nobody is taken away from what they write, and it is not covered
    box = "selector => document.querySelector(selector).getBoundingClientRect()"
    written = page.evaluate(f"({box})(\"[name='answer.results']\").bottom")
    assert 0 < written <= page.evaluate(f"({box})('.fill-bar').top")
    page.click("[data-clash] button")
    page.click("[data-add]")
    expect(field(page, "results")).to_have_value("ของฉัน ต่อ\nของเพื่อน")
    expect(field(page, "results")).to_be_focused()
    expect(page.locator("[data-add]")).to_be_hidden()
    page.click("[data-save]")
    expect(saved(page)).to_contain_text(SAVED)
    assert answered(results="ของฉัน ต่อ\nของเพื่อน", obstacles="ไม่มี")


def test_beside_a_colleague_s_words_what_is_typed_outlives_the_page(begin, krabi, colleague, address):
    page = begin()
    save_as(colleague, krabi, results="ของเพื่อน")
    write(page, results="ของฉัน")
    page.click("[data-clash] button")
    expect(page.locator(".fill-other")).to_have_count(1)
    write(page, obstacles="เขียนขณะอ่าน")
    page.goto(address)
    page.click("[data-take]")
    expect(field(page, "results")).to_have_value("ของฉัน")
    expect(field(page, "obstacles")).to_have_value("เขียนขณะอ่าน")
    until(page, lambda: answered(results="ของฉัน", obstacles="เขียนขณะอ่าน"), "the decision is saved")


def test_only_the_portal_s_own_answer_ends_the_waiting(begin):
    page = begin()
    page.route("**/draft/**", lambda route: route.fulfill(status=200, body="<p>what some gateway says</p>"))
    write(page, obstacles="ไม่มี")
    expect(saved(page)).to_contain_text(KEPT_HERE)
    assert "ไม่มี" in waiting(page)
    page.unroute("**/draft/**")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(saved(page)).to_contain_text(SAVED)
    assert answered(results="หนึ่ง", obstacles="ไม่มี")


def test_what_was_taken_back_stays_taken_back(begin, address):
    page = begin()
    page.evaluate(NO_ANSWER)
    write(page, results="ไม่ควรเห็น", obstacles="ลับ")
    until(page, lambda: answered(obstacles="ลับ", results="ไม่ควรเห็น"), "it arrived")
    page.evaluate(NO_LINE)
    write(page, obstacles="", results="หนึ่ง")
    expect(saved(page)).to_contain_text(KEPT_HERE)
    page.goto(address)
    expect(field(page, "results")).to_have_value("หนึ่ง")
    expect(field(page, "obstacles")).to_have_value("")


def test_what_was_begun_from_an_earlier_month_outlives_a_lost_line(open_page, officer, krabi, address):
    june = {"results": "เดือนก่อน", "remedies": "แก้เดือนก่อน"}
    intake.save_answers(krabi, "monthly-report", june, by=officer, period="2023-06")
    page = open_page(officer)
    page.goto(address)
    page.locator("a[href*='from=']").click()
    expect(field(page, "results")).to_have_value("เดือนก่อน")
    page.evaluate(NO_LINE)
    write(page, obstacles="ของฉัน")
    expect(saved(page)).to_contain_text(KEPT_HERE)
    page.goto(address)
    for name, words in (june | {"obstacles": "ของฉัน"}).items():
        expect(field(page, name)).to_have_value(words)


def test_what_is_too_long_for_a_draft_waits_where_it_was_written(begin, krabi, colleague, address, monkeypatch):
    page = begin()
    monkeypatch.setattr(proofread, "MOST_DRAFT", 30)
    page.evaluate(NO_LINE)
    field(page, "obstacles").fill("ยาว" * 20)
    save_as(colleague, krabi, results="ของเพื่อน")
    page.click("[data-save]")
    expect(page.locator("#faults")).to_contain_text("30")
    expect(saved(page)).to_have_text("ยังไม่ได้บันทึก")
    page.goto(address)
    page.click("[data-take]")
    expect(field(page, "obstacles")).to_have_value("ยาว" * 20)
    expect(field(page, "results")).to_have_value("ของเพื่อน")
    assert answered(results="ของเพื่อน")


def test_what_was_begun_and_saved_gives_way_to_a_colleague(open_page, krabi, officer, colleague, address):
    june = {"results": "เดือนก่อน", "remedies": "แก้เดือนก่อน"}
    intake.save_answers(krabi, "monthly-report", june, by=officer, period="2023-06")
    page = open_page(officer)
    page.goto(address)
    page.locator("a[href*='from=']").click()
    write(page, obstacles="ของฉัน")
    expect(saved(page)).to_contain_text(SAVED)
    revision = Answers.objects.get(period=MONTH).revision
    his = {"period": MONTH, "revision": revision, "page": "f" * 32}
    intake.save_answers(krabi, "monthly-report", {"results": "เพื่อน"}, by=colleague, **his)
    write(page, proposals="ของฉัน")
    page.click("[data-clash] button")
    expect(field(page, "results")).to_have_value("เพื่อน")
    expect(field(page, "remedies")).to_have_value("")
    expect(field(page, "proposals")).to_have_value("ของฉัน")


def test_two_tabs_keep_what_each_of_them_was_told(begin, address):
    one = begin()
    other = one.context.new_page()
    other.goto(address)
    write(other, remedies="แท็บสอง")
    expect(saved(other)).to_contain_text(SAVED)
    write(one, obstacles="แท็บแรก")
    expect(one.locator("[data-clash]")).to_be_visible()
    write(other, proposals="อีก")
    until(other, lambda: answered(remedies="แท็บสอง", proposals="อีก"), "it is saved")
    one.close()
    other.reload()
    other.click("[data-take]")
    for name, words in {"obstacles": "แท็บแรก", "remedies": "แท็บสอง", "proposals": "อีก"}.items():
        expect(field(other, name)).to_have_value(words)
    expect(other.locator("[data-kept]")).to_be_hidden()


def test_each_text_that_waits_is_offered_until_somebody_chooses(begin, krabi, colleague, address):
    page = begin()
    for number, text in enumerate(("ข้อความแรก", "ข้อความที่สอง")):
        page.evaluate(NO_LINE)
        write(page, obstacles=text)
        expect(saved(page)).to_contain_text(KEPT_HERE)
        save_as(colleague, krabi, results=f"ของเพื่อน {number}")
        page.goto(address)
        expect(page.locator("[data-kept]")).to_be_visible()
    page.click("[data-drop]")  # and asked whether that is meant, says no
    page.on("dialog", lambda dialog: dialog.accept())
    for text in ("ข้อความที่สอง", "ข้อความแรก"):
        expect(page.locator("[data-texts] span")).to_have_text([text])
        assert text in waiting(page)
        page.click("[data-drop]")
    expect(page.locator("[data-kept]")).to_be_hidden()
    expect(page.locator("[data-save]")).to_be_focused()


def test_a_page_loaded_again_is_no_other_page(begin, krabi, officer):
    page = begin(PHONE)
    page.evaluate("""() => {  // what a page sends when it goes comes late
        window.fetch = (address, asked) => {
            sessionStorage.setItem("late", JSON.stringify(Object.fromEntries(asked.body)));
            return new Promise(() => {});
        };
    }""")
    field(page, "obstacles").fill("ก่อนโหลดใหม่")
    page.reload()
    expect(field(page, "obstacles")).to_have_value("ก่อนโหลดใหม่")
    late = json.loads(page.evaluate("sessionStorage.getItem('late')"))
    words = {"results": late["answer.results"], "obstacles": late["answer.obstacles"]}
    numbers = {name: int(late[name]) for name in ("revision", "turn")}
    intake.save_answers(krabi, "monthly-report", words, by=officer, period=MONTH, page=late["page"], **numbers)
    write(page, obstacles="ก่อนโหลดใหม่ และหลังจากนั้น")
    expect(saved(page)).to_contain_text(SAVED)
    expect(page.locator("[data-clash]")).to_be_hidden()
    until(page, lambda: answered(obstacles="ก่อนโหลดใหม่ และหลังจากนั้น"), "the newer text is saved")


def test_the_buttons_leave_nobody_on_a_page_of_the_browser(begin):
    page = begin(PHONE)
    page.context.set_offline(True)
    field(page, "obstacles").fill("ไม่มีสัญญาณ")
    for button in ("[data-hand-in]", "[data-save]"):
        page.click(button)
        expect(page.locator("#reader")).to_contain_text("ติดต่อระบบไม่ได้")
        page.click("#reader button")
    expect(saved(page)).to_contain_text(KEPT_HERE)
    expect(field(page, "obstacles")).to_have_value("ไม่มีสัญญาณ")
    page.context.set_offline(False)
    expect(saved(page)).to_contain_text(SAVED)
    assert answered(obstacles="ไม่มีสัญญาณ")
    asked = []
    page.on("dialog", lambda dialog: asked.append(dialog.type) or dialog.accept())
    page.goto("/")
    assert asked == [], "it has saved itself"


def is_preview(response) -> bool:
    return "/preview/" in response.url


def test_whoever_looks_at_it_as_pdf_goes_on_writing(begin):
    page = begin()
    field(page, "remedies").fill("เพิ่งเขียน")
    with page.context.expect_page() as other, page.context.expect_event("response", is_preview) as seen:
        page.click("[data-preview]")
    assert seen.value.headers["content-type"] == "application/pdf"
    other.value.close()
    expect(saved(page)).to_contain_text(SAVED)
    assert answered(results="หนึ่ง", remedies="เพิ่งเขียน")
    write(page, obstacles="เขียนต่อ")
    expect(saved(page)).to_contain_text(SAVED)
    assert answered(results="หนึ่ง", remedies="เพิ่งเขียน", obstacles="เขียนต่อ")
    expect(page.locator("[data-clash]")).to_be_hidden()
