"""A board as a workbook: what is shown of it, on all pages; how everybody stands; what the per cents count."""

from typing import Any

from django.utils.translation import gettext as _

from submissions import thai
from submissions.models import Office
from submissions.questions.owing import Tally
from submissions.spreadsheets import office_book
from submissions.spreadsheets.office_book import Column, Leaf
from submissions.templatetags.wording import office_name

from .board import Board, BoardColumn, BoardRow
from .words import TITLES, told

PRINTED = 10  # columns of cells that can be read on A4


def write(board: Board) -> bytes:
    leaves = [_offices(board), _requirements(board), _parts(_("Dimensions"), board.by_dimension)]
    if board.regions:
        leaves.append(_parts(_("Inspection regions"), board.by_region))
    what = _("Who owes what")
    return office_book.write(f"{what} – {board.round.name_th}", leaves)


def _offices(board: Board) -> Leaf:
    columns = [
        Column(_("Office"), lambda row: office_name(row.office), 24),
        Column(_("Nominee"), lambda row: row.nominee, 20),
        Column(_("Inspection region"), lambda row: row.region.name, 18),
        Column(_("Size group"), lambda row: str(dict(Office.Size.choices).get(row.size, "")), 9),
        *_counts(lambda row: row.tally),
        *(
            Column(column.title, _cell(place, column.demand.kind), 13, is_printed=len(board.columns) <= PRINTED)
            for place, column in enumerate(board.columns)
        ),
    ]
    if not any(row.nominee for row in board.rows):
        del columns[1]
    board.fill(board.rows)
    return Leaf(_("Offices"), columns, board.rows, columns_in_sight=1)


def _cell(place: int, kind: str) -> Any:
    def read(row: BoardRow) -> str:
        cell = row.cells[place]
        return told(cell, kind) if cell else ""

    return read


def _requirements(board: Board) -> Leaf:
    def of(read: Any) -> Any:
        return lambda line: read(line[0])

    columns = [
        Column(_("Criterion"), of(lambda column: ", ".join(one.code for one in column.demand.criteria)), 12),
        Column(_("What is asked"), of(lambda column: column.demand.title), 44),
        Column(_("Period"), of(lambda column: column.period), 14),
        Column(_("Last day"), of(lambda column: column.demand.day), 14),
        *(Column(str(title), _state(state), 12) for state, title in TITLES.items()),
        *_counts(lambda line: line[1])[2:],
    ]
    lines: list[tuple[BoardColumn, Tally]] = board.by_requirement
    return Leaf(_("What is asked"), columns, lines)


def _state(state: str) -> Any:
    return lambda line: line[1].counts[state]


def _parts(title: str, parts: list[Any]) -> Leaf:
    named = [Column(_("Code"), lambda part: part.code, 10), Column(_("Name"), lambda part: part.title, 44)]
    return Leaf(title, [*named, *_counts(lambda part: part.tally)], parts)


def _counts(read: Any) -> list[Column]:
    return [
        Column(_("Still to be done"), lambda row: read(row).owed, 11),
        Column(_("Overdue"), lambda row: read(row).counts["late"], 11),
        Column(_("Was due"), lambda row: read(row).due, 11),
        Column(_("Complete, per cent"), lambda row: read(row).completeness, 11),
        Column(_("In time, per cent"), lambda row: read(row).punctuality, 11),
    ]


def file_name(board: Board) -> str:
    what = _("Who owes what")
    return f"{what}-{thai.day_of_file(board.today)}.xlsx"
