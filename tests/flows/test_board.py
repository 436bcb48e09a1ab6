"""Who owes what in a browser: staff find it, read it and remind those that are late; on a desk and on a phone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from submissions.models import Event, Notice
from submissions.notices.from_events import tell_recorded
from tests import factories as make

from .conftest import PHONE, SCREENS, WIDE

pytestmark = pytest.mark.browser


@pytest.fixture
def staff():
    return make.make_user("staff")


@pytest.fixture
def of_july(contest):
    """A region of two offices; what was due in February lies there for one of three offices."""
    region = make.make_office("R06", kind="region", size="", name_th="เขตตรวจราชการที่ 6")
    for entry in contest.entries.select_related("office"):
        if entry.office.code != "TH-50":
            entry.office.parent = region
            entry.office.save()
    make.make_evidence(contest.entries.get(office__code="TH-50"), "3.5.report", "2023-02")
    return contest


def is_in_its_width(page) -> bool:
    """Once it is laid out: a style may come after the rows."""
    page.wait_for_load_state("load")
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@SCREENS
def test_staff_find_who_is_late_and_remind_exactly_those(open_page, of_july, officer, staff, screen):
    page = open_page(staff, screen=screen)
    page.get_by_role("link", name="ติดตามการส่ง").first.click()
    expect(page.locator("tbody tr")).to_have_count(3)
    assert is_in_its_width(page)
    page.get_by_text("เลือกสิ่งที่แสดง").click()
    page.get_by_label("สิ่งที่กำหนดให้ส่ง").first.select_option(label="รายงานผลการดำเนินงานประจำเดือน")
    page.get_by_label("งวด").select_option(label="ก.พ. 2566")
    page.get_by_label("สถานะ").select_option(label="เลยกำหนด")
    page.get_by_role("button", name="แสดง", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody")).not_to_contain_text("เชียงใหม่")
    assert is_in_its_width(page)

    page.get_by_role("link", name="เตือนสำนักงานเหล่านี้").click()
    expect(page.locator("main")).to_contain_text("เตือน 1 สำนักงาน รวม 1 รายการ")
    expect(page.locator("main")).to_contain_text("เจ้าหน้าที่จังหวัดกระบี่")
    assert is_in_its_width(page)
    assert not Event.objects.filter(verb="reminder.sent").exists()
    page.get_by_role("button", name="ส่งการเตือน").click()
    expect(page.locator("#messages")).to_contain_text("เตือนแล้ว 1 สำนักงาน")
    expect(page.locator("tbody tr")).to_have_count(2)  # the same choice

    tell_recorded()
    assert Notice.objects.get(code="reminder.sent").user == officer
    page.get_by_role("link", name="เตือนสำนักงานเหล่านี้").click()
    expect(page.locator("main")).to_contain_text("ไม่ส่งถึง: ได้รับการเตือนแล้วภายใน 24 ชั่วโมง")
    expect(page.get_by_role("button", name="ส่งการเตือน")).to_have_count(0)

    page = open_page(officer, screen=screen)
    page.goto(reverse("notices"))
    expect(page.locator("main")).to_contain_text("ค้างส่ง: รายงานผลการดำเนินงานประจำเดือน (กุมภาพันธ์ 2566)")


def test_on_a_desk_the_names_and_the_headings_stay_where_they_are(open_page, of_july, staff):
    page = open_page(staff, screen={"width": WIDE["width"], "height": 480})
    page.goto(reverse("board", args=[of_july.pk]))
    name, head = page.locator("tbody th").first, page.locator("thead .name")
    before = name.bounding_box()["x"], head.bounding_box()["y"] - page.locator(".grid-scroll").bounding_box()["y"]
    page.evaluate("document.querySelector('.grid-scroll').scrollTo(900, 60)")
    assert page.locator(".grid-scroll").evaluate("one => one.scrollLeft") > 300
    after = name.bounding_box()["x"], head.bounding_box()["y"] - page.locator(".grid-scroll").bounding_box()["y"]
    assert after == pytest.approx(before, abs=2)
    expect(page.locator("tbody tr").first.locator(".cell").first).to_be_visible()


def test_on_a_phone_an_office_and_a_thing_are_lists_at_the_same_address(open_page, of_july, krabi, staff):
    page = open_page(staff, screen=PHONE, scripts=False)
    page.goto(reverse("board", args=[of_july.pk]))
    expect(page.locator("tbody tr").first.locator(".cell").first).to_be_hidden()
    page.get_by_role("link", name="จังหวัดกระบี่").click()
    assert "office=TH-81" in page.url
    expect(page.get_by_role("heading", level=1)).to_have_text("จังหวัดกระบี่")
    assert is_in_its_width(page)
    line = page.locator(".board-lines li", has_text="รายงานผลการดำเนินงานประจำเดือน · ก.พ. 2566")
    expect(line).to_contain_text("เลยกำหนด · 132 วัน")
    line.get_by_role("link", name="รายงานผลการดำเนินงานประจำเดือน · ก.พ. 2566", exact=True).click()
    assert page.url.endswith(reverse("criterion", args=[krabi.pk, "3.5"]) + "#slot-3-5-report-2023-02")

    page.goto(reverse("board", args=[of_july.pk]) + "?view=requirements")
    asked = page.get_by_role("link", name="รายงานผลการดำเนินงานประจำเดือน · ก.พ. 2566")
    expect(asked).to_be_hidden()  # a phone shows the first rows of a long table
    page.locator(".more-rows summary").click()
    asked.click()
    expect(page.locator(".board-lines li")).to_have_count(3)
    expect(page.locator(".board-lines li", has_text="เชียงใหม่")).to_contain_text("รอตรวจรับ")
    assert is_in_its_width(page)
