"""An officer fills in a form: it saves itself, outlives a lost line and a closed page, and becomes evidence."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from submissions import intake
from submissions.models import Answers, Evidence
from tests import factories as make
from tests.servers import wait_until

from .conftest import SCREENS

pytestmark = pytest.mark.browser

SLOT = "#slot-3-5-report-2023-07"
SAVED = "บันทึกร่างแล้ว"


def field(page, code: str):
    return page.locator(f"[name='answer.{code}']")


def saved(page):
    return page.locator("[data-saved]")


@SCREENS
def test_a_monthly_report_is_written_and_handed_in(open_page, krabi, officer, screen):
    page = open_page(officer, screen=screen)
    page.goto(reverse("criterion", args=[krabi.pk, "3.5"]))
    page.click(f"{SLOT} .fill-link a")
    field(page, "results").fill("ซ่อมเครื่อง 12 เครื่อง")
    expect(saved(page)).to_contain_text(SAVED)
    expect(page.locator("[data-progress-words]")).to_have_text("กรอกแล้ว 1 จาก 4 ช่องที่ต้องกรอก")

    # The line is gone: what is typed waits on this device, and is there again when the page is opened anew.
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no line')); }")
    field(page, "obstacles").fill("ไม่มี")
    field(page, "remedies").focus()
    expect(saved(page)).to_contain_text("เก็บไว้ในเครื่องนี้ก่อน")
    assert "obstacles" not in Answers.objects.get().data
    page.reload()
    expect(field(page, "results")).to_have_value("ซ่อมเครื่อง 12 เครื่อง")
    expect(field(page, "obstacles")).to_have_value("ไม่มี")
    expect(saved(page)).to_contain_text(SAVED)
    expect(page.locator("[data-progress-words]")).to_have_text("กรอกแล้ว 2 จาก 4 ช่องที่ต้องกรอก")

    page.click("[data-hand-in]")
    faults = page.locator("#faults")
    expect(faults).to_be_focused()
    expect(faults.locator("li")).to_have_count(2)
    faults.locator("a >> nth=0").click()
    expect(field(page, "remedies")).to_be_focused()
    field(page, "remedies").fill("ก" * 20_001)
    expect(page.locator(".fill-count.over")).to_have_text("20,001 / 20,000")
    field(page, "remedies").fill("ไม่มี")
    field(page, "proposals").fill("ขอเพิ่มความเร็วอินเทอร์เน็ต")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.click("[data-hand-in]")
    expect(page.locator(f"{SLOT} .paper-title a >> nth=0")).to_contain_text("กรกฎาคม ๒๕๖๖")
    expect(page.locator(f"{SLOT} .status-submitted >> nth=0")).to_be_visible()
    assert Evidence.objects.get(period="2023-07").filled_form.data["proposals"] == "ขอเพิ่มความเร็วอินเทอร์เน็ต"
    page.click(f"{SLOT} .fill-link a")
    expect(field(page, "remedies")).to_have_value("ไม่มี")
    page.wait_for_function("localStorage.length === 0")
    expect(page.locator("[data-kept]")).to_be_hidden()


def test_nothing_is_lost_by_answers_that_get_lost_a_new_login_or_a_page_that_is_closed(open_page, krabi, officer):
    page = open_page(officer)
    page.goto(reverse("form", args=[krabi.pk, "monthly-report"]) + "?period=2023-07")
    page.evaluate("""() => {  // the draft arrives, the answer does not
        const send = window.fetch;
        window.fetch = async (...asked) => { window.fetch = send; await send(...asked); throw new TypeError("cut"); };
    }""")
    field(page, "results").fill("หนึ่ง")
    expect(saved(page)).to_contain_text("เก็บไว้ในเครื่องนี้ก่อน")
    field(page, "results").fill("หนึ่ง สอง")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(saved(page)).to_contain_text(SAVED)
    assert Answers.objects.get().data == {"results": "หนึ่ง สอง"}

    page.evaluate("""() => {  // after a new login the token in this page is refused
        const send = window.fetch, old = document.querySelector("form[data-draft] [name=csrfmiddlewaretoken]").value;
        const isOld = (asked) => asked && asked.body.get("csrfmiddlewaretoken") === old;
        window.fetch = async (to, asked) => isOld(asked) ? new Response("", { status: 403 }) : send(to, asked);
    }""")
    field(page, "obstacles").fill("ไม่มี")
    field(page, "remedies").focus()
    expect(saved(page)).to_contain_text(SAVED)
    assert Answers.objects.get().data["obstacles"] == "ไม่มี"

    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")  # no answer, ever
    much = "น้ำใจ " * 3000  # more than a browser sends for a page that is gone
    field(page, "remedies").fill(much)
    page.reload()
    expect(field(page, "remedies")).to_have_value(much)
    expect(saved(page)).to_contain_text(SAVED)
    assert Answers.objects.get().data["remedies"] == much

    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    field(page, "proposals").fill("ไม่มี")
    field(page, "results").focus()
    page.click("[data-hand-in]")  # which does not wait for it
    expect(page.locator(f"{SLOT} .status-submitted >> nth=0")).to_be_visible()
    assert Evidence.objects.get(period="2023-07").filled_form.data["proposals"] == "ไม่มี"


def test_what_was_written_before_the_script_came_is_saved(open_page, krabi, officer):
    page, held = open_page(officer), []
    page.route("**/fill*.js", lambda route: held.append(route))
    page.goto(reverse("form", args=[krabi.pk, "monthly-report"]) + "?period=2023-07", wait_until="commit")
    field(page, "results").fill("ซ่อมเครื่อง 12 เครื่อง")
    wait_until(lambda: page.wait_for_timeout(50) or held, 10, "the script was asked for")
    held[0].continue_()
    expect(saved(page)).to_contain_text(SAVED)
    assert Answers.objects.get().data == {"results": "ซ่อมเครื่อง 12 เครื่อง"}


@pytest.mark.parametrize("typed", ["results", "obstacles"], ids=["in the same place", "elsewhere"])
def test_what_never_arrived_outlives_words_written_before_the_script_came(open_page, krabi, officer, typed):
    address = reverse("form", args=[krabi.pk, "monthly-report"]) + "?period=2023-07"
    page, held = open_page(officer), []
    page.goto(address)
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")  # no answer, ever
    field(page, "results").fill("เขียนไว้ก่อน " * 6000)  # more than a browser sends for a page that is gone
    page.route("**/fill*.js", lambda route: held.append(route))
    page.reload(wait_until="commit")
    field(page, typed).fill("ก")
    wait_until(lambda: page.wait_for_timeout(50) or held, 10, "the script was asked for")
    held[0].continue_()
    expect(saved(page)).to_contain_text(SAVED)
    if typed == "results":
        page.unroute("**/fill*.js")
        page.reload()
        expect(field(page, "results")).to_have_value("ก")
        page.click("[data-take]")
        expect(field(page, "results")).not_to_have_value("ก")  # which waits in its turn
        page.click("[data-drop]")
        expect(page.locator("[data-kept]")).to_be_hidden()
        expect(saved(page)).to_contain_text(SAVED)
        page.wait_for_function("localStorage.length === 0")
    data = Answers.objects.get().data
    assert data["results"].startswith("เขียนไว้ก่อน")
    assert data.get("obstacles", "ก") == "ก"


def test_two_people_see_each_other_s_answers(open_page, krabi, officer):
    page = open_page(officer)
    page.goto(reverse("form", args=[krabi.pk, "innovation-checklist"]))
    page.check("[name='answer.kind'][value=other]")
    field(page, "kind:other").fill("ของเรา")
    expect(saved(page)).to_contain_text(SAVED)
    colleague = make.make_user("officer", full_name="เพื่อนร่วมงาน")
    answers = {"kind": "policy", "office": "กระบี่"}
    intake.save_answers(krabi, "innovation-checklist", answers, by=colleague)
    field(page, "office").fill("อ่าวนาง")
    expect(page.locator("[data-clash]")).to_be_visible()
    page.click("[data-clash] button")
    expect(page.locator(".notice-warning >> nth=0")).to_contain_text("เพื่อนร่วมงาน")
    expect(field(page, "office")).to_have_value("อ่าวนาง")
    expect(page.locator(".fill-other")).to_have_count(3)
    assert Answers.objects.get().data["office"] == "กระบี่"
    page.click("[data-save]")
    expect(saved(page)).to_contain_text(SAVED)
    assert Answers.objects.get().data["office"] == "อ่าวนาง"
