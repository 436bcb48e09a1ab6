"""Pages with long words and many rounds fit a phone: nothing is wider than the screen."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from scoring import shipped
from scoring.recompute import rescore
from submissions.models import Edition
from tests import factories as make

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
        make.make_value(entries[-1], f"2025-04.{code}", "100", entered_at=make.at("2025-04-20"))
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
