"""A paper comes back: the officer hears of it, reads why, asks, and sends it again; nothing of the story is lost."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from scoring.recompute import rescore
from submissions import intake
from submissions.models import Evidence, Notice, Remark, Telling
from submissions.notices import letters
from tests import factories as make
from tests.servers import wait_until

from .conftest import ON_A_PHONE, log_in
from .waiting import hold, until

pytestmark = pytest.mark.browser
SLOT = "#slot-1-1-report"
PDF = {"name": "ฉบับลงนาม.pdf", "mimeType": "application/pdf", "buffer": make.file_bytes("pdf")}


@ON_A_PHONE
def test_what_came_back_is_heard_of_talked_about_and_sent_again(open_page, worker, contest, krabi, officer, screen):
    judge = make.make_user("judge", full_name="กรรมการคนที่หนึ่ง")
    contest.judges.add(judge)
    paper = make.make_evidence(krabi, "1.1.report", kind="png", submitted_by=officer)

    desk = open_page(screen=screen)
    log_in(desk, judge)
    desk.goto(reverse("admin:submissions_evidence_change", args=[paper.pk]))
    desk.fill("#reason", "ยังไม่มีลายมือชื่อ")
    desk.click("button[value=return]")
    wait_until(lambda: Notice.objects.filter(user=officer).exists(), 15, "the worker told the officer")

    page = open_page(officer, screen=screen)
    expect(page.locator(".bell-count")).to_contain_text("1")
    page.locator(".menu summary").click()
    menu = page.locator(".menu-list").bounding_box()
    assert menu["x"] >= 0, "wherever the bell pushed its button"
    assert menu["x"] + menu["width"] <= screen["width"]
    page.locator(".menu summary").click()
    page.locator(".masthead a", has=page.locator(".bell-count")).click()
    expect(page.locator(".told")).to_contain_text("ยังไม่มีลายมือชื่อ")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(".told-head a").click()
    assert page.url.endswith(reverse("criterion", args=[krabi.pk, "1.1"]) + SLOT)
    expect(page.locator(".bell-count")).to_have_count(0)
    expect(page.locator(f"{SLOT} .slot-head")).to_contain_text(re.compile("ส่งคืนแก้ไข.+ภายใน 31 ก.ค. 2566", re.DOTALL))
    expect(page.locator(f"{SLOT} .resend")).to_have_count(0)  # the head says it

    talk = page.locator(f"{SLOT} .talk")
    talk.locator("summary").click()
    expect(talk.locator(".turn")).to_contain_text(["ยังไม่มีลายมือชื่อ"])
    expect(talk).to_contain_text("คณะกรรมการ")
    expect(talk).not_to_contain_text(judge.full_name)
    talk.locator("textarea").fill("ให้ผู้ใดลงนามได้บ้าง")
    talk.locator("form button").click()
    expect(talk.locator(".turn.own")).to_contain_text("ให้ผู้ใดลงนามได้บ้าง")
    assert Remark.objects.get().from_office
    expect(talk.locator("summary .count")).to_have_text("1")  # without a reload

    wait_until(lambda: Notice.objects.filter(user=judge).exists(), 15, "the worker told the judge")
    desk.goto("/notices/")
    desk.locator(".told-head a").click()
    desk.locator("textarea").fill("หัวหน้าส่วนราชการหรือผู้แทน")
    desk.locator(".talk-form button").click()
    expect(desk.locator(".turn").last).to_contain_text("หัวหน้าส่วนราชการหรือผู้แทน")
    desk.goto(reverse("admin:submissions_evidence_change", args=[paper.pk]))
    desk.get_by_label("ข้อความถึงสำนักงาน").fill("พร้อมตราประทับ")
    desk.get_by_role("button", name="ส่ง", exact=True).click()
    expect(desk.locator("#newest")).to_contain_text("พร้อมตราประทับ")
    expect(desk.locator("#paper-title")).to_have_text(paper.title)  # back on the page where it was written

    page.reload()
    page.locator(f"{SLOT} .paper-deeds summary", has_text="ส่งแทน").click()
    page.locator(f"{SLOT} .paper-deeds input[type=file]:not([capture])").set_input_files(PDF)
    page.locator(f"{SLOT} .paper-deeds form button.btn-primary").first.click()
    expect(page.locator(f"{SLOT} .notice-success")).to_be_visible()
    expect(page.locator(f"{SLOT} .paper-reason")).to_contain_text("ยังไม่มีลายมือชื่อ")
    again = Evidence.objects.get(original_name=PDF["name"])
    assert again.replaces_id == paper.pk

    desk.goto(reverse("admin:submissions_evidence_change", args=[again.pk]) + "#talk")
    desk.fill("#reason", "ลายมือชื่อไม่ชัด")
    with desk.expect_navigation():
        desk.click("button[value=return]")
    assert "#talk" not in desk.url, "what comes next begins at its top"
    page.locator(f"{SLOT} .talk summary").click()
    said = ["ให้ผู้ใดลงนามได้บ้าง", "หัวหน้าส่วนราชการหรือผู้แทน", "พร้อมตราประทับ"]
    story = ["ยังไม่มีลายมือชื่อ", *said, PDF["name"]]
    expect(page.locator(f"{SLOT} .turn")).to_contain_text(story)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture
def talk(krabi, judge):
    """What a judge said of a report"""
    intake.write_remark(krabi, by=judge, requirement="1.1.report", text="ยังไม่มีลายมือชื่อ")
    return reverse("criterion", args=[krabi.pk, "1.1"])


def test_a_talk_that_is_opened_before_the_scripts_come_is_shown_when_they_do(open_page, officer, talk):
    page = open_page(officer)
    held = hold(page, "**/htmx-2*.js")
    page.goto(talk, wait_until="commit")
    page.locator(f"{SLOT} .talk summary").click()
    expect(page.locator(f"{SLOT} .talk-body a")).to_be_visible()
    held[0].continue_()
    expect(page.locator(f"{SLOT} .turn")).to_contain_text(["ยังไม่มีลายมือชื่อ"])
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator(f"{SLOT} .talk textarea").fill("ให้ผู้ใดลงนาม")
    for _fold in range(2):
        page.locator(f"{SLOT} .talk summary").click()
    expect(page.locator(f"{SLOT} .talk textarea")).to_have_value("ให้ผู้ใดลงนาม")
    assert not [url for url in asked if "/thread" in url], "once it is there it stays"


def test_a_talk_that_is_read_stays_where_the_page_follows(open_page, krabi, officer, talk):
    make.make_evidence(krabi, "1.1.report", status="accepted")
    page, asked = open_page(officer), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(talk)
    page.locator(f"{SLOT} .talk summary").click()
    expect(page.locator(f"{SLOT} .turn")).to_contain_text(["ยังไม่มีลายมือชื่อ"])
    rescore([krabi.pk])
    expect(page.locator("[data-points=criterion]")).to_contain_text("5 / 5")
    expect(page.locator(f"{SLOT} .turn")).to_contain_text(["ยังไม่มีลายมือชื่อ"])
    assert len([url for url in asked if "/thread" in url]) == 1


def test_a_talk_that_can_not_be_fetched_is_not_asked_for_by_itself(open_page, officer, talk):
    page, asked = open_page(officer, refused=(502,)), []
    page.route("**/thread/**", lambda route: asked.append(route) or route.fulfill(status=502))
    page.goto(talk)
    page.locator(f"{SLOT} .talk summary").click()
    until(page, lambda: asked, "it was asked for")
    page.evaluate(
        "for (let time = 0; time < 3; time++) htmx.trigger(document.body, 'htmx:afterSettle', {elt: document.body})"
    )
    page.wait_for_timeout(300)
    assert len(asked) <= 2
    expect(page.locator(f"{SLOT} .talk-body a")).to_be_visible()
    page.unroute("**/thread/**")
    for _fold in range(2):
        page.locator(f"{SLOT} .talk summary").click()
    expect(page.locator(f"{SLOT} .turn")).to_contain_text(["ยังไม่มีลายมือชื่อ"])


@ON_A_PHONE
def test_an_officer_chooses_how_to_be_told(open_page, officer, screen):
    officer.email = "krabi@cdd.example.org"
    officer.save()
    page = open_page(officer, screen=screen)
    page.goto(reverse("notices"))
    page.locator(f"main a[href='{reverse('notice-settings')}']").first.click()
    page.get_by_label("วันละครั้ง").check()
    page.locator("main form button.btn-primary").click()
    expect(page.locator(".notice-success")).to_be_visible()
    assert Telling.objects.get(user=officer).mail == Telling.Pace.DAILY
    page.get_by_role("button", name="ส่งอีเมลทดสอบ").click()
    expect(page.locator("#letter-mail")).to_contain_text("รอส่ง")
    assert letters.post() == 1
    expect(page.locator("#letter-mail")).to_contain_text("ส่งครั้งล่าสุดเมื่อ")  # without a reload
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
