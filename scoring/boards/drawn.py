"""Rows of cells as HTML: there are thousands on a page, and a template takes longer over each than the database."""

from collections.abc import Iterable

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from submissions.questions.owing import Cell

from .words import sign, told

NOT_LOOKED_FOR = mark_safe('<td class="cell"></td>')


class Drawer:
    """Draws cells that are alike once. One for each page: it speaks the page's language."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[str, int, bool], SafeString] = {}

    def row(self, cells: Iterable[Cell | None]) -> SafeString:
        return mark_safe("".join(self._cell(cell) if cell else NOT_LOOKED_FOR for cell in cells))  # noqa: S308  drawn here

    def _cell(self, cell: Cell) -> SafeString:
        key = cell.state, cell.days, cell.is_extended
        if key not in self._drawn:
            drawn = '<td class="cell is-{}"><span role="img" aria-label="{}">{}</span></td>'
            self._drawn[key] = format_html(drawn, cell.state, told(cell), sign(cell))
        return self._drawn[key]
