"""Cuts the map of the provinces down to what a page shows: codes as names, lines with a tenth of their points.

`python deploy/map.py thailand.svg` reads the drawing of the npm package @svg-maps/thailand, as static/vendor/README.md
says. A line between two provinces is simplified once, for both: no gap opens between them.
"""

import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import hypot
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROVINCES, TARGET = ROOT / "submissions/data/provinces.csv", ROOT / "static/vendor/thailand.svg"
SHAPE = re.compile(r'<path\s+id="\w+"\s+aria-label="([^"]+)"\s+d="([^"]+)"')
STEP = re.compile(r"(-?[\d.]+),(-?[\d.]+)")
OTHERS = {"Bangkok": "TH-10", "Lake Songkha": "lake"}  # are drawn, and are no province
NEAR = 0.8  # so far a line may move, of the drawing's 560 by 1025
HEAD = """\
<!-- @svg-maps/thailand 2.0.0 by Tae Noppakun Wongsrinoppakun, CC BY 4.0 (LICENSE.svg-maps); changed: codes of ISO
3166-2 as names, lines simplified by deploy/map.py -->
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 560 1025">
"""
Point = tuple[int, int]
Line = list[Point]


def codes() -> dict[str, str]:
    """Under which names provinces are drawn, and what else is: the code of each."""
    with PROVINCES.open(encoding="utf-8", newline="") as file:
        return {row["name_en"]: row["iso_code"] for row in csv.DictReader(file)} | OTHERS


def cut(drawing: str, named: Mapping[str, str]) -> str:
    """The drawing of these with its lines simplified, a province a line."""
    paths = {_plain(name): path for name, path in SHAPE.findall(drawing)}
    if missing := [code for name, code in named.items() if _plain(name) not in paths]:
        sys.exit(f"not in the drawing: {', '.join(missing)}")
    rings = {code: list(_rings(paths[_plain(name)])) for name, code in named.items()}
    ends = _ends([ring for of_one in rings.values() for ring in of_one])
    drawn = {code: "".join(_path(_simplified(ring, ends)) for ring in of_one) for code, of_one in sorted(rings.items())}
    return HEAD + "".join(f'<path id="{code}" d="{path}"/>\n' for code, path in drawn.items()) + "</svg>\n"


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _rings(path: str) -> Iterator[Line]:
    """The closed lines of a path, which is written as steps; each begins at a step from where the one before began."""
    begin = (0.0, 0.0)
    for part in filter(None, map(STEP.findall, path.split("z"))):
        x, y = begin
        ring: Line = []
        for number, (dx, dy) in enumerate(part):
            x, y = x + float(dx), y + float(dy)
            if number == 0:
                begin = (x, y)
            if not ring or ring[-1] != (round(x), round(y)):
                ring.append((round(x), round(y)))
        yield ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring


def _ends(rings: list[Line]) -> set[Point]:
    """Where lines meet: the points that have other neighbours than the two of a line."""
    beside: dict[Point, set[Point]] = defaultdict(set)
    for ring in rings:
        for one, other in pairwise([*ring, ring[0]]):
            beside[one].add(other)
            beside[other].add(one)
    return {point for point, others in beside.items() if len(others) != 2}


def _simplified(ring: Line, ends: set[Point]) -> Line:
    """Each piece between two ends by itself, in one direction, so that both sides of it come to the same."""
    first = next((place for place, point in enumerate(ring) if point in ends), ring.index(min(ring)))
    ring = [*ring[first:], *ring[: first + 1]]
    cuts = [place for place, point in enumerate(ring) if point in ends or place in (0, len(ring) - 1)]
    found: Line = []
    for start, stop in pairwise(cuts):
        piece = ring[start : stop + 1]
        kept = _fewer(piece) if piece <= piece[::-1] else _fewer(piece[::-1])[::-1]
        found += kept[:-1]
    return found


def _fewer(line: Line) -> Line:
    """The line without points that lie near the straight one between those that stay (Douglas and Peucker)."""
    far, place = max(((_away(point, line[0], line[-1]), at) for at, point in enumerate(line)), default=(0.0, 0))
    return [line[0], line[-1]] if far <= NEAR else [*_fewer(line[: place + 1])[:-1], *_fewer(line[place:])]


def _away(point: Point, one: Point, other: Point) -> float:
    """How far a point lies from the piece of a straight line between two."""
    (x, y), (ax, ay), (bx, by) = point, one, other
    length = (bx - ax) ** 2 + (by - ay) ** 2
    share = max(0.0, min(1.0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length)) if length else 0.0
    return hypot(x - ax - share * (bx - ax), y - ay - share * (by - ay))


def _path(ring: Line) -> str:
    """As text; '' of an islet that is a point or a line by now."""
    if len(ring) < 3:
        return ""
    (x, y), steps = ring[0], "".join(f" {bx - ax} {by - ay}" for (ax, ay), (bx, by) in pairwise(ring))
    return f"M{x} {y}l{steps.lstrip().replace(' -', '-')}z"


if __name__ == "__main__":
    TARGET.write_text(cut(Path(sys.argv[1]).read_text(encoding="utf-8"), codes()), encoding="utf-8")
