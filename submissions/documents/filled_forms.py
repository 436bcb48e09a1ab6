"""A filled-in form as its documents: `printed` says all that they say, and PDF and Word are made of that alone."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from io import BytesIO

import docx
from django.template.loader import render_to_string
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from scoring import engine
from submissions import thai
from submissions.models import Entry, Office, User

from .printable import printable
from .typesetting import make_pdf

FONT = "TH Sarabun New"  # what Thai offices write in; where it is not installed, Word takes another Thai one
SIZE, TITLE, HEADING = 16, 20, 18  # points
TICKED, EMPTY = "( / )", "(   )"
NOTHING = "-"
SIGNS = "ผู้รายงาน"


OFFICES = {
    "region": "เขตตรวจราชการ ",
    "province": "สำนักงานพัฒนาชุมชนจังหวัด",
    "district": "สำนักงานพัฒนาชุมชนอำเภอ",
    "subdistrict": "ตำบล",
}


def printed(
    entry: Entry,
    form: engine.Form,
    period: str,
    data: Mapping[str, engine.Answer],
    *,
    by: User,
    at: datetime,
    is_draft: bool = False,
) -> dict:
    """All that the documents say, in Thai, from answers that may be handed in. Kept as JSON, it never changes."""
    round = entry.round
    requirement = round.scheme.requirements[form.requirement]
    titles = {one.code: one.title.th for one in requirement.periods}
    facts = [("สำนักงาน", name_of_office(entry.office))]
    if entry.nominee:
        facts.append(("ในนามของ", entry.nominee))
    if period:
        facts.append(("ประจำ", thai.digits(titles[period])))
    when = thai.digits(thai.format_time(at, "th", short=False))
    facts += [("ร่าง", f"ยังไม่ได้ส่ง {when}")] if is_draft else [("ส่งโดย", str(by)), ("ส่งเมื่อ", when)]
    return {
        "title": thai.digits(form.title.th),
        "project": thai.digits(round.scheme.title.th),
        "is_practice": round.is_practice,
        "facts": [(name, printable(fact)) for name, fact in facts],
        "sections": [
            {"title": thai.digits(section.title.th), "lines": [_line(field, data) for field in section.fields]}
            for section in form.sections
        ],
        "made_at": at.isoformat(),
        "made_by": printable(str(by)),
        "digest": digest(data),
    }


def name_of_office(office: Office) -> str:
    """As it is printed."""
    return OFFICES[office.kind] + office.name_th


def name_of(paper: dict) -> str:
    """The name of the PDF as a file: the form, for what time, and the office."""
    (_label, office), *others = paper["facts"]
    words = (paper["title"], dict(others).get("ประจำ"), office)
    return " ".join(filter(None, words)).replace("/", "-") + ".pdf"


def digest(data: Mapping[str, engine.Answer]) -> str:
    """SHA-256 of the answers alone: printed at the foot, so that a paper can be held against what is kept."""
    return hashlib.sha256(json.dumps(data, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _line(field: engine.Field, data: Mapping[str, engine.Answer]) -> dict:
    line = {"title": thai.digits(field.title.th), "is_long": field.kind == "text"}
    if not field.is_chosen:
        return line | {"paragraphs": _words(field, str(data.get(field.code, ""))).split("\n")}
    chosen = engine.chosen(field, data)
    options = [
        {
            "title": thai.digits(option.title.th),
            "is_chosen": option.code in chosen,
            "words": data.get(engine.words_key(field.code, option.code), ""),
        }
        for option in field.options
    ]
    return line | {"options": options}


def _words(field: engine.Field, answer: str) -> str:
    if field.kind == "date" and answer:
        return thai.format_date(date.fromisoformat(answer), "th")
    if field.kind == "number" and answer:
        whole, dot, rest = answer.partition(".")
        return f"{int(whole):,}{dot}{rest}" if whole.lstrip("-").isdecimal() and whole != "-0" else answer
    return answer


# Documents ------------------------------------------------------------------------------------------------------------


def pdf(paper: dict) -> bytes:
    return make_pdf(
        render_to_string("submissions/pdf/answers.html", {"paper": paper, "nothing": NOTHING, "signs": SIGNS})
    )


def word(paper: dict) -> bytes:
    """The same words as the PDF, to be worked on further."""
    document = docx.Document()
    _set_page(document)
    _set_styles(document)
    made_at = datetime.fromisoformat(paper["made_at"])
    properties = document.core_properties
    properties.title, properties.author, properties.language = paper["title"], paper["made_by"], "th-TH"
    properties.created = properties.modified = made_at
    properties.comments = ""
    document.add_heading(paper["title"], 0)
    _centred(document.add_paragraph(paper["project"]))
    if paper["is_practice"]:
        _centred(document.add_paragraph("เอกสารจากรอบฝึกปฏิบัติ ไม่ใช่เอกสารราชการ"))
    for name, fact in paper["facts"]:
        _labelled(document, name, fact)
    for section in paper["sections"]:
        document.add_heading(section["title"], 1)
        for line in section["lines"]:
            _write_line(document, line)
    _write_signature(document)
    _write_foot(document, paper)
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def _write_line(document, line: dict) -> None:
    if "options" in line:
        document.add_heading(line["title"], 2)
        for option in line["options"]:
            words = f" {option['words']}" if option["words"] else ""
            written = document.add_paragraph(f"{TICKED if option['is_chosen'] else EMPTY}\t{option['title']}{words}")
            written.paragraph_format.left_indent, written.paragraph_format.first_line_indent = Mm(12), Mm(-12)
    elif line["is_long"]:
        document.add_heading(line["title"], 2)
        for paragraph in line["paragraphs"]:
            written = document.add_paragraph(paragraph or NOTHING if len(line["paragraphs"]) == 1 else paragraph)
            written.paragraph_format.first_line_indent = Mm(12.5)
    else:
        _labelled(document, line["title"], line["paragraphs"][0] or NOTHING)


def _labelled(document, name: str, fact: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run(name).bold = True
    paragraph.add_run(f"  {fact}")


def _centred(paragraph) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _set_page(document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(22), Mm(26)
    section.left_margin, section.right_margin = Mm(25), Mm(20)


def _set_styles(document) -> None:
    for name, size, is_bold in (
        ("Normal", SIZE, False),
        ("Footer", 10, False),
        ("Title", TITLE, True),
        ("Heading 1", HEADING, True),
        ("Heading 2", SIZE, True),
    ):
        style = document.styles[name]
        _set_font(style.element.get_or_add_rPr(), size, is_bold)
        form = style.paragraph_format
        form.space_before, form.space_after = (Pt(8), Pt(2)) if name.startswith("Heading") else (Pt(0), Pt(2))
    title = document.styles["Title"]
    _centred(title.paragraph_format)
    for border in title.element.findall(".//" + qn("w:pBdr")):  # the template's blue rule
        border.getparent().remove(border)


def _set_font(properties, size: int, is_bold: bool) -> None:
    """Thai is a complex script to Word: what is said of ascii letters is said of it once more (cs, szCs, bCs)."""
    for name in ("rFonts", "b", "bCs", "i", "iCs", "color", "sz", "szCs", "lang", "spacing", "kern"):
        for old in properties.findall(qn(f"w:{name}")):
            properties.remove(old)
    _add(properties, "rFonts", **{part: FONT for part in ("ascii", "hAnsi", "eastAsia", "cs")})
    if is_bold:
        _add(properties, "b")
        _add(properties, "bCs")
    _add(properties, "color", val="000000")
    _add(properties, "sz", val=str(size * 2))
    _add(properties, "szCs", val=str(size * 2))
    _add(properties, "lang", val="en-US", eastAsia="en-US", bidi="th-TH")


def _add(parent, name: str, **attributes: str) -> None:
    element = OxmlElement(f"w:{name}")
    for key, text in attributes.items():
        element.set(qn(f"w:{key}"), text)
    parent.append(element)


def _write_signature(document) -> None:
    for number, text in enumerate(("." * 50, f"({' ' * 50})", SIGNS)):
        paragraph = document.add_paragraph(text)
        _centred(paragraph)
        form = paragraph.paragraph_format
        form.left_indent, form.keep_with_next = Mm(80), text != SIGNS
        form.space_before = Pt(0 if number else 24)


def _write_foot(document, paper: dict) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.add_run(f"คำตอบ {paper['digest']} · หน้า ")
    _add(paragraph._p, "fldSimple", instr="PAGE")
    paragraph.add_run(" จาก ")
    _add(paragraph._p, "fldSimple", instr="NUMPAGES")
