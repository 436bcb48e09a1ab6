"""The scorecard as it stands, as a PDF: it says what the page says, to whoever may open the page."""

import re
from urllib.parse import unquote

import pytest
from django.urls import reverse
from django.utils import translation

from scoring import paper, parcels, shipped
from scoring.models import Scorecard
from scoring.recompute import rescore
from scoring.scorecard import ScorecardView
from scoring.wording.points_shown import state
from submissions import thai
from submissions.models import Entry, Round
from tests import factories as make
from tests.extraction import READERS, by_poppler, lost, lowest_lines, right_edges

pytestmark = pytest.mark.django_db

FOOT, PAGE_TOP, PAGE_END = 773, 51, 842 - 68  # points: the margins of templates/scoring/pdf/scorecard.css


@pytest.fixture
def entry():
    """Of criterion 1.3 the first step is missed, and three were done after it."""
    round = make.make_round(rank_visibility=Round.RankVisibility.OWN)
    entry = make.make_entry(round, make.make_office(name_th="กระบี่", name_en="Krabi"))
    for step in ("assessment", "accounts", "report"):
        make.make_evidence(entry, f"1.3.{step}", status="accepted", submitted_at=make.at("2023-05-01"))
    make.make_evidence(entry, "1.1.report", status="accepted")
    rescore([entry.pk])
    return Entry.objects.with_round().get(pk=entry.pk)


@pytest.fixture
def officer(client, entry):
    user = make.make_user("officer")
    client.force_login(user)
    return user


def address(entry) -> str:
    return reverse("scorecard-pdf", args=[entry.pk])


def flat(pdf: bytes) -> str:
    return " ".join("".join(by_poppler(pdf)).split())


def test_a_step_after_one_that_was_missed_is_printed_as_the_page_shows_it(client, entry, officer):
    card = ScorecardView(entry, "th")
    rule, scored = entry.round.scheme.criteria["1.3"].rule, card.criterion("1.3").verified
    stands = ["missed", "done", "done", "done", "missed"]  # three were done, and earn nothing
    assert [stands for _level, stands, _shown in card.levels("1.3")] == stands
    assert {state(rule, level.points, scored) for level in rule.levels()} == {"missed"}
    said = flat(client.get(address(entry)).content)
    _before, _code, after = said.partition(thai.digits("1.3 สร้างความรู้"))
    told, _code, _rest = after.partition(thai.digits("1.4 สร้างความรู้"))
    assert card.how("1.3") in told
    assert (told.count("หมดสิทธิ์แล้ว"), told.count("ทำแล้ว")) == (2, 3)
    assert "ได้แล้ว" not in told
    assert told.count("พลาดขั้นก่อนหน้า") == 4


@pytest.mark.parametrize("code", list(shipped.schemes()))
def test_every_scheme_is_printed_in_full_and_within_the_margin(code):
    entry = make.make_entry(make.make_contest_round(code), "TH-81")
    rescore([entry.pk])
    entry = Entry.objects.with_round().get(pk=entry.pk)
    card = ScorecardView(entry, "th")
    html = paper.page(card, entry.round.now(), (3, 76))
    made = paper.make_pdf(html)
    for reader in READERS.values():
        assert lost(html, reader(made), numerals=thai.digits) == ""
    edges = right_edges(made)
    assert max(edge for page in edges for edge in page) <= edges[0][-1] + 0.5
    with translation.override("en"):
        assert paper.page(card, entry.round.now(), (3, 76)) == html, "papers are Thai, whoever asks"


def test_no_page_but_the_last_is_a_third_empty(entry):
    *pages, _last = lowest_lines(paper.scorecard(entry, entry.round.now()), FOOT)
    assert len(pages) >= 3
    assert min(pages) > PAGE_TOP + (PAGE_END - PAGE_TOP) * 2 / 3


def test_what_runs_over_a_page_is_named_above_its_rest_and_nothing_else_is(entry):
    first, *pages = by_poppler(paper.scorecard(entry, entry.round.now()))
    assert "(ต่อ)" not in first
    going_on = [re.search(r"ตัวชี้วัด ([๐-๙.]+) \(ต่อ\)", page) for page in pages]
    assert any(going_on)
    for before, found in zip([first, *pages], going_on, strict=False):
        assert found is None or f"{found[1]} " in before  # it began there


@pytest.mark.parametrize(("visible", "printed"), [("own", True), ("hidden", False)])
def test_the_rank_is_printed_where_it_may_be_seen(client, entry, officer, visible, printed):
    Round.objects.update(rank_visibility=visible)
    assert ("อันดับ ๑ จาก ๑" in flat(client.get(address(entry)).content)) is printed


def test_its_name_says_the_office_and_the_round_in_thai_whatever_the_language(client, entry, officer):
    client.cookies["django_language"] = "en"
    answer = client.get(address(entry))
    assert answer["Content-Type"] == "application/pdf"
    assert unquote(answer["Content-Disposition"]).endswith("ใบคะแนน จังหวัดกระบี่ – รอบทดสอบ.pdf")


def test_while_the_score_is_behind_nothing_is_printed_and_that_is_said(client, entry, officer):
    make.make_evidence(entry, "3.1.plan")
    answer = client.get(address(entry), follow=True)
    assert answer.redirect_chain == [(reverse("scorecard", args=[entry.pk]), 302)]
    assert "กำลังคำนวณคะแนนใหม่ กรุณาขอไฟล์ PDF อีกครั้ง" in answer.content.decode()


def test_a_stage_that_only_selects_has_none(client, entry, officer, monkeypatch):
    monkeypatch.setattr(Round, "only_selects", True)
    assert client.get(address(entry)).status_code == 403


def test_it_is_one_click_away_and_laid_out_once(client, entry, officer, monkeypatch):
    made = []
    monkeypatch.setattr("submissions.pages.printed.make_pdf", lambda html: made.append(html) or b"%PDF")
    monkeypatch.setattr(Round, "now", lambda round: make.NOW)
    Scorecard.objects.update(as_of=make.NOW)
    assert address(entry) in client.get(reverse("scorecard", args=[entry.pk])).content.decode()
    assert [client.get(address(entry)).content for _time in range(2)] == [b"%PDF"] * 2
    assert len(made) == 1


def test_it_costs_few_queries(client, entry, officer, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr("submissions.pages.printed.make_pdf", lambda html: b"%PDF")
    client.get(address(entry))
    with django_assert_max_num_queries(8):
        client.get(address(entry))


def test_what_staff_pack_for_an_office_has_no_rank(entry, officer):
    parcel = parcels.begin(entry, by=make.make_user("staff"))
    assert parcels._place(parcel, entry) is None
    parcel.made_by = officer
    assert parcels._place(parcel, entry) == (1, 1)
