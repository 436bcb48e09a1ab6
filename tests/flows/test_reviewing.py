"""A committee member works through a queue by keyboard, or by thumb: nothing is loaded between two pieces."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from submissions.models import Claim, Evidence, Examination
from tests import factories as make

from .conftest import AT_A_DESK, PHONE, SCREENS

pytestmark = pytest.mark.browser


@pytest.fixture
def pieces(contest):
    """Of three provinces: a PDF that was looked at, a picture, a link, a video."""
    entries, made = list(contest.entries.order_by("pk")), []
    for number, kind in enumerate(("pdf", "png", None, "mp4")):
        at = make.at(f"2023-03-0{number + 1}")
        made.append(make.make_evidence(entries[number % 3], "1.1.report", kind=kind, submitted_at=at))
    Examination.objects.filter(evidence=made[0]).update(state="done", scan="clean", facts={"pages": 1})
    return made


def at_piece(page, piece) -> None:
    expect(page.locator(f'[data-piece="{piece.pk}"]:not([hidden])')).to_be_visible()
    expect(page).to_have_url(re.compile(f"/review/{piece.pk}/"))
    page.wait_for_timeout(250)  # a key pressed sooner was pressed twice


def is_ready(page, piece) -> None:
    """The next piece is there before it is wanted."""
    expect(page.locator(f'[data-piece="{piece.pk}"]')).to_be_attached()


def statuses(pieces) -> list[str]:
    return [Evidence.objects.get(pk=piece.pk).status for piece in pieces]


@AT_A_DESK
def test_a_queue_by_keyboard_alone(open_page, judge, pieces, screen):
    page = open_page(judge, screen=screen)
    page.goto(reverse("review-queues"))
    page.get_by_role("link", name="เริ่มตรวจ").press("Enter")
    at_piece(page, pieces[0])
    page.evaluate("window.isThePageOfTheBeginning = true")
    shown = page.locator("[data-piece]:not([hidden]) img[data-shown]")
    page.keyboard.press("+")
    assert shown.evaluate("one => one.style.getPropertyValue('--size')") == "1.5"
    page.keyboard.press("t")
    assert shown.evaluate("one => one.style.getPropertyValue('--turn')") == "90deg"

    is_ready(page, pieces[1])
    page.keyboard.press("a")
    at_piece(page, pieces[1])
    expect(page.locator("[data-undo]")).to_contain_text(pieces[0].title)
    expect(page.locator("#review-progress")).to_contain_text("เหลือ 3")
    page.keyboard.press("u")
    at_piece(page, pieces[0])
    expect(page.locator("#review-told")).to_contain_text("เลิกทำการตัดสินแล้ว")
    expect(page.locator("#review-progress")).to_contain_text("เหลือ 4")
    assert statuses(pieces) == ["submitted"] * 4
    page.keyboard.press("a")
    at_piece(page, pieces[1])

    # Nothing is returned without a reason; the first is one key away.
    page.keyboard.press("r")
    expect(page.locator("[data-piece]:not([hidden]) textarea[name=reason]")).to_be_focused()
    page.keyboard.press("Escape")
    is_ready(page, pieces[2])
    page.keyboard.press("2")
    page.keyboard.press("r")
    at_piece(page, pieces[2])
    page.keyboard.press("n")
    at_piece(page, pieces[3])
    page.keyboard.press(".")
    page.wait_for_function("document.querySelector('[data-piece]:not([hidden]) video').playbackRate === 1.25")
    page.keyboard.press("p")
    at_piece(page, pieces[2])
    page.keyboard.press("Shift+Slash")
    expect(page.locator("#keys")).to_be_visible()
    assert page.locator("#keys").evaluate("one => one.scrollHeight <= one.clientHeight"), "all of them at a glance"
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.keyboard.type("ลิงก์เปิดไม่ได้")
    page.keyboard.press("Control+Enter")
    at_piece(page, pieces[3])
    page.keyboard.press("a")
    expect(page.get_by_text("ไม่มีหลักฐานอื่นรอตรวจ")).to_be_visible()
    assert page.evaluate("window.isThePageOfTheBeginning")
    expect(page.locator("[data-undo]")).to_contain_text(pieces[3].title)
    assert statuses(pieces) == ["accepted", "returned", "returned", "accepted"]
    assert Evidence.objects.get(pk=pieces[2].pk).return_reason == "ลิงก์เปิดไม่ได้"
    assert not Claim.objects.filter(evidence__in=[pieces[0].pk, pieces[1].pk]).exists()


def test_a_decision_that_came_second_is_here_again(open_page, contest, judge, pieces):
    colleague = make.make_user("judge", full_name="กรรมการคนที่สอง")
    contest.judges.add(colleague)
    page, other = open_page(judge), open_page(colleague)
    for one in (page, other):
        one.goto(reverse("review-piece", args=[pieces[0].pk]))
    expect(other.get_by_text("กำลังตรวจโดย กรรมการคนที่หนึ่ง")).to_be_visible()
    is_ready(page, pieces[1])
    page.keyboard.press("a")
    at_piece(page, pieces[1])
    is_ready(other, pieces[2])
    other.keyboard.press("1")
    other.keyboard.press("r")
    at_piece(other, pieces[0])
    expect(other.locator("[data-piece]:not([hidden]) [role=alert]").first).to_contain_text("ตรวจรับแล้ว")
    expect(other.locator("[data-piece]:not([hidden]) textarea[name=reason]")).not_to_have_value("")
    assert statuses(pieces)[0] == "accepted"


@SCREENS
def test_the_decision_is_always_in_reach(open_page, judge, pieces, screen):
    page = open_page(judge, screen=screen, touch=screen is PHONE)
    page.goto(reverse("review-piece", args=[pieces[1].pk]))
    accept = page.locator("[data-piece]:not([hidden]) [value=accept]")
    expect(accept).to_be_in_viewport(ratio=1)
    page.mouse.wheel(0, 2000)
    expect(accept).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    is_ready(page, pieces[2])  # the one after it in the queue's order
    accept.click()
    at_piece(page, pieces[2])
    page.goto(reverse("review-sheet") + "?slot=1.1.report|")
    page.locator(".small-one input[type=checkbox]").first.check()
    button = page.locator(".sheet-decision button")
    expect(button).to_be_in_viewport(ratio=1)
    expect(button).to_contain_text("1")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#sheet-reason").fill("ไม่ชัด")
    button.click()
    expect(page.locator("#messages")).to_contain_text("ส่งคืน")
    assert sorted(statuses(pieces)) == ["accepted", "accepted", "accepted", "returned"]
    assert Evidence.objects.get(status="returned", return_reason="ไม่ชัด").pk in {one.pk for one in pieces}
