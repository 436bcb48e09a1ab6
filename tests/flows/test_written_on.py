"""A page shows places anew while somebody writes in them: what is written stays."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from submissions import intake
from submissions.models import Evidence, Remark, Value
from tests import factories as make

from .conftest import ON_A_PHONE
from .slot import SLOT, TEXT, hand_in, large_pdf, message, send
from .waiting import hold, until

pytestmark = pytest.mark.browser


@ON_A_PHONE
def test_a_message_outlives_files_that_are_handed_in_beside_it(open_slot, tmp_path, screen):
    page = open_slot(screen)
    message(page).fill(TEXT)
    hand_in(page, {"name": "เล็ก.pdf", "mimeType": "application/pdf", "buffer": make.file_bytes("pdf")})
    expect(page.locator(f"{SLOT} .paper")).to_have_count(1)
    expect(message(page)).to_be_visible()
    expect(message(page)).to_have_value(TEXT)

    large_pdf(tmp_path / "ใหญ่.pdf", 2 * 2**20)
    page.locator(f"{SLOT} .hand-in > summary").click()
    page.locator(f"{SLOT} .hand-in textarea").fill("ไฟล์ที่สอง")
    hand_in(page, tmp_path / "ใหญ่.pdf")
    expect(page.locator(f"{SLOT} .paper")).to_have_count(2)
    expect(message(page)).to_have_value(TEXT)
    expect(page.locator(f"{SLOT} .hand-in textarea")).to_have_value("")
    send(page)
    expect(page.locator(f"{SLOT} .turn.own").last).to_contain_text(TEXT)
    expect(message(page)).to_have_value("")


def test_what_is_written_for_the_next_file_stays_when_the_first_arrives(open_slot, large_one):
    page = open_slot()
    arrive = large_one(page, "ฉบับแรก")
    page.locator(f"{SLOT} .hand-in [name=url]").fill("https://example.go.th/next")
    arrive()
    expect(page.locator(f"{SLOT} .hand-in [name=url]")).to_have_value("https://example.go.th/next")
    expect(page.locator(f"{SLOT} .hand-in textarea")).to_have_value("")


def test_what_was_refused_stays_when_a_file_arrives_beside_it(open_slot, large_one):
    page = open_slot()
    arrive = large_one(page)
    page.locator(f"{SLOT} .hand-in [name=url]").fill("ไม่ใช่ลิงก์")
    page.locator(f"{SLOT} .hand-in textarea").fill("คำอธิบายยาว")
    page.locator(f"{SLOT} .hand-in form button").click()
    expect(page.locator(f"{SLOT} .hand-in .is-invalid")).to_be_visible()
    arrive()
    expect(page.locator(f"{SLOT} .hand-in textarea")).to_have_value("คำอธิบายยาว")


def test_what_is_ticked_stays_when_a_file_arrives_beside_it(open_page, officer, krabi):
    page, slot = open_page(officer), "#slot-1-3-publication"
    page.goto(reverse("criterion", args=[krabi.pk, "1.3"]))
    form = page.locator(f"{slot} .hand-in")
    page.locator(f"{slot} .slot-head").click()
    page.locator(f"{slot} .hand-in > summary").click()
    page.locator(f"{slot} .talk summary").click()
    page.locator(slot).get_by_label("Facebook").check()
    page.locator(f"{slot} .talk textarea").fill(TEXT)
    held = hold(page, "**/evidence/**", "POST")
    page.locator(f"{slot} .hand-in [name=url]").fill("https://example.go.th/first")
    page.locator(f"{slot} .hand-in form button").click()
    until(page, lambda: held, "it is on its way")
    form.get_by_label("Facebook").uncheck()
    form.get_by_label("LINE").check()
    held[0].continue_()
    expect(page.locator(f"{slot} .paper")).to_have_count(1)
    expect(form.get_by_label("LINE")).to_be_checked()
    expect(form.get_by_label("Facebook")).not_to_be_checked()
    assert Evidence.objects.get(url__contains="first").channels == ["facebook"]


def test_a_large_file_s_channels_are_not_the_next_one_s(open_page, officer, krabi, tmp_path):
    page, slot = open_page(officer), "#slot-1-3-publication"
    page.goto(reverse("criterion", args=[krabi.pk, "1.3"]))
    page.locator(f"{slot} .slot-head").click()
    page.locator(f"{slot} .hand-in > summary").click()
    page.locator(f"{slot} .hand-in").get_by_label("Facebook").check()
    large_pdf(tmp_path / "ใหญ่.pdf", 2 * 2**20)
    page.locator(f"{slot} .hand-in input[type=file]").first.set_input_files(tmp_path / "ใหญ่.pdf")
    page.locator(f"{slot} .hand-in form button").click()
    expect(page.locator(f"{slot} .paper")).to_have_count(1)
    expect(page.locator(f"{slot} .hand-in").get_by_label("Facebook")).not_to_be_checked()


@pytest.mark.parametrize("arrives", [True, False])
def test_a_link_on_its_way_outlives_a_file_that_arrives(open_slot, large_one, arrives):
    page = open_slot()
    arrive = large_one(page)
    held = hold(page, "**/evidence/**", "POST")
    page.locator(f"{SLOT} .hand-in [name=url]").fill("https://example.go.th/first")
    page.locator(f"{SLOT} .hand-in form button").click()
    until(page, lambda: held, "it is on its way")
    arrive(papers=0)
    expect(page.locator("#uploads li[data-is=done]")).to_have_count(1)
    if arrives:
        held[0].continue_()
        expect(page.locator(f"{SLOT} .paper")).to_have_count(2)
        expect(page.locator(f"{SLOT} .hand-in [name=url]")).to_have_value("")
    else:
        held[0].fulfill(status=502)
        expect(page.locator(f"{SLOT} .paper")).to_have_count(1)
        expect(page.locator(f"{SLOT} .hand-in [name=url]")).to_have_value("https://example.go.th/first")


def test_a_file_that_was_chosen_stays_chosen(open_slot, krabi):
    paper = make.make_evidence(krabi, "1.1.report", kind="pdf")
    page = open_slot()
    page.locator(f"{SLOT} .hand-in input[type=file]").first.set_input_files(
        {"name": "เล็ก.pdf", "mimeType": "application/pdf", "buffer": make.file_bytes("pdf")}
    )
    page.locator(f"#evidence-{paper.pk} summary", has_text="ถอน").click()
    page.locator(f"#evidence-{paper.pk} .paper-ask button").click()
    expect(page.locator(f"#evidence-{paper.pk}")).to_contain_text("ถอนแล้ว")
    chosen = page.locator(f"{SLOT} .hand-in input[type=file]").first
    assert chosen.evaluate("one => one.files[0].name") == "เล็ก.pdf"


def test_words_whose_field_is_gone_are_shown_to_be_copied(open_slot, krabi, officer):
    paper = make.make_evidence(krabi, "1.1.report", kind="pdf")
    page = open_slot()
    page.locator(f"#evidence-{paper.pk} summary", has_text="ส่งแทน").click()
    page.locator(f"#evidence-{paper.pk} textarea").fill("แก้ตารางหน้า 3")
    intake.withdraw_evidence(paper, by=officer)  # by a colleague meanwhile
    hand_in(page, {"name": "ภาพ.png", "mimeType": "image/png", "buffer": make.file_bytes("png")})
    expect(page.locator(f"{SLOT} .fieldless textarea")).to_have_value("แก้ตารางหน้า 3")
    expect(page.locator(f"{SLOT} .fieldless")).to_contain_text("คัดลอก")
    page.locator(f"{SLOT} .hand-in > summary").click()
    hand_in(page, {"name": "อีกภาพ.jpg", "mimeType": "image/jpeg", "buffer": make.file_bytes("jpg")})
    expect(page.locator(f"{SLOT} .paper")).to_have_count(3)
    expect(page.locator(f"{SLOT} .fieldless textarea")).to_have_value("แก้ตารางหน้า 3")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("has_move", [True, False])
def test_who_is_writing_goes_on_writing_there(open_slot, large_one, has_move):
    page = open_slot()
    if not has_move:  # as older browsers
        page.evaluate("() => [Element, Document, DocumentFragment].forEach((one) => delete one.prototype.moveBefore)")
    arrive = large_one(page)
    message(page).click()
    page.keyboard.type("before")
    arrive()
    page.keyboard.type(" after")
    expect(message(page)).to_have_value("before after")


def test_news_of_a_small_file_take_nobody_away_from_writing(open_slot):
    page = open_slot()
    held = hold(page, "**/evidence/**", "POST")
    hand_in(page, {"name": "เล็ก.pdf", "mimeType": "application/pdf", "buffer": make.file_bytes("pdf")})
    until(page, lambda: held, "it is on its way")
    message(page).click()
    page.keyboard.type("before")
    held[0].continue_()
    expect(page.locator(f"{SLOT} .notice-success")).to_be_visible()
    page.keyboard.type(" after")
    expect(message(page)).to_have_value("before after")


def test_what_is_written_on_while_a_message_is_sent_stays(open_slot):
    page = open_slot()
    held = hold(page, "**/thread/**", "POST")
    message(page).fill(TEXT)
    send(page)
    until(page, lambda: held, "it is on its way")
    message(page).fill(f"{TEXT} และอีกเรื่อง")
    held[0].continue_()
    expect(page.locator(f"{SLOT} .turn.own")).to_have_count(1)
    expect(message(page)).to_have_value(f"{TEXT} และอีกเรื่อง")
    assert Remark.objects.get().text == TEXT


def test_amounts_that_are_typed_while_others_are_saved_stay(open_page, officer, krabi):
    page = open_page(officer)
    page.goto(reverse("criterion", args=[krabi.pk, "3.4"]))
    amounts = page.locator("#values form input[inputmode]:enabled")
    held = hold(page, "**/values/**", "POST")
    amounts.nth(0).fill("1")
    page.locator("#values form button").click()
    until(page, lambda: held, "it is on its way")
    amounts.nth(1).fill("7")
    held[0].continue_()
    expect(page.locator("#values .notice")).to_be_visible()
    expect(amounts.nth(1)).to_have_value("7")


def test_what_is_written_while_amounts_are_saved_is_held_against_what_stood_there(open_page, krabi, officer):
    """A colleague's number that was never on the page is not overwritten by what was typed over the one before."""
    news, meetings = ("[name='3.4.news.2023-07']", "[name='3.4.webex.2023-07']")
    make.make_value(krabi, "3.4.webex", "3", "2023-07")
    page = open_page(officer)
    page.goto(reverse("criterion", args=[krabi.pk, "3.4"]))
    colleague = make.make_user("officer", office=krabi.office)
    save = page.locator("#values form button.btn-primary")

    def save_and_write(first: str, then: str, where: str) -> None:
        held = hold(page, "**/values/", "POST")
        page.fill(news, first)
        save.click(no_wait_after=True)
        until(page, lambda: held, "it is on its way")
        page.fill(where, then)
        held[0].continue_()
        page.unroute("**/values/")
        until(page, lambda: Value.objects.filter(code="3.4.news", text=first).exists(), "it is saved")
        expect(page.locator("#values form .htmx-request")).to_have_count(0)
        expect(page.locator(where)).to_have_value(then)

    save_and_write("12", "13", where=news)  # written on in one field: nothing to decide
    intake.enter_values(krabi, {("3.4.webex", "2023-07"): "20"}, by=colleague)
    save_and_write("14", "4", where=meetings)
    save.click()
    expect(page.locator("#values .notice-warning")).to_contain_text("3 → 20")
    assert Value.objects.get(code="3.4.webex").text == "20"
