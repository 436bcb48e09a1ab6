"""Large files over a line that breaks: several at once, the tab closed on the way, gone on with, and their receipts."""

import hashlib
import os

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from submissions.files.partial import Partial
from submissions.models import Upload
from tests import factories as make

from .conftest import AT_A_DESK, ON_A_PHONE, WIDE, give_login, log_in_again
from .slot import SLOT, hand_in, large_pdf
from .waiting import until

pytestmark = pytest.mark.browser
SIZE = 12 * 2**20  # bytes of each; the browser and the kernel swallow the first few at once


@ON_A_PHONE
def test_two_files_survive_a_lost_line_and_a_closed_tab(over_line, line, krabi, officer, tmp_path, screen):
    paths = [tmp_path / "รายงานผล.pdf", tmp_path / "ภาพกิจกรรม.pdf"]
    digests = {large_pdf(path, SIZE) for path in paths}
    page = over_line(officer, screen)
    page.goto(reverse("criterion", args=[krabi.pk, "1.1"]))
    form = page.locator(f"{SLOT} .hand-in")
    form.locator("> summary").click()
    form.locator("input[type=file]").first.set_input_files(paths)
    form.locator("[name=note]").fill("ฉบับลงนาม")
    form.locator("form button").click()
    rows = page.locator("#uploads li")
    expect(rows).to_have_count(2)
    expect(page.locator("#uploads-title")).to_be_focused()
    expect(rows.first.locator("[data-state]")).to_contain_text("MB จาก 12.0 MB")

    # Paused by keyboard, the line lost meanwhile, and gone on with.
    pause = page.get_by_role("button", name=f"หยุดพัก: {paths[1].name}")
    pause.focus()
    page.keyboard.press("Enter")
    expect(rows.nth(1).locator("[data-state]")).to_contain_text("หยุดพักไว้ที่")
    line.is_up = False
    line.cut()
    expect(page.locator("#uploads-said")).to_contain_text("สัญญาณขาด")
    line.is_up = True
    expect(rows.first.locator("[data-state]")).to_contain_text("MB จาก 12.0 MB")

    # The tab is closed; the portal knows what was under way, and the same files are chosen again.
    page.goto("about:blank")
    assert not krabi.evidence.filter(requirement="1.1.report").exists()
    assert Upload.objects.unfinished().count() == 2
    line.speed = 50_000_000
    page.goto(reverse("criterion", args=[krabi.pk, "1.1"]))
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("เลือกไฟล์เดิมอีกครั้งเพื่อส่งต่อ")
    page.get_by_label(f"เลือกไฟล์ {paths[0].name}").set_input_files(paths[1])
    expect(rows.filter(has_text="เลือกไฟล์ " + paths[0].name)).to_contain_text("นี่เป็นไฟล์อื่น")
    before = line.sent
    page.get_by_label(f"เลือกไฟล์ {paths[0].name}").set_input_files(paths[0])
    page.get_by_label(f"เลือกไฟล์ {paths[1].name}").set_input_files(paths[1])
    expect(page.locator(f"{SLOT} .paper")).to_have_count(2)
    assert line.sent - before < 2 * SIZE, "what had arrived was not sent again"
    assert set(krabi.evidence.filter(requirement="1.1.report").values_list("sha256", flat=True)) == digests
    assert {one.note for one in krabi.evidence.filter(requirement="1.1.report")} == {"ฉบับลงนาม"}
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    page.locator(f"{SLOT} .paper-facts a").first.click()
    expect(page.locator("h1")).to_have_text("ใบรับหลักฐาน")
    assert page.locator(".digest").inner_text().replace("\n", "").replace(" ", "") in digests


@AT_A_DESK
def test_dropped_files_wait_in_the_form_and_each_fault_is_told_of_its_file(open_page, krabi, officer, screen):
    page = open_page(officer, screen=screen)
    page.goto(reverse("criterion", args=[krabi.pk, "1.1"]))
    drop = """(slot) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(1500000).fill(65)], "ปลอม.pdf"));
        data.items.add(new File([Uint8Array.from(window.good)], "จริง.pdf"));
        for (const kind of ["dragover", "drop"])
            slot.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: data}));
    }"""
    form, faults = page.locator(f"{SLOT} .hand-in form"), page.locator(f"{SLOT} .hand-in .field-error:visible")
    page.locator(f"{SLOT} .hand-in > summary").click()
    form.locator("button").click()
    expect(faults).to_have_count(1)
    hand_in(page, {"name": "อีกไฟล์.pdf", "mimeType": "application/pdf", "buffer": b"A" * 1_500_000})
    page.get_by_role("button", name="นำออกจากรายการ: อีกไฟล์.pdf").click()
    expect(faults).to_have_count(0)  # it was told of what was sent before
    page.evaluate("(bytes) => { window.good = bytes; }", list(make.file_bytes("pdf")))
    page.locator(SLOT).evaluate(drop)
    expect(form.locator("input[type=file]").first).to_be_focused()
    form.locator("[name=note]").fill("ต้องไม่หาย")
    form.locator("button").click()
    expect(page.locator("#uploads li[data-is=refused]")).to_contain_text("ระบบไม่รับไฟล์ชนิดนี้")
    expect(page.locator(f"{SLOT} .paper")).to_contain_text("จริง.pdf")
    expect(page.locator(f"{SLOT} .hand-in textarea")).to_have_value("ต้องไม่หาย")
    page.get_by_role("button", name="นำออกจากรายการ: ปลอม.pdf").click()
    expect(page.locator("#uploads li")).to_have_count(0)


@ON_A_PHONE
def test_without_scripts_one_form_takes_several_files(open_page, krabi, officer, screen):
    page = open_page(officer, screen=screen, scripts=False)
    page.goto(reverse("criterion", args=[krabi.pk, "1.1"]))
    form = page.locator(f"{SLOT} .hand-in")
    form.locator("> summary").click()
    bad = {"name": "ปลอม.pdf", "mimeType": "application/pdf", "buffer": b"only the name says so"}
    good = {"name": "จริง.pdf", "mimeType": "application/pdf", "buffer": make.file_bytes("pdf")}
    form.locator("input[type=file]").first.set_input_files([bad, good])
    form.locator("form button").click()
    expect(page.locator(f"{SLOT} .notice-success")).to_contain_text("จริง.pdf")
    expect(page.locator(f"{SLOT} ul.field-error")).to_contain_text("ปลอม.pdf: ระบบไม่รับไฟล์ชนิดนี้")
    page.get_by_role("link", name="ใบรับเลขที่").click()
    expect(page.locator(".receipt")).to_contain_text("จริง.pdf")


@ON_A_PHONE
def test_who_chose_a_file_is_asked_for_none_any_more(open_page, krabi, officer, screen):
    page = open_page(officer, screen=screen)
    page.goto(reverse("criterion", args=[krabi.pk, "1.1"]))
    form = page.locator(f"{SLOT} .hand-in")
    form.locator("> summary").click()
    form.locator("form button").click()
    expect(form.locator("ul.field-error")).to_be_visible()
    right = {"name": "จริง.pdf", "mimeType": "application/pdf", "buffer": make.file_bytes("pdf")}
    form.locator("input[type=file]").first.set_input_files(right)
    expect(form.locator(".field-error:visible, .is-invalid, [aria-invalid], .notice-error")).to_have_count(0)


def test_several_files_are_counted_in_one_line_and_stand_in_their_slot_alone(open_page, krabi, officer):
    names = [f"ชิ้นที่ {number}.pdf" for number in range(1, 6)]
    sizes = (40, 5, 30, 1, 20)  # by themselves the small ones would be there first
    files = [
        {"name": name, "mimeType": "application/pdf", "buffer": make.file_bytes("pdf") + os.urandom(size * 10_000)}
        for name, size in zip(names, sizes, strict=True)
    ]
    page = open_page(officer)
    page.goto(reverse("criterion", args=[krabi.pk, "1.1"]))
    page.locator(f"{SLOT} .hand-in > summary").click()
    hand_in(page, *files)
    line = page.locator(".uploads-sent")
    expect(line.locator("strong").first).to_have_text("ส่งแล้ว 5 ไฟล์", timeout=20_000)
    expect(page.locator(f"{SLOT} .paper-title a")).to_have_text(names)
    receipts = [one.receipt for one in krabi.evidence.filter(requirement="1.1.report").order_by("pk")]
    papers = page.locator(f"{SLOT} .paper-facts a")
    expect(papers).to_have_text([f"ใบรับเลขที่ {number}" for number in receipts])
    expect(line.locator("li")).to_have_count(0)
    assert page.locator("#uploads").bounding_box()["height"] < 130
    expect(page.get_by_role("button", name="นำออกจากรายการ")).to_have_count(0)
    line.get_by_role("button").click()
    expect(page.locator("#uploads")).to_be_hidden()
    expect(page.locator(f"{SLOT} .slot-head")).to_be_focused()


def test_what_is_said_now_counts_and_nothing_begins_anew_without_need(
    over_line, line_address, krabi, officer, tmp_path
):
    path = tmp_path / "รายงาน.pdf"
    large_pdf(path, 2 * 2**20)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    left = {"user": officer, "entry": krabi, "requirement": "1.1.report", "name": path.name, "note": "เดิม"}
    upload = Upload.objects.create(**left, size=path.stat().st_size, modified=1_700_000_000_000)
    Partial(upload.key).create()
    page = over_line(officer, WIDE)
    page.goto(reverse("criterion", args=[krabi.pk, "1.1"]))
    page.locator(f"{SLOT} .hand-in > summary").click()
    form = page.locator(f"{SLOT} .hand-in form")
    form.locator("input[type=file]").first.set_input_files(path)
    form.locator("[name=note]").fill("ใหม่")
    form.locator("button").click()
    expect(page.locator(f"{SLOT} .paper")).to_have_count(1)
    assert krabi.evidence.get(requirement="1.1.report").note == "ใหม่"

    # The login has ended; then the portal is being started again, as its proxy says.
    page.context.clear_cookies()
    page.get_by_label(f"เลือกไฟล์ {path.name}").set_input_files(path)
    row = page.locator("#uploads li[data-is=failed]")
    expect(row).to_contain_text("เข้าสู่ระบบ")
    give_login(page.context, officer, line_address)
    page.route(f"**/uploads/{upload.key}/", lambda route: route.fulfill(status=503), times=1)
    row.get_by_role("button", name=f"ส่งต่อ: {path.name}").click()
    expect(page.locator("#uploads li[data-is=done]")).to_contain_text("ระบบไม่เก็บซ้ำ")
    assert Upload.objects.count() == 2


def test_a_newer_file_of_the_same_size_is_not_put_behind_half_of_the_older(open_page, krabi, officer, tmp_path):
    path = tmp_path / "รายงาน.pdf"
    large_pdf(path, 2 * 2**20)
    older = path.read_bytes()
    assert len(older) > 2**20
    os.utime(path, (1_700_000_000, 1_700_000_000))
    left = {"user": officer, "entry": krabi, "requirement": "1.1.report", "name": path.name}
    upload = Upload.objects.create(**left, size=len(older), modified=1_700_000_000_000)
    Partial(upload.key).create()
    Partial(upload.key).path.write_bytes(older[: 2**20])
    newer = bytearray(older)
    newer[2**19] ^= 1  # in the half that arrived
    path.write_bytes(newer)
    page = open_page(officer)
    page.goto(reverse("criterion", args=[krabi.pk, "1.1"]))
    page.get_by_label(f"เลือกไฟล์ {path.name}").set_input_files(path)
    expect(page.locator(f"{SLOT} .paper")).to_have_count(1)
    assert krabi.evidence.get(requirement="1.1.report").sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    until(page, lambda: not Upload.objects.unfinished().exists(), "the older is given up")


def test_who_had_to_log_in_again_goes_on_with_all_that_was_chosen_and_typed(
    over_line, line_address, krabi, officer, tmp_path
):
    paths = [tmp_path / f"{name}.pdf" for name in ("ก", "ข", "ค")]
    for path in paths:
        large_pdf(path, 2 * 2**20)
    page = over_line(officer, WIDE)
    page.goto(reverse("criterion", args=[krabi.pk, "1.1"]))
    page.locator(f"{SLOT} .hand-in > summary").click()
    form = page.locator(f"{SLOT} .hand-in form")
    form.locator("input[type=file]").first.set_input_files(paths)
    page.context.clear_cookies()
    form.locator("button").click()
    expect(page.locator("#uploads li[data-is=failed]")).to_have_count(3)
    log_in_again(page, officer)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator(f"{SLOT} .paper")).to_have_count(3, timeout=20_000)

    talk = page.locator(f"{SLOT} .talk")
    talk.locator("summary").click()
    talk.locator("textarea").fill("ฉบับลงนามอยู่ไฟล์ที่สาม")
    page.context.clear_cookies()
    talk.locator("form button").click()
    expect(talk.locator("[data-fault]")).to_contain_text("เข้าสู่ระบบ")
    log_in_again(page, officer)
    talk.locator("form button").click()
    expect(talk.locator(".turn.own")).to_contain_text(["ฉบับลงนามอยู่ไฟล์ที่สาม"])
