"""A scheme is changed without its text, part by part: from the empty template to an edition, and without scripts."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from submissions.models import SchemeDraft
from tests import factories as make

from .conftest import ON_A_PHONE, log_in

pytestmark = pytest.mark.browser


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def save(page) -> None:
    assert fits(page)
    page.get_by_role("button", name="บันทึก", exact=True).click()
    expect(page.locator("body")).to_contain_text("บันทึกในร่างแล้ว")


def both(page, group: str, th: str, en: str, *, of=None) -> None:
    """A text in its two languages."""
    fields = (of or page).get_by_role("group", name=group, exact=True).last
    fields.get_by_label("ภาษาไทย").fill(th)
    fields.get_by_label("ภาษาอังกฤษ").fill(en)


@ON_A_PHONE
def test_a_scheme_is_written_without_its_text(open_page, transactional_db, screen):
    page = open_page(screen=screen, scripts=False)
    log_in(page, make.make_user("staff"))
    page.goto(reverse("admin:submissions_schemedraft_add"))
    page.locator("#id_template-code").fill("village-2570")
    page.get_by_role("button", name="เริ่มจากโครงเปล่า").click()
    outline = page.url
    expect(page.locator(".scheme-outline h2").first).to_contain_text("ข้อมูลทั่วไปของโครงการ")
    assert fits(page)

    page.get_by_role("link", name="ข้อมูลทั่วไปของโครงการ").click()
    both(page, "ชื่อ", "ประกวดหมู่บ้านดิจิทัล 2570", "Digital village contest 2027")
    page.get_by_role("textbox", name="คะแนนเต็ม").fill("25")
    save(page)

    page.goto(outline + "requirements/report/")
    page.get_by_label("กำหนดส่ง").fill("31/2/2570")
    save(page)
    expect(page.locator(".fault")).to_contain_text("กรอกวัน เดือน และปี พ.ศ.")
    expect(page.get_by_label("กำหนดส่ง")).to_have_value("31/2/2570")
    page.get_by_label("กำหนดส่ง").fill("15/6/2570")
    save(page)
    expect(page.locator(".fault")).to_have_count(0)

    page.goto(outline + "requirements/+/")
    page.get_by_label("รหัส").fill("plan")
    both(page, "ชื่อ", "แผนงาน", "Plan")
    save(page)

    page.goto(outline + "dimensions/1/criteria/+/")
    page.get_by_label("วิธีให้คะแนน").select_option(label="นับจำนวนรายการที่ทำได้")
    page.get_by_role("button", name="แสดงช่องกรอก").click()
    page.get_by_label("รหัส").fill("1.4")
    both(page, "ชื่อ", "มีแผน", "There is a plan")
    page.get_by_role("textbox", name="คะแนนเต็ม").fill("5")
    page.get_by_role("button", name="เพิ่มรายการย่อย").click()
    item = page.get_by_role("group", name="รายการย่อย 1")
    item.get_by_label("ชนิดของเงื่อนไข").select_option(label="ส่งหลักฐานแล้ว")
    item.get_by_role("button", name="แสดงช่องกรอก").click()
    item.get_by_label("รายการหลักฐาน").select_option("plan")
    item.get_by_label("ภาษาไทย").fill("ส่งแผนแล้ว")
    item.get_by_label("ภาษาอังกฤษ").fill("The plan is in")
    page.get_by_role("button", name="เพิ่มแถวคะแนน").click()
    row = page.get_by_role("group", name="แถวคะแนน 1")
    row.get_by_label("คะแนน", exact=False).first.fill("5")
    row.get_by_label("ภาษาไทย").fill("มีหนึ่งรายการ")
    row.get_by_label("ภาษาอังกฤษ").fill("One")
    save(page)
    expect(page.locator(".fault")).to_have_count(0)

    page.goto(outline)
    expect(page.locator(".scheme-outline .tag-bad").first).to_contain_text("ข้อผิดพลาด 1 แห่ง")
    page.goto(outline + "dimensions/1/")
    expect(page.locator(".fault")).to_have_count(1)
    page.get_by_role("textbox", name="คะแนนเต็ม").fill("25")
    save(page)
    page.goto(outline)
    page.get_by_role("link", name="ดูสิ่งที่เปลี่ยน").click()
    page.get_by_role("button", name="สร้าง village-2570").click()
    scheme = SchemeDraft.objects.get().edition.scheme
    assert scheme.title.th == "ประกวดหมู่บ้านดิจิทัล 2570"
    assert scheme.requirements["report"].due.isoformat() == "2027-06-15"
    assert scheme.criteria["1.4"].max == 5
    assert "# ให้คะแนนตามช่วงของตัวเลข" in SchemeDraft.objects.get().text
