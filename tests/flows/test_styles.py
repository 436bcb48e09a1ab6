"""Every part of a page looks as it did: /styles/ is compared with its pictures, which STYLES=1 takes anew."""

import os
from io import BytesIO

import pytest
from django.urls import reverse
from PIL import Image, ImageChops

from tests.servers import ROOT

from .conftest import PHONE, WIDE

pytestmark = pytest.mark.browser
FOLDER = ROOT / "tests/flows/styles"
RENEW = "STYLES=1 .venv/bin/python -m pytest tests/flows/test_styles.py"
COLOURS = 64  # of a picture that is kept; the others become the one that is nearest
FAINT = 36  # of 255: how far a colour may be off by that; a line on its ground differs by more
FEW = 60  # pixels that may be off further: edges of letters, as another release of the browser draws them
SECTION_AT = """(y) => {
    const top = (one) => one.getBoundingClientRect().top;
    const parts = document.querySelector("#parts"), sections = [...parts.querySelectorAll("section")];
    return sections.findLast((one) => top(one) - top(parts) <= y).id;
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("screen", [WIDE, PHONE], ids=["desk", "phone"])
def test_the_parts_look_as_they_did(chromium, live_server, screen, theme):
    with chromium.new_context(viewport=screen, locale="th-TH", color_scheme=theme) as context:
        page = context.new_page()
        page.goto(live_server.url + reverse("styles"), wait_until="networkidle")
        page.evaluate("document.fonts.ready")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        drawn = Image.open(BytesIO(page.locator("#parts").screenshot(animations="disabled"))).convert("RGB")
        path = FOLDER / f"{screen['width']}-{theme}.png"
        if os.environ.get("STYLES"):
            drawn.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE).save(path, optimize=True)
        kept = Image.open(path)
        off = unlike(kept, drawn)
        if off > FEW or kept.size != drawn.size:
            first = first_row(kept, drawn)
            section = page.evaluate(SECTION_AT, first)
            told = f"{off} pixels differ from {path.name}, first in #{section}, {first} pixels down"
            pytest.fail(f"{told}; it is {drawn.size}, was {kept.size}. If that is meant: {RENEW}")


def unlike(kept: Image.Image, drawn: Image.Image) -> int:
    """Pixels that differ by more than edges of letters do; of two sizes, in what both have."""
    return sum(differences(kept, drawn).histogram()[FAINT + 1 :])


def first_row(kept: Image.Image, drawn: Image.Image) -> int:
    """How far down the first pixel is that differs; where none does, one picture goes on below the other."""
    box = differences(kept, drawn).point(lambda much: 255 * (much > FAINT)).getbbox()
    return box[1] if box else min(kept.height, drawn.height)


def differences(kept: Image.Image, drawn: Image.Image) -> Image.Image:
    """Of each pixel, how far its most different part of colour is off."""
    size = (0, 0, min(kept.width, drawn.width), min(kept.height, drawn.height))
    parts = ImageChops.difference(kept.convert("RGB").crop(size), drawn.convert("RGB").crop(size)).split()
    return ImageChops.lighter(ImageChops.lighter(parts[0], parts[1]), parts[2])


def test_the_pictures_are_small():
    sizes = [path.stat().st_size for path in FOLDER.glob("*.png")]
    assert len(sizes) == 4
    assert sum(sizes) < 320_000
