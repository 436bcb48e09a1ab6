"""The documents: their text comes out exactly as it was put in, they look after themselves, and never change."""

import hashlib
import json
import os
import subprocess
import sys
from io import BytesIO

import pikepdf
import pytest
from django.template.loader import render_to_string
from django.utils import translation

from awards.documents import pdf
from submissions import thai
from tests.awards.documents.content import made_up
from tests.extraction import READERS, by_poppler, lost, lowest_lines, right_edges

OFFICE = {"scorecard": "TH-81"}  # whose document it is; the others are everybody's
DECISION = {"reason": "คะแนนด้านที่ 5 สูงกว่า น้ำหนักของนวัตกรรมเป็นเกณฑ์ตัดสินของคณะทำงาน"}


@pytest.fixture(scope="module")
def content() -> dict:
    """A correction with a tie that was decided, in a practice round: everything that a document can say."""
    content = made_up(number=2, reason="พบว่าหลักฐานข้อ 4.2 ตรวจรับคลาดเคลื่อน", is_practice=True)
    tied = [result["office"]["code"] for result in content["results"][12:14]]
    return content | {"decisions": [DECISION | {"offices": tied}]}


@pytest.fixture(scope="module")
def documents(content) -> dict[str, bytes]:
    return {kind: pdf.render(kind, content, OFFICE.get(kind)) for kind in pdf.KINDS}


def html_of(kind: str, content: dict) -> str:
    return render_to_string(f"awards/pdf/{kind}.html", pdf.context(kind, content, OFFICE.get(kind)))


def test_the_order_of_a_tie_is_said_where_it_is_told(content):
    """One of them may have won nothing, and stand nowhere else."""
    said = pdf.context("announcement", content, None)
    (decision,) = said["decisions"]
    text = " ".join(html_of("announcement", content).replace("&nbsp;", " ").split())
    names = " ".join(f"{thai.digits(number)}) {name}" for number, name in enumerate(decision["ordered_th"], 1))
    assert f"เรียงลำดับดังนี้ {names} ด้วยเหตุผลว่า" in text


@pytest.mark.parametrize("kind", ["announcement", "results", "scorecard"])
def test_nothing_is_printed_into_the_margin(kind, documents):
    """The page number stands at the right margin; no word of a table goes beyond it."""
    pages = right_edges(documents[kind])
    margin = pages[0][-1]
    assert margin > 400
    assert max(edge for page in pages for edge in page) <= margin + 0.5


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", pdf.KINDS)
def test_text_extracts_to_exactly_what_was_put_in(kind, reader, content, documents):
    assert lost(html_of(kind, content), READERS[reader](documents[kind]), numerals=thai.digits) == ""


@pytest.mark.parametrize("kind", pdf.KINDS)
def test_the_language_of_the_page_that_asks_changes_nothing(kind, content, documents):
    with translation.override("en"):
        assert pdf.render(kind, content, OFFICE.get(kind)) == documents[kind]


def test_the_same_content_gives_the_same_bytes_in_another_process(content, documents):
    program = (
        "import django, hashlib, json, sys; django.setup(); from awards.documents import pdf\n"
        f"content, whose = json.load(sys.stdin), {OFFICE!r}\n"
        "for kind in pdf.KINDS: print(hashlib.sha256(pdf.render(kind, content, whose.get(kind))).hexdigest())"
    )
    environment = os.environ | {"PYTHONHASHSEED": "1"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, input=json.dumps(content).encode(), env=environment, capture_output=True, check=True)
    assert done.stdout.decode().split() == [hashlib.sha256(documents[kind]).hexdigest() for kind in pdf.KINDS]


def test_words_of_people_stay_words():
    content = made_up(number=2, reason='<img src="file:///etc/passwd"> & <b>หนา</b>')
    text = " ".join("".join(by_poppler(pdf.render("announcement", content))).split())
    assert '<img src="file:///etc/passwd"> & <b>หนา</b>' in text


def test_readers_that_ignore_the_exact_text_get_each_glyphs_own_character(documents):
    with pikepdf.open(BytesIO(documents["certificates"])) as document:
        fonts = [font for page in document.pages for font in page.Resources.Font.values()]
        maps = b"".join(bytes(font.ToUnicode.read_bytes()) for font in fonts)
    assert b"<0e33>" not in maps.lower(), "sara am is drawn by two glyphs and belongs to neither"
    assert b"<0e4d>" in maps.lower()
    assert b"<0e48>" in maps.lower()


def test_every_page_is_a4_and_the_document_is_tagged_and_dated(documents):
    for made in documents.values():
        with pikepdf.open(BytesIO(made)) as document:
            for page in document.pages:
                sides = sorted(float(side) for side in page.mediabox[2:])
                assert sides == pytest.approx([595.28, 841.89], abs=0.01)
            assert document.Root.Lang == "th"
            assert bool(document.Root.MarkInfo.Marked)
            assert str(document.docinfo["/CreationDate"]) == "D:20230821100000+07'00"
            embedded = [
                font.DescendantFonts[0].FontDescriptor
                for page in document.pages
                for font in page.Resources.Font.values()
            ]
            assert embedded
            assert all("Sarabun" in str(descriptor.FontName) and "/FontFile2" in descriptor for descriptor in embedded)


def test_a_tables_head_is_repeated_and_no_row_is_split(documents):
    pages = by_poppler(documents["results"])
    assert len(pages) == 3
    assert all(page.startswith("อันดับ จังหวัด ขนาด") for page in pages[1:])
    rows = [line for page in pages for line in page.splitlines() if line.endswith(("รางวัลชมเชย", "รางวัลชนะเลิศ"))]
    assert len(rows) == 11


@pytest.mark.parametrize("spilt", range(1, 13, 3))
def test_a_signature_stands_below_what_it_closes(spilt):
    """However much stands above: with the last awards at least, or with all of the reason for an order."""
    filled = made_up(number=2, reason="พบว่าหลักฐานข้อ 4.2 ตรวจรับคลาดเคลื่อนจริง " * 2 * spilt)
    *_pages, last = by_poppler(pdf.render("announcement", filled))
    before, _closing, _after = last.partition("จึงประกาศให้ทราบ")
    assert len(before.splitlines()) >= 4
    tied = [result["office"]["code"] for result in filled["results"][12:14]]
    decided = filled | {"decisions": [{"offices": tied, "reason": DECISION["reason"] + " เพิ่มเติม" * 5 * spilt}]}
    *_pages, last = by_poppler(pdf.render("announcement", decided))
    assert "การพิจารณากรณีคะแนนเท่ากัน" in last, "its reason is not broken in two"


def test_thirteen_certificates_name_thirteen_offices_and_nobody(content, documents):
    pages = by_poppler(documents["certificates"])
    awarded = [result for result in content["results"] if result["tier"]]
    assert len(pages) == len(awarded) == 13
    for page, result in zip(pages, awarded, strict=True):
        assert f"สำนักงานพัฒนาชุมชนจังหวัด{result['office']['name_th']}" in page
        assert page.splitlines()[-3].split() == ["(", ")"], "the signer's name is left blank"
        assert "บาท" not in page


def test_an_office_s_certificate_is_its_page_of_all(content, documents):
    all_of_them = by_poppler(documents["certificates"])
    place, result = next((at, one) for at, one in enumerate(content["results"]) if one["tier"] == "commended")
    assert by_poppler(pdf.render("certificates", content, result["office"]["code"])) == [all_of_them[place]]
    with pytest.raises(LookupError):
        pdf.render("certificates", content, content["results"][-1]["office"]["code"])


def test_a_scorecard_fills_its_pages(content):
    """Rows go on over the page; what was found of a criterion is long in places, as in a contest."""
    for result in content["results"][:1]:
        for criterion in result["criteria"].values():
            criterion["why_th"] = [f"ขั้นที่ {step}: ได้แล้ว" for step in range(12)]
    *pages, _last = lowest_lines(pdf.render("scorecard", content, content["results"][0]["office"]["code"]), 773)
    assert len(pages) >= 4
    assert min(pages) > 51 + (774 - 51) * 2 / 3


def test_what_was_frozen_before_rules_had_sentences_is_printed_as_it_is(content):
    old = json.loads(json.dumps(content))
    for criterion in old["criteria"]:
        criterion.pop("how_th", None)
    for key in ("ranking", "issuer", "letters", "shown_as", "only_selects"):
        old.pop(key, None)
    for kind in pdf.KINDS:
        assert pdf.render(kind, old, OFFICE.get(kind)).startswith(b"%PDF")


@pytest.mark.parametrize("level", ["ดีเด่น", "ระดับดี"])
def test_certificates_say_their_level(level, documents):
    pages = by_poppler(documents["certificates"])
    assert sum(level in page.split() for page in pages) == {"ดีเด่น": 3, "ระดับดี": 10}[level]


def test_every_foot_quotes_the_edition_and_the_publication(content, documents):
    for made in documents.values():
        for page in by_poppler(made):
            assert content["edition"]["digest"] in page
            assert "ประกาศผลครั้งที่ ๒ ลงวันที่ ๑๕ สิงหาคม ๒๕๖๖" in page
            assert "ไม่ใช่เอกสารราชการ" in page, "a practice round says so"


def test_an_unknown_kind_or_office_is_said():
    with pytest.raises(LookupError):
        pdf.render("diploma", made_up())
    with pytest.raises(LookupError):
        pdf.render("scorecard", made_up(), "TH-10")


CLOSING = "จึงประกาศให้ทราบโดยทั่วกัน"


@pytest.mark.parametrize(
    "more", [{"decisions": [DECISION | {"offices": ["TH-81"]}]}, {}], ids=["after a text", "after the awards"]
)
def test_no_page_holds_the_closing_words_alone(more):
    """What is announced fills the first page, but for less than the closing words and the signature need."""
    content = made_up(reason="" if more else "พบว่าหลักฐานข้อ 4.2 ตรวจรับคลาดเคลื่อน") | more
    first, second = by_poppler(pdf.render("announcement", content))
    assert CLOSING not in first
    assert CLOSING in second
    assert not second.startswith(CLOSING)


def test_whoever_earned_nothing_has_no_printed_rank_whatever_is_frozen():
    content = made_up()
    nothing = next(result for result in content["results"] if result["office"]["code"] == "TH-81")
    nothing |= {"total": "0.00", "rank": 2}
    card = " ".join("".join(by_poppler(pdf.render("scorecard", content, "TH-81"))).split())
    assert "ไม่มีคะแนน" in card
    shown = pdf.context("results", content, None)["results"]
    assert [one["rank_th"] for one in shown if one["total"] == "0.00"] == ["–"]
    assert all(one["rank_th"] == one["rank"] for one in shown if one["total"] != "0.00")


def test_a_scorecard_prints_the_sentence_of_each_rule():
    content = made_up()
    content["criteria"][0] |= {"how_th": "สะสมทีละขั้น: ได้ตามขั้นสูงสุด", "how_en": "Cumulative"}
    assert "สะสมทีละขั้น: ได้ตามขั้นสูงสุด" in " ".join("".join(by_poppler(pdf.render("scorecard", content, "TH-81"))).split())


def test_an_announcement_that_awards_nobody_says_so():
    content = made_up()
    for result in content["results"]:
        result["tier"] = ""
    said = "".join("".join(by_poppler(pdf.render("announcement", content))).split())
    assert "ไม่มีสำนักงานพัฒนาชุมชนจังหวัดแห่งใดได้รับรางวัล" in said
    assert "ดังต่อไปนี้" not in said
    assert "จำนวน๐รางวัล" not in said
