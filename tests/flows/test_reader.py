"""A form that is sent when its reader's login has ended, another has begun, or the line is gone: nothing is lost, and
nothing is sent in another's name.
"""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from submissions.models import Evidence, Remark, Sheet, Upload
from tests import factories as make

from .conftest import AT_A_DESK, ON_A_PHONE, PHONE, WIDE, log_in_again
from .form import field
from .slot import SLOT, TEXT, fault, hand_in, large_pdf, message, send
from .waiting import hold, until

pytestmark = pytest.mark.browser
REASON = "ยังไม่มีลายมือชื่อหัวหน้าส่วนราชการ"
# An impatient second press while the first is on its way
PRESSED_AGAIN = """() => {
    sessionStorage.sendings = 0;
    addEventListener("submit", (event) => {
        if (event.defaultPrevented) return;
        sessionStorage.sendings = Number(sessionStorage.sendings) + 1;
        setTimeout(() => event.submitter.click());
    });
}"""


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
    until(page, lambda: asked == ["beforeunload"], "it asks before it goes")
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


@AT_A_DESK
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
    page.locator("button[value=return]").click()
    expect(dialog(page)).to_be_visible()
    page.evaluate("() => { window.fetch = window.line; window.dispatchEvent(new Event('online')); }")
    expect(dialog(page)).to_be_hidden()
    page.evaluate(PRESSED_AGAIN)
    with page.expect_navigation():
        page.locator("button[value=return]").click()
    assert page.evaluate("sessionStorage.sendings") == "1"
    paper.refresh_from_db()
    assert paper.status == "returned"
    assert krabi.events.filter(verb="evidence.returned").count() == 1


def test_a_form_that_is_sent_while_the_database_is_away_waits_for_the_portal_and_no_login(open_page, krabi, judge):
    paper = make.make_evidence(krabi, "1.2.report", "r1", kind="pdf")
    page = open_page(judge, refused=[503])
    page.goto(reverse("admin:submissions_evidence_change", args=[paper.pk]))
    page.fill("#reason", REASON)
    problem = {"type": "/api/docs/problems/unavailable", "title": "Unavailable", "status": 503}
    page.route("**/accounts/reader/", lambda route: route.fulfill(status=503, json=problem))
    page.locator("button[value=return]").click()
    expect(dialog(page)).to_contain_text("ติดต่อระบบไม่ได้", use_inner_text=True)
    expect(page.locator("#reader a:visible")).to_have_count(0)
    page.unroute("**/accounts/reader/")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(dialog(page)).to_be_hidden()
    with page.expect_navigation():
        page.locator("button[value=return]").click()
    paper.refresh_from_db()
    assert (paper.status, paper.return_reason) == ("returned", REASON)


def test_the_last_of_two_thoughts_is_sent(open_page, krabi, judge):
    paper, held = make.make_evidence(krabi, "1.2.report", "r1", kind="pdf"), []
    page = open_page(judge)
    page.goto(reverse("admin:submissions_evidence_change", args=[paper.pk]))
    page.fill("#reason", REASON)
    page.route("**/accounts/reader/", lambda route: held.append(route))
    page.locator("button[value=accept]").click(no_wait_after=True)
    until(page, lambda: held, "it is asked")
    page.locator("button[value=return]").click(no_wait_after=True)
    with page.expect_navigation():
        held[0].continue_()
    paper.refresh_from_db()
    assert (paper.status, paper.return_reason) == ("returned", REASON)


def test_a_form_is_handed_in_after_another_login_of_the_same_person(open_page, krabi, officer):
    page = open_page(officer, screen=PHONE, refused=[403])
    page.goto(reverse("form", args=[krabi.pk, "monthly-report"]) + "?period=2023-07")
    log_in_again(page, officer)
    for name in ("results", "obstacles", "remedies", "proposals"):
        field(page, name).fill("เขียนแล้ว")
    page.click("[data-hand-in]")
    page.wait_for_url("**/criteria/**")
    assert Evidence.objects.get(requirement="3.5.report").submitted_by == officer


@pytest.mark.parametrize(("pattern", "method"), [("**/thread/**", "POST"), ("**/accounts/reader/", "GET")])
def test_after_another_login_no_half_a_message_is_sent(open_slot, officer, pattern, method):
    page = open_slot()
    message(page).fill(TEXT)
    log_in_again(page, officer)
    held = hold(page, pattern, method)
    send(page)
    until(page, lambda: held, "it is on its way")
    message(page).fill(f"{TEXT} และกำลังเขียน")
    held[0].continue_()
    page.unroute(pattern)
    expect(fault(page)).to_contain_text("ยังไม่ได้ส่ง")
    assert not Remark.objects.exists()
    send(page)
    expect(page.locator(f"{SLOT} .turn.own")).to_contain_text([f"{TEXT} และกำลังเขียน"])


def test_each_other_login_is_gone_on_with(open_slot, officer, tmp_path):
    page = open_slot()
    message(page).fill(TEXT)
    log_in_again(page, officer)
    held = hold(page, "**/thread/**", "POST")
    send(page)
    until(page, lambda: held, "it is on its way")
    held.pop().continue_()
    until(page, lambda: held, "it is on its way")
    held[0].fulfill(status=502)  # what was tried once more never arrived
    expect(fault(page)).to_be_visible()
    log_in_again(page, officer)
    page.unroute("**/thread/**")
    send(page)
    expect(page.locator(f"{SLOT} .turn.own")).to_have_count(1)

    large_pdf(tmp_path / "ใหญ่.pdf", 2 * 2**20)
    log_in_again(page, officer)
    hand_in(page, tmp_path / "ใหญ่.pdf")  # nobody has to press anything more
    expect(page.locator(f"{SLOT} .paper")).to_have_count(1)


def test_what_is_cancelled_after_another_login_is_gone(open_slot, officer, tmp_path):
    page = open_slot()
    large_pdf(tmp_path / "ใหญ่.pdf", 2 * 2**20)
    held = hold(page, "**/uploads/**", "PATCH")
    hand_in(page, tmp_path / "ใหญ่.pdf")
    until(page, lambda: held, "it is on its way")
    page.locator("#uploads button[data-deed=pause]").click()
    log_in_again(page, officer)
    message(page).fill(TEXT)
    send(page)
    expect(page.locator(f"{SLOT} .turn.own")).to_have_count(1)
    page.locator("#uploads button[data-deed=cancel]").click()
    until(page, lambda: not Upload.objects.exists(), "it is given up")


def leave(page) -> list[str]:
    """What it is asked on leaving the page."""
    asked = []
    page.on("dialog", lambda dialog: asked.append(dialog.type) or dialog.accept())
    page.goto("/")
    return asked


def test_leaving_is_asked_about_while_something_is_not_sent(open_slot, officer):
    page = open_slot()
    message(page).fill(TEXT)
    page.context.clear_cookies(name="sessionid")
    send(page)
    expect(fault(page)).to_be_visible()
    log_in_again(page, officer)
    page.locator(f"{SLOT} .hand-in [name=url]").fill("https://example.go.th/first")
    page.locator(f"{SLOT} .hand-in form button").click()
    expect(page.locator(f"{SLOT} .paper")).to_have_count(1)
    expect(message(page)).to_have_value(TEXT)
    assert leave(page) == ["beforeunload"]


def test_leaving_is_not_asked_about_when_all_was_sent(open_slot, officer):
    page = open_slot()
    message(page).fill(TEXT)
    page.route("**/thread/**", lambda route: route.fulfill(status=502), times=1)
    send(page)
    expect(fault(page)).to_be_visible()
    page.context.clear_cookies(name="sessionid")
    page.locator(f"{SLOT} .hand-in [name=url]").fill("https://example.go.th/first")
    page.locator(f"{SLOT} .hand-in form button").click()
    expect(page.locator(f"{SLOT} .hand-in [data-fault]")).to_be_visible()
    log_in_again(page, officer)
    page.locator(f"{SLOT} .hand-in form button").click()
    expect(page.locator(f"{SLOT} .paper")).to_have_count(1)
    send(page)
    expect(page.locator(f"{SLOT} .turn.own")).to_have_count(1)
    assert leave(page) == []


def test_a_login_that_ended_is_no_reason_to_ask_where_nothing_was_pressed(open_page, officer, krabi):
    page = open_page(officer)
    page.goto(reverse("criterion", args=[krabi.pk, "1.1"]))
    page.locator(f"{SLOT} .hand-in > summary").click()
    page.context.clear_cookies(name="sessionid")
    with page.expect_response("**/accounts/reader/"):
        page.locator(f"{SLOT} .talk summary").click()
    assert leave(page) == []


def test_a_link_waits_in_its_place_for_another_token(open_slot, large_one):
    page = open_slot()
    arrive = large_one(page)
    posts, asks = hold(page, "**/evidence/**", "POST"), hold(page, "**/accounts/reader/")
    page.locator(f"{SLOT} .hand-in [name=url]").fill("https://example.go.th/first")
    page.locator(f"{SLOT} .hand-in form button").click()
    until(page, lambda: posts, "it is on its way")
    arrive(papers=0)
    expect(page.locator("#uploads li[data-is=done]")).to_have_count(1)
    posts[0].fulfill(status=403)
    until(page, lambda: asks, "it is on its way")
    page.unroute("**/evidence/**")
    page.wait_for_timeout(500)  # the slot is not shown anew meanwhile
    asks[0].continue_()
    expect(page.locator(f"{SLOT} .paper")).to_have_count(2)


@pytest.mark.parametrize("is_open", [True, False])
def test_nothing_is_sent_in_the_name_of_whoever_logged_in_since(open_page, officer, krabi, is_open):
    page = open_page(officer, refused=[403])
    page.goto(reverse("criterion", args=[krabi.pk, "1.1"]))
    page.locator(f"{SLOT} .hand-in > summary").click()
    colleague = make.make_user("officer", office=krabi.office, full_name="เพื่อนร่วมงาน")
    if is_open:
        page.locator(f"{SLOT} .talk summary").click()
        message(page).fill(TEXT)
    log_in_again(page, colleague)
    if is_open:
        send(page)
        expect(fault(page)).to_contain_text("มีผู้อื่นเข้าสู่ระบบ")
        expect(fault(page).locator("a")).to_have_attribute("href", reverse("account_logout"))
        expect(message(page)).to_have_value(TEXT)
    else:
        with page.expect_response("**/thread/**") as answer:
            page.locator(f"{SLOT} .talk summary").click()
        assert answer.value.status == 403
        expect(message(page)).to_have_count(0)
    assert not Remark.objects.exists()


@ON_A_PHONE
def test_the_thread_s_own_page_keeps_what_was_written_too(open_page, officer, krabi, screen):
    page = open_page(officer, screen=screen, refused=[403])
    page.goto(reverse("thread", args=[krabi.pk, "1.1.report"]))
    page.locator("textarea").fill(TEXT)
    page.context.clear_cookies(name="sessionid")
    page.locator(".talk-form button").click()
    expect(page.locator(".talk-form [data-fault]")).to_contain_text("หมดเวลาการเข้าสู่ระบบ")
    expect(page.locator(".talk-form [data-fault] a")).to_have_attribute("href", reverse("account_login"))
    asked = []
    page.on("dialog", lambda dialog: asked.append(dialog.type) or dialog.dismiss())
    page.evaluate("() => { location.href = '/'; }")
    until(page, lambda: asked == ["beforeunload"], "it asks before it goes")
    log_in_again(page, officer)
    page.locator(".talk-form button").click()
    expect(page.locator(".turn.own")).to_contain_text([TEXT])
