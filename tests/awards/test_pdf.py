"""The documents: their text comes out exactly as it was put in, they look after themselves, and never change."""

import hashlib
import inspect
import json
import os
import subprocess
import sys
from io import BytesIO

import pikepdf
import pytest
from django.template.loader import render_to_string
from django.utils import translation
from fontTools.ttLib import TTFont
from weasyprint.draw import text as drawing

from awards import pdf
from submissions import thai

from .content import made_up
from .extraction import READERS, by_poppler, match, right_edges, words_put_in

DECISION = {"reason": "คะแนนด้านที่ 5 สูงกว่า น้ำหนักของนวัตกรรมเป็นเกณฑ์ตัดสินของคณะทำงาน"}


@pytest.fixture(scope="module")
def content() -> dict:
    """A correction with a tie that was decided, in a practice round: everything that a document can say."""
    content = made_up(number=2, reason="พบว่าหลักฐานข้อ 4.2 ตรวจรับคลาดเคลื่อน", is_practice=True)
    tied = [result["office"]["code"] for result in content["results"][12:14]]
    return content | {"decisions": [DECISION | {"offices": tied}]}


@pytest.fixture(scope="module")
def documents(content) -> dict[str, bytes]:
    return {kind: pdf.render(kind, content, "TH-81") for kind in pdf.KINDS}


def html_of(kind: str, content: dict) -> str:
    return render_to_string(f"awards/pdf/{kind}.html", pdf.context(kind, content, "TH-81"))


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
    expected, heads, foot = words_put_in(html_of(kind, content))
    pages = READERS[reader](documents[kind])
    done = 0
    for number, page in enumerate(pages, start=1):
        for head in heads if number > 1 else []:  # a table that goes on repeats its head
            count, rest = match(head, page)
            if count == len(head) and expected[done : done + len(head)] != head:
                page = rest
                break
        count, rest = match(expected[done:], page)
        done += count
        if foot:
            *said, page_word, of_word = foot
            numbered = [*said, page_word, thai.digits(number), of_word, thai.digits(len(pages))]
            count, rest = match(numbered, rest)
            assert count == len(numbered), f"page {number}: {rest[:80]!r}"
        assert rest == "", f"page {number}, after {expected[done - 3 : done]}: {rest[:80]!r}"
    assert done == len(expected)


def test_the_comparison_notices_a_lost_mark_a_moved_vowel_and_a_lost_space():
    assert match(["น้ำ", "สำนักงาน"], "น้ำ สำนัก\nงาน") == (2, "")
    assert match(["น้ำ"], "นำ")[0] == 0
    assert match(["สำนักงาน"], "สำนักงำน")[0] == 0
    assert match(["หน้า", "๑"], "หน้า๑")[0] == 0
    assert match(["หน้า"], "หน้ า")[0] == 0


@pytest.mark.parametrize("kind", pdf.KINDS)
def test_the_language_of_the_page_that_asks_changes_nothing(kind, content, documents):
    with translation.override("en"):
        assert pdf.render(kind, content, "TH-81") == documents[kind]


def test_the_same_content_gives_the_same_bytes_in_another_process(content, documents):
    program = (
        "import django, hashlib, json, sys; django.setup(); from awards import pdf; content = json.load(sys.stdin)\n"
        "for kind in pdf.KINDS: print(hashlib.sha256(pdf.render(kind, content, 'TH-81')).hexdigest())"
    )
    environment = os.environ | {"PYTHONHASHSEED": "1"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, input=json.dumps(content).encode(), env=environment, capture_output=True, check=True)
    assert done.stdout.decode().split() == [hashlib.sha256(documents[kind]).hexdigest() for kind in pdf.KINDS]


@pytest.mark.parametrize(
    "asking",
    [
        '<img src="file:///etc/passwd">',
        '<img src="http://127.0.0.1/x.png">',
        '<img src="data:image/png;base64,AAAA">',
        '<link rel="stylesheet" href="file:///etc/hosts">',
        "<style>p { background: url(https://example.org/x.png) }</style>",
        "<style>@font-face { font-family: X; src: url(asset:none) }</style>",
        '<object data="file:///etc/passwd"></object>',
        '<link rel="attachment" href="file:///etc/passwd">',
    ],
)
def test_what_was_not_handed_in_is_refused(asking):
    with pytest.raises(pdf.AssetRefused):
        pdf.make_pdf(f"<html><body>{asking}<p>ข้อความ</p></body></html>")


def test_words_of_people_stay_words():
    content = made_up(number=2, reason='<img src="file:///etc/passwd"> & <b>หนา</b>')
    text = " ".join("".join(by_poppler(pdf.render("announcement", content))).split())
    assert '<img src="file:///etc/passwd"> & <b>หนา</b>' in text


def test_lines_break_at_words():
    text = "สำนักงานพัฒนาชุมชนจังหวัดดำเนินการขับเคลื่อนเทคโนโลยีสารสนเทศเพื่อการพัฒนาชุมชนอย่างต่อเนื่องและมีประสิทธิภาพ"
    words = set("สำนักงาน พัฒนา ชุมชน จังหวัด ดำเนิน การ ขับ เคลื่อน เทคโนโลยี สารสนเทศ เพื่อ อย่าง ต่อ เนื่อง และ มี ประสิทธิภาพ".split())
    for width in range(30, 90, 7):
        style = f"@font-face {{ font-family: S; src: url(asset:400) }} p {{ font: 16pt S; width: {width}mm }}"
        [page] = by_poppler(pdf.make_pdf(f'<html lang="th"><style>{style}</style><p>{text}</p></html>'))
        lines = page.split()
        assert "".join(lines) == text
        assert len(lines) > 1
        for line in lines:
            assert is_made_of(line, words), f"{line!r} at {width} mm"


def is_made_of(line: str, words: set[str]) -> bool:
    return not line or any(is_made_of(line[len(word) :], words) for word in words if line.startswith(word))


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


def test_thirteen_certificates_name_thirteen_offices_and_nobody(content, documents):
    pages = by_poppler(documents["certificates"])
    awarded = [result for result in content["results"] if result["tier"]]
    assert len(pages) == len(awarded) == 13
    for page, result in zip(pages, awarded, strict=True):
        assert f"สำนักงานพัฒนาชุมชนจังหวัด{result['office']['name_th']}" in page
        assert page.splitlines()[-3].split() == ["(", ")"], "the signer's name is left blank"
        assert "บาท" not in page


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


def test_the_fonts_hold_every_letter_that_documents_use():
    for weight in (400, 600, 700):
        letters = TTFont(BytesIO(pdf.assets()[f"asset:{weight}"])).getBestCmap()
        wanted = "".join(map(chr, range(0x20, 0x7F))) + "".join(map(chr, range(0x0E01, 0x0E3B))) + "฿–—“”‘’…·×•éüł"
        wanted += "".join(map(chr, range(0x0E40, 0x0E5C)))
        assert [letter for letter in wanted if ord(letter) not in letters] == []


def test_weasyprint_still_draws_lines_and_writes_fonts_where_it_is_wrapped():
    original = inspect.getclosurevars(drawing.draw_first_line).nonlocals["draw_line"]
    assert list(inspect.signature(original).parameters)[:2] == ["stream", "textbox"]
    assert "draw_first_line(" in inspect.getsource(drawing.draw_text)
    build = inspect.getclosurevars(pdf.weasyprint_pdf.build_fonts_dictionary).nonlocals["build_fonts"]
    assert list(inspect.signature(build).parameters)[:2] == ["pdf", "fonts"]
    assert "build_fonts_dictionary(pdf, document.fonts" in inspect.getsource(pdf.weasyprint_pdf.generate_pdf)
