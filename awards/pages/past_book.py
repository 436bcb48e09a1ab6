"""What came of a trial on the past as a workbook: everybody, the criteria, the dimensions, ties, what did not fit."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from awards.models import Publication
from scoring.models import PastTrial
from submissions.spreadsheets import office_book
from submissions.spreadsheets.office_book import Column, Leaf

from .past_report import Choice, PastReport


def write(trial: PastTrial, publication: Publication) -> bytes:
    """All of it, whatever is chosen on the page."""
    report = PastReport(trial, Choice())
    leaves = [_offices(report), _criteria(report), _dimensions(report), _ties(report), _things(report)]
    return office_book.write(title_of(trial, publication), leaves)


def title_of(trial: PastTrial, publication: Publication) -> str:
    what = _("Trial on the past")
    return f"{what} – {trial.scheme_code} – {publication}"


def _offices(report: PastReport) -> Leaf:
    columns = [
        Column(_("Code"), lambda row: row.code, 9),
        Column(_("Office"), lambda row: row.office, 24),
        Column(_("Nominee"), lambda row: row.nominee, 20),
        Column(_("Inspection region"), lambda row: row.region_name, 18),
        Column(_("Size group"), lambda row: report.sizes.get(row.size, ""), 9),
        Column(_("Rank as announced"), lambda row: row.was.rank, 10),
        Column(_("Rank by this scheme"), lambda row: row.would.rank, 10),
        Column(_("Places"), lambda row: row.places, 8),
        Column(_("Points as announced"), lambda row: row.was.points, 10),
        Column(_("Points by this scheme"), lambda row: row.would.points, 10),
        Column(_("Difference"), lambda row: row.gain, 10),
        Column(_("Award as announced"), lambda row: row.was.award, 20),
        Column(_("Award by this scheme"), lambda row: row.would.award, 20),
        Column(_("Award's line"), lambda row: row.said, 18),
    ]
    if not any(row.nominee for row in report.all_rows):
        columns.pop(2)
    return Leaf(_("Offices"), columns, report.rows, columns_in_sight=2)


def _criteria(report: PastReport) -> Leaf:
    columns = [
        Column(_("Code"), lambda one: one["code"], 12),
        Column(_("Criterion"), lambda one: one["title"], 44),
        Column(_("Most there is"), _number("max"), 9),
        Column(_("Have all of it"), lambda one: one["full"], 9),
        Column(_("Have nothing"), lambda one: one["none"], 9),
        Column(_("Least"), _number("least"), 9),
        Column(_("Median"), _number("median"), 9),
        Column(_("Most"), _number("most"), 9),
        Column(_("Different numbers of points"), lambda one: one["different"], 11),
        Column(_("Decides nothing"), lambda one: one["verdict"], 22),
    ]
    return Leaf(_("Criteria"), columns, report.criteria)


def _dimensions(report: PastReport) -> Leaf:
    columns = [
        Column(_("Code"), lambda one: one["code"], 12),
        Column(_("Dimension"), lambda one: one["title"], 44),
        Column(_("Most as announced"), _number("max", 0), 12),
        Column(_("Most by this scheme"), _number("max", 1), 12),
        Column(_("Sum as announced"), _number("sums", 0), 14),
        Column(_("Sum by this scheme"), _number("sums", 1), 14),
    ]
    return Leaf(_("Dimensions"), columns, report.dimensions)


def _ties(report: PastReport) -> Leaf:
    columns = [
        Column(_("Award"), lambda tie: tie["award"], 30),
        Column(_("Rank"), lambda tie: tie["rank"], 8),
        Column(_("Points"), _number("total"), 10),
        Column(_("Who is tied"), lambda tie: ", ".join(tie["names"]), 60),
        Column(_("How many of them would get it"), lambda tie: tie["places"], 12),
        Column(_("Decided then"), lambda tie: _("yes") if tie["is_decided"] else _("no"), 10),
    ]
    return Leaf(_("Ties on awards' lines"), columns, report.ties)


def _things(report: PastReport) -> Leaf:
    columns = [
        Column(_("What it is"), lambda thing: str(thing["kind"]), 16),
        Column(_("Code"), lambda thing: thing["code"], 18),
        Column(_("Name"), lambda thing: thing["title"], 44),
        Column(_("Period"), lambda thing: thing["period"], 18),
        Column(_("Entries in which it was left out"), lambda thing: thing.get("count"), 12),
        Column(_("Why"), _why, 40),
    ]
    return Leaf(_("What did not fit"), columns, [*report.left_out, *report.asked_anew])


def _why(thing: dict[str, Any]) -> str:
    if "count" not in thing:
        return _("asked for by this scheme alone")
    return _("asked for in another way") if thing["still_asked"] else _("not asked for by this scheme")


def _number(name: str, side: int | None = None) -> Any:
    """The points under this name, as a number."""

    def read(row: dict[str, Any]) -> Any:
        text = row[name] if side is None else row[name][side]
        return None if text is None else Decimal(text)

    return read
