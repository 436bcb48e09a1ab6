"""The map of the provinces: each has its shape, and what is made of a drawing keeps neighbours side by side."""

import gzip
import re

import pytest

from tests.scripts import script

drawn = script("map")
TEXT = drawn.TARGET.read_text(encoding="utf-8")


def drawing(**paths: str) -> str:
    """The map of these, as the command makes it."""
    text = "".join(f'<path\n\tid="x"\n\taria-label="{name}"\n\td="{path}"\n/>' for name, path in paths.items())
    return drawn.cut(text, {name: name for name in paths})


def test_every_province_has_a_shape_and_the_whole_is_light():
    shapes = dict(re.findall(r'<path id="([\w-]+)" d="(M[^"]+z)"/>', TEXT))
    assert len(shapes) == 78
    assert set(shapes) == set(drawn.codes().values())
    assert len(gzip.compress(TEXT.encode())) < 12_000
    assert "CC BY 4.0" in TEXT


def test_a_line_between_two_is_simplified_to_the_same_for_both():
    west, east = "m 0,0 10,0 0,4 0.3,2 2.7,2 0,8 -3,4 -10,0 z", "m 20,0 0,20 -10,0 3,-4 0,-8 -2.7,-2 -0.3,-2 0,-4 z"
    made = drawing(west=west, east=east)
    assert '<path id="west" d="M10 0l0 6 3 2 0 8-3 4-10 0 0-20z"/>' in made
    assert '<path id="east" d="M10 20l3-4 0-8-3-2 0-6 10 0 0 20z"/>' in made


def test_islands_follow_and_islets_that_are_too_small_go():
    made = drawing(isles="m 0,0 9,0 0,9 z m 100,0 9,0 0,9 z m 5,50 0.3,0 0,0.3 z")
    assert '<path id="isles" d="M0 0l9 0 0 9zM100 0l9 0 0 9z"/>' in made


def test_a_drawing_without_a_province_is_refused():
    with pytest.raises(SystemExit, match="TH-81"):
        drawn.cut("", drawn.codes())
