"""Files of the kinds that a machine has something to say about, made small."""

import io
import random
import zipfile
from collections.abc import Iterable

import pikepdf
from PIL import Image, ImageDraw, ImageFilter

from cdd4.demo import samples

A4 = (595, 842)
LETTERS = "กขคงจฉชซญดตถทธนบปผพภมยรลวสห"


def saved(picture: Image.Image, form: str = "JPEG", **options) -> bytes:
    content = io.BytesIO()
    picture.save(content, form, **options)
    return content.getvalue()


def photograph(seed: int, size: tuple[int, int] = (800, 600)) -> Image.Image:
    return samples.picture(seed, size).filter(ImageFilter.GaussianBlur(2))


def words(seed: int, count: int = 150) -> list[str]:
    """So many invented words."""
    dice = random.Random(seed)
    return ["".join(dice.choices(LETTERS, k=dice.randint(3, 8))) for _ in range(count)]


def text_pdf(pages: Iterable[str], size: tuple[float, float] = A4) -> bytes:
    """A PDF whose pages say these words of ASCII; a page without words is blank."""
    document = pikepdf.new()
    font = document.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    )
    for said in pages:
        page = document.add_blank_page(page_size=size)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        lines = [said[at : at + 80] for at in range(0, len(said), 80)]
        drawn = " ".join(f"({line}) Tj 0 -14 Td" for line in lines)
        page.Contents = document.make_stream(f"BT /F 11 Tf 60 {size[1] - 60} Td {drawn} ET".encode())
    return samples.saved(document)


def stamped(pdf: bytes, said: str) -> bytes:
    """The PDF with these words at the foot of each page."""
    with pikepdf.open(io.BytesIO(pdf)) as document, pikepdf.open(io.BytesIO(text_pdf([said]))) as stamp:
        for page in document.pages:
            page.add_overlay(stamp.pages[0])
        return samples.saved(document)


def latin(seed: int, count: int = 150) -> str:
    dice = random.Random(seed)
    return " ".join("".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=dice.randint(3, 8))) for _ in range(count))


def scanned_pdf(*pictures: Image.Image) -> bytes:
    """A PDF whose pages are pictures."""
    first, *rest = (one.convert("RGB") for one in pictures)
    return saved(first, "PDF", resolution=72, save_all=True, append_images=rest)


def scanned_letter(seed: int) -> Image.Image:
    """A page as a scanner sees it: lines of something that is writing from afar."""
    dice, page = random.Random(seed), Image.new("L", (595, 842), "white")
    pen = ImageDraw.Draw(page)
    for line in range(24):
        at = 70
        while at < 520:
            width = dice.randint(10, 60)
            pen.rectangle((at, 90 + line * 28, at + width, 100 + line * 28), fill=dice.randint(0, 90))
            at += width + dice.choice((6, 8, 40))
    return page


def word(said: Iterable[str], pages: int, size: tuple[int, int]) -> bytes:
    """A Word file as Word saves it: with the number of its pages, and its paper in twentieths of a point."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(samples.docx(said))) as plain, zipfile.ZipFile(content, "w") as made:
        for part in plain.infolist():
            held = plain.read(part)
            if part.filename == "word/document.xml":
                section = f'<w:sectPr><w:pgSz w:w="{size[0]}" w:h="{size[1]}"/></w:sectPr></w:body>'
                held = held.replace(b"</w:body>", section.encode())
            made.writestr(part, held)
        made.writestr("docProps/app.xml", f"<Properties><Pages>{pages}</Pages></Properties>")
    return content.getvalue()


def locked_pdf() -> bytes:
    content = io.BytesIO()
    with pikepdf.open(io.BytesIO(samples.pdf())) as document:
        document.save(content, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    return content.getvalue()


def endless_pdf() -> bytes:
    """A few kilobytes that take minutes to draw: a pattern of patterns of patterns."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=A4)
    inner = document.make_stream(b"0 0 1 1 re f")
    inner.update({"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Form, "/BBox": [0, 0, 600, 850]})
    for _ in range(9):
        outer = document.make_stream(b"/X Do " * 12)
        outer.update({"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Form, "/BBox": [0, 0, 600, 850]})
        outer.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner))
        inner = outer
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner))
    page.Contents = document.make_stream(b"/X Do")
    return samples.saved(document)
