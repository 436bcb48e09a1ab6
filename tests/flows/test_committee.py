"""A committee member's day: look, accept, return, judge; two of them at once; on a desk and on a phone."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from submissions.models import Event, Evidence, Sheet
from tests import factories as make

from .conftest import AT_A_DESK, ON_A_PHONE, SCREENS, WIDE, log_in

pytestmark = pytest.mark.browser


@pytest.fixture
def waiting(krabi):
    """Three papers of Krabi, of three kinds, handed in one after the other."""
    return [
        make.make_evidence(krabi, "1.2.report", "r1", kind="pdf", submitted_at=make.at("2023-03-20")),
        make.make_evidence(krabi, "1.2.report", "r2", kind="png", submitted_at=make.at("2023-06-20")),
        make.make_evidence(krabi, "1.1.report", kind="docx", submitted_at=make.at("2023-07-01")),
    ]


def has_no_sideways_scroll(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_field_that_searches_has_one_frame(open_page, judge, waiting):
    page = open_page()
    log_in(page, judge)
    page.goto("/admin/submissions/evidence/")
    page.focus("#searchbar")
    framed = "[...document.querySelectorAll('*')].filter(one => getComputedStyle(one).outlineStyle !== 'none').length"
    assert page.evaluate(framed) == 1


def test_no_tone_mark_is_cut(open_page, judge, waiting):
    page = open_page()
    log_in(page, judge)
    page.goto("/admin/submissions/evidence/")
    lines = """([selector, part]) => {
        const style = getComputedStyle(document.querySelector(selector), part)
        return [parseFloat(style.lineHeight) / parseFloat(style.fontSize), style.overflow]
    }"""
    assert page.evaluate(lines, [".who strong", None])[0] >= 1.75
    assert page.evaluate(lines, ["#searchbar", "::placeholder"])[1] == "visible"


@SCREENS
def test_the_queue_is_worked_through_under_a_filter(open_page, judge, waiting, screen):
    page = open_page(screen=screen)
    log_in(page, judge)
    page.goto("/admin/submissions/evidence/")
    assert has_no_sideways_scroll(page)
    assert page.locator("tr.data-row").first.bounding_box()["height"] < 300
    page.get_by_role("button", name="ตัวกรอง").click()
    page.select_option("select[name=criterion]", "1.2")
    page.get_by_role("button", name="ใช้ตัวกรอง").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(2)

    page.locator("#result_list tbody a").first.click()
    expect(page.locator("#paper-title")).to_have_text(waiting[0].title)
    expect(page.locator(".paper-pages" if page.viewport_size["width"] < 768 else ".paper-frame")).to_be_visible()
    expect(page.locator(".paper-frame")).to_have_attribute("src", re.compile(f"/evidence/{waiting[0].pk}/file/"))
    assert has_no_sideways_scroll(page)
    paper, side = page.locator(".desk-paper").bounding_box(), page.locator("#decision").bounding_box()
    assert (side["x"] > paper["x"] + paper["width"]) == (screen is WIDE)  # beside it, or under it
    page.get_by_role("button", name="ตรวจรับ", exact=True).click()

    # The next one under the same filter: the picture. Returning it needs a reason.
    expect(page.locator("#paper-title")).to_have_text(waiting[1].title)
    page.wait_for_function("document.querySelector('img.paper-image').naturalWidth > 0")
    page.get_by_role("button", name="ส่งคืนแก้ไขพร้อมเหตุผลนี้").click()
    expect(page.locator("[role=alert]")).to_contain_text("เหตุผล")
    page.get_by_role("button", name="เอกสารยังไม่ได้ลงนาม").click()
    page.get_by_role("button", name="ส่งคืนแก้ไขพร้อมเหตุผลนี้").click()
    expect(page).to_have_url(re.compile(r"/admin/submissions/evidence/\?.*criterion=1\.2"))
    states = {e.pk: (e.status, e.return_reason) for e in Evidence.objects.all() if e.pk in {w.pk for w in waiting}}
    assert states[waiting[0].pk] == ("accepted", "")
    assert states[waiting[1].pk] == ("returned", "เอกสารยังไม่ได้ลงนาม")
    assert states[waiting[2].pk] == ("submitted", "")

    # A requirement with a checklist: what is not ticked may begin the reason.
    plan = make.make_evidence(waiting[0].entry, "3.1.plan", kind="pdf")
    page.goto(f"/admin/submissions/evidence/{plan.pk}/change/")
    for area in ("อินเทอร์เน็ต", "การป้องกันไวรัส"):
        page.get_by_label(area).check()
    page.locator("#reason").fill("แนบใหม่ด้วย")
    page.get_by_role("button", name="ข้อที่ยังไม่ทำเครื่องหมาย").click()
    lacking = "ยังขาด: การให้บริการ เช่น การประชุมทางไกลและเว็บไซต์ แนบใหม่ด้วย"
    expect(page.locator("#reason")).to_have_value(lacking)
    assert has_no_sideways_scroll(page)
    page.get_by_role("button", name="ส่งคืนแก้ไขพร้อมเหตุผลนี้").click()
    expect(page.get_by_text("ให้แก้ไขแล้ว")).to_be_visible()
    plan.refresh_from_db()
    assert (plan.return_reason, [line["ticked"] for line in plan.checklist]) == (lacking, [True, True, False])


@AT_A_DESK
def test_several_are_accepted_at_once(open_page, judge, waiting, screen):
    page = open_page(judge, screen=screen)
    page.goto("/admin/submissions/evidence/")
    for box in page.locator("#result_list tbody .action-select").all():
        box.check()
    page.select_option("select[name=action]", "decide_selected")
    page.locator("button[name=index]").click()
    expect(page.locator("input[name=evidence]")).to_have_count(3)
    assert has_no_sideways_scroll(page)
    page.locator("input[name=evidence]").last.uncheck()
    page.locator("[name=decision][value=accept]").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    assert Event.objects.filter(verb="evidence.accepted", actor=judge).count() == 2


def test_two_judges_on_one_paper(open_page, contest, judge, waiting):
    colleague = make.make_user("judge", full_name="กรรมการคนที่สอง")
    contest.judges.add(colleague)
    address = reverse("admin:submissions_evidence_change", args=[waiting[0].pk])
    first, second = open_page(judge), open_page(colleague)
    for page in (first, second):
        page.goto(address)
    first.locator("[name=decision][value=accept]").click()
    expect(first.locator("#paper-title")).to_have_text(waiting[1].title)
    second.fill("#reason", "หน้าที่ ๒ ขาดหาย")
    second.locator("[name=decision][value=return]").click()
    expect(second.locator("[role=alert]")).to_contain_text("กรรมการคนที่หนึ่ง")
    expect(second.locator("#reason")).to_have_value("หน้าที่ ๒ ขาดหาย")
    waiting[0].refresh_from_db()
    assert waiting[0].status == "accepted"


@ON_A_PHONE
def test_a_sheet_from_draft_to_final(open_page, krabi, judge, screen):
    for requirement, kind in (("5.report", "pdf"), ("5.checklist", "jpg")):
        make.make_evidence(krabi, requirement, kind=kind, status="accepted")
    make.make_sheet(krabi, make.make_user("judge", full_name="กรรมการคนที่สอง"), points={"5.1.1": "1.75"})
    page = open_page(judge, screen=screen)
    page.goto("/admin/submissions/sheet/")
    expect(page).to_have_title(re.compile("^ใบให้คะแนน"))
    assert has_no_sideways_scroll(page)
    page.get_by_role("link", name="กระบี่").click()
    expect(page.locator(".paper-pages")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("1.75")
    assert has_no_sideways_scroll(page)
    expect(page.get_by_text("ใหม่ระดับประเทศ")).to_be_visible()
    there_is, none = (page.get_by_role("button", name=name, exact=True) for name in ("1 มี", "0 ไม่มี"))
    there_is.click()
    expect(page.get_by_label("5.2.4 แนวทาง")).to_have_value("1")
    expect(there_is).to_have_attribute("aria-pressed", "true")
    expect(none).to_have_attribute("aria-pressed", "false")
    page.get_by_label("5.2.4 แนวทาง").fill("๐.๐")
    expect(none).to_have_attribute("aria-pressed", "true")
    page.get_by_label("5.1.1").press_sequentially("๒.๒๕")
    expect(page.locator("[data-saved]")).to_contain_text("บันทึกแล้ว", timeout=20_000)  # by itself
    page.reload()
    expect(page.get_by_label("5.1.1")).to_have_value("2.25")

    for item, points in {"5.1.2": "3", "5.2.1": "๙", "5.2.2": "1", "5.2.3": "0", "5.2.4": "0.5"}.items():
        page.get_by_label(item).fill(points)
    total = page.get_by_text("รวมคะแนนที่กรอก").get_by_role("status")
    expect(total).to_have_text("15.75")
    said = page.locator(".mark.has-fault")
    expect(said).to_have_count(1)  # at once, before anything is sent
    expect(said).to_contain_text("ให้ได้ไม่เกิน 1 คะแนน")
    page.get_by_label("5.2.3").fill("0.4")
    page.get_by_label("5.2.2").fill("๐.๒")
    page.get_by_label("5.2.1").fill("ยังไม่ทราบ")
    expect(total).to_have_text("6.35")
    expect(said).to_have_count(0)
    for item, points in {"5.2.1": "๙", "5.2.2": "1", "5.2.3": "0"}.items():
        page.get_by_label(item).fill(points)
    summary = page.get_by_role("alert")
    page.locator("[name=submit]").click()
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport()
    summary.get_by_role("link", name="ให้คะแนนเสร็จแล้ว").click()
    expect(page.locator("[name=confirmed]")).to_be_focused()
    page.locator("[name=confirmed]").check()
    page.locator("[name=submit]").click()
    expect(page.locator(".mark.has-fault")).to_have_count(1)
    expect(summary.get_by_role("link")).to_have_count(1)
    expect(summary).to_contain_text("ต้องไม่เกิน 1")
    expect(page.get_by_label("5.2.4")).to_have_value("0.5")  # what was typed is still there
    page.get_by_label("5.2.1").fill("1")
    page.locator("[name=confirmed]").check()
    page.locator("[name=submit]").click()
    expect(page.locator("body")).to_contain_text("นี่คือใบถัดไป")
    page.get_by_role("link", name="ดูเทียบกับกรรมการท่านอื่น").click()
    expect(page.locator("#sheets")).to_be_visible()
    expect(page.locator("body")).to_contain_text("1.75")  # now the colleague's sheet is shown
    expect(page.locator("[name=submit]")).to_have_count(0)
    sheet = Sheet.objects.get(entry=krabi, judge=judge)
    assert sheet.status == "final"
    assert sheet.points == {"5.1.1": "2.25", "5.1.2": "3", "5.2.1": "1", "5.2.2": "1", "5.2.3": "0", "5.2.4": "0.5"}


def test_deciding_works_by_keyboard_alone(open_page, judge, waiting):
    page = open_page(judge)
    page.goto(reverse("admin:submissions_evidence_change", args=[waiting[2].pk]))
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("href", "#content")  # past the menu
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        # While the focus is inside the frame of a preview nothing of this page has it.
        if page.evaluate("document.activeElement.value") == "accept":
            break
    page.keyboard.press("Enter")
    expect(page.locator("#paper-title")).to_have_text(waiting[0].title)
    waiting[2].refresh_from_db()
    assert waiting[2].status == "accepted"
