"""HTML to PDF: Thai that prints right, breaks at words, and extracts to exactly what was put in.

Fonts and ornaments are handed in, nothing is fetched. The same HTML gives the same bytes.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.conf import settings

# Between a cell's tag and its text a template may break the line; printed, that space would hide from readers of the
# PDF that the next cell is another word.
CELL_EDGE = re.compile(r"(?<=<t[dh]>)\s+|(<t[dh] [^>]*>)\s+|\s+(?=</t[dh]>)")


class AssetRefused(Exception):
    """A template asked for something that was not handed in."""


def read_assets(names: Mapping[str, str]) -> dict[str, bytes]:
    """Files of `static/` under the addresses by which a template asks for them."""
    folder = Path(settings.BASE_DIR) / "static"
    return {url: (folder / name).read_bytes() for url, name in names.items()}


@cache
def fonts() -> dict[str, bytes]:
    """Sarabun in the weights that documents use: asset:400, asset:600, asset:700."""
    return read_assets({f"asset:{weight}": f"fonts/Sarabun-{weight}.ttf" for weight in (400, 600, 700)})


def whole_words(text: str, most: int) -> str:
    """As many words of a text as have room in so many letters, with … where some are left out."""
    if len(text) <= most:
        return text
    from .printing import word_ends  # see make_pdf

    end = max((place for place in word_ends(text) if place < most), default=most - 1)
    return f"{text[:end].rstrip()}…"


def make_pdf(html: str, ornaments: Mapping[str, bytes] | None = None) -> bytes:
    """HTML to tagged PDF/A-3a; everything it shows must be in the HTML, among the fonts or among the ornaments.

    :raises AssetRefused: it asks for another file or an address.
    """
    from .printing import write_pdf  # WeasyPrint takes a third of a process' start; most processes never need it

    return write_pdf(CELL_EDGE.sub(r"\1", html), {**fonts(), **(ornaments or {})})
