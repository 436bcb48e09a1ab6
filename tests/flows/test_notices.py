"""What an officer is told: in the list behind the bell, by a letter, by LINE; and each leads to what it tells of."""

import re
from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from awards.publishing.publish import publish
from awards.tasks import tell_published
from submissions import intake
from submissions.models import Notice, Telling
from submissions.notices import letters, reminders
from submissions.notices.from_events import tell_recorded
from tests import factories as make
from tests.submissions.notices.test_line import Line, ring

from .conftest import ON_A_PHONE

pytestmark = pytest.mark.browser


def write_letters() -> int:
    """As they are written ten minutes after what they tell of."""
    Notice.objects.update(at=timezone.now() - timedelta(minutes=11))
    return letters.post()


@pytest.fixture
def accepted(contest, krabi, officer, settings, live_server):
    """The committee took a report of Krabi's, and the officer was told."""
    settings.PORTAL_URL = live_server.url
    judge = make.make_user("judge")
    contest.judges.add(judge)
    intake.review_evidence(make.make_evidence(krabi, "1.1.report", submitted_by=officer), by=judge, accept=True)
    tell_recorded()


@pytest.fixture
def told(accepted, contest, krabi):
    """More happened: time was given, the close came near with much missing, a result was published."""
    staff = make.make_user("staff")
    order = {"until": date(2023, 8, 15), "reason": "น้ำท่วม", "by": staff}
    intake.grant_extension(krabi, requirement="4.2.committee", period="", **order)
    tell_recorded()
    for day in ("2023-07-24", "2023-07-28", "2023-07-30"):
        contest.clock_offset = make.at(day) - timezone.now()
        contest.save()
        reminders.remind()
    publication = publish(contest, by=staff)
    tell_published(publication.pk)
    return publication


@ON_A_PHONE
def test_each_thing_that_is_told_leads_to_its_place(open_page, told, krabi, officer, screen):
    officer.email = "krabi@cdd.example.org"
    officer.save()
    assert write_letters() == 1
    (letter,) = mail.outbox
    assert letter.to == [officer.email]
    report, plan = (reverse("criterion", args=[krabi.pk, code]) for code in ("1.1", "3.1"))
    page = open_page(officer, screen=screen)
    bell = page.locator(".masthead a", has=page.locator(".bell-count"))
    expect(bell.locator(".bell-count")).to_contain_text("6")
    page.goto(re.search(r"ตรวจรับแล้ว: [^:]*?https://\S+\s+(http://\S+)", letter.body)[1])
    assert page.url.endswith(f"{report}#slot-1-1-report")
    expect(page.locator("#slot-1-1-report .paper .status-accepted")).to_be_visible()
    expect(bell.locator(".bell-count")).to_contain_text("5")

    bell.click()
    notices = page.locator(".told")
    titles = [
        "ประกาศผลแล้ว: อันดับ 1 · รางวัลชนะเลิศ",
        *["ใกล้ถึงกำหนดส่ง 17 รายการ"] * 3,
        "ขยายเวลาส่ง: คำสั่งแต่งตั้ง",
        "ตรวจรับแล้ว: รายงานการสร้างความรู้",
    ]
    expect(notices.locator(".told-head")).to_contain_text(titles)
    expect(page.locator(".told:not(.is-new)")).to_have_count(1)
    for number, left in enumerate((1, 3, 7), 1):
        lines = notices.nth(number).locator(".told-lines li")
        expect(lines.first).to_contain_text(f"เหลือ {left} วัน ถึงวันที่ 31 กรกฎาคม 2566")
        expect(lines.filter(has_text="Big Data และ Click ชุมชน")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    notices.nth(0).locator(".told-head a").click()
    page.wait_for_url(f"**{reverse('publication', args=[told.pk])}")
    expect(page.locator("main")).to_contain_text("กระบี่")
    page.go_back()
    notices.nth(1).locator(".told-head a").click()
    page.wait_for_url(f"**{reverse('scorecard', args=[krabi.pk])}")
    page.go_back()
    notices.nth(3).locator("summary").click()
    notices.nth(3).get_by_role("link", name="แผนการดำเนินงาน").click()
    page.wait_for_url(f"**{plan}#slot-3-1-plan")
    page.go_back()
    notices.nth(4).locator(".told-head a").click()
    page.wait_for_url(f"**{reverse('criterion', args=[krabi.pk, '4.2'])}#slot-4-2-committee")
    expect(page.locator("#slot-4-2-committee")).to_contain_text("ได้ขยายเวลาถึง 15 สิงหาคม 2566")
    expect(bell.locator(".bell-count")).to_contain_text("1")


@pytest.fixture
def line_account(settings):
    account = Line()
    settings.LINE_TOKEN, settings.LINE_SECRET, settings.LINE_API = "the-token", "the-secret", account.url
    yield account
    account.server.shutdown()
    account.server.server_close()


@ON_A_PHONE
def test_line_is_linked_by_its_code_and_tells(open_page, line_account, accepted, krabi, officer, screen):
    page = open_page(officer, screen=screen)
    page.goto(reverse("notice-settings"))
    ours = page.locator("section[aria-labelledby=line]")
    ours.get_by_role("button", name="ขอรหัส").click()
    assert ring(Client(), ours.locator(".number").inner_text()).status_code == 200
    page.reload()
    expect(ours).to_contain_text("เชื่อมต่อบัญชีไลน์ของท่านแล้ว")
    expect(page.locator("[name=line]").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    assert write_letters() == 2  # that they are linked, and what the committee did
    said = "\n".join(body["messages"][0]["text"] for _path, _headers, body in line_account.asked)
    assert {body["to"] for _path, _headers, body in line_account.asked} == {Telling.objects.get().line_id}
    page.goto(re.search(r"ตรวจรับแล้ว: .*\s+(http://\S+)", said, re.DOTALL)[1])
    page.wait_for_url(f"**{reverse('criterion', args=[krabi.pk, '1.1'])}#slot-1-1-report")

    page.goto(reverse("notice-settings"))
    expect(ours).to_contain_text("ส่งครั้งล่าสุดเมื่อ")
    ours.get_by_role("button", name="ยกเลิกการเชื่อมต่อ").click()
    expect(ours.get_by_role("button", name="ขอรหัส")).to_be_visible()
    assert Telling.objects.get().line_id is None
