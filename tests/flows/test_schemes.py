"""Other schemes than the main one, each from opening its round to the published result, in a browser.

What must come out is worked out here by hand from the schemes' documents, not asked of the engine.
"""

import re
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from awards.documents import files
from scoring.recompute import rescore
from submissions import intake, thai
from submissions.models import Edition, Entry, Evidence, Round, User, Value
from tests import factories as make
from tests.extraction import by_poppler

from .conftest import PHONE
from .test_officer import PDF, hand_in, points

pytestmark = pytest.mark.browser


@pytest.fixture
def staff(worker, open_page):
    """Central staff before the portal as it is shipped."""
    call_command("load_shipped", verbosity=0)
    return open_page(make.make_user("staff"))


def open_round(page, scheme: str, day: str, inside: str = "", judges=()) -> Round:
    """Open a practice round in the admin, and enter the provinces, or the districts of one."""
    page.goto(reverse("admin:submissions_round_add"))
    page.get_by_label("ชื่อภาษาไทย").fill("รอบซ้อมก่อนวันจริง")
    page.get_by_label("ฉบับของเกณฑ์").select_option(str(Edition.objects.get(scheme_code=scheme).pk))
    page.get_by_label("การแสดงอันดับ").select_option("full")
    page.get_by_label("วันที่ของรอบฝึกปฏิบัติ").fill(day)
    for judge in judges:
        page.get_by_label(judge.full_name).check()
    page.locator("[name=_save]").click()
    page.wait_for_url(re.compile(r"/round/\d+/prepare/$"))
    round = Round.objects.get()
    page.locator("#do-entrants").click()
    if inside:
        page.locator("select[name=kind]").select_option("district")
        page.locator(".select2-selection").first.click()
        page.get_by_role("option", name=f"จังหวัด{inside}", exact=True).click()
    page.locator("form button.button-main").click()
    page.locator("form button.button-main").click()
    expect(page.locator("body")).to_contain_text("นำเข้ารอบแล้ว")
    page.goto(reverse("admin:submissions_round_prepare", args=[round.pk]))
    page.get_by_label("ตั้งแต่บัดนี้").check()
    page.locator("form button.button-main").click()
    expect(page.locator("body")).to_contain_text("เปิดรอบแล้ว")
    round.refresh_from_db()
    return round


def set_day(page, round: Round, day: date) -> None:
    page.goto(reverse("admin:submissions_round_change", args=[round.pk]))
    page.get_by_label("วันที่ของรอบฝึกปฏิบัติ").fill(f"{day.day}/{day.month}/{day.year + thai.ERA}")
    page.locator("[name=_save]").click()
    page.wait_for_url(re.compile("/round/$"))
    round.refresh_from_db()
    assert timezone.localtime(round.now()).date() == day


def publish(page, round: Round) -> dict[str, str]:
    """Publish in the browser. Answers the text of each document without its spaces."""
    page.goto(reverse("publish", args=[round.pk]))
    if page.locator("[name=acknowledged]").count():
        page.locator("[name=acknowledged]").check()
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(re.compile(r"/publications/\d+/$"))
    documents = page.locator("#documents a").evaluate_all("links => links.map(one => one.getAttribute('href'))")
    card = page.locator("a[href*=scorecard]").first.get_attribute("href")
    made = round.publications.latest("number")
    for kind in files.shared(made):
        files.make(made, kind)
    files.make(made, "scorecard", card.rpartition("/")[2].removesuffix(".pdf"))
    texts: dict[str, str] = {}
    for address in [*documents, card]:
        pages = by_poppler(page.request.get(address).body())
        texts[re.search(r"announcement|results|certificates|scorecard", address)[0]] = "".join("".join(pages).split())
    return texts


def thai_digits(text: str) -> str:
    return text.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))


def entry_of(round: Round, code: str) -> Entry:
    return round.entries.get(office__code=code)


def officer_of(entry: Entry):
    return make.make_user("officer", office=entry.office, full_name=f"เจ้าหน้าที่{entry.office.name_th}")


def save_values(page, entry: Entry, criterion: str, **fields: str) -> None:
    """Fill the fields of a criterion's values (named by code, dots as _) and save them."""
    page.goto(reverse("criterion", args=[entry.pk, criterion]))
    for name, text in fields.items():
        page.locator(f"#values [name='{name}']").fill(text)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("#values form button.btn-primary").click()
    expect(page.locator("#values .notice").first).to_be_visible()
    if accept_amounts(entry):
        page.reload()


def accept_amounts(entry: Entry) -> bool:
    """What waits is accepted, and counts; whether there was any."""
    rows = Value.objects.filter(entry=entry, source="office", status="submitted")
    seen = {row.pk: row.revision for row in rows if entry.round.reviews(entry.round.scheme.values[row.code])}
    if seen:
        intake.review_values(entry.round, seen, by=User.objects.filter(role="staff").latest("pk"), accept=True)
        rescore([entry.pk])
    return bool(seen)


def expect_soon(page, name: str, text: str) -> None:
    """The points that follow; where the page has nothing to wait for any more, it is loaded again."""
    for _attempt in range(10):
        if text in points(page, name).inner_text():
            return
        page.wait_for_timeout(500)
        page.reload()
    expect(points(page, name)).to_contain_text(text)


# Websites of the districts of Chon Buri: five items, each the mean of two judges


def test_websites_are_judged_and_three_awarded(open_page, staff):
    judges = [make.make_user("judge", full_name=f"กรรมการคนที่ {name}") for name in ("หนึ่ง", "สอง")]
    round = open_round(staff, "website-2564", "20/8/2564", "ชลบุรี", judges)
    assert round.entries.count() == 11
    assert {entry.office.kind for entry in round.entries.all()} == {"district"}

    # A judge gives points in the browser; the colleague and the other offices by intake.
    first = entry_of(round, "2007")
    desk = open_page(judges[0])
    desk.goto(reverse("admin:submissions_sheet_of_entry", args=[first.pk]))
    for item, given in {"1": "18.5", "2": "22", "3": "10.5", "4": "27.25", "5": "13"}.items():
        desk.locator(f"[name='{item}']").fill(given)
    desk.locator("[name=confirmed]").check()
    desk.locator("[name=submit]").click()
    expect(desk.locator(".mark.has-fault")).to_have_count(1)  # 10.5 of 10
    desk.locator("[name='3']").fill("9")
    desk.locator("[name=confirmed]").check()
    desk.locator("[name=submit]").click()
    expect(desk.locator("body")).to_contain_text("นี่คือใบถัดไป")
    give(first, judges[1], "17", "21", "8", "26.75", "12")
    for number, entry in enumerate(round.entries.exclude(pk=first.pk).order_by("office__code")):
        for judge in judges:
            give(entry, judge, "15", "20", "7", str(20 - number), "10")

    # 17.75 + 21.5 + 8.5 + 27 + 12.5; the ten others have 72, 71, ... 63.
    office = open_page(officer_of(first))
    expect_soon(office, "total", "87.25")
    expect_soon(office, "rank", "1 / 11")
    expect(office.locator(".page-head")).to_contain_text("จังหวัดชลบุรี")
    office.goto(reverse("standings", args=[round.pk]))
    for column in ("กลุ่มขนาด", "เขตตรวจราชการ", "website"):  # none has a size, all are of one region, one dimension
        expect(office.locator("#content")).not_to_contain_text(column)
    expect(office.locator("thead th")).to_contain_text(["ยังทำได้", "1", "2", "3", "4", "5"])

    set_day(staff, round, date(2021, 9, 1))
    texts = publish(staff, round)
    expect(staff.locator("tbody td.total")).to_have_text(["87.25", *(str(n) for n in range(72, 62, -1))])
    awarded = ["ศรีราชา", "เมืองชลบุรี", "บ้านบึง"]
    awards = ["รางวัลชนะเลิศ", "รางวัลรองชนะเลิศอันดับหนึ่ง", "รางวัลรองชนะเลิศอันดับสอง"]
    for name, award, total in zip(awarded, awards, ("87.25", "72.00", "71.00"), strict=True):
        assert f"{award}สำนักงานพัฒนาชุมชนอำเภอ{name}{thai_digits(total)}คะแนน" in texts["announcement"]
        assert f"สำนักงานพัฒนาชุมชนอำเภอ{name}ได้รับ{award}" in texts["certificates"]
    assert texts["certificates"].count("มอบประกาศเกียรติบัตร") == 3
    assert "จังหวัดขนาด" not in texts["results"]
    assert "ไม่ได้รับรางวัล" not in texts["scorecard"]
    assert "website" not in texts["scorecard"] + texts["results"]


def give(entry: Entry, judge, *given: str) -> None:
    intake.save_sheet(entry, by=judge, points=dict(zip("12345", given, strict=True)), remark="", final=True)


# Eight missions of the provinces, each a level from 1 to 5


def test_missions_of_76_provinces_become_levels(open_page, staff):
    judge = make.make_user("judge", full_name="กรรมการตรวจหลักฐาน")
    round = open_round(staff, "missions-2565", "10/7/2565", judges=[judge])
    assert round.entries.count() == 76
    krabi = entry_of(round, "TH-81")

    office = open_page(officer_of(krabi), screen=PHONE)
    # 8 of 200 is 4 %, 10 of 200 is 5 %: two channels of 4 % and 12 events make level 4.
    rows = {"new.1.m3.channels.name": "Facebook ร้านชุมชน", "new.1.m3.channels": "8"}
    rows |= {"new.2.m3.channels.name": "Shopee", "new.2.m3.channels": "๑๐"}
    save_values(office, krabi, "m3", **{"m3.events": "12", "m3.registered": "200"}, **rows)
    expect(points(office, "criterion")).to_contain_text("ระดับ 4")
    save_values(office, krabi, "m5", **{"m5.overdue": "1,000,000", "m5.repaid": "-250000.50"})
    expect(office.locator("#values ul.field-error")).to_contain_text("ติดลบ")
    # 250,000.50 of 1,000,000 is just above 25 %: level 4.
    office.fill("[name='m5.repaid']", "250000.50")
    with office.expect_response(lambda answer: answer.request.method == "POST"):
        office.click("#values form button.btn-primary")
    accept_amounts(krabi)
    office.reload()
    expect(points(office, "criterion")).to_contain_text("ระดับ 4")
    # Debt 10 % down: level 1. Sales 4 % up: level 2.
    save_values(office, krabi, "m6", **{"m6.debt_start": "500000", "m6.debt_now": "450000"})
    expect(points(office, "criterion")).to_contain_text("ระดับ 1")
    save_values(office, krabi, "m7", **{"m7.base": "100000", "m7.sales": "104000"})
    expect(points(office, "criterion")).to_contain_text("ระดับ 2")
    # 1,300 of a small province's 2,000 downloads: 19.5 of 100 is level 1; a ninth of 20 on top makes 21.72, level 2.
    save_values(office, krabi, "m8", **{"m8.4.downloads": "1300"})
    expect(points(office, "criterion")).to_contain_text("ระดับ 1")
    slot = "#slot-m8-2-publicity-2022-07"
    office.locator(f"{slot} .slot-head").click()
    office.locator(f"{slot} .hand-in > summary").click()
    for channel in ("Facebook", "LINE"):
        office.locator(slot).get_by_label(channel, exact=True).check()
    hand_in(office, slot, PDF)
    expect(points(office, "criterion-claimed")).to_contain_text("ระดับ 2")

    # What offices may not enter any more, central staff do: 25 % of the plan carried out by June is 40 of 100, level 2.
    office.goto(reverse("criterion", args=[krabi.pk, "m4"]))
    expect(office.locator("[name='m4.2.percent']")).to_be_disabled()
    save_values(staff, krabi, "m4", **{"m4.2.percent": "25"})
    expect(points(staff, "criterion")).to_contain_text("ระดับ 2")
    accept(open_page(judge), Evidence.objects.get())
    staff.goto(reverse("scorecard", args=[krabi.pk]))
    expect_soon(staff, "total", "15 / ")  # 4 + 4 + 1 + 2 + 2 + 2
    expect_soon(staff, "rank", "1 / 76")

    set_day(staff, round, date(2022, 10, 5))
    texts = publish(staff, round)
    expect(staff.locator("tbody tr").first).to_contain_text("กระบี่")
    expect(staff.locator("tbody tr").first.locator(".total")).to_have_text("15")
    assert "อันดับ๑สำนักงานพัฒนาชุมชนจังหวัดกระบี่๑๕.๐๐คะแนน" in texts["announcement"]
    assert "certificates" not in texts
    assert "รางวัล" not in texts["announcement"] + texts["results"]
    levels = "".join(thai_digits(f"ระดับ{level}" if level else "–") for level in (0, 0, 4, 2, 4, 1, 2, 2))
    assert f"๑กระบี่จังหวัดขนาดเล็ก{levels}๑๕.๐๐" in texts["results"]


def accept(page, evidence: Evidence) -> None:
    page.goto(reverse("admin:submissions_evidence_change", args=[evidence.pk]))
    with page.expect_navigation():
        page.locator("[name=decision][value=accept]").click()
    evidence.refresh_from_db()
    assert evidence.status == "accepted"


# Six months of the districts of Ubon Ratchathani, each a letter


def test_months_of_25_districts_become_letters(open_page, staff):
    judge = make.make_user("judge", full_name="กรรมการตรวจหลักฐาน")
    round = open_round(staff, "milestone-2568", "22/4/2568", "อุบลราชธานี", [judge])
    assert round.entries.count() == 25
    warin, best = entry_of(round, "3415"), entry_of(round, "3401")

    # April is cumulative: all collected and checked, 99.5 % certified, a plan. C.
    officer = officer_of(warin)
    office = open_page(officer, screen=PHONE)
    percents = {"2025-04.collected": "100", "2025-04.checked": "๑๐๐", "2025-04.certified": "99.5"}
    save_values(office, warin, "2025-04", **percents)
    expect(points(office, "criterion")).to_contain_text("C")
    hand_in(office, "#slot-2025-04-plan", PDF)
    expect(office.locator("#slot-2025-04-plan .paper")).to_be_visible()

    # May: a day planned that lies ahead, presented two days late: C; the certificate in time makes it B.
    set_day(staff, round, date(2025, 5, 10))
    save_values(office, warin, "2025-05", **{"2025-05.planned_on": "20 พ.ค. 2568"})
    set_day(staff, round, date(2025, 5, 22))
    save_values(office, warin, "2025-05", **{"2025-05.presented_on": "22/5/2568"})
    expect(points(office, "criterion")).to_contain_text("C")
    send(warin, judge, officer, "2025-05.certificate", "2025-05-31")
    # June: only partners of the area. C. Of the reports one is in time, one late, one missing: A, B, C.
    send(warin, judge, officer, "2025-06.partners", "2025-06-30")
    send(warin, judge, officer, "usage.report", "2025-07-20", "2025-07")
    send(warin, judge, officer, "usage.report", "2025-08-21", "2025-08")
    intake.review_evidence(warin.evidence.get(requirement="2025-04.plan"), by=judge, accept=True)

    # Another district does all in time; the 23 others nothing.
    neighbour = officer_of(best)
    full = {(f"2025-04.{name}", ""): "100" for name in ("collected", "checked", "certified")}
    intake.enter_values(best, full, by=neighbour, at=make.at("2025-04-30", "23:59:59"))
    days = {("2025-05.planned_on", ""): "2025-05-20", ("2025-05.presented_on", ""): "2025-05-20"}
    intake.enter_values(best, days, by=neighbour, at=make.at("2025-05-20"))
    accept_amounts(best)
    send(best, judge, neighbour, "2025-04.plan", "2025-04-30")
    send(best, judge, neighbour, "2025-06.data_and_partners", "2025-06-30")
    for month in ("2025-07", "2025-08", "2025-09"):
        send(best, judge, neighbour, "usage.report", f"{month}-20", month)

    set_day(staff, round, date(2025, 10, 1))
    office.goto(reverse("scorecard", args=[warin.pk]))
    expect_soon(office, "total", "22 / ")  # 3 + 4 + 3 + 5 + 4 + 3
    expect_soon(office, "rank", "2 / 25")
    texts = publish(staff, round)
    expect(staff.locator("tbody td.total")).to_have_text(["30", "22", *["9"] * 23])
    assert "อันดับ๒สำนักงานพัฒนาชุมชนอำเภอวารินชำราบ๒๒.๐๐คะแนน" in texts["announcement"]
    assert "๑เมืองอุบลราชธานีAAAAAA๓๐.๐๐" in texts["results"]
    assert "๒วารินชำราบCBCABC๒๒.๐๐" in texts["results"]
    assert texts["results"].count("–––CCC๙.๐๐") == 23
    assert "รางวัล" not in texts["announcement"] + texts["results"]


def send(entry: Entry, judge, officer, requirement: str, day: str, period: str = "") -> None:
    """Hand in a link late in the evening of a day; the committee accepts it the day after."""
    evening = make.at(day, "23:59:59")
    url = f"https://cdd.example.org/{entry.pk}/{requirement}/{period}"
    sent = intake.attach_evidence(entry, intake.HandIn(requirement, period=period), by=officer, url=url, at=evening)
    intake.review_evidence(sent, by=judge, accept=True, at=evening + timedelta(days=1))
