"""What an officer finds on coming in: where the office stands, what came back, what to do; and what the machine noticed
of a file that was handed in, as the office and as its reviewers see it.
"""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from scoring.recompute import rescore
from submissions import intake
from submissions.examination import work
from submissions.models import Evidence, Examination
from tests import factories as make

from .conftest import SCREENS, log_in
from .test_officer import PDF, hand_in, points

pytestmark = pytest.mark.browser


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# Both at the same moment: the page may still be scrolling.
IS_IN_SIGHT = """slot => {
    const top = document.querySelector(slot).getBoundingClientRect().top;
    return top >= document.querySelector(".pinned").getBoundingClientRect().bottom && top < innerHeight;
}"""


@SCREENS
def test_home_says_where_we_stand_and_what_to_do(open_page, contest, krabi, officer, screen):
    judge = make.make_user("judge")
    contest.judges.add(judge)
    back = intake.attach_evidence(krabi, by=officer, requirement="1.4.report", url="https://krabi.example/1")
    intake.review_evidence(back, by=judge, accept=False, reason="ขาดลายมือชื่อ")
    intake.attach_evidence(krabi, by=officer, requirement="1.1.report", url="https://krabi.example/2")
    rescore([krabi.pk])

    page = open_page(officer, screen=screen)
    expect(points(page, "total")).to_have_text("1.00 / 100.00")
    expect(points(page, "claimed")).to_have_text("6.00")
    expect(points(page, "rank")).to_contain_text("2 / 3")
    came_back = page.locator(".came-back")
    expect(came_back).to_contain_text("ขาดลายมือชื่อ")
    expect(came_back).to_contain_text("ส่งใหม่ได้ถึงวันที่ 31 กรกฎาคม 2566")
    expect(page.locator("section[aria-labelledby=waiting-title]")).to_contain_text("https://krabi.example/2")
    expect(page.locator("section[aria-labelledby=soon-title] .owed-day").first).to_contain_text("กรกฎาคม 2566")
    gains = [float(gain) for gain in page.locator(".next-list").first.locator(".gain").all_inner_texts()]
    assert gains
    assert sum(gains) >= 10

    moves = page.locator("section[aria-labelledby=moves-title]")
    moves.locator("summary").click()
    expect(moves).to_contain_text(officer.full_name)
    assert fits(page)
    came_back.locator("a").first.click()
    page.wait_for_url("**/criteria/1.4/#slot-1-4-report")
    expect(page.locator("#slot-1-4-report")).to_contain_text("ขาดลายมือชื่อ")
    page.wait_for_function(IS_IN_SIGHT, arg="#slot-1-4-report")
    page.go_back()
    page.locator(".next-list a").first.click()
    expect(page.locator("#next-points")).to_be_visible()


@SCREENS
def test_what_the_machine_notices_is_told_to_the_office_and_to_reviewers(open_page, contest, krabi, officer, screen):
    judge = make.make_user("judge")
    contest.judges.add(judge)
    twin = make.make_evidence(contest.entries.get(office__code="TH-50"), "5.report", kind="pdf")
    page = open_page(officer, screen=screen)
    page.goto(reverse("criterion", args=[krabi.pk, "5.1"]))
    hand_in(page, "#slot-5-report", PDF)
    expect(page.locator("#slot-5-report .examined")).to_contain_text("ระบบกำลังตรวจไฟล์")
    paper = Evidence.objects.get(original_name=PDF["name"])
    for one in (twin, paper):
        Examination.objects.get_or_create(evidence=one)
        work.examine(one.pk)
    noticed = page.locator("#slot-5-report .examined")
    expect(noticed).to_contain_text("กำหนดไว้ 5 ถึง 25 หน้า")  # without a reload
    expect(noticed).to_contain_text("ไม่ตัดคะแนน")
    expect(noticed).not_to_contain_text("เชียงใหม่")
    assert fits(page)

    desk = open_page(screen=screen)
    log_in(desk, judge)
    desk.goto(reverse("admin:submissions_evidence_change", args=[paper.pk]))
    expect(desk.locator("main")).to_contain_text("กำหนดไว้ 5 ถึง 25 หน้า")
    desk.get_by_role("link", name="เทียบคู่กัน").first.click()
    for office in ("กระบี่", "เชียงใหม่"):
        expect(desk.locator(".beside")).to_contain_text(office)
    assert fits(desk)


@SCREENS
def test_whoever_was_told_nothing_finds_the_way(open_page, contest, screen):
    office = make.make_office("TH-14")
    page = open_page(make.make_user("officer", office=office), screen=screen)
    first = page.locator("section[aria-labelledby=first-title]")
    expect(first).to_contain_text("เริ่มต้น")
    expect(page.locator("section[aria-labelledby=waiting-title]")).to_contain_text("ยังไม่มีข้อมูลที่ส่ง")
    first.locator(f"a[href='{reverse('own-guide')}']").click()
    expect(page.locator("h1")).to_contain_text("เจ้าหน้าที่")
    page.locator("main details:has(img) summary").first.click()
    expect(page.locator("main img").first).to_be_visible()
    assert fits(page)
    page.go_back()
    page.locator(".next-list a").first.click()
    page.locator("#next-points a").first.click()
    slot = page.locator(".slot:target")
    expect(slot.locator(".hand-in")).to_be_visible()
    assert fits(page)
