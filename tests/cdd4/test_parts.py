"""What pages are made of: each part once, all of them on /styles/; colours by role; spaces from one scale."""

import re

import pytest
from django.urls import reverse

from cdd4 import styles
from tests.servers import ROOT

PARTS = sorted((ROOT / "templates/parts").glob("*.html"))
OWN = ROOT / "templates/styles"
STYLES = sorted((ROOT / "static").glob("*.css"))
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl)a?\(")
TOKENS = re.compile(r"^ *(?::root|\.dark) \{.*?\}", re.DOTALL | re.MULTILINE)
SPACE = re.compile(r"(?<![\w-])(?:gap|margin|padding)(?:-[a-z]+)*: ([^;}]+)")
STEPS = {".25", ".5", ".75", "1", "1.5", "2.5"}
# Written by hand all the same: what also leads somewhere, has a swatch, is set by a state, or stands on a page
# without the parts.
BY_HAND = {
    "scoring/board/filters.html": 1,
    "scoring/dimensions.html": 2,
    "scoring/home.html": 2,
    "scoring/month.html": 2,
    "scoring/simulated.html": 1,
    "submissions/preview.html": 2,
}


@pytest.mark.django_db
def test_the_page_of_parts_is_for_development(client, settings):
    assert client.get(reverse("styles")).status_code == 200
    settings.PRODUCTION = True
    assert client.get(reverse("styles")).status_code == 404


@pytest.mark.parametrize("meeting", styles.meetings(), ids=lambda one: f"{one.ink} on {one.ground}")
def test_colours_that_meet_can_be_told_apart(meeting):
    assert min(meeting.light.contrast, meeting.dark.contrast) >= meeting.least


def test_contrast_is_counted_as_wcag_counts_it():
    assert styles.Shown("#fff", "#000").contrast == 21
    assert str(styles.Shown("#777777", "#fff").contrast) == "4.47"


def test_by_night_every_colour_is_another_or_the_same_by_intention():
    light, dark = styles.tokens()
    assert light.keys() == dark.keys()
    same = {name for name in light if light[name] == dark[name] and COLOUR.match(light[name])}
    assert same == {
        "weave",
        "on-masthead",
        "on-masthead-muted",
        "masthead-focus",
        "masthead-hover",
        "gold",
        "on-gold",
    } | {
        "shade",
        "veil",
        "code-ground",
    }


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_colour_is_named_by_its_role(path):
    text = re.sub(r'/\*.*?\*/|url\("data:.*?"\)', "", path.read_text(), flags=re.DOTALL)
    assert COLOUR.findall(TOKENS.sub("", text)) == []


@pytest.mark.parametrize("path", PARTS, ids=lambda path: path.stem)
def test_a_part_says_what_it_promises_and_is_shown(path):
    assert path.read_text().startswith("{# ")
    shown = "".join(page.read_text() for page in OWN.glob("*.html"))
    assert re.search(rf"parts/{path.name}|\{{% {'nothing' if path.stem == 'empty' else path.stem} ", shown)


def test_a_status_and_a_notice_are_drawn_by_their_parts():
    found = {}
    for path in (ROOT / "templates").rglob("*.html"):
        name = str(path.relative_to(ROOT / "templates"))
        count = len(re.findall(r'class="(?:status|notice)[ "{]', path.read_text()))
        of_admin = "admin/" in name or name.startswith("scoring/authoring/")
        if count and not of_admin and not name.startswith("parts/"):
            found[name] = count
    assert found == BY_HAND


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_spaces_are_of_the_scale(path):
    values = SPACE.findall(path.read_text())
    assert {size for value in values for size in re.findall(r"(?<![\w.])-?([\d.]+)rem", value)} <= STEPS
