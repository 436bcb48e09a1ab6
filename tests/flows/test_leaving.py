"""Nobody leaves unasked what they wrote and did not send; whoever has nothing to lose, or stays, is not asked."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from submissions import intake
from submissions.models import Value
from tests import factories as make

from .conftest import ON_A_PHONE, WIDE
from .slot import SLOT, TEXT, message
from .waiting import until

pytestmark = pytest.mark.browser
NEWS = "[name='3.4.news.2023-07']"
SAVE = "#values form button.btn-primary"


@pytest.fixture
def amounts(krabi) -> str:
    return reverse("criterion", args=[krabi.pk, "3.4"])


@pytest.fixture
def begin(open_page, officer):
    """A page, and what it has asked; whoever is asked stays."""

    def begin(address: str, screen=WIDE):
        page, asked = open_page(officer, screen=screen), []
        page.on("dialog", lambda dialog: asked.append(dialog.type) or dialog.dismiss())
        page.goto(address)
        return page, asked

    return begin


def type_in(page, field: str, text: str) -> None:
    """As people do: a browser asks nobody who did nothing on the page."""
    page.click(field)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def leave(page) -> None:
    page.locator(".crumbs a").first.click(no_wait_after=True)


@ON_A_PHONE
def test_typed_amounts_are_asked_about_until_they_are_saved(begin, amounts, krabi, screen):
    page, asked = begin(amounts, screen)
    type_in(page, NEWS, "12")
    leave(page)
    until(page, lambda: asked == ["beforeunload"], "it is asked")
    expect(page.locator(NEWS)).to_have_value("12")
    page.click(SAVE)
    expect(page.locator("#values .notice-success")).to_be_visible()
    leave(page)
    page.wait_for_url(f"**{reverse('scorecard', args=[krabi.pk])}")
    assert asked == ["beforeunload"]


def test_what_was_refused_is_asked_about_until_it_is_as_it_was(begin, amounts, krabi):
    make.make_value(krabi, "3.4.news", "3", "2023-07")
    page, asked = begin(amounts)
    type_in(page, NEWS, "สิบ")
    page.click(SAVE)
    expect(page.locator("#values .notice-error")).to_be_visible()
    leave(page)
    until(page, lambda: asked, "it is asked")
    type_in(page, NEWS, "3")
    leave(page)
    page.wait_for_url(f"**{reverse('scorecard', args=[krabi.pk])}")
    assert len(asked) == 1


@pytest.mark.parametrize("text", ["12", ""])
def test_what_met_a_conflict_is_asked_about(begin, amounts, krabi, text):
    make.make_value(krabi, "3.4.news", "3", "2023-07")
    page, asked = begin(amounts)
    colleague = make.make_user("officer", office=krabi.office)
    intake.enter_values(krabi, {("3.4.news", "2023-07"): "5"}, by=colleague)
    type_in(page, NEWS, text)
    page.keyboard.press("Delete")
    page.click(SAVE)
    expect(page.locator("#values .notice-warning")).to_be_visible()
    leave(page)
    until(page, lambda: asked, "it is asked")


def test_a_plain_form_takes_its_own_along(begin, amounts):
    """The script that sends it in place has not come: it is sent as a page."""
    page, asked = begin("/")
    page.route("**/htmx-2*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.route("**/portal*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(amounts)
    type_in(page, NEWS, "12")
    page.click(SAVE)
    until(page, lambda: Value.objects.filter(text="12").exists(), "it is saved")
    expect(page.locator("#values .notice-success")).to_be_visible()
    assert asked == []


def test_whoever_fetches_a_file_stays(begin, krabi, officer):
    paper = intake.attach_evidence(krabi, intake.HandIn("1.1.report"), by=officer, upload=make.make_upload("xlsx"))
    page, asked = begin(reverse("criterion", args=[krabi.pk, "1.1"]))
    page.locator(f"{SLOT} .talk summary").click()
    message(page).click()
    page.keyboard.type(TEXT)
    file = page.get_by_role("link", name=paper.original_name)
    with page.expect_popup() as beside, page.context.expect_event("page"):
        file.click(no_wait_after=True)
    assert not asked
    expect(message(page)).to_have_value(TEXT)
    beside.value.close()
    leave(page)
    until(page, lambda: asked, "it is asked")


def test_nothing_written_is_nothing_to_ask_about(begin, krabi):
    page, asked = begin(reverse("criterion", args=[krabi.pk, "1.3"]))
    slot = "#slot-1-3-publication"
    page.locator(f"{slot} .slot-head").click()
    page.locator(f"{slot} .hand-in > summary").click()
    page.locator(f"{slot} .hand-in form button").click()
    expect(page.locator(f"{slot} .notice-error")).to_be_visible()
    leave(page)
    page.wait_for_url(f"**{reverse('scorecard', args=[krabi.pk])}")
    assert asked == []


def test_what_was_written_before_is_nothing_to_ask_about(begin, krabi, officer):
    make.make_evidence(krabi, "1.1.report", submitted_by=officer, note="ฉบับลงนาม")
    page, asked = begin(reverse("criterion", args=[krabi.pk, "1.1"]))
    page.locator(f"{SLOT} .paper-deeds summary").first.click()
    page.locator(f"{SLOT} .paper-deeds form button.btn-primary").first.click()
    expect(page.locator(f"{SLOT} .notice-error")).to_be_visible()
    leave(page)
    page.wait_for_url(f"**{reverse('scorecard', args=[krabi.pk])}")
    assert asked == []
