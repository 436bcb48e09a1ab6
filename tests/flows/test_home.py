"""What an officer finds on coming in: where the office stands, what came back, what to do."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from scoring.pages.workplace import FEW
from scoring.recompute import rescore
from submissions import intake
from submissions.models import Round
from tests import factories as make

from .conftest import ON_A_PHONE, SCREENS
from .test_officer import points

pytestmark = pytest.mark.browser


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def figure(page, name: str) -> Decimal:
    """What stands at the top of the page under this name."""
    return Decimal(page.locator(".figures > div", has=page.get_by_text(name, exact=True)).locator("dd").inner_text())


def cells(part, column: str) -> list[Decimal]:
    return [Decimal(cell) for cell in part.locator(f"td[data-label='{column}']").all_inner_texts()]


def gained(task) -> Decimal:
    """What a thing to be done brings, as its row says."""
    return Decimal(task.locator(".gain").inner_text().split()[-1])


def assert_in_order(page) -> None:
    """After what came back, and what is due within a week: most points first."""
    if page.locator("#tasks-rest").count():
        page.locator("#tasks-rest > summary").click()
    later = page.locator(".task").filter(has_not=page.locator(".paper-reason, .is-near"))
    rows = later.filter(has=page.locator(".gain")).all()
    gains = [gained(row) for row in rows]
    assert len(gains) > 2
    assert gains == sorted(gains, reverse=True)
    assert gained(page.locator(".task", has_text="ได้มากที่สุด")) == max(gains)
    easiest = page.locator(".task", has_text="ได้ง่ายที่สุด")
    assert easiest.count() <= 1


# Both at the same moment: the page may still be scrolling.
IS_IN_SIGHT = """slot => {
    const top = document.querySelector(slot).getBoundingClientRect().top;
    return top >= document.querySelector(".pinned").getBoundingClientRect().bottom && top < innerHeight;
}"""


@SCREENS
def test_home_says_where_we_stand_and_what_to_do(open_page, contest, krabi, officer, screen):
    judge = make.make_user("judge")
    contest.judges.add(judge)
    back = intake.attach_evidence(krabi, intake.HandIn("3.1.plan"), by=officer, url="https://krabi.example/1")
    intake.review_evidence(back, by=judge, accept=False, reason="ขาดลายมือชื่อ")
    intake.attach_evidence(krabi, intake.HandIn("1.1.report"), by=officer, url="https://krabi.example/2")
    for requirement in ("5.report", "5.checklist"):
        make.make_extension(krabi, requirement, "2023-08-15")

    page = open_page(officer, screen=screen)
    expect(page.locator("#progress .state")).to_contain_text("กำลังคำนวณคะแนนใหม่")
    rescore([krabi.pk])
    moves = page.locator("#course")
    expect(points(page, "total")).to_have_text("1 / 100")
    expect(points(page, "claimed")).to_have_text("6")
    expect(points(page, "rank")).to_contain_text("2 / 3")
    expect(page.locator("#progress .state")).not_to_contain_text("กำลังคำนวณคะแนนใหม่")
    came_back = page.locator(".task").first
    expect(came_back).to_contain_text("ขาดลายมือชื่อ")
    expect(came_back).to_contain_text("ภายใน 31 ก.ค. 2566")
    expect(came_back.locator(".status")).to_have_text("ส่งคืนแก้ไข")
    expect(page.locator("#waits")).to_contain_text("https://krabi.example/2")
    expect(page.locator(".task").nth(1)).to_contain_text("ภายใน 15 ส.ค. 2566")  # more time was given

    attainable, lost = figure(page, "สูงสุดที่ยังทำได้"), figure(page, "คะแนนที่หมดสิทธิ์ได้")
    assert (attainable + lost, attainable > 6, lost > 0) == (100, True, True)

    assert_in_order(page)
    moves.locator("summary").click()
    expect(moves.locator("tbody tr")).to_have_count(2)
    for line, height in (("claimed", "94.00"), ("verified", "99.00")):  # 6 and 1 of 100, measured from above
        expect(moves.locator(f".curves .curve-{line}")).to_have_attribute("d", re.compile(f"H100V{height}$"))
    expect(moves.locator(".curves")).to_be_visible()
    newest = moves.locator("tbody tr").first
    report = krabi.round.scheme.requirements["1.1.report"].title.th
    expect(newest.locator("li").first).to_have_text(f"{officer.full_name}: ส่งหลักฐาน {report}")
    expect(newest).to_contain_text("10 ก.ค. 2566 10:")
    expect(newest.locator("td")).to_have_text(["1", "6 +5"])  # a change beside the score that it changed
    assert fits(page)
    came_back.locator("a").first.click()
    page.wait_for_url("**/criteria/3.1/#slot-3-1-plan")
    expect(page.locator("#slot-3-1-plan")).to_contain_text("ขาดลายมือชื่อ")
    page.wait_for_function(IS_IN_SIGHT, arg="#slot-3-1-plan")
    page.go_back()
    page.locator(".task a").nth(1).click()
    expect(page.locator("#next-points")).to_be_visible()


@pytest.fixture
def country(contest):
    """As many more provinces as a median needs: in dimension n the first has n points, the second 2n, and so on."""
    for times in range(1, FEW):
        entry = make.make_entry(contest, make.make_office(f"TH-3{times}"))
        earned = {str(n): {"earned": f"{n * times}.00", "attainable": "20.00", "max": "20.00"} for n in range(1, 6)}
        make.put_card(entry, f"{15 * times}.00", dimensions=earned)
    return contest


@SCREENS
def test_the_country_and_the_rank_show_as_far_as_the_round_allows(open_page, country, krabi, officer, screen):
    def allow(visibility: str) -> None:
        Round.objects.filter(pk=country.pk).update(rank_visibility=visibility)  # no score hangs on it

    allow("hidden")
    page = open_page(officer, screen=screen)
    picture = page.locator("#country")
    table = page.locator(f"a[href='{reverse('standings', args=[country.pk])}']")
    expect(points(page, "total")).to_have_text("1 / 100")
    for not_shown in (points(page, "rank"), picture, table):
        expect(not_shown).to_have_count(0)

    allow("own")
    page.reload()
    expect(points(page, "rank")).to_have_text("6 / 7")
    expect(table).not_to_have_count(0)  # which leads to the own place alone
    own_place = page.request.get(reverse("standings", args=[country.pk]))
    assert (own_place.status, "<table" in own_place.text()) == (200, False)
    picture.locator("summary").click()
    rows = picture.locator("tbody tr")
    # of 0, 0, 0, n, 2n, 3n, 4n; or 0, 1, 2, n, …: what is farthest behind stands first
    own, middle, best = (cells(picture, name) for name in ("คะแนนที่ได้", "มัธยฐาน", "กลุ่มคะแนนสูงสุด"))
    # after the total
    assert (own[0], own[1:], middle[1:]) == (1, [0, 0, 0, 1, 0], [5, 4, 2, 3, 1])
    assert all(more > less for more, less in zip(best, middle, strict=True))
    expect(rows.nth(1)).to_contain_text("ต่ำกว่ามัธยฐาน 5 คะแนน")
    most = cells(picture, "เต็ม")
    for row, half, full in zip(rows.all(), middle, most, strict=True):
        bar, mark = (row.locator(part).bounding_box() for part in ("svg.bar", ".bar-median"))
        there = bar["x"] + bar["width"] * float(half / full)
        assert mark["x"] - 1 <= there <= mark["x"] + mark["width"] + 1
    assert fits(page)

    allow("full")
    page.reload()
    table.first.click()
    expect(page.locator("tr.is-own .rank")).to_have_text("6")
    expect(page.locator("tbody tr")).to_have_count(7)
    assert fits(page)


@ON_A_PHONE
def test_whoever_was_told_nothing_finds_the_way(open_page, contest, screen):
    office = make.make_office("TH-14")
    page = open_page(make.make_user("officer", office=office), screen=screen)
    first = page.locator("section[aria-labelledby=first-title]")
    expect(first).to_contain_text("เริ่มต้น")
    expect(first.locator(".btn-primary")).to_have_count(1)
    first.locator(f"a[href='{reverse('own-guide')}']").click()
    expect(page.locator("h1")).to_contain_text("เจ้าหน้าที่")
    page.locator("main details:has(img) summary").first.click()
    expect(page.locator("main img").first).to_be_visible()
    assert fits(page)
    page.go_back()
    first.get_by_role("link", name="ส่งหลักฐานชิ้นแรก").click()
    slot = page.locator(".slot:target")
    expect(slot.locator(".hand-in")).to_be_visible()
    assert fits(page)
