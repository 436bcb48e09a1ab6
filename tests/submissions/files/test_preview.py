"""Word, Excel and PowerPoint files shown in the page: what is shown, what is left out, and who may see it."""

import base64
import errno
import io
import zipfile
from datetime import date, datetime
from html.parser import HTMLParser

import openpyxl
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from PIL import Image
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from submissions.files import confined, excerpt
from submissions.files.preview import preview
from submissions.vault import vault
from tests import factories as make
from tests.markup import flat

SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def paragraph(text: str, style: str = "") -> str:
    style = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{style}<w:r><w:t>{text}</w:t></w:r></w:p>"


def table(*rows) -> str:
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def shown_picture(link: str, words: str = "", how: str = "embed") -> str:
    return (
        f'<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="1" descr="{words}"/><a:graphic><a:graphicData>'
        f'<pic:pic><pic:blipFill><a:blip r:{how}="{link}"/></pic:blipFill></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )


def docx(body: str, files: dict[str, bytes] | None = None, links: str = "") -> bytes:
    """The plain sample with another body, and files that its links point to."""
    source, out = zipfile.ZipFile(io.BytesIO(make.file_bytes("docx"))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in set(source.namelist()) - {"word/document.xml"}:
            packed.writestr(name, source.read(name))
        packed.writestr("word/document.xml", f"<w:document {SPACES}><w:body>{body}</w:body></w:document>")
        packed.writestr("word/_rels/document.xml.rels", f'<Relationships xmlns="{RELATIONS}">{links}</Relationships>')
        for name, content in (files or {}).items():
            packed.writestr(name, content)
    return out.getvalue()


def link(name: str, kind: str, target: str, outside: bool = False) -> str:
    mode = ' TargetMode="External"' if outside else ""
    return f'<Relationship Id="{name}" Type="{KIND}/{kind}" Target="{target}"{mode}/>'


def picture(size=(40, 30), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGBA" if kind == "PNG" else "RGB", size, "teal").save(out, kind)
    return out.getvalue()


def workbook(*sheets) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(out)
    return out.getvalue()


def saved(document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def evidence_of(entry, kind: str, content: bytes):
    evidence = make.make_evidence(entry, kind=kind)
    evidence.file.name = vault.keep(ContentFile(content).chunks(), f".{kind}").name
    evidence.save()
    return evidence


@pytest.fixture
def entry(db):
    return make.make_entry(make.make_round(), make.make_office())


@pytest.fixture
def look(entry):
    """look(kind, content): the preview of such a file."""
    with translation.override("th"):
        yield lambda kind, content: preview(evidence_of(entry, kind, content))


# What is shown


def test_a_word_file_shows_its_headings_text_and_tables(look):
    styled = paragraph("รายงานผลการดำเนินงาน", "Heading1") + paragraph("น้ำดื่มชุมชน &lt;ดี&gt;")
    shown = look("docx", docx(styled + table(["เดือน", "ครัวเรือน"], ["มกราคม", "๑๒"])))
    ((title, markup),) = shown.parts
    assert (title, shown.is_cut, shown.fault) == ("", False, "")
    assert markup.startswith("<h2>รายงานผลการดำเนินงาน</h2><p>น้ำดื่มชุมชน &lt;ดี&gt;</p>")
    assert "<td><p>มกราคม</p></td><td><p>๑๒</p></td>" in markup


def test_a_word_file_shows_its_pictures_made_small(look):
    links = link("p1", "image", "media/1.png")
    body = shown_picture("p1", "ภาพการประชุม") + shown_picture("p1")
    markup = look("docx", docx(body, {"word/media/1.png": picture((3000, 1500))}, links)).parts[0].markup
    found = images(markup)
    assert [one["alt"] for one in found] == ["ภาพการประชุม", "รูปภาพ"]
    head, content = found[0]["src"].split(",")
    assert head == "data:image/jpeg;base64"
    with Image.open(io.BytesIO(base64.b64decode(content))) as small:
        assert small.size == (excerpt.WIDTH, excerpt.WIDTH // 2)


def images(markup: str) -> list[dict]:
    class Images(HTMLParser):
        found: list[dict] = []

        def handle_starttag(self, tag, attributes):
            if tag == "img":
                self.found.append(dict(attributes))

    Images.found = []
    Images().feed(markup)
    return Images.found


def test_slides_show_titles_text_tables_pictures_and_the_figures_of_charts(look):
    slides = Presentation()
    first = slides.slides.add_slide(slides.slide_layouts[1])
    first.shapes.title.text, first.placeholders[1].text = "ผลงานเด่น", "ข้อแรก\nข้อสอง <b>"
    second = slides.slides.add_slide(slides.slide_layouts[6])
    grid = second.shapes.add_table(2, 2, 0, Inches(3), Inches(4), Inches(1)).table
    grid.cell(0, 0).text, grid.cell(1, 0).text, grid.cell(1, 1).text = "ตำบล", "อ่าวนาง", "7"
    grid.cell(0, 0).merge(grid.cell(0, 1))
    figures = CategoryChartData()
    figures.categories = ["2565", "2566"]
    figures.add_series("ครัวเรือน", (120, 150.5))
    second.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, Inches(5), Inches(3), Inches(2), figures)
    second.shapes.add_picture(io.BytesIO(picture()), 0, 0)
    shown = look("pptx", saved(slides))
    assert [part.title for part in shown.parts] == ["ผลงานเด่น", ""]
    assert shown.parts[0].markup == "<p>ข้อแรก</p><p>ข้อสอง &lt;b&gt;</p>"
    markup = shown.parts[1].markup
    assert markup.startswith("<img")  # from top to bottom
    assert '<td colspan="2">ตำบล</td>' in markup
    assert "<td>อ่าวนาง</td><td>7</td>" in markup
    assert '<th scope="col">ครัวเรือน</th>' in markup
    assert '<th scope="row">2566</th><td>150.5</td>' in markup
    assert not shown.is_cut


def test_sheets_show_cells_as_people_read_them(look):
    rows = [
        ["วันที่", "จำนวน", None, "หมายเหตุ"],
        [date(2023, 7, 10), 0.1 + 0.2, True, "<i>"],
        [datetime.fromisoformat("2023-07-01T09:05")],
    ]
    content = workbook(("ม.ค.", rows), ("ว่าง", []))
    book = openpyxl.load_workbook(io.BytesIO(content))
    book.worksheets[0]["B3"], book.worksheets[0]["B3"].number_format = 0.962, "0.0%"
    book.create_sheet("ซ่อน").sheet_state = "hidden"
    shown = look("xlsx", saved(book))
    assert [part.title for part in shown.parts] == ["ม.ค.", "ว่าง"]
    markup = shown.parts[0].markup
    assert '<th scope="col">A</th><th scope="col">B</th>' in markup
    assert '<th scope="row">2</th><td>10/7/2566</td><td>0.3</td><td>TRUE</td><td>&lt;i&gt;</td>' in markup
    assert "<td>1/7/2566 09:05</td><td>96.2%</td>" in markup
    assert shown.parts[1].markup == ""
    assert not shown.is_cut


# What is left out


def test_the_beginning_of_a_long_file_is_shown_and_said_to_be_that(look):
    long = "".join(paragraph(str(number)) for number in range(excerpt.MAX_PARAGRAPHS + 1))
    shown = look("docx", docx(long))
    assert shown.is_cut
    assert shown.parts[0].markup.count("<p>") == excerpt.MAX_PARAGRAPHS
    shown = look("xlsx", workbook(("1", [["a"] * (excerpt.MAX_COLUMNS + 1)] * (excerpt.MAX_ROWS + 1))))
    assert shown.is_cut
    assert shown.parts[0].markup.count("<td>a</td>") == excerpt.MAX_ROWS * excerpt.MAX_COLUMNS
    assert look("xlsx", workbook(*((str(n), [[n]]) for n in range(excerpt.MAX_SHEETS + 1)))).is_cut
    slides = Presentation()
    for _ in range(excerpt.MAX_SLIDES + 1):
        slides.slides.add_slide(slides.slide_layouts[6]).shapes.add_textbox(0, 0, 1, 1).text_frame.text = "ข้อ"
    shown = look("pptx", saved(slides))
    assert (shown.is_cut, len(shown.parts)) == (True, excerpt.MAX_SLIDES)


def test_what_fits_exactly_is_not_said_to_be_cut(look):
    exact = "".join(paragraph(str(number)) for number in range(excerpt.MAX_PARAGRAPHS))
    assert not look("docx", docx(exact)).is_cut
    assert not look("xlsx", workbook(("1", [["a"] * excerpt.MAX_COLUMNS] * excerpt.MAX_ROWS))).is_cut


def test_pictures_from_elsewhere_damaged_or_too_large_are_left_out_and_said_so(look):
    huge = picture((8000, 5001), "PNG")
    for links, files in (
        (link("p1", "image", "https://example.org/spy.png", outside=True), {}),
        (link("p1", "image", "file:///etc/hostname", outside=True), {}),
        (link("p1", "image", "media/1.png"), {"word/media/1.png": b"no picture"}),
        (link("p1", "image", "media/1.png"), {"word/media/1.png": huge}),
        (link("p1", "image", "media/gone.png"), {}),
    ):
        how = "link" if "External" in links else "embed"
        shown = look("docx", docx(paragraph("คำ") + shown_picture("p1", how=how), files, links))
        assert "<p>คำ</p>" in shown.parts[0].markup
        assert "src" not in shown.parts[0].markup
        assert shown.is_cut


def test_nothing_that_runs_or_leads_elsewhere_comes_through(look):
    body = '<w:p><w:hyperlink r:id="l1"><w:r><w:t>กดที่นี่</w:t></w:r></w:hyperlink></w:p>' + paragraph(
        "&lt;script&gt;alert(1)&lt;/script&gt;"
    )
    styles = {"mammoth/style-map": b"p => script:fresh"}
    shown = look("docx", docx(body, styles, link("l1", "hyperlink", "javascript:alert(1)", outside=True)))
    assert shown.parts[0].markup == "<p>กดที่นี่</p><p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"


def test_markup_is_cleaned_whatever_the_reader_says(look, monkeypatch):
    said = (
        '<script>x</script><p onclick="x" style="color:red">ก</p><a href="//x">ข</a><svg onload=x></svg>'
        '<img src="data:text/html;base64,AA" alt="ค"><img src="https://example.org/x.jpg" alt="ง">'
        '<iframe src="/"></iframe>'
    )
    answer = {"parts": [{"title": "<b>", "markup": said}], "is_cut": False}
    monkeypatch.setattr(confined, "read", lambda *given: answer)
    assert look("docx", b"any").parts[0].markup == '<p>ก</p>ข<img alt="ค"><img alt="ง">'


# Files that are dangerous or broken


def bloated(megabytes: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        source = zipfile.ZipFile(io.BytesIO(make.file_bytes("docx")))
        for name in set(source.namelist()) - {"word/document.xml"}:
            packed.writestr(name, source.read(name))
        with packed.open("word/document.xml", "w") as part:
            part.write(f"<w:document {SPACES}><w:body><w:p><w:r><w:t>".encode())
            for _ in range(megabytes):
                part.write(b"a" * 2**20)
            part.write(b"</w:t></w:r></w:p></w:body></w:document>")
    return out.getvalue()


HOSTILE = {
    "a long paragraph": ("docx", bloated(11), "too much"),
    "boxes within boxes": ("docx", docx("<w:sdt><w:sdtContent>" * 5000 + "</w:sdtContent></w:sdt>" * 5000), "too much"),
    "cut short": ("docx", docx(paragraph("ก"))[:-60], "can't be shown"),
    "no XML": ("docx", docx("<w:p>"), "can't be shown"),
    "a Word file called Excel": ("xlsx", make.file_bytes("docx"), "can't be shown"),
    "a Word file called PowerPoint": ("pptx", make.file_bytes("docx"), "can't be shown"),
    "nothing in it": ("docx", docx(""), "holds no text"),
    "empty cells": ("xlsx", workbook(("", [])), "holds no text"),
}


@pytest.mark.parametrize(("kind", "content", "said"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_file_that_cannot_be_shown_says_so(client, entry, kind, content, said):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(make.make_user("staff"))
    response = client.get(address(evidence_of(entry, kind, content)))
    assert response.status_code == 200
    assert said in response.context["preview"].fault
    assert "Download it to look at it." in response.content.decode()


def test_a_file_that_takes_too_long_is_stopped(look, monkeypatch):
    monkeypatch.setattr(confined, "PATIENCE", 0.001)
    assert "มากเกินไป" in look("docx", docx(paragraph("ก"))).fault


# The page, and who may see it


def address(evidence) -> str:
    return reverse("evidence-preview", args=[evidence.pk])


def test_the_page_can_do_nothing_and_is_framed_here_alone(client, entry):
    client.force_login(make.make_user("staff"))
    response = client.get(address(evidence_of(entry, "docx", docx(paragraph("ก")))))
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-same-origin" in policy  # without allow-scripts
    assert "allow-scripts" not in policy
    assert "frame-ancestors 'self'" in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["Cache-Control"] == "private, no-store"
    assert "<script" not in response.content.decode()


def test_the_page_names_slides_and_sheets_by_headings(client, entry):
    client.force_login(make.make_user("staff"))
    content = flat(client.get(address(make.make_evidence(entry, kind="pptx"))).content.decode())
    assert '<html lang="th">' in content
    assert "<h1>นำเสนอ.pptx</h1>" in content
    assert "<h2>สไลด์ที่ 1: sample</h2>" in content
    content = flat(client.get(address(make.make_evidence(entry, kind="xlsx"))).content.decode())
    assert "<h2>แผ่นงาน 1</h2>" in content
    assert 'tabindex="0" role="group" aria-label="1"' in content
    assert '<th scope="row">1</th><td>sample</td>' in content


def test_a_preview_is_seen_by_those_who_review_the_file(entry):
    evidence = make.make_evidence(entry, kind="docx")
    judge, stranger = make.make_user("judge"), make.make_user("judge")
    entry.round.judges.add(judge)
    people = {
        make.make_user("officer", office=entry.office): (403, 200),
        make.make_user("officer", office=make.make_office("TH-20")): (403, 404),
        judge: (200, 200),
        stranger: (404, 404),
        make.make_user("staff"): (200, 200),
    }
    for person, (status, of_file) in people.items():
        client = Client()
        client.force_login(person)
        assert client.get(address(evidence)).status_code == status
        assert client.get(reverse("evidence-file", args=[evidence.pk])).status_code == of_file
        assert client.post(address(evidence)).status_code == 405
    assert Client().get(address(evidence)).status_code == 302


def test_a_link_has_no_preview_and_a_lost_file_neither(client, entry):
    client.force_login(make.make_user("staff"))
    lost = make.make_evidence(entry, kind="docx")
    vault.delete(lost.file.name)
    assert client.get(address(make.make_evidence(entry))).status_code == 404
    assert client.get(address(lost)).status_code == 404


def test_a_preview_asks_the_database_little(client, entry, django_assert_max_num_queries):
    client.force_login(make.make_user("staff"))
    evidence = make.make_evidence(entry, kind="xlsx")
    with django_assert_max_num_queries(7):  # session, person, when it was used, evidence; and that it was opened
        client.get(address(evidence))


@pytest.mark.parametrize("address", [("evidence-preview",), ("evidence-page", 1)])
def test_a_failing_disk_is_said_in_the_frame(client, entry, monkeypatch, address):
    evidence = make.make_evidence(entry, kind="docx" if address == ("evidence-preview",) else "pdf")
    client.force_login(make.make_user("staff"))

    def fail(*args):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(confined, "read", fail)
    answer = client.get(reverse(address[0], args=[evidence.pk, *address[1:]]), headers={"accept-language": "en"})
    assert answer.status_code == 503
    assert "can&#x27;t be read just now" in answer.content.decode() or "อ่านไฟล์ไม่ได้" in answer.content.decode()
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
