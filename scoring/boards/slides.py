"""The report for those who lead as slides: charts, tables and a map that PowerPoint can change, in Thai.

Their digits are Arabic, as those of a chart's numbers are. python-pptx comes with this module.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from math import ceil
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.text import PP_ALIGN
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Inches, Pt

from scoring.engine.language.display import numbering, plain_points
from submissions import thai
from submissions.documents.filled_forms import FONT
from submissions.documents.printable import printable
from submissions.documents.typesetting import whole_words

from . import thailand
from .report import Report
from .report_paper import TITLE
from .years import Years

WIDE, HIGH, EDGE = Inches(13.333), Inches(7.5), Inches(0.6)
TOP, FOOT = Inches(1.35), Inches(6.95)  # where a slide's own begins and ends
INK, BRAND, MUTED, GROUND = "16262C", "0B5563", "4C5E66", "EEF1F6"
TITLE_ONLY = 5  # of the layouts that python-pptx brings
LINE, LETTERS = Inches(0.38), 7  # of a table: how high a line is, and how many letters have room in an inch
ENDS = 12  # provinces named beside the map, from each end
MOST = 80  # letters in a cell

Rows = Sequence[Sequence[Any]]


def write(report: Report, at: datetime) -> bytes:
    """The slides as a file of PowerPoint. `report` is asked in Thai."""
    deck = Deck(f"{report.round.name_th} · คะแนนที่ตรวจรับแล้ว ณ วันที่ {thai.format_time(at)} ไม่ใช่ประกาศผล")
    _now(deck, report)
    _distribution(deck, report)
    if report.provinces.is_worth_it:
        _map(deck, report)
    _dimensions(deck, report)
    _regions(deck, report)
    _practices(deck, report)
    _hindrances(deck, report)
    if report.years:
        _years(deck, report.years)
    return deck.saved()


class Deck:
    """Slides of one look: a title, what it is about below, and where the numbers are from at the foot."""

    def __init__(self, foot: str) -> None:
        self.made: Any = Presentation()
        self.made.slide_width, self.made.slide_height = WIDE, HIGH
        self.made.core_properties.title, self.made.core_properties.language = TITLE, "th-TH"
        self._foot = foot

    def slide(self, title: str) -> Any:
        slide = self.made.slides.add_slide(self.made.slide_layouts[TITLE_ONLY])
        head = slide.shapes.title
        head.left, head.top, head.width, head.height = EDGE, Inches(0.35), WIDE - 2 * EDGE, Inches(0.9)
        _say(head.text_frame, title, 40, is_bold=True, colour=BRAND)
        self.text(slide, self._foot, (EDGE, FOOT, WIDE - 2 * EDGE, Inches(0.4)), 16, colour=MUTED)
        return slide

    def text(self, slide: Any, text: str, box: Sequence[int], size: int, **look: Any) -> None:
        frame = slide.shapes.add_textbox(*box).text_frame
        frame.word_wrap = True
        _say(frame, text, size, **look)

    def table(self, title: str, heads: Sequence[str], rows: Rows, shares: Sequence[int]) -> None:
        """Slides, as many as the rows need; none without rows. `shares`: how wide columns are beside each other."""
        wide = [(WIDE - 2 * EDGE) * share // sum(shares) for share in shares]
        texts = [[_said(cell) for cell in row] for row in [heads, *rows]]
        head, *lines = [max(map(_lines, row, wide)) for row in texts]
        for first, count in _by_slide(lines, (FOOT - TOP) // LINE - head):
            part = slice(first, first + count)
            shown: Rows = [heads, *rows[part]]
            said = [texts[0], *texts[1:][part]]
            self._table(f"{title} (ต่อ)" if first else title, shown, said, [head, *lines[part]], wide)

    def _table(self, title: str, rows: Rows, texts: Rows, lines: Sequence[int], wide: Sequence[int]) -> None:
        slide, heads = self.slide(title), rows[0]
        table = slide.shapes.add_table(len(lines), len(heads), EDGE, TOP, sum(wide), sum(lines) * LINE).table
        for column, width in zip(table.columns, wide, strict=True):
            column.width = width
        for place, count in enumerate(lines):
            table.rows[place].height = count * LINE
            ground = BRAND if place == 0 else GROUND if place % 2 else "FFFFFF"
            look = {"is_bold": True, "colour": "FFFFFF"} if place == 0 else {}
            for cell, text, one in zip(table.rows[place].cells, texts[place], rows[place], strict=True):
                cell.fill.solid()
                cell.fill.fore_color.rgb = _colour(ground)
                cell.margin_top = cell.margin_bottom = 0
                _say(cell.text_frame, text, 18, align=PP_ALIGN.LEFT if isinstance(one, str) else PP_ALIGN.RIGHT, **look)

    def chart(self, slide: Any, name: str, rows: Sequence[tuple[str, Any]], kind: Any, most: int | None = None) -> None:
        """A chart of one series with its numbers."""
        data: Any = CategoryChartData(number_format="General")  # type: ignore[no-untyped-call]
        data.categories = [title for title, _number in rows]
        data.add_series(name, [number for _title, number in rows])
        chart = slide.shapes.add_chart(kind, EDGE, TOP, WIDE - 2 * EDGE, FOOT - TOP - Inches(0.1), data).chart
        chart.has_legend, chart.has_title = False, False
        _look(chart.font, 18 if len(rows) < 12 else 14, colour=INK)
        plot = chart.plots[0]
        plot.gap_width, plot.has_data_labels, plot.vary_by_categories = 45, True, False
        plot.series[0].format.fill.solid()
        plot.series[0].format.fill.fore_color.rgb = _colour(BRAND)
        chart.value_axis.visible, chart.value_axis.has_major_gridlines = False, False
        chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = 0, most
        if kind == XL_CHART_TYPE.BAR_CLUSTERED:
            chart.category_axis.reverse_order = True  # the first one on top
        axis = chart.category_axis._element
        every = OxmlElement("c:tickLblSkip")  # each column has its name
        every.set("val", "1")
        axis.insert(list(axis).index(axis.find(qn("c:noMultiLvlLbl"))), every)

    def saved(self) -> bytes:
        file = BytesIO()
        self.made.save(file)
        return file.getvalue()


def _colour(digits: str) -> Any:
    return RGBColor.from_string(digits)  # type: ignore[no-untyped-call]


def _said(cell: Any) -> str:
    return plain_points(cell) if isinstance(cell, Decimal) else str(cell)


def _by_slide(lines: Sequence[int], most: int) -> Iterator[tuple[int, int]]:
    """The first row of each slide, and how many stand on it. `lines`: of each row; `most`: for which there is room."""
    first, high = 0, 0
    for place, one in enumerate(lines):
        if place > first and high + one > most:
            yield first, place - first
            first, high = place, 0
        high += one
    if lines:
        yield first, len(lines) - first


def _lines(text: str, wide: int) -> int:
    """About how many lines a text takes in a column: PowerPoint knows it, and whoever lays a table out does not."""
    letters = sum(unicodedata.category(letter) != "Mn" for letter in text)
    return max(1, ceil(letters / (wide * LETTERS // Inches(1))))


def _say(frame: Any, text: str, size: int, *, align: Any = PP_ALIGN.LEFT, **look: Any) -> None:
    paragraph = frame.paragraphs[0]
    paragraph.alignment = align
    run = paragraph.add_run()
    run.text = printable(text)
    _look(run.font, size, **look)


def _look(font: Any, size: int, *, is_bold: bool = False, colour: str = INK) -> None:
    font.name, font.size, font.bold, font.color.rgb = FONT, Pt(size), is_bold, _colour(colour)
    latin = font._rPr.find(qn("a:latin"))
    complex_script = OxmlElement("a:cs")  # by which Thai is written
    complex_script.set("typeface", FONT)
    latin.addnext(complex_script)


# What stands on each


def _now(deck: Deck, report: Report) -> None:
    slide, country, spreads = deck.slide(TITLE), report.country, report.spreads()
    total = spreads[-1] if spreads else None
    figures = [
        ("สำนักงานที่เข้าร่วม", len(country.points), f"ยังไม่มีคะแนน {country.unknown}" if country.unknown else ""),
        ("มัธยฐานคะแนนรวม", total and total.median, f"จาก {plain_points(report.scheme.max)} คะแนน"),
        ("คะแนนสูงสุด", total and total.highest, f"ต่ำสุด {plain_points(total.lowest)}" if total else ""),
        ("ยังทำได้ถึง", report.attainable, "มัธยฐาน"),
        ("ส่งครบ", report.whole.completeness, "ร้อยละของรายการที่ถึงกำหนดแล้ว"),
        ("เลยกำหนด", report.whole.counts["late"], "รายการ"),
        ("รอตรวจ", country.left, f"ตรวจวันละ {country.rate}"),
        ("เหลือเวลา", max(country.days_left, 0), "วันก่อนปิดรอบ"),
    ]
    deck.text(slide, report.round.name_th, (EDGE, Inches(1.2), WIDE - 2 * EDGE, Inches(0.6)), 28, colour=MUTED)
    wide = (WIDE - 2 * EDGE) // 4
    for place, (title, number, beside) in enumerate(figures):
        left, top = EDGE + place % 4 * wide, Inches(2.2) + place // 4 * Inches(2.3)
        said = "–" if number is None else plain_points(number) if isinstance(number, Decimal) else f"{number:,}"
        for text, down, size, look in (
            (title, 0, 24, {"colour": MUTED}),
            (said, 0.4, 66, {"is_bold": True, "colour": BRAND}),
            (beside, 1.4, 20, {"colour": MUTED}),
        ):
            deck.text(slide, text, (left, top + Inches(down), wide, Inches(0.5)), size, **look)


def _distribution(deck: Deck, report: Report) -> None:
    slide = deck.slide("จำนวนสำนักงานตามช่วงคะแนนที่ตรวจรับแล้ว")
    deck.chart(slide, "สำนักงาน", report.country.distribution(), XL_CHART_TYPE.COLUMN_CLUSTERED)


def _map(deck: Deck, report: Report) -> None:
    """Each province a shape of its own name; five classes as on the page; the highest and the lowest beside."""
    slide, rows = deck.slide("คะแนนที่ตรวจรับแล้วรายจังหวัด"), report.provinces.rows
    of_province = {row.code: row for row in rows}
    scale = (FOOT - TOP) / thailand.SIZE[1]
    group = slide.shapes.add_group_shape()
    group.name = "แผนที่ประเทศไทย"
    for code, path in thailand.shapes().items():
        row = of_province.get(code)
        shape = _drawn(group.shapes, thailand.outlines(path), scale)
        shape.name = f"{row.name} {row.said}" if row else code
        shape.shadow.inherit = False
        shape.fill.solid()
        shape.fill.fore_color.rgb = _colour(thailand.hexadecimal(row.level if row else 0))
        shape.line.width, shape.line.color.rgb = Pt(0.5), _colour("76858B")
    left = Inches(4.0)
    for place, one in enumerate(report.provinces.classes):
        top = TOP + place * Inches(0.5)
        sample = slide.shapes.add_shape(1, left, top, Inches(0.5), Inches(0.38))
        sample.fill.solid()
        sample.fill.fore_color.rgb, sample.shadow.inherit = _colour(thailand.hexadecimal(one.level)), False
        said = f"{one.least}–{one.most} ({one.provinces} จังหวัด)"
        deck.text(slide, said, (left + Inches(0.6), top - Inches(0.05), Inches(3.2), Inches(0.4)), 20)
    ends = [("สูงสุด", rows[:ENDS]), ("ต่ำสุด", [row for row in rows if row.number is not None][-ENDS:])]
    for place, (title, own) in enumerate(ends):
        told = "\n".join([title, *(f"{row.name}  {row.said}" for row in own)])
        deck.text(slide, told, (Inches(7.9) + place * Inches(2.6), TOP, Inches(2.6), FOOT - TOP), 20)
    credit = "แผนที่: @svg-maps/thailand โดย Tae Noppakun Wongsrinoppakun, CC BY 4.0 ลดรายละเอียดของเส้น"
    deck.text(slide, credit, (left, Inches(6.1), Inches(3.8), Inches(0.7)), 14, colour=MUTED)


def _drawn(shapes: Any, lines: list[list[tuple[int, int]]], scale: float) -> Any:
    (first, *rest), *others = lines
    builder = shapes.build_freeform(*first, scale=scale)
    builder.add_line_segments(rest)
    for start, *line in others:
        builder.move_to(*start)
        builder.add_line_segments(line)
    return builder.convert_to_shape(EDGE, TOP)


def _dimensions(deck: Deck, report: Report) -> None:
    spreads = report.spreads()
    heads = ["ด้าน", "เต็ม", "มัธยฐาน", "ควอร์ไทล์บน", "สูงสุด", "ต่ำสุด", "ร้อยละ"]
    rows = [(s.title, s.most, s.median, s.best_quarter, s.highest, s.lowest, s.share) for s in spreads]
    deck.table("ผลรายด้าน", heads, rows, (11, 2, 3, 4, 2, 2, 3))
    if len(spreads) > 1:
        slide = deck.slide("มัธยฐานเป็นร้อยละของคะแนนเต็ม รายด้าน")
        deck.chart(slide, "ร้อยละ", [(s.title, s.share) for s in spreads], XL_CHART_TYPE.BAR_CLUSTERED, 100)


def _regions(deck: Deck, report: Report) -> None:
    if rows := [(one.title, one.points[-1]) for one in report.country.by_region()]:
        slide = deck.slide("มัธยฐานคะแนนรวม รายเขตตรวจราชการ")
        deck.chart(slide, "มัธยฐาน", rows, XL_CHART_TYPE.BAR_CLUSTERED, ceil(report.scheme.max))


def _practices(deck: Deck, report: Report) -> None:
    heads = ["ตัวชี้วัดที่มีน้อยแห่งได้เต็ม", "ได้เต็ม (แห่ง)", "สำนักงานที่ได้เต็ม", "หลักฐานที่ตรวจรับแล้ว"]
    rows = [
        (
            _titled(one.criterion),
            len(one.criterion.full),
            ", ".join(name for name, _titles, _more in one.offices),
            next((titles[0] for _name, titles, _more in one.offices if titles), "คิดจากตัวเลขที่บันทึกไว้"),
        )
        for one in report.practices()
    ]
    deck.table("แนวปฏิบัติที่ดี", heads, [list(_cut(row)) for row in rows], (9, 4, 8, 8))


def _hindrances(deck: Deck, report: Report) -> None:
    heads = ["ตัวชี้วัด รวมทุกสำนักงาน", "ได้แล้ว", "ยังทำได้อีก", "หมดสิทธิ์", "ได้เต็ม (แห่ง)"]
    rows = [(_titled(one), one.earned, one.open, one.lost, len(one.full)) for one in report.to_be_won()]
    deck.table("ตัวชี้วัดที่ยังมีคะแนนให้ทำได้มากที่สุด", heads, rows, (15, 3, 4, 3, 4))
    told = [(one.title, one.pieces, one.offices, " / ".join(one.reasons)) for one in report.returned()]
    heads = ["รายการที่ส่งคืนบ่อยที่สุด", "หลักฐาน", "สำนักงาน", "เหตุผล"]
    deck.table("สิ่งที่ส่งคืน และเหตุผล", heads, [list(_cut(row)) for row in told], (9, 3, 3, 11))
    waits = [(one.title, one.pieces, one.days) for one in report.country.longest]
    heads = ["รายการที่รอตรวจนานที่สุด", "หลักฐาน", "นานที่สุด (วัน)"]
    deck.table("สิ่งที่รอตรวจ", heads, waits, (16, 3, 4))


def _years(deck: Deck, years: Years) -> None:
    """Medians beside those of the earlier round, and who rose most."""
    heads = ["มัธยฐาน", "ปีก่อน", "ปีนี้", "ต่างกัน (ร้อยละ)"]
    rows = [
        (one.title, *("–" if points is None else points for points in one.medians), one.change)
        for one in years.dimensions
    ]
    deck.table(f"เทียบกับ {years.earlier.name_th}", heads, rows, (11, 3, 3, 4))
    heads = ["สำนักงาน", "คะแนนปีก่อน", "คะแนนปีนี้"]
    for title, moved in (("ดีขึ้นมากที่สุด", years.risen), ("ลดลงมากที่สุด", years.fallen)):
        rows = [(one.office.name_th, one.before.total, one.now.total) for one in moved]
        deck.table(f"สำนักงานที่{title}จากปีก่อน", heads, rows, (10, 4, 4))


def _titled(criterion: Any) -> str:
    return whole_words(numbering(criterion.code, " ") + criterion.title, MOST)


def _cut(row: Sequence[Any]) -> Iterator[Any]:
    return (whole_words(one, MOST) if isinstance(one, str) else one for one in row)
