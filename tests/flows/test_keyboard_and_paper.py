"""The same work without a mouse, with letters twice as large, and on paper."""

import subprocess

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from submissions.models import Evidence

from .conftest import WIDE
from .test_officer import PDF
from .waiting import until

pytestmark = pytest.mark.browser
FAR = 120  # stops of the Tab key: nothing on these pages is farther
# Whether an element has the focus, and where it has, whether that shows.
FOCUS = """one => one === document.activeElement"""
IS_SHOWN = """() => {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== "none";
}"""


def tab_to(page, target) -> None:
    """Press Tab until the target has the focus; wherever it rests on the way, it is seen."""
    for _ in range(FAR):
        page.keyboard.press("Tab")
        assert page.evaluate(IS_SHOWN), page.evaluate("document.activeElement.outerHTML")
        if target.evaluate(FOCUS):
            return
    raise AssertionError(f"not reached by {FAR} stops: {target}")


def pass_the_menu(page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def test_links_and_files_are_handed_in_and_tried_out_by_keyboard_alone(open_page, krabi, officer):
    page, choosers = open_page(officer), []
    page.on(
        "filechooser", lambda chooser: choosers.append(chooser)
    )  # from the start: the browser may be slow to hear of it
    pass_the_menu(page)
    criterion = reverse("criterion", args=[krabi.pk, "1.1"])
    tab_to(page, page.locator("#dimension-1 > summary"))
    page.keyboard.press("Enter")
    tab_to(page, page.locator(f"#dimension-1 a[href='{criterion}']"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{criterion}")
    slot = page.locator("#slot-1-1-report")
    tab_to(page, slot.locator(".hand-in > summary"))
    page.keyboard.press("Enter")
    tab_to(page, slot.locator(".hand-in [name=url]"))
    page.keyboard.type("https://www.example.go.th/report")
    tab_to(page, slot.locator(".hand-in form button.btn-primary"))
    page.keyboard.press("Enter")
    expect(slot).to_contain_text("รอตรวจรับ")
    assert Evidence.objects.get(url="https://www.example.go.th/report").submitted_by == officer
    expect(page.locator(":focus")).to_have_class("notice notice-success")

    tab_to(page, slot.locator(".hand-in > summary"))
    page.keyboard.press("Enter")
    tab_to(page, slot.locator(".hand-in input[type=file]").first)
    page.keyboard.press("Space")
    until(page, lambda: choosers, "files can be chosen")
    choosers[0].set_files(PDF)
    tab_to(page, slot.locator(".hand-in form button.btn-primary"))
    page.keyboard.press("Enter")
    expect(slot.locator(".paper-title a")).to_have_text(["https://www.example.go.th/report", PDF["name"]])
    expect(page.locator(":focus")).to_have_class("notice notice-success")

    simulation = page.locator("#simulation")
    tab_to(page, simulation.locator("summary"))
    page.keyboard.press("Enter")
    tab_to(page, simulation.get_by_role("checkbox", name=PDF["name"]))
    page.keyboard.press("Space")
    tab_to(page, simulation.locator("form button"))
    page.keyboard.press("Enter")
    expect(simulation.locator("#simulation-result tbody tr").first.locator("td.gain")).to_have_text("+5")
    expect(simulation.locator(".notice")).to_be_focused()


def test_a_form_is_filled_in_and_handed_in_by_keyboard_alone(open_page, krabi, officer):
    page = open_page(officer)
    page.goto(reverse("criterion", args=[krabi.pk, "3.5"]))
    pass_the_menu(page)
    july = "#slot-3-5-report-2023-07"
    tab_to(page, page.locator(f"{july} .fill-link a"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/forms/monthly-report/?period=2023-07")
    pass_the_menu(page)
    for code in ("results", "obstacles", "remedies"):
        tab_to(page, page.locator(f"[name='answer.{code}']"))
        page.keyboard.type("มี")
    tab_to(page, page.locator("[data-hand-in]"))
    page.keyboard.press("Enter")
    expect(page.locator("#faults")).to_be_focused()
    tab_to(page, page.locator("#faults a"))
    page.keyboard.press("Enter")
    expect(page.locator("[name='answer.proposals']")).to_be_focused()
    page.keyboard.type("ไม่มี")
    tab_to(page, page.locator("[data-hand-in]"))
    page.keyboard.press("Enter")
    expect(page.locator(f"{july} .slot-head .status-submitted")).to_be_visible(timeout=20_000)  # its PDF is made
    data = Evidence.objects.get(period="2023-07").filled_form.data
    assert (data["results"], data["proposals"]) == ("มี", "ไม่มี")


@pytest.fixture
def addresses(contest, krabi) -> list[str]:
    of_entry = reverse("scorecard", args=[krabi.pk]), reverse("criterion", args=[krabi.pk, "4.2"])
    return [*of_entry, reverse("standings", args=[contest.pk]), reverse("calendar")]


def test_letters_twice_as_large_lose_nothing(open_page, officer, addresses):
    page = open_page(officer, screen=WIDE)
    for address in addresses:
        page.goto(address)
        page.evaluate("document.documentElement.style.fontSize = '212.5%'")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_paper_has_the_content_and_nothing_to_press(open_page, officer, addresses, tmp_path):
    page = open_page(officer)
    for address, words in zip(addresses, ("ใบคะแนน", "หลักฐาน", "กระบี่", "ปฏิทิน"), strict=True):
        page.goto(address)
        page.emulate_media(media="print")
        for hidden in (".masthead", ".footer", "main form", "main .btn"):
            seen = page.locator(hidden).evaluate_all("all => all.some(one => one.checkVisibility())")
            assert not seen, (address, hidden)
        (tmp_path / "page.pdf").write_bytes(page.pdf(format="A4"))
        text = subprocess.run(["pdftotext", tmp_path / "page.pdf", "-"], capture_output=True, check=True, text=True)
        assert words in text.stdout, address
