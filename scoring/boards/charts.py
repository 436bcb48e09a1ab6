"""Charts as SVG, drawn here so that they need no script, and print. Their numbers stand in a table beside them.

Colours and letters as attributes are those of paper, where no style reaches into a drawing; on pages styles overrule
them.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

FOOT, TOP = 14, 12  # of a hundred: what the names below and the numbers above take
GAP = Decimal("0.15")  # of a column's place
COLUMN = '<rect x="{}%" y="{}%" width="{}%" height="{}%"/><text fill="#16181d" x="{}%" y="{}%">{}</text>'


def columns(rows: Sequence[tuple[str, int]], every: int = 1) -> SafeString:
    """A column for each (name, number); only every so many names have room."""
    most = max([number for _name, number in rows], default=0) or 1
    place = Decimal(100) / max(len(rows), 1)
    numbers, names = [], []
    for at, (name, number) in enumerate(rows):
        height = Decimal(100 - FOOT - TOP) * number / most
        left, middle, width = place * (at + GAP), place * at + place / 2, place * (1 - 2 * GAP)
        spots = (left, 100 - FOOT - height, width, height, middle, 97 - FOOT - height)
        numbers.append((*map(_spot, spots), number or ""))
        if at % every == 0:
            names.append(("every-other" if every == 1 and at % 2 else "", _spot(middle), name))
    return format_html(
        '<svg class="chart" aria-hidden="true" fill="#0b6b78" font-family="Sarabun" font-size="12"'
        ' text-anchor="middle"><rect y="{}%" width="100%" height="1"/>{}{}</svg>',
        100 - FOOT,
        format_html_join("", COLUMN, numbers),
        format_html_join("", '<text class="{}" fill="#16181d" x="{}%" y="97%">{}</text>', names),
    )


def bar(value: Decimal, most: Decimal) -> SafeString:
    """A number as a part of the most there is, for a cell of a table that says it."""
    share = value * 100 / most if most else Decimal(0)
    return format_html(
        '<svg class="bar" aria-hidden="true"><rect class="bar-track" fill="#e3e7ee" width="100%" height="100%"/>'
        '<rect class="bar-earned" fill="#0b6b78" width="{}%" height="100%"/></svg>',
        _spot(min(max(share, Decimal(0)), Decimal(100))),
    )


def _spot(share: Decimal) -> str:
    return f"{share:.2f}"
