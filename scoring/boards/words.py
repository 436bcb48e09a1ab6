"""How cells of a board are told: a sign for the eye, words for everybody else, both with the days."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from submissions.questions.owing import Cell

SIGNS = {"done": "✓", "submitted": "●", "returned": "↩", "late": "!", "missing": "○", "ahead": "·"}
TITLES: dict[str, Promise] = {
    "done": gettext_lazy("Accepted or entered"),
    "submitted": gettext_lazy("Waiting for review"),
    "returned": gettext_lazy("Returned"),
    "late": gettext_lazy("Overdue"),
    "missing": gettext_lazy("Not handed in yet, due within 30 days"),
    "ahead": gettext_lazy("Not due yet"),
}
DONE: dict[str, Promise] = {"requirement": gettext_lazy("Accepted"), "value": gettext_lazy("Entered")}
MORE_TIME = "+"


def sign(cell: Cell) -> str:
    """✓, !12 (days overdue), ●3 (handed in three days late), ○+ (more time given)."""
    return f"{SIGNS[cell.state]}{cell.days or ''}{MORE_TIME if cell.is_extended else ''}"


def told(cell: Cell, kind: str = "") -> str:
    """The same in words. `kind`: of what is asked; evidence is accepted, amounts are entered."""
    parts = [str(DONE.get(kind, TITLES["done"]) if cell.state == "done" else TITLES[cell.state])]
    if cell.days and cell.state == "late":
        parts.append(ngettext("for %(days)s day", "for %(days)s days", cell.days) % {"days": cell.days})
    elif cell.days:
        sentence = ngettext("handed in %(days)s day late", "handed in %(days)s days late", cell.days)
        parts.append(sentence % {"days": cell.days})
    if cell.is_extended:
        parts.append(_("more time given"))
    return " · ".join(parts)
