"""Reads a Word, PowerPoint or Excel file into plain markup: its text, tables and pictures; run by `confined`.

The answer is {"parts": [{"title": text, "markup": HTML}], "is_cut": whether something was left out}: a Word file is one
part without a title, a slide and a sheet are one each. The markup is as trustworthy as the file: clean it before use.
"""

import base64
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from html import escape
from typing import BinaryIO

from .confined import Unreadable

MAX_PARAGRAPHS = 1500  # of a Word file: some fifty pages
MAX_SLIDES = 60
MAX_SHEETS = 10
MAX_ROWS = 300  # of a sheet
MAX_COLUMNS = 40
MAX_XML = 10 * 2**20  # bytes of a Word or PowerPoint file without its pictures; all of that is held, and slowly read
MAX_MARKUP = 16 * 2**20  # characters of an answer, pictures included
MAX_PICTURES = 40
MAX_PIXELS = 40_000_000  # of one picture, before it is made small
WIDTH = 900  # pixels of a picture that is shown
# The page's own heading comes first.
HEADINGS = "\n".join(
    [
        "p[style-name='Title'] => h2:fresh",
        *(f"p[style-name='heading {level}'] => h{min(level + 1, 6)}:fresh" for level in range(1, 7)),
        *(f"p.Heading{level} => h{min(level + 1, 6)}:fresh" for level in range(1, 7)),
    ]
)


def read(file: BinaryIO, kind: str, picture: str) -> dict:
    """`kind` is word, powerpoint or excel; `picture` is what a picture is called that the file says nothing of."""
    if kind != "excel" and _xml_size(file) > MAX_XML:
        raise Unreadable("size")
    excerpt = Excerpt(picture)
    parts = {"word": excerpt.document, "powerpoint": excerpt.slides, "excel": excerpt.sheets}[kind](file)
    shown = [{"title": title, "markup": markup} for title, markup in parts]
    if sum(len(text) for part in shown for text in part.values()) > MAX_MARKUP:
        raise Unreadable("size")
    return {"parts": shown, "is_cut": excerpt.is_cut}


def _xml_size(file: BinaryIO) -> int:
    with zipfile.ZipFile(file) as archive:
        return sum(part.file_size for part in archive.infolist() if part.filename.endswith((".xml", ".rels")))


class Excerpt:
    """Markup made of one file; notes whether anything was left out."""

    def __init__(self, picture: str) -> None:
        self.is_cut = False
        self._picture_name, self._pictures, self._paragraphs = picture, 0, 0

    # Word

    def document(self, file: BinaryIO) -> Iterator[tuple[str, str]]:
        import mammoth

        made = mammoth.convert_to_html(
            file,
            style_map=HEADINGS,
            include_embedded_style_map=False,
            transform_document=self._first_paragraphs,
            convert_image=mammoth.images.img_element(self._word_picture),
        )
        yield "", made.value

    def _first_paragraphs(self, element):
        from mammoth.documents import Paragraph

        if isinstance(element, Paragraph):
            self._paragraphs += 1
            return element
        kept = []
        for child in (children := getattr(element, "children", ())):
            if self._paragraphs == MAX_PARAGRAPHS:
                self.is_cut = True
                break
            kept.append(self._first_paragraphs(child))
        return element.copy(children=kept) if children else element

    def _word_picture(self, image) -> dict[str, str]:
        def content() -> bytes:
            with image.open() as opened:
                return opened.read()

        return {"alt": image.alt_text or self._picture_name} | self._source(content)

    # PowerPoint

    def slides(self, file: BinaryIO) -> Iterator[tuple[str, str]]:
        from pptx import Presentation

        slides = Presentation(file).slides
        self.is_cut |= len(slides) > MAX_SLIDES
        for _, slide in zip(range(MAX_SLIDES), slides, strict=False):
            title = slide.shapes.title
            rest = [shape for shape in slide.shapes if title is None or shape.shape_id != title.shape_id]
            yield title.text_frame.text if title is not None else "", self._shapes(rest)

    def _shapes(self, shapes) -> str:
        return "".join(self._shape(shape) for shape in sorted(shapes, key=_place))

    def _shape(self, shape) -> str:
        from pptx.shapes.group import GroupShape
        from pptx.shapes.picture import Picture

        if isinstance(shape, GroupShape):
            return self._shapes(shape.shapes)
        if isinstance(shape, Picture):
            name = "".join(shape.element.xpath("./p:nvPicPr/p:cNvPr/@descr")) or self._picture_name
            return _markup("img", alt=name, **self._source(lambda: shape.image.blob))
        if shape.has_text_frame:
            return "".join(_markup("p", _lines(one.text)) for one in shape.text_frame.paragraphs if one.text.strip())
        if shape.has_table:
            return _markup("table", "".join(self._row(row.cells) for row in shape.table.rows))
        if shape.has_chart:
            return self._chart(shape.chart)
        # Lines and arrows say nothing; a drawn scheme or an embedded object does.
        self.is_cut |= shape.element.tag.endswith("graphicFrame")
        return ""

    @staticmethod
    def _row(cells) -> str:
        shown = (cell for cell in cells if not cell.is_spanned)
        return _markup("tr", "".join(_cell(_lines(one.text), one.span_width, one.span_height) for one in shown))

    @staticmethod
    def _chart(chart) -> str:
        """The figures a chart is drawn from."""
        rows = []
        for plot in chart.plots:
            rows.append(_heading(["", *(one.name for one in plot.series)]))
            columns = [list(one.values) for one in plot.series]
            for place, category in enumerate(plot.categories):
                figures = [_shown(column[place]) if place < len(column) else "" for column in columns]
                rows.append(_markup("tr", _markup("th", escape(str(category)), scope="row") + _cells(figures)))
        return _markup("table", "".join(rows))

    # Excel

    def sheets(self, file: BinaryIO) -> Iterator[tuple[str, str]]:
        import openpyxl

        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        self.is_cut |= len(sheets) > MAX_SHEETS
        for sheet in sheets[:MAX_SHEETS]:
            yield sheet.title, self._sheet(sheet)

    def _sheet(self, sheet) -> str:
        from openpyxl.utils import get_column_letter

        # One more than is shown tells whether there is more.
        taken = sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS + 1)
        rows = [[_shown(cell.value, cell.number_format or "") for cell in row] for row in taken]
        width = max((place for row in rows for place, cell in enumerate(row, 1) if cell), default=0)
        height = max((line for line, row in enumerate(rows, 1) if any(row)), default=0)
        if not height:
            return ""
        self.is_cut |= width > MAX_COLUMNS or height > MAX_ROWS
        width, height = min(width, MAX_COLUMNS), min(height, MAX_ROWS)
        head = _heading(["", *map(get_column_letter, range(1, width + 1))])
        body = (
            _markup("tr", _markup("th", str(line), scope="row") + _cells(row[:width]))
            for line, row in enumerate(rows[:height], 1)
        )
        return _markup("table", _markup("thead", head) + _markup("tbody", "".join(body)))

    # Pictures

    def _source(self, take) -> dict[str, str]:
        """The picture made small, as an address that holds it; nothing where it can't be shown."""
        from PIL import Image

        if self._pictures == MAX_PICTURES:
            self.is_cut = True
            return {}
        try:
            with Image.open(io.BytesIO(take()), formats=["JPEG", "PNG", "GIF", "WEBP"]) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise ValueError
                small = _small(picture)
        except Exception:
            # A drawing, a picture kept elsewhere, a damaged one: the text is worth showing all the same.
            self.is_cut = True
            return {}
        self._pictures += 1
        return {"src": f"data:image/jpeg;base64,{base64.b64encode(small).decode()}"}


def _small(picture) -> bytes:
    from PIL import Image

    picture.draft("RGB", (WIDTH, WIDTH))
    picture.thumbnail((WIDTH, WIDTH * 2))
    layer = picture.convert("RGBA")
    page = Image.new("RGB", layer.size, "white")
    page.paste(layer, mask=layer)
    content = io.BytesIO()
    page.save(content, "JPEG", quality=70)
    return content.getvalue()


def _shown(value, shape: str = "") -> str:
    """A cell as people read it: days of the Buddhist Era, numbers without the dust of binary arithmetic."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value * 100:.15g}%" if "%" in shape else f"{value:.15g}"
    if isinstance(value, int) and not isinstance(value, bool) and "%" in shape:
        return f"{value * 100}%"
    if isinstance(value, datetime):
        clock = f" {value:%H:%M}" if value.time() != value.time().min else ""
        return _shown(value.date()) + clock
    if isinstance(value, date):
        return f"{value.day}/{value.month}/{value.year + 543}"
    return str(value).upper() if isinstance(value, bool) else str(value)


def _place(shape) -> tuple[int, int]:
    return shape.top or 0, shape.left or 0


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.replace("\v", "\n").split("\n"))


def _heading(titles) -> str:
    return _markup("tr", "".join(_markup("th", escape(title or ""), scope="col") for title in titles))


def _cells(texts) -> str:
    return "".join(_cell(_lines(text)) for text in texts)


def _cell(markup: str, columns: int = 1, rows: int = 1) -> str:
    wide = {"colspan": str(columns)} if columns > 1 else {}
    return _markup("td", markup, **wide, **({"rowspan": str(rows)} if rows > 1 else {}))


def _markup(tag: str, inside: str = "", **attributes: str) -> str:
    opened = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{opened}>{inside}</{tag}>" if tag != "img" else f"<{tag}{opened}>"
