"""An officer fills in a form: it saves itself, outlives a lost line and a closed page, and becomes evidence."""

from pathlib import Path

import docx
import pytest
from django.urls import reverse
from playwright.sync_api import expect

from scoring.recompute import rescore
from submissions import intake
from submissions.models import Answers, Evidence
from tests import factories as make
from tests.extraction import by_poppler

from .conftest import ON_A_PHONE, PHONE
from .form import SAVED, field, saved
from .test_officer import points
from .waiting import until

pytestmark = pytest.mark.browser

SLOT = "#slot-3-5-report-2023-07"
REPORT = {
    "name-th": "น้ำใจดิจิทัลเพื่อชุมชน",
    "office-phone": "0 7561 1234",
    "coordinator": "นางสาวน้ำผึ้ง ใจดี",
    "position": "นักวิชาการพัฒนาชุมชนชำนาญการ",
    "phone": "0 7561 1235",
    "mobile": "08 1234 5678",
    "email": "krabi@cdd.go.th",
    "1": "ชุมชนอยู่ห่างไกล\nและไม่มีสัญญาณ",
    "2": "ตั้งสถานีสัญญาณของชุมชนเอง",
    "3": "ประชุมกับผู้นำ แล้วติดตั้ง 3 สถานี",
    "4": "ใช้งานได้ 412 ครัวเรือน",
    "5": "ทุกตำบลส่งข้อมูลได้ทันเวลา",
    "evidence": "ภาพถ่ายการติดตั้ง 12 ภาพ",
}
CHECKLIST = {"name-th": "น้ำใจดิจิทัลเพื่อชุมชน", "2.2:other": "ใช้ที่ศาลากลางทุกวัน"}
CHOSEN = [
    "นวัตกรรมเชิงนโยบาย (policy innovation)",
    "ผลงาน/กระบวนการหรือบริการ ที่มีอยู่แล้วแต่ปรับปรุงหรือพัฒนาต่อยอด",
    "มีการจัดเวที กิจกรรมที่สะท้อนการมีส่วนร่วมคิด",
    "มีการวิเคราะห์สถานการณ์ที่จะนำไปสู่การสร้างนวัตกรรมฯ",
    "มีการสื่อสาร ส่งต่อนวัตกรรมไปยังประชาชน",
    "เป็นนวัตกรรมที่ใช้ในการทำงาน",
    "ดีมาก",
]


def in_pdf_and_word(page, slot: str) -> list[str]:
    """What the papers of a slot's form say, without the spaces and line ends."""
    with page.expect_download() as pdf:
        page.locator(f"{slot} .paper-title a").first.click()
    with page.expect_download() as word:
        page.locator(f"{slot} .paper-title").get_by_role("link", name="Word").click()
    paragraphs = docx.Document(word.value.path()).paragraphs
    said = ["".join(by_poppler(Path(pdf.value.path()).read_bytes())), "".join(one.text for one in paragraphs)]
    return list(map(squeezed, said))


def squeezed(text: str) -> str:
    return "".join(text.split())


@ON_A_PHONE
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
    page.wait_for_function("localStorage.length === 0")  # whatever a colleague writes now
    page.click(f"{SLOT} .fill-link a")
    expect(field(page, "remedies")).to_have_value("ไม่มี")
    expect(page.locator("[data-kept]")).to_be_hidden()


def test_both_forms_of_an_innovation_count_and_come_out_as_pdf_and_word(open_page, krabi, officer):
    make.make_sheet(krabi)  # full marks, which are worth nothing without both
    forms = {"#slot-5-report": (REPORT, []), "#slot-5-checklist": (CHECKLIST, CHOSEN)}
    page = open_page(officer, screen=PHONE)
    page.goto(reverse("criterion", args=[krabi.pk, "5.1"]))
    for slot, (typed, chosen) in forms.items():
        rescore([krabi.pk])
        expect(page.locator("#progress")).not_to_contain_text("กำลังคำนวณคะแนนใหม่")
        expect(points(page, "claimed")).to_have_text("1")
        page.click(f"{slot} .fill-link a")
        for label in chosen:
            page.get_by_label(label).check()
        if chosen:
            page.check("[name='answer.2.2'][value=other]")
            page.check("[name='answer.2.4'][value=yes]")
        for code, answer in typed.items():
            field(page, code).fill(answer)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.click("[data-hand-in]")
        expect(page.locator(f"{slot} .status-submitted >> nth=0")).to_be_visible()
    rescore([krabi.pk])
    expect(points(page, "claimed")).to_have_text("11")  # without a reload
    expect(points(page, "total")).to_have_text("1")
    for slot, (typed, chosen) in forms.items():
        for text in in_pdf_and_word(page, slot):
            for said in (*typed.values(), *(f"(/) {label}" for label in chosen)):
                assert squeezed(said) in text
            assert text.count("(/)") == (len(chosen) + 2 if chosen else 0)


def test_nothing_is_lost_by_lost_answers_a_new_login_or_a_page_that_is_closed(open_page, krabi, officer):
    page = open_page(officer, screen=PHONE)
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
        const isOld = (asked) => asked?.body?.get("csrfmiddlewaretoken") === old;
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

    page.evaluate("""() => {  // no answer to a draft, ever
        const send = window.fetch;
        window.fetch = (to, asked) => asked.method ? new Promise(() => {}) : send(to, asked);
    }""")
    field(page, "proposals").fill("ไม่มี")
    field(page, "results").focus()
    page.click("[data-hand-in]")  # which does not wait for it
    expect(page.locator(f"{SLOT} .status-submitted >> nth=0")).to_be_visible()
    assert Evidence.objects.get(period="2023-07").filled_form.data["proposals"] == "ไม่มี"


def test_words_beside_an_option_stay_with_it_when_a_colleague_chose_another(open_page, krabi, officer):
    page = open_page(officer)
    page.goto(reverse("form", args=[krabi.pk, "innovation-checklist"]))
    page.check("[name='answer.kind'][value=other]")
    field(page, "kind:other").fill("ของเรา")
    expect(saved(page)).to_contain_text(SAVED)
    answers = {"kind": "policy", "kind:other": "ของเรา"}
    colleague = make.make_user("officer", office=krabi.office)
    intake.save_answers(krabi, "innovation-checklist", answers, by=colleague, revision=Answers.objects.get().revision)
    field(page, "kind:other").fill("ของเรา ต่อ")
    expect(page.locator("[data-clash]")).to_be_visible()
    page.click("[data-clash] button")
    expect(page.locator(".fill-other").first).to_be_visible()
    revision = Answers.objects.get().revision
    intake.save_answers(krabi, "innovation-checklist", answers | {"kind": "product"}, by=colleague, revision=revision)
    page.click("[data-save]")
    expect(page.locator(".fill-other").first).to_be_visible()
    expect(page.locator("[name='answer.kind'][value=other]")).to_be_checked()
    expect(field(page, "kind:other")).to_have_value("ของเรา ต่อ")


def test_what_was_written_before_the_script_came_is_saved(open_page, krabi, officer):
    page, held = open_page(officer, screen=PHONE), []
    page.route("**/fill*.js", lambda route: held.append(route))
    page.goto(reverse("form", args=[krabi.pk, "monthly-report"]) + "?period=2023-07", wait_until="commit")
    field(page, "results").fill("ซ่อมเครื่อง 12 เครื่อง")
    until(page, lambda: held, "the script was asked for")
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
    until(page, lambda: held, "the script was asked for")
    held[0].continue_()
    expect(saved(page)).to_contain_text(SAVED)
    if typed == "obstacles":
        expect(page.locator("[data-kept]")).to_be_hidden()
    else:
        page.unroute("**/fill*.js")
        page.reload()
        expect(field(page, "results")).to_have_value("ก")
        page.click("[data-take]")
        expect(field(page, "results")).not_to_have_value("ก")
        expect(page.locator("[data-kept]")).to_be_hidden()
        expect(saved(page)).to_contain_text(SAVED)
    page.wait_for_function("localStorage.length === 0")
    data = Answers.objects.get().data
    assert data["results"].startswith("เขียนไว้ก่อน")
    assert data.get("obstacles", "ก") == "ก"


def test_two_people_see_each_other_s_answers(open_page, krabi, officer):
    page = open_page(officer, screen=PHONE)
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
    expect(page.locator(".fill-other")).to_have_count(1)
    expect(page.locator(".fill-taken")).to_contain_text(["ข้อความของอีกฝ่าย"] * 2)
    expect(page.locator("[name='answer.kind'][value=policy]")).to_be_checked()
    expect(field(page, "kind:other")).to_have_value("")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert Answers.objects.get().data["office"] == "กระบี่"
    page.click("[data-save]")
    expect(saved(page)).to_contain_text(SAVED)
    assert Answers.objects.get().data == {"kind": "policy", "office": "อ่าวนาง"}


def test_what_sends_the_form_is_in_sight_from_its_first_line(open_page, krabi, officer):
    for number in range(3):
        reason = f"{number} ขอรายละเอียดเพิ่มเติมของแต่ละกิจกรรม " * 4
        make.make_evidence(krabi, "3.5.report", "2023-07", status="returned", return_reason=reason)
    page = open_page(officer, screen=PHONE)
    page.goto(reverse("form", args=[krabi.pk, "monthly-report"]) + "?period=2023-07")
    assert page.locator("[data-hand-in]").bounding_box()["y"] + 40 < PHONE["height"]
