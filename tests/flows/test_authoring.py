"""Central staff change a round's criteria while it runs: a fault at its line, a trial, the adoption, the new score."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from scoring.recompute import rescore
from submissions.models import Round
from tests import factories as make
from tests.factories import at
from tests.scoring import small

from .conftest import AT_A_DESK, log_in

pytestmark = pytest.mark.browser
REASON = "ที่ประชุมมีมติขยายเวลาส่งรายงาน"
DUE = "due: 2023-06-30  # report"


@pytest.fixture
def late(transactional_db):
    """Krabi handed in its report eight days late, and has nothing for it."""
    round = make.make_round(edition=small.edition(), settings={"due": "2023-05-31"}, name_th="รอบที่แก้เกณฑ์")
    for code, name in (("TH-50", "เชียงใหม่"), ("TH-81", "กระบี่")):
        make.make_entry(round, make.make_office(code, name_th=name))
    krabi = round.entries.get(office__code="TH-81")
    make.make_evidence(krabi, "report", submitted_at=at("2023-07-08"), status="accepted")
    rescore(round.entries.values_list("pk", flat=True))
    return krabi


def type_over(page, old: str, new: str) -> None:
    text = page.locator("#id_text").input_value()
    assert text.count(old) == 1
    page.fill("#id_text", text.replace(old, new))


@AT_A_DESK
def test_a_due_day_is_moved_and_the_score_follows(open_page, worker, late, screen):
    page = open_page(screen=screen)
    log_in(page, make.make_user("staff"))
    page.goto(reverse("admin:submissions_round_criteria", args=[late.round_id]))

    type_over(page, DUE, "due: 2566-07-09  # report")
    page.get_by_role("button", name="ตรวจข้อความ").click()
    fault = page.locator(".faults li")
    expect(fault).to_have_count(1)
    expect(fault).to_contain_text("ที่นี่ใช้ปี ค.ศ. คือ 2023-07-09")
    expect(fault.locator(".is-here")).to_contain_text("due: 2566-07-09")
    fault.get_by_role("link").click()
    line = int(re.search(r"\d+", fault.get_by_role("link").inner_text())[0])
    assert page.evaluate("document.activeElement.id") == "id_text"
    chosen = page.evaluate("(b => b.value.slice(b.selectionStart, b.selectionEnd))(document.activeElement)")
    assert chosen.strip() == "due: 2566-07-09  # report"
    assert page.evaluate("document.activeElement.value").split("\n")[line - 1] == chosen

    type_over(page, "2566-07-09", "2023-07-09")
    page.get_by_role("button", name="ทดลองใช้").click()
    row = page.locator("table.moves tbody tr").filter(has_text="กระบี่")
    expect(row.locator("td").first).to_contain_text(re.compile(r"→ 5\s*$"), timeout=30_000)  # without a reload of ours
    expect(page.locator(".line-new")).to_contain_text("due: 2023-07-09")
    page.get_by_label("เหตุผล").fill(REASON)
    page.get_by_role("button", name="ใช้เกณฑ์ฉบับนี้").click()

    expect(page.locator("#progress")).to_contain_text("เสร็จแล้ว", timeout=30_000)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.goto(reverse("scorecard", args=[late.pk]))
    expect(page.locator("[data-points=total]")).to_contain_text("5 / ")
    page.goto(reverse("admin:submissions_round_history", args=[late.round_id]))
    expect(page.locator("#change-history")).to_contain_text(REASON)
    assert "2023-07-09" in Round.objects.get(pk=late.round_id).edition.text


def test_it_works_without_scripts_too(open_page, worker, late):
    page = open_page(make.make_user("staff"), scripts=False)
    page.goto(reverse("admin:scoring_trial_text", args=[late.round_id]))
    type_over(page, DUE, "due: 2023-07-09  # report")
    page.get_by_role("button", name="ทดลองใช้").click()
    expect(page.locator("table.moves tbody tr")).to_have_count(2, timeout=30_000)  # the page comes anew by itself
    page.get_by_label("เหตุผล").fill(REASON)
    page.get_by_role("button", name="ใช้เกณฑ์ฉบับนี้").click()
    expect(page.locator("#progress")).to_contain_text("เสร็จแล้ว", timeout=30_000)


def test_a_file_is_chosen_and_its_text_is_proofread(open_page, late):
    page = open_page(make.make_user("staff"))
    page.goto(reverse("admin:scoring_trial_text", args=[late.round_id]))
    text = page.locator("#id_text").input_value().replace(DUE, "due: 2023-07-09  # report")
    page.locator("input[type=file]").set_input_files(
        {"name": "เกณฑ์.yaml", "mimeType": "text/yaml", "buffer": text.encode()}
    )
    page.get_by_role("button", name="ตรวจข้อความ").click()
    expect(page.locator("#id_text")).to_have_value(text)
