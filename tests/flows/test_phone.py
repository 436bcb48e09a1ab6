"""A phone: pages with long words and many rounds are no wider than its screen, and its camera hands in."""

import hashlib
from itertools import pairwise

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect

from scoring import shipped
from scoring.recompute import rescore
from submissions import intake
from submissions.models import Edition
from tests import factories as make
from tests.submissions import examined as files

from .conftest import PHONE

pytestmark = pytest.mark.browser
LETTERS = {"A: 5": "ดีเด่นเป็นพิเศษระดับประเทศ: 5", "B: 4": "ดีมากสมควรเป็นแบบอย่าง: 4"}


def long_marks() -> Edition:
    """The milestones, whose letters are words instead."""
    text = shipped.text("milestone-2568")
    for letter, words in LETTERS.items():
        assert text.count(letter) == 1
        text = text.replace(letter, words)
    return make.make_edition(text)


def test_long_marks_and_many_rounds_fit(open_page, transactional_db):
    user = make.make_user("officer")
    rounds = [
        make.make_round(
            make.at("2025-06-10"),
            name_th=f"รอบประเมินการบริหารจัดการจัดเก็บข้อมูลความจำเป็นพื้นฐาน ครั้งที่ {number}",
            edition=long_marks(),
            settings={},
            rank_visibility="full",
        )
        for number in range(12)
    ]
    entries = [make.make_entry(round, user.office) for round in rounds]
    for code in ("collected", "checked", "certified"):
        make.make_value(entries[-1], f"2025-04.{code}", "100", status="accepted", entered_at=make.at("2025-04-20"))
    make.make_evidence(entries[-1], "2025-04.plan", status="accepted", submitted_at=make.at("2025-04-20"))
    rescore([entry.pk for entry in entries])
    page = open_page(user, screen=PHONE)
    expect(page.locator("section.panel h2")).to_have_count(12)
    scorecard, standings = reverse("scorecard", args=[entries[-1].pk]), reverse("standings", args=[rounds[-1].pk])
    for address in ("/", scorecard, standings):
        page.goto(address)
        page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
        if address != "/":
            expect(page.locator("main")).to_contain_text("ดีเด่นเป็นพิเศษระดับประเทศ")
    expect(page.locator("details.others li")).to_have_count(11)
    assert page.locator("details.others").bounding_box()["height"] < PHONE["height"] / 2, "the table stays in reach"


def test_the_camera_takes_pictures_into_the_form(open_page, krabi, officer, tmp_path):
    page, slot = open_page(officer, screen=PHONE, touch=True), "#slot-1-1-report"
    page.goto(reverse("criterion", args=[krabi.pk, "1.1"]))
    form = page.locator(f"{slot} .hand-in")
    for name, size in (("IMG_0001.jpg", (800, 600)), ("IMG_0002.jpg", (1600, 1200))):  # in one piece, in several
        photo = tmp_path / name
        photo.write_bytes(files.saved(Image.effect_noise(size, 90), quality=95))
        form.locator("> summary").tap()
        camera = form.get_by_label("หรือถ่ายภาพตอนนี้")
        expect(camera).to_have_attribute("capture", "environment")
        with page.expect_file_chooser() as chooser:
            camera.tap()
        chooser.value.set_files(photo)
        form.locator("[name=note]").fill(f"ถ่ายหน้างาน {name}")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        form.locator("form button").tap()
        expect(page.locator(f"{slot} .paper", has_text=name)).to_contain_text(f"ถ่ายหน้างาน {name}")
        assert krabi.evidence.get(original_name=name).sha256 == hashlib.sha256(photo.read_bytes()).hexdigest()


# What is pressed and lower than a thumb asks for; links within running text have the height of their line.
LOW = """() => [...document.querySelectorAll("main :is(a, button, summary, select, input:not([type=hidden]))")]
    .filter(one => {
        const box = one.getBoundingClientRect(), block = one.parentElement;
        if (!box.height || !one.checkVisibility({contentVisibilityAuto: true}) || one.closest("label")) return false;
        const isInText = getComputedStyle(one).display === "inline"
            && block.textContent.trim().length > one.textContent.trim().length + 25;
        return box.height < 44 && !isInText;
    })
    .map(one => `${one.tagName} ${one.getBoundingClientRect().height} ${one.textContent.trim().slice(0, 40)}`)"""


def test_what_stands_alone_has_room_for_a_thumb(open_page, contest, krabi, officer):
    contest.needs_confirmation = True
    contest.save()
    judge = make.make_user("judge")
    contest.judges.add(judge)
    back = intake.attach_evidence(krabi, intake.HandIn("4.2.summary"), by=officer, url="https://krabi.example/1")
    intake.review_evidence(back, by=judge, accept=False, reason="ขาดลายมือชื่อ")
    intake.attach_evidence(krabi, intake.HandIn("1.1.report"), by=officer, url="https://krabi.example/2")
    rescore([krabi.pk])
    page = open_page(officer, screen=PHONE, touch=True)
    own = [reverse(name, args=[krabi.pk]) for name in ("scorecard", "confirmation", "deeds", "parcel")]
    of_round = [reverse(name, args=[contest.pk]) for name in ("scheme", "standings")]
    criteria = [reverse("criterion", args=[krabi.pk, code]) for code in ("1.1", "3.4", "4.2")]
    low = {}
    for address in (*own, *of_round, *criteria, reverse("calendar"), reverse("notices"), reverse("notice-settings")):
        page.goto(address)
        if found := page.evaluate(LOW):
            low[address] = found
    assert low == {}


def test_language_and_person_stand_beside_the_name(open_page, krabi, officer):
    page = open_page(officer, screen=PHONE)
    page.goto("/")
    boxes = [page.locator(one).bounding_box() for one in (".brand", "[name=language]", ".menu summary")]
    for left, right in pairwise(boxes):
        assert left["x"] + left["width"] <= right["x"]
        assert abs(left["y"] + left["height"] / 2 - right["y"] - right["height"] / 2) < 10


@pytest.mark.parametrize("width", [320, 390, 767, 800, 900, 1024])
def test_the_menu_opens_under_its_button_and_closes(open_page, krabi, officer, width):
    page = open_page(officer, screen={"width": width, "height": 800})
    page.goto("/")
    page.click(".menu summary")
    button, opened = (page.locator(one).bounding_box() for one in (".menu summary", ".menu-list"))
    assert 0 <= opened["x"] < opened["x"] + opened["width"] <= width
    assert opened["x"] < button["x"] + button["width"], "it lies under its button"
    assert button["x"] < opened["x"] + opened["width"]
    page.keyboard.press("Escape")
    expect(page.locator(".menu-list")).to_be_hidden()
    expect(page.locator(".menu summary")).to_be_focused()
    page.click(".menu summary")
    page.mouse.click(5, 700)
    expect(page.locator(".menu-list")).to_be_hidden()
