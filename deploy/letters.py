"""Cuts the Latin half of the portal's typeface down to the letters and signs that its texts have: half of it is left.

`make letters` runs it after a sign came into use; tests/cdd4/test_letters.py says so. What somebody writes with other
letters (é, ß) is shown in a typeface of their machine.
"""

from collections.abc import Iterator
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "static/vendor/sarabun"
WEIGHTS = "400", "700"
SAYING = "locale/**/*.po", "scoring/schemes/*.yaml", "templates/**/*.html", "static/*.js", "static/*.css"
PLAIN = {chr(code) for code in (*range(0x20, 0x7F), 0xA0)}


def whole(weight: str) -> Path:
    return FOLDER / f"sarabun-latin-{weight}-normal.woff2"


def target(weight: str) -> Path:
    return FOLDER / f"sarabun-latin-{weight}-used.woff2"


def letters() -> set[str]:
    """What any text of the portal may show, as far as the typeface has it."""
    texts = (path.read_text(encoding="utf-8") for path in _files())
    return PLAIN | {letter for text in texts for letter in text} & _held(whole(WEIGHTS[0]))


def _files() -> Iterator[Path]:
    for pattern in SAYING:
        yield from ROOT.glob(pattern)


def _held(path: Path) -> set[str]:
    return {chr(code) for code in TTFont(path).getBestCmap()}


def missing() -> set[str]:
    """Letters in use that the cut typeface lacks."""
    return {letter for weight in WEIGHTS for letter in letters() - _held(target(weight))}


def cut(weight: str) -> TTFont:
    """The typeface with these letters and no other."""
    font = TTFont(whole(weight), recalcTimestamp=False)
    subsetter = Subsetter(Options(flavor="woff2", layout_features=["*"]))
    subsetter.populate(text="".join(sorted(letters())))
    subsetter.subset(font)
    font.flavor = "woff2"
    return font


if __name__ == "__main__":
    for weight in WEIGHTS:
        cut(weight).save(target(weight))
