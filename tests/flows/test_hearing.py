"""A provisional result, disputed by an office on a phone, answered by another judge, and the final one after it."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from awards.models import Publication
from submissions.models import Round
from tests import factories as make
from tests.awards.publishing.hearing import end_of_days, make_heard, refresh

from .conftest import PHONE

pytestmark = pytest.mark.browser


@pytest.fixture
def heard(transactional_db):
    return make_heard(announced=False)


def test_from_the_provisional_result_to_the_final_one(open_page, heard, worker):
    desk = open_page(heard.staff)
    desk.goto(reverse("publish", args=[heard.round.pk]))
    expect(desk.locator("main")).to_contain_text("ผลนี้เป็นผลชั่วคราว")
    desk.get_by_label("รับทราบเรื่องที่ยังค้างอยู่").check()
    desk.get_by_role("button", name="ประกาศผลชั่วคราวเป็นครั้งที่ 1").click()
    expect(desk.locator("main")).to_contain_text("ผลนี้เป็นผลชั่วคราว")
    expect(desk.locator("main")).not_to_contain_text("เกียรติบัตร")
    refresh(heard)

    phone = open_page(heard.officer, screen=PHONE, touch=True)
    phone.goto(reverse("scorecard", args=[heard.entry.pk]))
    phone.get_by_role("link", name="คะแนนพร้อมเหตุผล และการทักท้วง").click()
    phone.get_by_role("link", name="ทักท้วงข้อ 1.1", exact=True).click()
    phone.get_by_role("button", name="ยื่นคำทักท้วง").click()
    expect(phone.get_by_role("alert")).to_be_visible()
    phone.get_by_label("ข้อใดไม่ถูกต้อง เพราะเหตุใด").fill("ส่งรายงานครบแล้ว")
    phone.get_by_role("checkbox").first.check()
    phone.get_by_role("button", name="ยื่นคำทักท้วง").click()
    expect(phone.locator("main")).to_contain_text("รอคำตอบ")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    review = open_page(heard.other)
    review.goto(reverse("appeals", args=[heard.round.pk]))
    review.get_by_role("link", name="1.1").click()
    review.get_by_role("button", name="ตรวจรับ").click()
    expect(review.locator("main")).to_contain_text("สิ่งที่แก้ไข")
    review.get_by_label("เห็นด้วย", exact=True).check()
    review.get_by_label("เหตุผล", exact=True).fill("เอกสารครบถ้วน")
    review.get_by_role("button", name="ส่งคำตอบ").click()
    expect(review.locator("main")).to_contain_text("คำตอบของคณะกรรมการ")

    phone.reload()
    expect(phone.locator("main")).to_contain_text("เอกสารครบถ้วน")
    expect(phone.locator("main")).not_to_contain_text(heard.other.username)

    end_of_days(heard)
    desk.goto(reverse("publish", args=[heard.round.pk]))
    desk.get_by_label("รับทราบเรื่องที่ยังค้างอยู่").check()
    desk.get_by_role("button", name="ประกาศผลครั้งที่ 2").click()
    expect(desk.locator("main")).to_contain_text("ผลการพิจารณาคำทักท้วง")
    final = Publication.objects.get(round=Round.objects.get(pk=heard.round.pk), number=2)
    assert final.appeals["upheld"] == 1
    assert final.as_of > make.NOW
