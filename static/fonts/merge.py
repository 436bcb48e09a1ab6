"""Make the TTFs of this folder from the npm package @fontsource/sarabun: see README.md beside this file."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.merge import Merger
from fontTools.ttLib import TTFont

WEIGHTS = (400, 600, 700)
SUBSETS = ("thai", "latin", "latin-ext")


def merge_subsets(source: Path, weight: int, target: Path) -> None:
    """Merge the split web fonts of one weight into one TTF; the same input gives the same bytes."""
    with TemporaryDirectory() as folder:
        parts = []
        for subset in SUBSETS:
            font = TTFont(source / f"sarabun-{subset}-{weight}-normal.woff2", recalcTimestamp=False)
            font.flavor = None
            made, part = font["head"].created, f"{folder}/{subset}.ttf"
            font.save(part)
            parts.append(part)
        merged = Merger().merge(parts)
        merged.recalcTimestamp = False
        merged["head"].created = merged["head"].modified = made
        merged.save(target / f"Sarabun-{weight}.ttf")


if __name__ == "__main__":
    for weight in WEIGHTS:
        merge_subsets(Path(sys.argv[1]), weight, Path(sys.argv[2]))
