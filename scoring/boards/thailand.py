"""The map of the provinces as SVG: on a page the shapes lie in a file beside it, on paper within it.

What it says stands in a table beneath, with the same links, for whoever sees no colours or has no mouse.
"""

import re
from collections.abc import Iterable
from functools import cache
from itertools import accumulate

from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from submissions.documents.typesetting import read_assets

from .provinces import Province

FILE = "vendor/thailand.svg"
SIZE = 560, 1025
ON_PAPER = ("#ffffff", "#d9eceb", "#a3d0d1", "#5fa9af", "#2b7c87", "#0b4a55")  # a class's colour; first: no number yet
LINE = "#76858b"


def hexadecimal(level: int) -> str:
    """A class's colour on paper as six digits alone."""
    return ON_PAPER[level][1:].upper()


@cache
def shapes() -> dict[str, str]:
    """The outline of each province by its code, as an SVG path of whole numbers: M, l and z alone."""
    drawing = read_assets({"map": FILE})["map"].decode()
    return dict(re.findall(r'<path id="([\w-]+)" d="([^"]+)"', drawing))


def outlines(path: str) -> list[list[tuple[int, int]]]:
    """The points of each closed line of such a path."""
    found = []
    for line in path.split("M")[1:]:
        numbers = [int(number) for number in re.findall(r"-?\d+", line)]
        steps = zip(numbers[::2], numbers[1::2], strict=True)
        found.append(list(accumulate(steps, lambda point, step: (point[0] + step[0], point[1] + step[1]))))
    return found


def on_page(rows: Iterable[Province]) -> SafeString:
    of_province = {row.code: row for row in rows}
    file = static(FILE)
    others = ((file, code) for code in shapes() if code not in of_province)
    drawn = (row for code, row in of_province.items() if code in shapes())
    return format_html(
        '<svg class="map" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}{}</svg>',
        *SIZE,
        format_html_join("", '<use href="{}#{}" class="others"/>', others),
        format_html_join("", "{}", ((_linked(file, row),) for row in drawn)),
    )


def _linked(file: str, row: Province) -> SafeString:
    shape = format_html('<title>{} {}</title><use href="{}#{}"/>', row.name, row.said, file, row.code)
    if not row.url:
        return format_html('<g class="level-{}">{}</g>', row.level, shape)
    return format_html('<a class="level-{}" href="{}" tabindex="-1">{}</a>', row.level, row.url, shape)


def on_paper(rows: Iterable[Province]) -> SafeString:
    levels = {row.code: row.level for row in rows}
    paths = [(path, ON_PAPER[levels.get(code, 0)]) for code, path in shapes().items()]
    return format_html(
        '<svg class="map" viewBox="0 0 {} {}"><g stroke="{}" stroke-width="1">{}</g></svg>',
        *SIZE,
        LINE,
        format_html_join("", '<path d="{}" fill="{}"/>', paths),
    )
