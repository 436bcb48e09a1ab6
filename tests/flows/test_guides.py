"""The pages that the guides describe, in the demonstration round. PICTURES=1 keeps their pictures in docs/pictures."""

import os
import re
from io import BytesIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect

from scoring.models import Scorecard
from submissions.models import Entry, Evidence, Round, User

from .conftest import PHONE, WIDE

pytestmark = pytest.mark.browser
DOCS = Path(__file__).resolve().parents[2] / "docs"
KEPT = bool(os.environ.get("PICTURES"))


@pytest.fixture
def demo(transactional_db) -> Entry:
    """The entry of the officer who logs in, in the round under way."""
    call_command("demo", verbosity=0)
    return Entry.objects.get(office__code="TH-81", round__is_closed=False)


def show(page, name: str, address: str, *texts: str) -> None:
    page.goto(address)
    for text in texts:
        expect(page.locator("body")).to_contain_text(text)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if KEPT and name:
        page.wait_for_load_state("networkidle")
        Image.open(BytesIO(page.screenshot())).quantize(64).save(DOCS / f"pictures/{name}.png", optimize=True)


def test_the_pages_of_the_guides(demo, open_page):
    entry, round = reverse("scorecard", args=[demo.pk]), demo.round
    assert Scorecard.objects.filter(entry__round=round).count() == 152
    officer = open_page(User.objects.get(username="officer"))
    show(officer, "scorecard", entry, "สิ่งที่ต้องทำต่อไป", "คะแนนที่ตรวจรับแล้ว")
    show(officer, "criterion", f"{entry}criteria/4.2/", "เกณฑ์การให้คะแนน", "รายเดือน")
    show(officer, "form", reverse("form", args=[demo.pk, "innovation-report"]), "รายงานผลการพัฒนานวัตกรรม")
    show(officer, "notices", reverse("notices"), "การแจ้งเตือน")
    phone = open_page(User.objects.get(username="officer"), screen=PHONE)
    show(phone, "phone", f"{entry}criteria/1.1/", "หลักฐาน", "ส่ง")
    phone.context.close()

    judge = open_page(User.objects.get(username="judge"), screen=WIDE)
    waiting = Evidence.objects.filter(entry__round=round, status="submitted", original_name__endswith=".pdf").first()
    show(judge, "", reverse("admin:submissions_evidence_changelist"), "หลักฐาน", "รอตรวจรับ")
    show(judge, "review", reverse("admin:submissions_evidence_change", args=[waiting.pk]), "ผลการตรวจ", "ส่งคืนแก้ไข")
    judged = Evidence.objects.filter(entry__round=round, requirement="5.report", original_name__endswith=".pdf")
    to_judge = judged.exclude(entry__sheets__judge__username="judge").first().entry_id
    show(judge, "sheet", reverse("admin:submissions_sheet_of_entry", args=[to_judge]), "บันทึกร่าง", "ส่งใบให้คะแนน")

    staff = open_page(User.objects.get(username="staff"))
    criteria = reverse("admin:scoring_trial_text", args=[round.pk])
    show(staff, "", criteria, "ข้อความของเกณฑ์", "ข้อสังเกตที่บันทึกไว้ในข้อความนี้", "ทดลองใช้")
    show(staff, "standings", reverse("standings", args=[round.pk]), "ตารางอันดับ", "แสดง 76 จาก 76 สำนักงาน")
    show(staff, "publish", reverse("publish", args=[round.pk]), "เรื่องที่ยังค้างอยู่", "ประกาศผลครั้งที่ 1")
    finished = Round.objects.exclude(pk=round.pk).get().publications.get()
    show(staff, "", reverse("publication", args=[finished.pk]), "ไม่มีการเปลี่ยนแปลงหลังประกาศ", "เอกสาร")


def test_pictures_in_the_documents_are_there():
    texts = [DOCS.parent / "README.md", *DOCS.rglob("*.md")]
    wanted = [(text, name) for text in texts for name in re.findall(r"!\[[^]]*\]\(([^)]+)\)", text.read_text())]
    assert wanted
    assert [(text.name, name) for text, name in wanted if not (text.parent / name).is_file()] == []
