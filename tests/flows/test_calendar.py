"""Due dates in a browser: a region gets more time, and an office's calendar follows; on a desk and on a phone."""

import urllib.error
import urllib.request

import icalendar
import pytest
from django.urls import reverse
from playwright.sync_api import expect

from submissions.models import Extension
from tests import factories as make

from .conftest import AT_A_DESK, ON_A_PHONE

pytestmark = pytest.mark.browser


def is_in_its_width(page) -> bool:
    """Once it is laid out: a style may come after the rows."""
    page.wait_for_load_state("load")
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@AT_A_DESK
def test_a_region_gets_more_time(open_page, contest, screen):
    region = make.make_office("R06", kind="region", size="", name_th="เขตตรวจราชการที่ 6")
    for code in ("TH-81", "TH-14"):
        office = contest.entries.get(office__code=code).office
        office.parent = region
        office.save()
    page = open_page(make.make_user("staff"), screen=screen)
    page.goto(reverse("admin:submissions_extension_add"))
    page.locator(".select2-selection").first.click()
    page.locator("[role=option]", has_text="เขตตรวจราชการที่ 6 (2)").click()
    for text in ("ครั้งที่ 1", "หลักฐานการอบรม PDOC"):
        page.locator(".select2-selection--multiple").click()
        page.locator("[role=option]", has_text=text).first.click()
    page.get_by_label("ถึงสิ้นวันที่").fill("15/8/2566")
    page.get_by_label("เหตุผล").fill("น้ำท่วมทั้งเขต")
    assert is_in_its_width(page)
    page.locator("form button.button-main").click()
    page.get_by_label("ตั้งใจขยายเวลาเลยวันปิดรับ").check()  # asked about, and nothing that was typed is lost
    page.locator("form button.button-main").click()

    expect(page.locator("section.card")).to_have_count(2)
    expect(page.locator("section.card").first).to_contain_text("กระบี่")
    expect(page.locator("form.card")).not_to_contain_text("เชียงใหม่")
    assert is_in_its_width(page)
    assert not Extension.objects.exists()
    page.get_by_role("button", name="แก้ไขสิ่งที่เลือก").click()
    expect(page.get_by_label("เหตุผล")).to_have_value("น้ำท่วมทั้งเขต")
    page.locator("form button.button-main").click()
    page.locator("form button.button-main").click()
    expect(page.locator("body")).to_contain_text("ขยายเวลาถึง 15 ส.ค. 2566 แล้ว 4 รายการ")
    assert Extension.objects.count() == 4


@ON_A_PHONE
def test_an_officer_looks_up_what_is_due_without_scripts(open_page, krabi, officer, screen):
    make.make_extension(krabi, "1.3.training", "2023-07-20")
    page = open_page(officer, screen=screen, scripts=False)
    page.get_by_role("link", name="ปฏิทิน", exact=True).click()
    first = page.locator(".days > li").first
    expect(first).to_contain_text("15 ก.ค. 2566")
    expect(page.locator(".days > li", has_text="20 ก.ค. 2566")).to_contain_text("ขยายเวลาให้แล้ว")
    page.get_by_label("สถานะ").select_option("late")
    page.get_by_role("button", name="แสดง").click()
    expect(page.locator(".past")).to_have_attribute("open", "")
    expect(page.locator(".agenda .status").first).to_have_text("เลยกำหนด")
    page.locator(".agenda a").first.click()
    assert reverse("scorecard", args=[krabi.pk]) + "criteria/" in page.url


@ON_A_PHONE
def test_the_private_address_is_made_read_and_ended(open_page, krabi, officer, screen):
    page = open_page(officer, screen=screen)
    page.goto(reverse("calendar"))
    page.get_by_role("button", name="สร้างที่อยู่ส่วนตัว").click()
    address = page.get_by_label("ที่อยู่ส่วนตัว").input_value()
    assert is_in_its_width(page)
    with urllib.request.urlopen(address) as answer:  # as a calendar program: no cookie
        events = icalendar.Calendar.from_ical(answer.read()).walk("VEVENT")
    assert any("กระบี่" in str(event["description"]) for event in events if "description" in event)
    page.get_by_role("button", name="สร้างที่อยู่ใหม่").click()
    expect(page.locator("#messages")).to_contain_text("ที่อยู่เดิมใช้ไม่ได้อีก")
    renewed = page.get_by_label("ที่อยู่ส่วนตัว").input_value()
    page.get_by_role("button", name="ยกเลิกที่อยู่นี้").click()
    expect(page.get_by_role("button", name="สร้างที่อยู่ส่วนตัว")).to_be_visible()
    for gone in (address, renewed):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(gone)
