"""What is written into a form while it is handed in, stopped on its way, refused, or never heard of again."""

import pytest
from playwright.sync_api import expect

from submissions.models import Answers, Evidence

from ..conftest import PHONE
from ..form import SAVED, field, saved
from ..waiting import until
from .writing import KEPT_HERE, NO_LINE, answered, save_as, waiting, write

pytestmark = pytest.mark.browser


def test_what_was_handed_in_and_never_arrived_waits_when_a_colleague_went_on(begin, krabi, colleague, address):
    page = begin()
    field(page, "results").fill("ของฉัน")
    page.route("**/hand-in/**", lambda route: route.fulfill(body="what some gateway says"))
    page.click("[data-hand-in]")
    page.wait_for_url("**/hand-in/**")
    save_as(colleague, krabi, results="หนึ่ง", obstacles="ของเพื่อน")
    page.goto(address)
    page.click("[data-take]")
    expect(field(page, "results")).to_have_value("ของฉัน")


def test_a_refused_form_beside_a_colleague_s_shows_both(begin, krabi, colleague, address):
    page = begin()
    page.evaluate(NO_LINE)
    write(page, obstacles="ของฉัน")
    save_as(colleague, krabi, results="ของเพื่อน")
    page.click("[data-hand-in]")
    expect(page.locator("#faults")).to_be_visible()
    expect(field(page, "obstacles")).to_have_value("ของฉัน")
    expect(page.locator(".fill-taken")).to_have_count(1)
    expect(field(page, "results")).to_have_value("ของเพื่อน")
    page.goto(address)
    expect(page.locator("[data-kept]")).to_be_visible()
    assert "ของฉัน" in waiting(page)
    assert answered(results="ของเพื่อน")


def test_whoever_goes_on_while_the_next_page_is_awaited_loses_nothing(begin, address):
    page, held = begin(PHONE), []
    page.clock.install()
    page.route("**/hand-in/**", lambda route: held.append(route))
    page.locator("[data-hand-in]").click(no_wait_after=True)
    until(page, lambda: held, "the form was sent")
    held[0].fulfill(status=204)  # as if Stop had been pressed
    write(page, obstacles="เขียนต่อ")
    expect(page.locator("[data-hand-in]")).to_be_enabled()
    page.clock.fast_forward("02:10")  # what was handed in might still arrive until then
    expect(saved(page)).to_contain_text(SAVED)
    assert answered(results="หนึ่ง", obstacles="เขียนต่อ")
    write(page, remedies="และอีก")
    page.goto(address)
    expect(field(page, "obstacles")).to_have_value("เขียนต่อ")
    until(page, lambda: answered(obstacles="เขียนต่อ", remedies="และอีก"), "it is saved")


def test_a_form_whose_sending_was_stopped_saves_itself_though_nothing_more_is_written(begin):
    page, held = begin(), []
    page.clock.install()
    page.route("**/hand-in/**", lambda route: held.append(route))
    field(page, "obstacles").fill("ไม่มี")
    page.locator("[data-hand-in]").click(no_wait_after=True)
    until(page, lambda: held, "the form was sent")
    held[0].fulfill(status=204)
    expect(page.locator("[data-hand-in]")).to_be_disabled()
    page.clock.fast_forward("02:10")
    expect(saved(page)).to_contain_text(SAVED)
    expect(page.locator("[data-hand-in]")).to_be_enabled()
    assert answered(results="หนึ่ง", obstacles="ไม่มี")


def test_what_is_written_while_the_form_is_handed_in_waits_on_the_device(begin, address):
    page, forms = begin(), []
    for name in ("obstacles", "remedies", "proposals"):
        field(page, name).fill("ไม่มี")
    page.evaluate("""() => {  // no locator waits for a field while the next page is awaited
        const field = document.querySelector("[name='answer.obstacles']");
        field.form.addEventListener("submit", () => setTimeout(() => {
            field.value = "เขียนต่อ";
            field.dispatchEvent(new Event("input", { bubbles: true }));
        }));
    }""")
    page.route("**/hand-in/**", lambda route: forms.append(route))
    page.locator("[data-hand-in]").click(no_wait_after=True)
    until(page, lambda: page.wait_for_timeout(200) or forms, "it was sent, and written on")
    forms[0].continue_()
    page.wait_for_url("**/criteria/**")
    page.goto(address)
    expect(field(page, "obstacles")).to_have_value("เขียนต่อ")
    assert Evidence.objects.get(filled_form__isnull=False).filled_form.data["obstacles"] == "ไม่มี"


@pytest.fixture
def begin_on_slow_line(begin):
    """What saves the draft and what hands in is held on its way."""

    def begin_on_slow_line():
        page, drafts, forms = begin(), [], []
        page.route("**/draft/**", lambda route: drafts.append(route))
        page.route("**/hand-in/**", lambda route: forms.append(route))
        return page, drafts, forms

    return begin_on_slow_line


def send(page, drafts, forms) -> None:
    page.locator("[data-hand-in]").click(no_wait_after=True)
    until(page, lambda: drafts and forms, "both are on their way")


def let_through(page, draft) -> None:
    finished = []
    page.on("requestfinished", lambda request: finished.append(request) if "/draft/" in request.url else None)
    draft.continue_()
    until(page, lambda: finished, "the draft is answered")


def test_what_arrived_unheard_is_handed_in_and_nothing_else(begin_on_slow_line, address):
    page, drafts, forms = begin_on_slow_line()
    write(page, results="หนึ่ง สอง")
    for name in ("obstacles", "remedies", "proposals"):
        field(page, name).fill("ไม่มี")
    send(page, drafts, forms)
    assert forms[0].fetch(max_redirects=0).status == 302
    forms[0].fulfill(status=204)  # nobody hears of it
    drafts[0].fulfill(status=200, body="what some gateway says")
    expect(saved(page)).to_contain_text(KEPT_HERE)
    page.unroute("**/draft/**")
    page.goto(address)
    expect(page.locator("main")).to_contain_text("คำตอบที่ส่งไว้ครั้งล่าสุด")
    assert Evidence.objects.get(filled_form__isnull=False).filled_form.data["results"] == "หนึ่ง สอง"
    assert Answers.objects.get().data == {}
    page.wait_for_function("localStorage.length === 0")


def test_a_draft_that_is_answered_late_takes_nothing_from_what_is_handed_in(begin_on_slow_line, address):
    page, drafts, forms = begin_on_slow_line()
    write(page, results="หนึ่ง สอง")
    field(page, "obstacles").fill("ไม่มี")
    send(page, drafts, forms)
    let_through(page, drafts[0])
    forms[0].fulfill(status=204)  # it never arrived
    page.unroute("**/draft/**")
    page.goto(address)
    expect(field(page, "obstacles")).to_have_value("ไม่มี")
    until(page, lambda: answered(results="หนึ่ง สอง", obstacles="ไม่มี"), "it is saved")


def test_what_was_taken_back_after_a_form_was_sent_stays_taken_back(begin_on_slow_line, address):
    page, drafts, forms = begin_on_slow_line()
    write(page, results="ก")
    field(page, "results").fill("ข")
    send(page, drafts, forms)
    let_through(page, drafts[0])
    assert forms[0].fetch().status == 422
    forms[0].fulfill(status=204)  # it arrived, and its answer did not
    assert answered(results="ข")
    write(page, results="ก")
    expect(saved(page)).not_to_contain_text(SAVED)
    page.unroute("**/draft/**")
    page.goto(address)
    expect(field(page, "results")).to_have_value("ก")


# The button is pressed, more is written, and it is pressed once more, before a draft is answered that says what the
# first of the two says.
PRESS_TWICE = """() => {
    const send = window.fetch.bind(window);
    window.fetch = (address, asked) => asked?.method
        ? send(address, asked).then((answer) => new Promise((hear) => setTimeout(() => hear(answer), 2000)))
        : send(address, asked);
    const form = document.querySelector("form[data-draft]"), field = form.elements.namedItem("answer.obstacles");
    const press = () => form.querySelector("[data-hand-in]").click();
    const type = (text) => { field.value = text; field.dispatchEvent(new Event("input", { bubbles: true })); };
    type("ก");
    form.dispatchEvent(new FocusEvent("focusout"));
    setTimeout(press, 300);
    setTimeout(() => { type("ข้อความใหม่"); press(); }, 1000);
}"""


def test_what_is_written_between_two_presses_outlives_an_older_draft_s_answer(begin, address):
    page, forms = begin(), []
    page.route("**/hand-in/**", lambda route: forms.append(route))
    page.evaluate(PRESS_TWICE)
    until(page, lambda: len(forms) == 2, "it is pressed twice")
    page.wait_for_timeout(2000)  # the draft is answered; a page that waits for the next can't be asked
    forms[-1].fulfill(status=204)  # it never arrived
    page.goto(address)
    expect(field(page, "obstacles")).to_have_value("ข้อความใหม่")


def test_what_was_handed_in_unheard_is_no_draft_again(begin, krabi):
    page, forms = begin(), []
    expect(page.locator("[data-said]")).to_contain_text(SAVED)
    page.clock.install()
    for name in ("obstacles", "remedies", "proposals"):
        field(page, name).fill("ไม่มี")
    page.route("**/hand-in/**", lambda route: forms.append(route))
    page.locator("[data-hand-in]").click(no_wait_after=True)
    until(page, lambda: forms, "it is on its way")
    assert forms[0].fetch(max_redirects=0).status == 302
    forms[0].fulfill(status=204)
    page.clock.fast_forward("02:10")
    expect(saved(page)).to_have_text("แบบฟอร์มนี้ส่งแล้ว")
    expect(page.locator("[data-said]")).to_have_text("แบบฟอร์มนี้ส่งแล้ว")
    assert Answers.objects.get().data == {}
    write(page, obstacles="มีอีก")
    page.clock.run_for(3000)
    expect(saved(page)).to_contain_text(SAVED)
    assert answered(results="หนึ่ง", obstacles="มีอีก")


def test_what_is_written_on_a_refused_form_outlives_a_lost_line(begin):
    page = begin(PHONE)
    page.click("[data-hand-in]")
    expect(page.locator("#faults")).to_be_visible()
    page.evaluate(NO_LINE)
    write(page, obstacles="เขียนตอนสายหลุด")
    expect(saved(page)).to_contain_text(KEPT_HERE)
    page.reload()
    expect(field(page, "obstacles")).to_have_value("เขียนตอนสายหลุด")
