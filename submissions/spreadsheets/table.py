"""Finds the table in the sheets of a file: people put titles above it, sheets before it and remarks beside it.

What lies beside the table is left out and named. What might be meant as part of it, such as a code that is misspelt
or a merged cell, is a fault: left out in silence it would look as if it had been taken.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter, range_boundaries

from submissions.questions.proofread import Refused

from .formats import Sheet

FIRST_ROWS = 20  # among which the headings are looked for
_CODE = re.compile(r"[0-9a-z][0-9a-z_.-]*")  # as codes are written, and remarks hardly ever


class Table(NamedTuple):
    """The columns that are known, by their codes, with the number of each row and the letter of each column."""

    names: list[str]
    letters: dict[str, str]
    rows: list[list]
    lines: list[int]
    notes: list[str]  # what was left out, for the person who sent the file


class Headings(NamedTuple):
    """A row of a sheet in which columns are named; `names` has a text for each column, "" where there is none."""

    sheet: Sheet
    line: int
    names: list[str]
    known: int  # how many of the names are columns

    @property
    def rows(self) -> list[tuple[int, list]]:
        """The rows below with anything in them, each with its number."""
        return [(line, row) for line, row in enumerate(self.sheet.rows[self.line :], self.line + 1) if any_cell(row)]

    def filled(self) -> dict[int, int]:
        """The first row below in which each column holds anything."""
        first: dict[int, int] = {}
        for line, row in self.rows:
            for number, cell in enumerate(row):
                if cell is not None:
                    first.setdefault(number, line)
        return first


def any_cell(row: Sequence) -> bool:
    return any(cell is not None for cell in row)


def code_of(heading: str) -> str:
    """`2.1.1.collected` of "ผู้ที่จัดเก็บ [2.1.1.collected]"."""
    heading = heading.strip()
    return heading[:-1].rpartition("[")[2].strip() if heading.endswith("]") and "[" in heading else heading


def find(
    sheets: Sequence[Sheet], titles: Mapping[str, str], required: Sequence[str], also: Mapping[str, str] | None = None
) -> Table:
    """The table whose columns `titles` names by code; `also` are codes by other names. Raises Refused with all that is
    wrong with its headings."""
    headings = _headings(sheets, titles, required, also or {})
    if headings is None:
        wanted = ", ".join(f"{titles[code]} [{code}]" for code in required)
        sentence = _(
            "No row of headings was found. The headings must stand in one row, above the data, among them: %(wanted)s. "
            "The sheet that “Export” gives has them all."
        )
        raise Refused({"": [sentence % {"wanted": wanted}]})
    if faults := [*_faults(headings, titles, required), *_merged(headings, titles)]:
        raise Refused({"": faults})
    return _table(headings, titles, [*_place(headings, sheets), *_left_out(headings, titles)])


def _table(headings: Headings, titles: Mapping[str, str], notes: list[str]) -> Table:
    """What stands below the headings, in the columns that are known."""
    used = [number for number, name in enumerate(headings.names) if name in titles]
    names = [headings.names[number] for number in used]
    return Table(
        names=names,
        letters={name: get_column_letter(number + 1) for name, number in zip(names, used, strict=True)},
        rows=[[row[number] if number < len(row) else None for number in used] for _line, row in headings.rows],
        lines=[line for line, _row in headings.rows],
        notes=notes,
    )


def _headings(
    sheets: Sequence[Sheet], titles: Mapping[str, str], required: Sequence[str], also: Mapping[str, str]
) -> Headings | None:
    """The row with the most known columns; a sheet with all that are required goes before one without."""
    codes = {**also, **{title.casefold(): code for code, title in titles.items()}}
    found = [best for sheet in sheets if (best := _best(sheet, titles, codes))]
    whole = [headings for headings in found if set(required) <= set(headings.names)]
    with_data = [headings for headings in whole if headings.rows]
    if len(with_data) > 1:
        sheets_named = quoted(headings.sheet.title for headings in with_data)
        sentence = _(
            "The sheets %(sheets)s all hold such data, and only one can be taken. Keep one of them in the file."
        )
        raise Refused({"": [sentence % {"sheets": sheets_named}]})
    candidates = with_data or whole or found
    return max(candidates, key=lambda headings: headings.known, default=None)


def _best(sheet: Sheet, titles: Mapping[str, str], codes: Mapping[str, str]) -> Headings | None:
    """The first row with the most known columns; the last of those over which they are merged."""
    above, width = _spread(sheet), max(map(len, sheet.rows), default=0)
    best = None
    for line, row in enumerate(sheet.rows[:FIRST_ROWS], 1):
        names = []
        for number in range(width):
            cell = row[number] if number < len(row) else None
            text = str(above.get((line, number), "") if cell is None else cell).strip()
            names.append(_named(text, titles, codes))
        known = len(set(names) & set(titles))
        is_merged = any((line, number) in above for number in range(width))
        if known and (best is None or known > best.known or (is_merged and known == best.known)):
            best = Headings(sheet, line, names, known)
    return best


def _named(text: str, titles: Mapping[str, str], codes: Mapping[str, str]) -> str:
    """The code of the column that a heading names; of any other the heading itself."""
    code = text if text in titles else code_of(text)
    return code if code in titles else codes.get(text.casefold(), code)


def _spread(sheet: Sheet) -> dict[tuple[int, int], object]:
    """A heading that was merged downwards stands in each of its rows."""
    spread: dict[tuple[int, int], object] = {}
    for left, top, right, bottom in map(range_boundaries, sheet.merged):
        row = sheet.rows[top - 1] if top <= len(sheet.rows) else []
        if left == right and bottom <= FIRST_ROWS and left <= len(row):
            spread |= {(line, left - 1): row[left - 1] or "" for line in range(top + 1, bottom + 1)}
    return spread


def _faults(headings: Headings, titles: Mapping[str, str], required: Sequence[str]) -> Iterator[str]:
    filled = {} if all(headings.names) else headings.filled()
    for number, name in enumerate(headings.names):
        if name:
            yield from _faults_of_name(headings, number, titles)
        elif number in filled:
            letter = get_column_letter(number + 1)
            at = {"cell": f"{letter}{headings.line}", "filled": f"{letter}{filled[number]}"}
            yield _("Cell %(cell)s: the column has no heading, but cell %(filled)s holds something. "
                    "Write the heading, or empty the column.") % at  # fmt: skip
    missing = [name for name in required if name not in headings.names]
    for name in missing:
        sentence = _("The column “%(name)s” is missing. The headings were read from row %(line)s.")
        yield sentence % {"name": f"{titles[name]} [{name}]", "line": headings.line}
    if not headings.rows and not missing:
        yield _("There is nothing below the headings in row %(line)s.") % {"line": headings.line}


def _faults_of_name(headings: Headings, number: int, titles: Mapping[str, str]) -> Iterator[str]:
    name = headings.names[number]
    at = {"cell": f"{get_column_letter(number + 1)}{headings.line}", "name": name}
    if name in headings.names[:number] and name in titles:
        yield _("Cell %(cell)s: “%(name)s” is there twice.") % at
    elif name not in titles and (near := _meant(name, titles)) is not None:
        sentence = _("Cell %(cell)s: no column is called “%(name)s”. Correct the heading, or delete the column.")
        yield " ".join(filter(None, [sentence % at, near]))


def _meant(name: str, titles: Mapping[str, str]) -> str | None:
    """What to add to the fault of a heading that probably means one of the columns; None: it means something else."""
    if near := get_close_matches(name, titles, 1, 0.8):
        return _("Is “%(name)s” meant?") % {"name": near[0]}
    if near := get_close_matches(name, list(titles.values()), 1, 0.8):
        return _("Is “%(name)s” meant?") % {"name": near[0]}
    return "" if _CODE.fullmatch(name) else None


def _merged(headings: Headings, titles: Mapping[str, str]) -> Iterator[str]:
    """Areas of which only the first cell would be read, the others as empty: as if nothing had been written there."""
    for area in headings.sheet.merged:
        left, _top, right, bottom = range_boundaries(area)
        if bottom > headings.line and any(name in titles for name in headings.names[left - 1 : right]):
            yield _(
                "Cells %(area)s are merged: only the first would be read. Unmerge them, and write in each cell."
            ) % {"area": area}


def _place(headings: Headings, sheets: Sequence[Sheet]) -> Iterator[str]:
    """Where the table was found, unless it lies where everybody looks for it."""
    others = [sheet.title for sheet in sheets if sheet is not headings.sheet and sheet.rows]
    if others:
        sentence = _("Read from the sheet “%(sheet)s”. Not read: %(others)s.")
        yield sentence % {"sheet": headings.sheet.title, "others": quoted(others)}
    if headings.line > 1:
        yield _("The headings were found in row %(line)s; what stands above them was left out.") % {
            "line": headings.line
        }


def _left_out(headings: Headings, titles: Mapping[str, str]) -> Iterator[str]:
    for number, name in enumerate(headings.names, 1):
        if name and name not in titles:
            sentence = _("Column %(letter)s “%(name)s” is not one of the columns, and was left out.")
            yield sentence % {"letter": get_column_letter(number), "name": name}


def quoted(titles) -> str:
    return ", ".join(f"“{title}”" for title in titles)
