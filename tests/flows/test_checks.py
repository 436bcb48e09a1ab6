"""What machines find in the files of an office, told to it and to its reviewers: nothing of it takes away a point."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from cdd4.demo import samples
from scoring.recompute import rescore
from submissions import intake
from submissions.examination import work
from submissions.models import Examination, Round
from tests import factories as make
from tests.servers import Clamd
from tests.submissions import examined as files
from tests.submissions.examination.test_findings import keep

from .conftest import AT_A_DESK, ON_A_PHONE, log_in
from .test_officer import hand_in, points

pytestmark = pytest.mark.browser

SLOT = "#slot-5-report"
OFFICES = "กระบี่", "เชียงใหม่"
LOCKED, BLANK, SCAN = (
    {"name": name, "mimeType": "application/pdf", "buffer": content}
    for name, content in (
        ("ล็อก.pdf", files.locked_pdf()),
        ("ว่าง.pdf", samples.pdf()),
        ("สแกน.pdf", files.scanned_pdf(files.scanned_letter(1))),
    )
)
SMALL = {"name": "เล็ก.jpg", "mimeType": "image/jpeg", "buffer": files.saved(files.photograph(1).resize((400, 300)))}
CLEAN = {"name": "กิจกรรม.jpg", "mimeType": "image/jpeg", "buffer": files.saved(files.photograph(2))}
INFECTED = {"name": "ติดไวรัส.png", "mimeType": "image/png", "buffer": samples.png(1) + Clamd.eicar}
CLEANED = {"name": "ปลอดไวรัส.jpg", "mimeType": "image/jpeg", "buffer": files.saved(files.photograph(3))}
PAGES = [files.latin(seed) for seed in range(4)]
REPORT = {"name": "รายงาน.pdf", "mimeType": "application/pdf", "buffer": files.text_pdf(PAGES)}
SHORT = {"name": "สั้น.mp4", "mimeType": "video/mp4", "buffer": make.file_bytes("mp4")}


def examine_all() -> None:
    """As the worker does, and its sweep, which tries again what waits for the scanner."""
    Examination.objects.exclude(due_at=None).update(due_at=timezone.now())
    for pk in Examination.objects.values_list("pk", flat=True):
        work.examine(pk)


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def remarks(page, file: dict):
    """What the machine says of a file."""
    return paper(page, file).locator(".examined")


def paper(page, file: dict):
    return page.locator(".paper").filter(has=page.locator(".paper-title").get_by_role("link", name=file["name"]))


def open_file(page, file: dict) -> None:
    page.locator(".paper-title").get_by_role("link", name=file["name"]).click()


def replace(page, file: dict, by: dict) -> None:
    deeds = paper(page, file).locator(".paper-deeds")
    deeds.locator("summary", has_text="ส่งแทน").click()
    deeds.locator("input[type=file]:not([capture])").set_input_files(by)
    deeds.locator("form button.btn-primary").click()


def put_side_by_side(desk, evidence, said: str) -> None:
    """The reviewer reads on a file's page what it resembles, and looks at both."""
    desk.goto(reverse("admin:submissions_evidence_change", args=[evidence.pk]))
    expect(desk.locator("main")).to_contain_text(said)
    desk.get_by_role("link", name="เทียบคู่กัน").click()
    in_its_turn = 20_000  # ms: a page that finds no seat says so, and asks again by itself
    expect(desk.locator("main")).to_contain_text("คณะกรรมการเป็นผู้พิจารณา", timeout=in_its_turn)
    assert fits(desk)


def side(desk, office: str):
    return desk.locator(".beside section", has_text=office)


@pytest.fixture
def twin(contest):
    """Another office has the same picture, larger, and the same report but for its last page."""
    other = contest.entries.get(office__code="TH-50")
    keep(files.saved(files.photograph(1), quality=60), ".jpg", entry=other)
    keep(files.text_pdf([*PAGES[:3], files.latin(9)]), entry=other)


@pytest.fixture
def tambon(krabi):
    """The office's entry in a contest that asks for a video of 5 to 7 minutes."""
    entry = make.make_entry(make.make_contest_round("tambon-2565", now=make.at("2022-05-10")), krabi.office)
    entry.nominee_office = make.make_office("TH-810101", kind="subdistrict", parent=krabi.office, size="")
    entry.save()
    return entry


@ON_A_PHONE
def test_what_the_machine_notices_is_told_and_takes_away_no_points(
    open_page, contest, krabi, officer, twin, tambon, screen
):
    judge = make.make_user("judge")
    contest.judges.add(judge)
    make.make_sheet(krabi, judge)
    make.make_evidence(krabi, "5.checklist")
    page = open_page(officer, screen=screen)
    page.goto(reverse("criterion", args=[tambon.pk, "5"]))
    hand_in(page, "#slot-video-province", SHORT)
    expect(page.locator(".paper")).to_contain_text(SHORT["name"])

    page.goto(reverse("criterion", args=[krabi.pk, "5.1"]))
    expect(points(page, "claimed")).to_have_text("1")
    hand_in(page, SLOT, LOCKED, note="ฉบับลงนาม")
    expect(page.locator(f"{SLOT} ul.field-error")).to_contain_text("ไฟล์ PDF ถูกล็อก กรุณาบันทึกใหม่โดยไม่มีรหัสผ่าน")
    expect(page.locator(f"{SLOT} .hand-in textarea")).to_have_value("ฉบับลงนาม")
    hand_in(page, SLOT, [BLANK, SCAN, SMALL, REPORT])
    expect(page.locator(f"{SLOT} .examined")).to_have_text(["ระบบกำลังตรวจไฟล์"] * 4, timeout=20_000)
    report = krabi.evidence.filter(requirement="5.report")
    assert set(report.values_list("note", flat=True)) == {"ฉบับลงนาม"}

    examine_all()
    rescore([krabi.pk])
    expect(remarks(page, BLANK)).to_contain_text("ไฟล์ว่างเปล่า")  # without a reload
    expect(remarks(page, BLANK)).to_contain_text("ไฟล์มี 1 หน้า กำหนดไว้ 5 - 25 หน้า")
    expect(remarks(page, SCAN)).to_contain_text("ไม่มีตัวอักษรให้ค้นหาหรืออ่านออกเสียง")
    expect(remarks(page, SMALL)).to_contain_text("ภาพมีขนาดเล็ก (400 × 300 พิกเซล)")
    for file in (BLANK, SCAN, SMALL, REPORT):
        expect(remarks(page, file)).to_contain_text("ไม่ตัดคะแนน")
        expect(remarks(page, file)).not_to_contain_text("เชียงใหม่")
    for said in ("ไฟล์ว่างเปล่า", "ไม่มีตัวอักษรให้ค้นหา", "ภาพมีขนาดเล็ก"):
        expect(page.locator(SLOT).get_by_text(said)).to_have_count(1)  # of no other file
    expect(points(page, "claimed")).to_have_text("11")
    assert fits(page)
    page.goto(reverse("criterion", args=[tambon.pk, "5"]))
    page.locator("#slot-video-province > .slot-fold > summary").click()
    expect(remarks(page, SHORT)).to_contain_text("วีดิทัศน์ยาว 0:01 นาที กำหนดไว้ 5 ถึง 7 นาที")

    desk = open_page(screen=screen, refused=[503])  # few pages are drawn at once; those that wait are asked for again
    log_in(desk, judge)
    put_side_by_side(desk, report.get(original_name=SMALL["name"]), "ภาพเกือบเหมือนกัน")
    for office in OFFICES:
        drawn = side(desk, office).locator("img")
        assert drawn.evaluate("async one => { await one.decode(); return one.naturalWidth; }")
    put_side_by_side(desk, report.get(original_name=REPORT["name"]), "ข้อความเกือบเหมือนกัน")
    for office, own in zip(OFFICES, (PAGES[3], files.latin(9)), strict=True):
        said = side(desk, office).locator(".source")
        expect(said.locator("mark")).to_contain_text([PAGES[0][:80]])
        expect(said).to_contain_text(own[:80])
        expect(said.locator("mark", has_text=own[:80])).to_have_count(0)


@pytest.fixture(scope="module")
def scanner():
    with Clamd() as server:
        yield server


@AT_A_DESK
def test_files_wait_for_the_scanner_in_time_and_a_virus_is_opened_to_nobody(
    open_page, krabi, officer, scanner, settings, screen
):
    judge = make.make_user("judge")
    krabi.round.judges.add(judge)
    settings.CLAMD = f"{scanner.address}.away"  # where nobody listens
    page, slot = open_page(officer, screen=screen), "#slot-1-1-report"
    criterion = reverse("criterion", args=[krabi.pk, "1.1"])
    page.goto(criterion)
    hand_in(page, slot, [CLEAN, INFECTED])
    expect(page.locator(f"{slot} .paper")).to_have_count(2)
    examine_all()
    page.reload()
    for file in (CLEAN, INFECTED):
        expect(remarks(page, file)).to_contain_text("กำลังตรวจไวรัส เปิดดูได้เมื่อตรวจเสร็จ โดยนับเวลาส่งตามที่ได้รับไฟล์แล้ว")
    with page.expect_popup() as beside:
        open_file(page, CLEAN)
    held = beside.value
    expect(held.locator(".notice-warning")).to_have_text("ระบบกำลังตรวจไวรัสในไฟล์นี้ กรุณาลองใหม่ในอีกสักครู่")
    expect(held.locator("main")).to_contain_text("ระบบเก็บไฟล์ไว้แล้ว และนับเวลาส่งตามที่ได้รับไฟล์")
    assert fits(held)

    Round.objects.update(clock_offset=make.at("2023-08-01") - timezone.now())  # the day after the last one
    settings.CLAMD = scanner.address
    examine_all()
    rescore([krabi.pk])
    page.goto(criterion)
    expect(remarks(page, CLEAN)).to_contain_text("ตรวจไฟล์แล้ว ไม่พบสิ่งผิดปกติ")
    expect(points(page, "claimed")).to_have_text("6")
    expect(page.locator(f"{slot} .status-submitted")).to_have_count(3)  # the slot and its files
    expect(page.locator(f"{slot} .status-late")).to_have_count(0)
    with page.expect_download() as download:
        open_file(page, CLEAN)
    assert download.value.path().read_bytes() == CLEAN["buffer"]
    expect(remarks(page, INFECTED)).to_contain_text("พบไวรัสในไฟล์นี้ (Eicar-Test")
    assert fits(page)
    with page.expect_popup() as beside:
        open_file(page, INFECTED)
    shut = beside.value
    expect(shut.locator(".notice-warning")).to_have_text("พบไวรัสในไฟล์นี้ ระบบไม่เปิดไฟล์นี้ให้ผู้ใด")

    # A clean file takes its place, in the time that was given for that, and counts when it is accepted.
    make.make_extension(krabi, "1.1.report")
    shut.locator(f".crumbs a[href='{criterion}{slot}']").click()
    page.close()
    page = shut
    replace(page, INFECTED, CLEANED)
    expect(page.locator(f"{slot} .notice-success")).to_contain_text(CLEANED["name"])
    expect(paper(page, INFECTED)).to_contain_text(f"ส่งแทนด้วย: {CLEANED['name']}")
    expect(remarks(page, INFECTED)).to_contain_text("พบไวรัสในไฟล์นี้")
    expect(paper(page, INFECTED).locator(".paper-deeds")).to_have_count(0)
    expect(remarks(page, CLEANED)).to_contain_text("กำลังตรวจไวรัส")
    examine_all()
    intake.review_evidence(krabi.evidence.get(original_name=CLEANED["name"]), by=judge, accept=True)
    rescore([krabi.pk])
    page.reload()
    expect(remarks(page, CLEANED)).to_contain_text("ตรวจไฟล์แล้ว ไม่พบสิ่งผิดปกติ")
    expect(paper(page, CLEANED).locator(".status-accepted")).to_be_visible()
    expect(paper(page, CLEANED).locator(".status-late")).to_have_count(0)
    expect(points(page, "total")).to_have_text("6")
    expect(remarks(page, INFECTED)).to_contain_text("พบไวรัสในไฟล์นี้")
    assert fits(page)
    page.goto(reverse("deeds", args=[krabi.pk]))
    for file in (CLEANED, INFECTED):
        expect(page.locator(".turn", has_text=file["name"]).last).to_contain_text("ส่งหลักฐาน")
    assert fits(page)
