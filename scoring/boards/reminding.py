"""Who would be reminded of what, from what a board shows; nothing is written before somebody has seen this."""

from dataclasses import dataclass
from functools import cached_property

from submissions.intake import Reminded
from submissions.models import Entry, User
from submissions.notices.people import officers_of
from submissions.questions.owing import Cell
from submissions.questions.reminded import reminded_lately

from .board import Board, BoardColumn, BoardRow
from .words import told

SHOWN = 200  # offices that a preview names
MOST = 2000  # offices that are looked at in one request


@dataclass(frozen=True, slots=True)
class Addressee:
    """One entry's office, what it is reminded of, and who reads it."""

    row: BoardRow
    owed: list[tuple[BoardColumn, Cell]]
    people: list[User]

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What it is reminded of, and how that stands."""
        return [(column.title, told(cell, column.demand.kind)) for column, cell in self.owed]

    @property
    def names(self) -> str:
        return ", ".join(map(str, self.people))

    @property
    def things(self) -> list[Reminded]:
        asked = ((column.demand, cell) for column, cell in self.owed)
        return [Reminded(demand.kind, *demand.slot, cell.state, cell.until) for demand, cell in asked]


class Reminder:
    """All entries that the board shows, whatever its page. Three statements beside the board's own.

    `only`: of these entries alone, by id; those whom somebody saw in the preview.
    """

    def __init__(self, board: Board, only: set[int] | None = None) -> None:
        self.board, self.only = board, only

    @cached_property
    def _rows(self) -> list[BoardRow]:
        return [row for row in self.board.rows if row.tally.owed and (self.only is None or row.pk in self.only)]

    @property
    def is_too_many(self) -> bool:
        """Then nobody is written to: fewer are chosen first."""
        return len(self._rows) > MOST

    @cached_property
    def _owing(self) -> list[tuple[BoardRow, list[tuple[BoardColumn, Cell]]]]:
        states = self.board.choice.reminds_of
        rows = [] if self.is_too_many else self._rows
        self.board.fill(rows if states else [])
        found = []
        for row in rows:
            cells = zip(self.board.columns, row.cells, strict=False)
            if owed := [(column, cell) for column, cell in cells if cell and cell.state in states]:
                found.append((row, owed))
        return found

    @cached_property
    def _lately(self) -> set[int]:
        return reminded_lately(row.pk for row, _owed in self._owing)

    @cached_property
    def _all(self) -> list[Addressee]:
        ids = [row.pk for row, _owed in self._owing]
        entries = Entry.objects.filter(pk__in=ids).select_related("office__parent__parent__parent")
        people = officers_of(entries) if ids else {}
        return [Addressee(row, owed, people.get(row.pk, [])) for row, owed in self._owing]

    @property
    def addressees(self) -> list[Addressee]:
        """Who is written to."""
        return [one for one in self._all if one.people and one.row.pk not in self._lately]

    @property
    def lately(self) -> list[Addressee]:
        """Who was written to a short time ago, and is passed over."""
        return [one for one in self._all if one.row.pk in self._lately]

    @property
    def unreachable(self) -> list[Addressee]:
        """Offices that have no account, and none above them either."""
        return [one for one in self._all if not one.people and one.row.pk not in self._lately]

    @property
    def shown(self) -> list[Addressee]:
        return self.addressees[:SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.addressees) - SHOWN)

    @property
    def things(self) -> int:
        return sum(len(one.owed) for one in self.addressees)

    @property
    def ids(self) -> str:
        """As a page sends them back."""
        return ",".join(str(one.row.pk) for one in self.addressees)

    @property
    def owed(self) -> dict[int, list[Reminded]]:
        return {one.row.pk: one.things for one in self.addressees}
