"""The year after: staff copy a scheme and last year's round, prepare it line by line, open it; a first file earns."""

import re

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from submissions import intake
from submissions.models import Edition, Holiday, Office, Round, SchemeDraft
from tests import factories as make

from .conftest import ON_A_PHONE, log_in
from .test_officer import PDF, hand_in, points

pytestmark = pytest.mark.browser


def row(page, place: str):
    return page.locator("table.changes tr").filter(has_text=place)


def do(page, name: str) -> None:
    """One of the deeds above a form; on a phone they stand in a list that opens."""
    deed = page.get_by_role("link", name=name)
    if not deed.is_visible():
        page.locator("a", has_text="more_horiz").click()
    deed.click()


def state(page, code: str):
    """How one line of what a round needs stands."""
    return page.locator(f"#line-{code} .tag")


def prepare_like(page, source: Round, judge) -> Round:
    """Make a round of 2567 like an earlier one, and do one by one what it still needs."""
    page.goto(reverse("admin:submissions_round_preparing"))
    page.get_by_role("link", name="สร้างรอบตามรอบก่อน").click()
    page.locator("select[name=source]").select_option(str(source.pk))
    page.locator("select[name=edition]").select_option(str(SchemeDraft.objects.get().edition_id))
    page.get_by_role("button", name="ดูก่อนสร้าง").click()
    expect(page.get_by_label("ชื่อภาษาไทย")).to_have_value("รอบปี 2567")
    expect(page.locator("[name='setting-2.1.2.due']")).to_have_value("31/05/2567")
    page.locator("[name='setting-2.2.2.due']").fill("")
    page.get_by_label("วันที่ของรอบฝึกปฏิบัติ").fill("10/7/2567")
    assert fits(page)
    page.get_by_role("button", name="สร้างรอบ").click()
    page.wait_for_url(re.compile(r"/round/\d+/prepare/$"))
    assert fits(page)

    expect(state(page, "entrants")).to_have_text("ทำแล้ว")
    expect(state(page, "settings")).to_have_text("ยังไม่ครบ")
    page.locator("#do-settings").click()
    page.locator("[name='setting-2.2.2.due']").fill("30 มิ.ย. 2567")
    page.locator("[name=_save]").click()
    expect(state(page, "settings")).to_have_text("ทำแล้ว")
    expect(state(page, "committee")).to_have_text("ยังไม่ครบ")
    page.locator("#do-committee").click()
    page.get_by_label(judge.full_name).check()
    page.locator("[name=_save]").click()
    expect(state(page, "committee")).to_have_text("ทำแล้ว")
    expect(page.locator("#line-accounts")).to_contain_text("75 แห่งยังไม่มีผู้ที่เข้าสู่ระบบได้")

    # What would make scores wrong is refused, and can be done from there.
    prepared = page.url
    expect(state(page, "holidays")).to_have_text("ต้องแก้ก่อนเปิดรอบ")
    page.get_by_label("ตั้งแต่บัดนี้").check()
    page.get_by_role("button", name="บันทึก").click()
    expect(page.get_by_role("alert")).to_contain_text("ยังไม่มีวันหยุดของปี 2567")
    make.make_holiday("2024-01-01")
    page.goto(prepared)
    expect(state(page, "holidays")).to_have_text("ทำแล้ว")
    page.get_by_label("ตั้งแต่บัดนี้").check()
    page.get_by_role("button", name="บันทึก").click()
    expect(page.locator("body")).to_contain_text("เปิดรอบแล้ว")
    return Round.objects.exclude(pk=source.pk).get()


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@ON_A_PHONE
def test_2567_is_made_of_2566_and_a_first_file_is_scored(open_page, worker, screen):
    call_command("load_shipped", verbosity=0)
    Holiday.objects.filter(date__year=2024).delete()
    staff, judge = make.make_user("staff"), make.make_user("judge", full_name="กรรมการ หนึ่ง")
    edition = Edition.objects.get(scheme_code="cdd40-2566")
    last_year = make.make_round(edition=edition, name_th="รอบปี 2566")
    intake.enter_offices(last_year, Office.objects.filter(kind="province"), by=staff)
    officer = make.make_user("officer", office=Office.objects.get(code="TH-81"))
    page = open_page(screen=screen)
    log_in(page, staff)

    page.goto(reverse("admin:submissions_edition_change", args=[edition.pk]))
    do(page, "ทำสำเนาเป็นโครงการใหม่")
    expect(page.locator("#id_copy-source")).to_have_value(str(edition.pk))  # its code follows
    page.get_by_role("button", name="ทำสำเนา").click()

    page.locator(".changes-of-kind:not([open]) > summary").first.wait_for()
    page.locator(".changes-of-kind").evaluate_all("kinds => kinds.forEach((kind) => kind.open = true)")
    # A day that makes no sense is told at its place, and nothing is lost.
    row(page, "หลักฐาน 1.3.training").get_by_role("textbox").fill("29/03/2567")
    row(page, "ปฏิทิน บรรทัดที่ 1 · วันสิ้นสุด").get_by_role("textbox").fill("1/1/2560")
    page.get_by_role("checkbox", name=re.compile("หลักฐาน 1.3.accounts")).uncheck()
    assert fits(page)
    page.get_by_role("button", name="ใช้ตามที่เลือก").click()
    fault = page.locator(".faults li")
    expect(fault).to_have_count(1)
    expect(fault).to_contain_text("ends: 2017-01-01")
    expect(fault.get_by_role("link")).to_have_text("ปฏิทิน บรรทัดที่ 1 · วันสิ้นสุด")
    expect(page.get_by_role("checkbox", name=re.compile("หลักฐาน 1.3.accounts"))).not_to_be_checked()
    expect(row(page, "หลักฐาน 1.3.training").get_by_role("textbox")).to_have_value("29/03/2567")
    row(page, "ปฏิทิน บรรทัดที่ 1 · วันสิ้นสุด").get_by_role("textbox").fill("29 ก.พ. 2567")
    page.get_by_role("checkbox", name=re.compile("หลักฐาน 1.3.accounts")).check()
    page.get_by_role("button", name="ใช้ตามที่เลือก").click()

    expect(page.locator(".line-new").filter(has_text="scheme:")).to_contain_text("scheme: cdd40-2567")
    expect(page.locator(".line-new").filter(has_text="2024-03-29")).to_have_count(1)
    assert fits(page)
    page.get_by_role("button", name="สร้าง cdd40-2567").click()
    expect(page.locator("body")).to_contain_text("สร้างโครงการ cdd40-2567 แล้ว")
    assert SchemeDraft.objects.get().edition.scheme.title.th == "พัฒนาชุมชนดิจิทัล 4.0 ประจำปี 2567"

    round = prepare_like(page, last_year, judge)
    krabi = round.entries.get(office__code="TH-81")
    office = open_page(officer, screen=screen)
    office.goto(reverse("criterion", args=[krabi.pk, "1.1"]))
    expect(office.locator("main")).to_contain_text("31 กรกฎาคม 2567")
    hand_in(office, "#slot-1-1-report", PDF)
    expect(office.locator("#slot-1-1-report .paper")).to_have_count(1)
    office.goto(reverse("scorecard", args=[krabi.pk]))
    expect(points(office, "claimed")).to_contain_text("5", timeout=30_000)
    assert fits(office)


def test_it_works_without_scripts_too(open_page):
    source = make.make_edition()
    page = open_page(make.make_user("staff"), scripts=False)
    page.goto(reverse("admin:submissions_schemedraft_add"))
    page.locator("#id_copy-source").select_option(str(source.pk))
    page.locator("#id_copy-code").fill("cdd40-2567")
    page.get_by_role("button", name="ทำสำเนา").click()
    page.get_by_role("button", name="ใช้ตามที่เลือก").click()
    page.get_by_role("button", name="สร้าง cdd40-2567").click()
    expect(page.locator("body")).to_contain_text("สร้างโครงการ cdd40-2567 แล้ว")
