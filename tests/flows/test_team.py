"""A province's officers and their head: what is handed in is confirmed, looked back on, and taken away."""

import zipfile

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from scoring import parcels
from submissions import intake
from tests import factories as make

from .conftest import ON_A_PHONE, PHONE, lose_one_of_each

pytestmark = pytest.mark.browser


@ON_A_PHONE
def test_the_head_confirms_and_everything_is_taken_away(open_page, worker, contest, krabi, officer, screen, tmp_path):
    contest.needs_confirmation = True
    contest.save()
    head = make.make_user("officer", office=krabi.office, full_name="พัฒนาการจังหวัดกระบี่", is_head=True)
    paper = intake.attach_evidence(krabi, intake.HandIn("1.1.report"), by=officer, upload=make.make_upload())

    log = reverse("deeds", args=[krabi.pk])

    page = open_page(officer, screen=screen)
    page.goto(reverse("confirmation", args=[krabi.pk]))
    expect(page.locator("main")).to_contain_text("พัฒนาการจังหวัดกระบี่")
    page.get_by_role("button", name="แจ้งหัวหน้าให้ยืนยัน").click()
    expect(page.locator("#messages")).to_contain_text("แจ้งหัวหน้าแล้ว")

    desk = open_page(head, screen=screen)
    expect(desk.locator(".bell-count")).to_contain_text("1")
    desk.get_by_role("link", name="ตรวจทานและยืนยัน").click()
    expect(desk.locator("main")).to_contain_text(paper.title)
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desk.get_by_role("button", name="ยืนยันข้อมูลที่ส่ง").click()
    expect(desk.locator("#messages")).to_contain_text("ยืนยันข้อมูลที่ส่งแล้ว")
    intake.withdraw_evidence(paper, by=officer)
    desk.goto(reverse("scorecard", args=[krabi.pk]))
    expect(desk.locator("[aria-labelledby=team-title]")).to_contain_text("หลังจากนั้นมีการแก้ไข:")
    changed = krabi.round.scheme.requirements[paper.requirement].title.th
    expect(desk.locator("[aria-labelledby=team-title] li")).to_have_text([f"ถอนหลักฐาน {changed}"])

    expect(desk.get_by_role("link", name="ประวัติ: ใครทำอะไร เมื่อไร")).to_have_attribute("href", log)
    desk.goto(log)
    expect(desk.locator(".turn")).to_have_count(5)  # the round's terms were changed at first
    expect(desk.locator(".turn").nth(2)).to_contain_text("เจ้าหน้าที่จังหวัดกระบี่ แจ้งให้หัวหน้ายืนยันข้อมูลที่ส่ง")
    expect(desk.locator(".turn").nth(1)).to_contain_text("พัฒนาการจังหวัดกระบี่ ยืนยันข้อมูลที่ส่ง")
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desk.select_option("#verb", "evidence.withdrawn")
    desk.get_by_role("button", name="แสดง", exact=True).click()
    expect(desk.locator(".turn")).to_have_count(1)

    desk.goto(reverse("parcel", args=[krabi.pk]))
    desk.get_by_role("button", name="จัดทำชุดเอกสาร").click()
    link = desk.get_by_role("link", name="ดาวน์โหลด", exact=False).filter(has_text="(")
    expect(link).to_be_visible(timeout=60_000)  # laying out a first PDF takes a new worker some seconds
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with desk.expect_download() as download:
        link.click()
    download.value.save_as(tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as folder:
        names = folder.namelist()
        assert {"สารบัญ.xlsx", "ใบคะแนน.pdf"} < set(names)
        assert any(name.endswith(paper.title) for name in names)
        assert folder.testzip() is None


def test_a_parcel_whose_answers_get_lost_is_asked_for_again(over_line, krabi, officer):
    address = reverse("parcel", args=[krabi.pk])
    parcel = parcels.begin(krabi, by=officer)
    page = over_line(officer, PHONE)
    page.goto(address)
    expect(page.locator("#parcel-progress progress")).to_be_visible()
    lost = lose_one_of_each(page, f"**{address}?asked=*", f"**{address}")
    parcels.make(parcel)
    expect(page.get_by_role("link", name="ดาวน์โหลด", exact=False).filter(has_text="(")).to_be_visible(timeout=20_000)
    assert len(lost) == 2
