"""What somebody typed, put upon a text that somebody else changed meanwhile: each row finds again what it stands for.

Rows with a code are found by it. Without codes nobody can tell which row is which once rows came or went.
"""

from .pieces import Piece
from .shapes import Kind

NAMELESS = {"code": "", "th": "", "en": ""}  # as a page sends the titles of a row that has none
_ROWS = (Kind.LIST, Kind.MAP)


def joined(mine: Piece, now: Piece) -> bool:
    """Sets what was typed upon what is there now, with the rows that it does not know; False: that can't be told."""
    if mine.is_kept:
        return True
    if mine.kind in _ROWS:
        return not now.is_kept and _join_rows(mine, now)
    if now.is_kept or mine.way != now.way:
        return _takes_its_place(mine)
    there = {piece.word: piece for piece in now.pieces}
    return all([_joined_word(piece, there.get(piece.word)) for piece in mine.pieces])


def _joined_word(mine: Piece, now: Piece | None) -> bool:
    return joined(mine, now) if now else _takes_its_place(mine)


def _takes_its_place(mine: Piece) -> bool:
    """Whether it says all by itself, without anything of the text that was."""
    for piece in mine.walk():
        piece.origin = None
    return not any(piece.is_kept for piece in mine.walk())


def _join_rows(mine: Piece, now: Piece) -> bool:
    known = {_code_of(row): row for row in now.rows}
    own = [_code_of(row) for row in mine.rows if row.origin is not None]
    if "" in known or "" in own or len(known) < len(now.rows) or len(set(own)) < len(own):
        return _join_in_order(mine, now)
    rows, told = [], []
    for row in mine.rows:
        there = known.pop(_code_of(row), None)
        if there is None and row.is_kept:
            continue  # somebody took it out
        told.append(_join_row(row, there))
        rows.append(row)
    mine.rows = [*rows, *known.values()]
    return all(told)


def _join_in_order(mine: Piece, now: Piece) -> bool:
    """Rows without codes: as long as they are as many as they were."""
    before = [row for row in mine.rows if row.origin is not None]
    if {row.origin for row in before} != set(range(len(now.rows))):
        return False
    pairs = [(row, now.rows[row.origin or 0]) for row in before]
    if any(row.is_kept and {**NAMELESS, **there.titles} != row.titles for row, there in pairs):
        return False
    return all([_join_row(row, there) for row, there in pairs])


def _join_row(row: Piece, there: Piece | None) -> bool:
    if there is None:
        return _takes_its_place(row)
    row.origin = there.origin
    if row.is_kept:
        row.titles = there.titles
        return True
    return joined(row, there)


def _code_of(row: Piece) -> str:
    said = (piece.value.strip() for piece in row.pieces if piece.word == "code")
    return row.key or str(row.titles.get("code", "")) or next(said, "")
