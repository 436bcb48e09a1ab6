"""What pages are made of, on one page for whoever builds them: sizes, colours by role, every part in all its states."""

import re
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from cdd4 import samples

SHEET = settings.BASE_DIR / "static/portal.css"
TEXT, LINE = 4.5, 3.0  # the least contrast that WCAG 2.2 AA asks of words, and of the lines of fields
SIZES = ("text-figure", "text-xl", "text-l", "text-m", "text-s")
SPACES = ("0.25", "0.5", "0.75", "1", "1.5", "2.5")
# Roles that meet on pages: (what is read, what it stands on, the least contrast).
MEETINGS = [
    *((ink, ground, TEXT) for ink in ("ink", "muted", "brand") for ground in ("paper", "surface", "sunken")),
    *((role, f"{role}-bg", TEXT) for role in ("ok", "wait", "bad", "info", "extra")),
    *((role, "surface", TEXT) for role in ("ok", "wait", "bad", "extra")),
    ("on-brand", "brand", TEXT),
    ("on-brand", "brand-strong", TEXT),
    ("on-masthead", "masthead", TEXT),
    ("on-masthead-muted", "masthead", TEXT),
    ("on-gold", "gold", TEXT),
    *((line, ground, LINE) for line in ("field-line", "focus") for ground in ("paper", "surface")),
    ("masthead-focus", "masthead", LINE),
    ("bar-earned", "bar-track", LINE),
]


class Shown(NamedTuple):
    """Two colours that meet, by day or by night."""

    ink: str
    ground: str

    @property
    def contrast(self) -> Decimal:
        """As WCAG counts it, cut down to two decimals: 4.499 is not enough."""
        brighter, darker = sorted((luminance(self.ink), luminance(self.ground)), reverse=True)
        return Decimal((brighter + 0.05) / (darker + 0.05)).quantize(Decimal("0.01"), "ROUND_DOWN")


class Meeting(NamedTuple):
    ink: str
    ground: str
    least: float
    light: Shown
    dark: Shown

    @property
    def is_line(self) -> bool:
        return self.least == LINE


@require_safe
def styles(request: HttpRequest) -> HttpResponse:
    """Not in production: it shows nothing that an office has."""
    if settings.PRODUCTION:
        raise Http404
    light, _dark = tokens()
    context = {
        "samples": samples,
        "sizes": [(name, light[name]) for name in SIZES],
        "spaces": SPACES,
        "meetings": meetings(),
        "text": TEXT,
        "line": LINE,
        "tasks": samples.tasks(),
        "points_count": True,
        "form": samples.filled_in(),
        "faulty": samples.sent_with_faults(),
    }
    return render(request, "styles/styles.html", context)


@cache
def tokens() -> tuple[dict[str, str], dict[str, str]]:
    """What stands at :root of the portal's style, by day and by night: {name: value}."""
    text = re.sub(r"/\*.*?\*/", "", SHEET.read_text(encoding="utf-8"), flags=re.DOTALL)
    by_day, by_night = re.findall(r"^ *:root \{(.*?)\}", text, flags=re.DOTALL | re.MULTILINE)[:2]
    light, own = (dict(re.findall(r"--([\w-]+): ([^;]+);", block)) for block in (by_day, by_night))
    return light, light | own


def meetings() -> list[Meeting]:
    light, dark = tokens()
    return [
        Meeting(ink, ground, least, *(Shown(theme[ink], theme[ground]) for theme in (light, dark)))
        for ink, ground, least in MEETINGS
    ]


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue = (linear(int(digits[at : at + 2], 16) / 255) for at in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


urls = [path("styles/", styles, name="styles")]
