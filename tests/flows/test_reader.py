"""A form that is sent when its reader's login has ended, another has begun, or the line is gone: nothing is lost, and
nothing is sent in another's name.
"""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from submissions.models import Evidence, Sheet
from tests import factories as make
from tests.servers import wait_until

from .conftest import SCREENS, WIDE, log_in_again
from .test_filling import field

pytestmark = pytest.mark.browser
REASON = "ยังไม่มีลายมือชื่อหัวหน้าส่วนราชการ"


@pytest.fixture
def open_sheet(open_page, krabi, judge):
    def open_sheet(screen=WIDE):
        page = open_page(judge, screen=screen)
        page.goto("/admin/submissions/sheet/")
        page.get_by_role("link", name="กระบี่").click()
        page.get_by_label("5.2.2").fill("0.2")
        return page

    return open_sheet


def save(page) -> None:
    page.get_by_role("button", name="บันทึกร่าง").click()


def dialog(page):
    return page.locator("#reader")


def test_a_judge_s_points_outlive_the_login(open_sheet, judge):
    page = open_sheet()
    page.context.clear_cookies(name="sessionid")
    save(page)
    expect(dialog(page)).to_contain_text("หมดเวลาการเข้าสู่ระบบ")
    asked = []
    page.on("dialog", lambda dialog: asked.append(dialog.type) or dialog.dismiss())
    page.evaluate("() => { location.href = '/'; }")
    wait_until(lambda: page.wait_for_timeout(50) or asked == ["beforeunload"], 10, "it asks before it goes")
    log_in_again(page, make.make_user("judge"))
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(dialog(page)).to_contain_text("มีผู้อื่นเข้าสู่ระบบ")
    expect(page.locator("#reader-nobody")).to_be_hidden()
    log_in_again(page, judge)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(dialog(page)).to_be_hidden()
    expect(page.get_by_label("5.2.2")).to_have_value("0.2")
    save(page)
    expect(page.locator("body")).to_contain_text("บันทึกร่างแล้ว")
    sheet = Sheet.objects.get()
    assert (sheet.judge, sheet.points) == (judge, {"5.2.2": "0.2"})


@SCREENS
def test_nobody_judges_in_another_s_name(open_sheet, contest, judge, screen):
    page = open_sheet(screen)
    other = make.make_user("judge", full_name="กรรมการอีกคน")
    contest.judges.add(other)
    log_in_again(page, other)
    save(page)
    expect(dialog(page)).to_contain_text("มีผู้อื่นเข้าสู่ระบบ")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with page.context.expect_page() as door:
        page.locator("#reader a:visible").click()
    door.value.click("main form button")
    expect(door.value.locator("[name=password]")).to_be_visible()
    assert not Sheet.objects.exists()


def test_a_reason_outlives_a_lost_line_and_is_sent_once(open_page, krabi, judge):
    paper = make.make_evidence(krabi, "1.2.report", "r1", kind="pdf")
    page = open_page(judge)
    page.goto(reverse("admin:submissions_evidence_change", args=[paper.pk]))
    page.fill("#reason", REASON)
    page.evaluate("() => { window.line = fetch; window.fetch = () => Promise.reject(new TypeError('no line')); }")
    page.locator("button[value=return]").click()
    expect(dialog(page)).to_contain_text("ติดต่อระบบไม่ได้")
    expect(page.locator("#reader a:visible")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("button[value=return]")).to_be_focused()
    page.evaluate("() => { window.fetch = window.line; }")
    with page.expect_navigation():
        page.locator("button[value=return]").dblclick()
    paper.refresh_from_db()
    assert paper.status == "returned"
    assert krabi.events.filter(verb="evidence.returned").count() == 1


def test_the_last_of_two_thoughts_is_sent(open_page, krabi, judge):
    paper, held = make.make_evidence(krabi, "1.2.report", "r1", kind="pdf"), []
    page = open_page(judge)
    page.goto(reverse("admin:submissions_evidence_change", args=[paper.pk]))
    page.fill("#reason", REASON)
    page.route("**/accounts/reader/", lambda route: held.append(route))
    page.locator("button[value=accept]").click(no_wait_after=True)
    wait_until(lambda: page.wait_for_timeout(50) or held, 10, "it is asked")
    page.locator("button[value=return]").click(no_wait_after=True)
    with page.expect_navigation():
        held[0].continue_()
    paper.refresh_from_db()
    assert (paper.status, paper.return_reason) == ("returned", REASON)


@SCREENS
def test_a_form_is_handed_in_after_another_login_of_the_same_person(open_page, krabi, officer, screen):
    page = open_page(officer, screen=screen, refused=[403])
    page.goto(reverse("form", args=[krabi.pk, "monthly-report"]) + "?period=2023-07")
    log_in_again(page, officer)
    for name in ("results", "obstacles", "remedies", "proposals"):
        field(page, name).fill("เขียนแล้ว")
    page.click("[data-hand-in]")
    page.wait_for_url("**/criteria/**")
    assert Evidence.objects.get(requirement="3.5.report").submitted_by == officer
