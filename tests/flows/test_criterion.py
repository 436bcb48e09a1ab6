"""A criterion of many months: seen at a glance, unfolded, and tried out; nothing is saved."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from scoring.recompute import rescore
from submissions.models import Event, Evidence
from tests import factories as make

from .conftest import SCREENS

pytestmark = pytest.mark.browser
MAY, JULY = "#slot-4-2-publicity-2023-05", "#slot-4-2-publicity-2023-07"


@SCREENS
def test_what_would_be_is_tried_out_and_changes_nothing(open_page, krabi, officer, screen):
    make.make_evidence(krabi, "4.2.committee", status="submitted")
    make.make_evidence(krabi, "4.2.publicity", "2023-05", status="accepted", submitted_at=make.at("2023-05-10"))
    rescore([krabi.pk])
    page = open_page(officer, screen=screen)
    address = reverse("criterion", args=[krabi.pk, "4.2"])
    page.goto(address)
    overview = page.locator("#overview")
    expect(overview.locator("a")).to_have_count(9)
    expect(overview.locator(f"a[href='{MAY}']")).to_contain_text("ตรวจรับแล้ว")
    expect(page.locator(f"{JULY} .hand-in")).to_be_visible()
    expect(page.locator(f"{MAY} .papers")).to_be_hidden()
    overview.locator(f"a[href='{MAY}']").press("Enter")
    expect(page.locator(f"{MAY} .papers")).to_be_visible()
    expect(page.locator("#next-points")).to_contain_text("รอตรวจรับ")

    form = page.locator("#simulation")
    form.locator("summary").press("Enter")
    form.get_by_role("checkbox", name="คำสั่งแต่งตั้ง").check()
    form.locator("form button").press("Enter")
    result = form.locator("#simulation-result")
    expect(result).to_contain_text("ยังไม่ใช่คะแนนจริง")
    expect(result.locator("tbody tr").first).to_contain_text("+2.00")
    expect(result.locator(".notice")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]
    page.reload()
    expect(result).to_contain_text("+2.00")
    expect(page.locator("[data-points=criterion]")).to_contain_text("0.00")
    assert Evidence.objects.get(requirement="4.2.committee").status == "submitted"
    assert not Event.objects.exists()

    # What is really handed in meanwhile shows at a glance, and can be supposed to be accepted.
    slot = page.locator(JULY)
    slot.locator(".hand-in > summary").click()
    slot.get_by_label("Facebook").check()
    slot.locator("[name=url]").fill("https://krabi.example.org/july")
    slot.locator(".hand-in form button.btn-primary").click()
    expect(overview.locator(f"a[href='{JULY}']")).to_contain_text("รอตรวจรับ")
    expect(form.get_by_role("checkbox", name="krabi.example.org/july")).to_be_visible()
    expect(form.get_by_role("checkbox", name="คำสั่งแต่งตั้ง")).to_be_checked()
