"""The report for those who lead, on paper: four to six pages in Thai, with Thai digits. Its numbers are the page's."""

from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from scoring.engine.language.display import numbering
from submissions import thai
from submissions.documents.typesetting import whole_words

from . import charts, thailand
from .country import Medians
from .report import Report

MOST = 120  # letters of a title or a reason
TITLE = "รายงานผู้บริหาร"


def page(report: Report, at: datetime) -> str:
    """What is printed, as HTML. The same within a minute. `report` is asked in Thai."""
    country = report.country
    distribution, spreads, codes = country.distribution(), report.spreads(), _columns(report)
    rows = report.provinces.rows
    half = -(-len(rows) // 2)
    context = {
        "title": TITLE,
        "round": report.round,
        "at": at.replace(second=0, microsecond=0),
        "report": report,
        "country": country,
        "spreads": [
            (code, one, charts.bar(one.median, one.most)) for code, one in zip([*codes, ""], spreads, strict=True)
        ]
        if spreads
        else [],
        "total": spreads[-1] if spreads else None,
        "ordered": sorted(spreads[:-1], key=lambda one: -one.share),
        "distribution": distribution,
        "chart": charts.columns(distribution),
        "map": thailand.on_paper(rows) if report.provinces.is_worth_it else "",
        "halves": [rows[:half], rows[half:]],
        "colours": list(enumerate(thailand.ON_PAPER)),
        "columns": codes,
        "groups": [(title, _drawn(report, rows)) for title, rows in _groups(report)],
        "to_be_won": report.to_be_won(),
        "practices": [_shortened(one) for one in report.practices()],
        "returned": [(one, [whole_words(text, MOST) for text in one.reasons]) for one in report.returned()],
    }
    with translation.override("th"):
        return thai.digits_of_page(render_to_string("scoring/pdf/report.html", context))


def _columns(report: Report) -> list[str]:
    """The heads of dimensions, whose titles stand on the first page; of a single one nothing is told."""
    dimensions = report.scheme.dimensions if len(report.scheme.dimensions) > 1 else ()
    return [numbering(one.code) or one.title.th for one in dimensions]


def _groups(report: Report) -> list[tuple[str, list[Medians]]]:
    groups = [("กลุ่มขนาด", report.country.by_size()), ("เขตตรวจราชการ", report.country.by_region())]
    return [(title, rows) for title, rows in groups if rows]


def _drawn(report: Report, rows: list[Medians]) -> list[tuple[Medians, list[tuple[Any, Any]]]]:
    most = [number for _title, number in report.country.heads]
    shown = range(len(most)) if len(most) > 2 else [len(most) - 1]
    return [(one, [(one.points[at], charts.bar(one.points[at], most[at])) for at in shown]) for one in rows]


def _shortened(practice: Any) -> tuple[Any, str, list[tuple[str, list[str], int]]]:
    offices = [(name, [whole_words(text, MOST) for text in titles], more) for name, titles, more in practice.offices]
    return practice.criterion, whole_words(practice.criterion.title, MOST), offices
