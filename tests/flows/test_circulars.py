"""A circular in a browser: staff write it with a file and look at whom it goes to; an officer reads it."""

import pytest
from playwright.sync_api import expect

from submissions.notices.circulars import tell_circulars
from tests import factories as make

from .conftest import AT_A_DESK

pytestmark = pytest.mark.browser
ROW = 10  # pixels: less than from one row of the menu to the next


@AT_A_DESK
def test_staff_send_a_circular_and_an_officer_reads_it(open_page, contest, officer, screen):
    name = "ผู้จัดการประกวดจังหวัดที่มีชื่อยาวกว่าใคร"
    organiser = make.make_user("officer", office=officer.office, is_organiser=True, full_name=name)
    page = open_page(make.make_user("staff"), screen=screen)
    page.goto("/admin/submissions/circular/add/")
    expect(page.get_by_label("ขนาดเล็ก")).to_be_hidden()  # until offices are chosen by such
    page.get_by_label("สำนักงานตามเขต จังหวัด และขนาด").check()
    page.get_by_label("ขนาดเล็ก").check()
    page.get_by_label("สำนักงานทุกแห่งในรอบ").check()
    page.get_by_label("รอบ", exact=True).select_option(index=1)
    page.get_by_label("เรื่อง", exact=True).fill("แนวทางการส่งหลักฐาน")
    page.get_by_label("สิ่งที่ส่งมาด้วย").set_input_files(
        {"name": "ปฏิทิน.pdf", "mimeType": "application/pdf", "buffer": make.file_bytes("pdf")}
    )
    page.get_by_role("button", name="ตรวจก่อนส่ง").click()
    expect(page.get_by_text("กรุณากรอกเนื้อหา")).to_be_visible()
    expect(page.get_by_label("เรื่อง", exact=True)).to_have_value("แนวทางการส่งหลักฐาน")
    page.get_by_label("เนื้อหา", exact=True).fill("โปรดส่งภายในกำหนด")
    page.get_by_label("สิ่งที่ส่งมาด้วย").set_input_files(
        {"name": "ปฏิทิน.pdf", "mimeType": "application/pdf", "buffer": make.file_bytes("pdf")}
    )
    page.get_by_role("button", name="ตรวจก่อนส่ง").click()
    expect(page.locator(".figures")).to_contain_text("3")
    page.get_by_role("button", name="ส่งหนังสือเวียน").click()
    expect(page.get_by_text("เปิดอ่านแล้ว 0 จาก 3 สำนักงาน")).to_be_visible()

    tell_circulars()
    menu = open_page(organiser, screen=screen)
    for words in ("หนังสือเวียน", "Circulars"):  # the fullest menu of all, in one row
        expect(menu.locator(".links > li > a", has_text=words)).to_be_visible()
        menu.wait_for_load_state()  # with its styles
        tops = menu.locator(".links > li:visible").evaluate_all("all => all.map(one => one.getBoundingClientRect().y)")
        assert max(tops) - min(tops) < ROW
        menu.locator(".links button[name=language]").click()
    menu.set_viewport_size({"width": 390, "height": 844})
    menu.reload()  # the answer to the last press, with its styles
    rows = menu.locator(".links > li:not(.apart):visible")
    tops = rows.evaluate_all("all => all.map(one => one.getBoundingClientRect().y)")
    assert max(tops) - min(tops) < ROW, "the bell has no row of its own"
    reading = open_page(officer, screen=screen)
    reading.get_by_role("link", name="หนังสือเวียนใหม่ 1 ฉบับ").click()
    expect(reading.locator(".told.is-new")).to_have_count(1)
    reading.locator(".told-head a").click()
    expect(reading.locator("main")).to_contain_text("โปรดส่งภายในกำหนด")
    with reading.expect_download() as taken:
        reading.get_by_role("link", name="ปฏิทิน.pdf").click()
    assert taken.value.suggested_filename == "ปฏิทิน.pdf"
    page.reload()
    expect(page.get_by_text("เปิดอ่านแล้ว 1 จาก 3 สำนักงาน")).to_be_visible()
