"""Cuts the admin's icon font down to the icons that are named somewhere: 292 kB become about a twentieth.

`make icons` runs it after an icon was added, or when django-unfold brings others. tests/cdd4/test_icons.py says so.
"""

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "static/vendor/material-symbols.woff2"
UNFOLD = Path(find_spec("unfold").submodule_search_locations[0])  # type: ignore[union-attr,index]
WHOLE = UNFOLD / "static/unfold/fonts/material-symbols/Material-Symbols-Outlined.woff2"
NAMED = re.compile(
    r"""material-symbols-outlined[^<>]*>\s*([a-z0-9_]+)\s*<"""  # <span class="material-symbols-outlined">close</span>
    r"""|\bicon["']?\s*[=:]\s*["']?([a-z0-9_]+)"""  # icon="close" of a menu, an action, a component
    r"""|content(?:-\[|:)["']([a-z0-9\\_]+)"""  # of a widget's box, by a class of Tailwind; of a style
)
OWN = ("templates/admin", "templates/unfold", "templates/submissions/admin", "templates/scoring/admin", "cdd4")
OWN_CODE = ("submissions/admin", "scoring", "awards")


def files() -> Iterator[Path]:
    """Whatever may name an icon that the admin shows."""
    for folder in OWN:
        yield from (path for path in (ROOT / folder).rglob("*") if path.suffix in (".html", ".py"))
    for folder in OWN_CODE:
        yield from (ROOT / folder).rglob("*.py")
    yield from (path for path in UNFOLD.rglob("*") if path.suffix in (".html", ".py", ".css"))


def named() -> set[str]:
    """The names of icons in those files."""
    found = {name for path in files() for names in NAMED.findall(path.read_text(encoding="utf-8")) for name in names}
    return {name.replace("\\", "") for name in found} & set(icons(TTFont(WHOLE)))


def icons(font: TTFont) -> dict[str, str]:
    """The glyph that a name is drawn as: names are ligatures of their letters."""
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    return {
        "".join(letters[glyph] for glyph in (first, *ligature.Component)): ligature.LigGlyph
        for table in ligatures(font)
        for first, found in table.ligatures.items()
        for ligature in found
    }


def ligatures(font: TTFont) -> Iterator[Any]:
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            yield table.ExtSubTable if hasattr(table, "ExtSubTable") else table


def cut(names: set[str]) -> TTFont:
    """The font with these icons, and no other."""
    font = TTFont(WHOLE, recalcTimestamp=False)
    glyphs = {glyph for name, glyph in icons(font).items() if name in names}
    for table in ligatures(font):
        kept = {first: [one for one in found if one.LigGlyph in glyphs] for first, found in table.ligatures.items()}
        table.ligatures = {first: found for first, found in kept.items() if found}
    subsetter = Subsetter(Options(flavor="woff2", layout_features=["*"], hinting=False, drop_tables=["FFTM"]))
    subsetter.populate(glyphs=glyphs, text="".join(sorted(names)))
    subsetter.subset(font)
    font.flavor = "woff2"
    return font


if __name__ == "__main__":
    cut(named()).save(TARGET)
