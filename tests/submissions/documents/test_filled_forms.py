"""Papers made of a filled-in form: PDF and Word say what was answered, all of it, in Thai that prints right."""

import zipfile
from io import BytesIO

import docx
import pytest
from django.urls import reverse
from lxml import etree

from submissions import intake
from submissions.documents import filled_forms
from tests import factories as make
from tests.extraction import READERS, right_edges

pytestmark = pytest.mark.django_db

MONTH = "2023-07"
REPORT = {"results": "ซ่อมเครื่อง 12 เครื่อง", "obstacles": "ไม่มี", "remedies": "ไม่มี", "proposals": "ขอเพิ่มความเร็ว"}
CHECKLIST = {
    **{"name-th": "น้ำใจดิจิทัล", "office": "สพจ.กระบี่", "kind": "other", "kind:other": "นวัตกรรมสังคม"},
    **{"1.1": "improved", "1.2": ["forum", "analysis"], "2.1": ["people"], "2.2": ["work", "other"]},
    **{"2.2:other": "ใช้ที่ศาลากลาง", "2.3": "very-good", "2.4": "yes"},
}


@pytest.fixture
def entry():
    return make.make_entry(make.make_round(), make.make_office(name_th="กระบี่"))


@pytest.fixture
def officer(entry):
    return make.make_user("officer", full_name="เจ้าหน้าที่ ทดสอบ")


def hand_in(entry, officer):
    return intake.hand_in_answers(entry, "monthly-report", REPORT, by=officer, period=MONTH)


def paper_of(entry, officer) -> dict:
    form = entry.round.scheme.forms["innovation-checklist"]
    return filled_forms.printed(entry, form, "", CHECKLIST, by=officer, at=make.at("2023-07-10"))


def words_of(paper) -> list[str]:
    """All that a paper says, in its order."""
    said = [paper["title"], paper["project"]]
    for name, fact in paper["facts"]:
        said += [name, fact]
    for section in paper["sections"]:
        said.append(section["title"])
        for line in section["lines"]:
            said.append(line["title"])
            said += line.get("paragraphs", [])
            for option in line.get("options", []):
                said += ["( / )" if option["is_chosen"] else "(   )", option["title"], option["words"]]
    return [one for one in said if one]


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("reader", READERS)
def test_the_pdf_says_exactly_what_was_answered(entry, officer, reader):
    paper = paper_of(entry, officer)
    text = squeezed("".join(READERS[reader](filled_forms.pdf(paper))))
    at = 0
    for said in map(squeezed, words_of(paper)):
        assert said in text[at:], said
        at = text.index(said, at) + len(said)


@pytest.mark.parametrize("reader", READERS)
def test_a_word_longer_than_a_line_stays_inside_the_margin(entry, officer, reader):
    link = "https://example.org/" + "W" * 200 + "?page=1"
    form = entry.round.scheme.forms["monthly-report"]
    data = REPORT | {"results": f"ดูที่ {link} น้ำใจ"}
    pdf = filled_forms.pdf(filled_forms.printed(entry, form, MONTH, data, by=officer, at=make.at("2023-07-10")))
    assert squeezed(data["results"]) in squeezed("".join(READERS[reader](pdf)))
    (page,) = right_edges(pdf)
    assert max(page) <= 595 - 20 / 25.4 * 72 + 0.5


def test_word_says_the_same_and_knows_that_thai_is_complex(entry, officer):
    paper = paper_of(entry, officer)
    made = filled_forms.word(paper)
    document = docx.Document(BytesIO(made))
    text = squeezed("".join(paragraph.text for paragraph in document.paragraphs))
    at = 0
    for said in map(squeezed, words_of(paper)):
        assert said in text[at:], said
        at = text.index(said, at) + len(said)
    assert text.endswith(filled_forms.SIGNS)
    assert "NUMPAGES" in document.sections[0].footer._element.xml
    assert document.sections[0].page_width.mm == pytest.approx(210, abs=0.1)
    styles = etree.fromstring(zipfile.ZipFile(BytesIO(made)).read("word/styles.xml"))
    w = {"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main"}
    (normal,) = styles.xpath("//w:style[@w:styleId='Normal']/w:rPr", namespaces=w)
    assert normal.xpath("string(w:rFonts/@w:cs)", namespaces=w) == filled_forms.FONT
    assert normal.xpath("string(w:szCs/@w:val)", namespaces=w) == "32"
    assert normal.xpath("string(w:lang/@w:bidi)", namespaces=w) == "th-TH"


def test_documents_stay_as_they_were_handed_in(client, entry, officer):
    client.force_login(officer)
    evidence = hand_in(entry, officer)
    first = client.get(reverse("evidence-word", args=[evidence.pk]))
    assert first["Content-Type"].endswith("wordprocessingml.document")
    assert "attachment" in first["Content-Disposition"]
    officer.full_name = "ชื่อใหม่"
    officer.save()
    again = docx.Document(BytesIO(client.get(reverse("evidence-word", args=[evidence.pk])).content))
    assert any("เจ้าหน้าที่ ทดสอบ" in paragraph.text for paragraph in again.paragraphs)
    with pytest.raises(TypeError):
        evidence.filled_form.save()


def test_a_name_that_was_pasted_with_what_cannot_be_printed_is_printed_without(entry, officer):
    officer.full_name = "สม\x0bชาย\x07 ใจดี"
    document = docx.Document(BytesIO(filled_forms.word(hand_in(entry, officer).filled_form.paper)))
    assert document.core_properties.author == "สมชาย ใจดี"
    assert any("สมชาย ใจดี" in paragraph.text for paragraph in document.paragraphs)
