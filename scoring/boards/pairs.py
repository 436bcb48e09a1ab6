"""Two years side by side as a chart: a pair of columns for each thing, in per cent of the most there is."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .charts import FOOT, TOP

EDGE = Decimal("0.15")  # of a pair's place, on either side
COLUMN = '<rect class="{}" x="{}%" y="{}%" width="{}%" height="{}%"/><text x="{}%" y="{}%">{}</text>'


def pairs(rows: Sequence[tuple[str, Decimal | None, Decimal | None]]) -> SafeString:
    """Of each (name, per cent before, per cent now); nothing stands where there was no such thing."""
    place = Decimal(100) / max(len(rows), 1)
    width = place * (1 - 2 * EDGE) / 2
    columns, names = [], []
    for at, (name, *shares) in enumerate(rows):
        names.append((_spot(place * at + place / 2), name))
        for side, share in enumerate(shares):
            if share is None:
                continue
            left, height = place * (at + EDGE) + width * side, Decimal(100 - FOOT - TOP) * share / 100
            spots = (left, 100 - FOOT - height, width, height, left + width / 2, 97 - FOOT - height)
            columns.append((("before", "now")[side], *map(_spot, spots), f"{share.normalize():f}"))
    return format_html(
        '<svg class="chart pairs" aria-hidden="true"><rect y="{}%" width="100%" height="1"/>{}{}</svg>',
        100 - FOOT,
        format_html_join("", COLUMN, columns),
        format_html_join("", '<text x="{}%" y="97%">{}</text>', names),
    )


def _spot(share: Decimal) -> str:
    return f"{share:.2f}"
