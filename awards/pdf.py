"""A publication as PDF: Thai that prints right, breaks at words, and extracts to exactly what was put in.

A document is made from the publication's frozen content alone (`Publication.content()`), the templates in
`templates/awards/pdf/` and the fonts in `static/fonts/`; nothing is fetched. The same content gives the same bytes.

Two things that WeasyPrint does not do by itself are added below, once, at import:

- every drawn line carries its exact text (ActualText): the map from glyphs to characters alone can't express sara am
  and moved tone marks, and readers that know ActualText (poppler, pdfium) then extract what was put in;
- for readers that ignore ActualText, every glyph maps to its own character, not to the syllable it first appeared in.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import weasyprint.pdf as weasyprint_pdf
from django.conf import settings
from django.template.loader import render_to_string
from fontTools.agl import toUnicode
from fontTools.ttLib import TTFont
from weasyprint import HTML
from weasyprint.draw import text as drawing
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from submissions import thai

KINDS = ("announcement", "results", "scorecard", "certificates")
ASSETS = {f"asset:{weight}": f"fonts/Sarabun-{weight}.ttf" for weight in (400, 600, 700)} | {
    f"asset:{name}": f"certificate/{name}.svg" for name in ("band", "upright", "corner", "seal")
}
OFFICES = {
    "region": "เขตตรวจราชการ ",
    "province": "สำนักงานพัฒนาชุมชนจังหวัด",
    "district": "สำนักงานพัฒนาชุมชนอำเภอ",
    "subdistrict": "ตำบล",
}
PLACES = {"region": "เขตตรวจราชการ", "province": "จังหวัด", "district": "อำเภอ", "subdistrict": "ตำบล"}


class AssetRefused(Exception):
    """A template asked for something that was not handed in."""


class HandedIn(URLFetcher):
    """Hands out the bytes it was given, under their own scheme, and nothing else: no network, no file, no data: URL."""

    def __init__(self, assets: dict[str, bytes]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self._assets = assets

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url not in self._assets:
            raise AssetRefused(url)
        return URLFetcherResponse(url, self._assets[url])


@cache
def assets() -> dict[str, bytes]:
    folder = Path(settings.BASE_DIR) / "static"
    return {url: (folder / name).read_bytes() for url, name in ASSETS.items()}


def render(kind: str, content: dict[str, Any], office: str | None = None) -> bytes:
    """Make one document of a publication.

    :param kind: one of `KINDS`.
    :param content: the publication's frozen content.
    :param office: the office's code, for a scorecard.
    :raises LookupError: a kind that does not exist, or an office that is not in the publication.
    :raises AssetRefused: the template asks for a file or an address.
    """
    return make_pdf(render_to_string(f"awards/pdf/{kind}.html", context(kind, content, office)))


def context(kind: str, content: dict[str, Any], office: str | None) -> dict[str, Any]:
    """What a template is handed: the content, with each result's titles beside its codes."""
    if kind not in KINDS:
        raise LookupError(kind)
    results = [describe(result, content) for result in content["results"]]
    awarded = [result for result in results if result["tier"]]
    by_code = {result["office"]["code"]: result for result in results}
    return content | {
        "results": results,
        "most": plain(content["max"]),
        "dimensions": [dimension | {"most": plain(dimension["max"])} for dimension in content["dimensions"]],
        "result": by_code[office] if kind == "scorecard" else None,
        "awarded": awarded,
        "levels": levels(awarded),
        "decisions": [
            decision
            | {
                "offices_th": together([by_code[code]["office"]["title_th"] for code in decision["offices"]]),
                "total": by_code[decision["offices"][0]]["total"],
            }
            for decision in content["decisions"]
        ],
        "announced_th": dated(content["publication"]["as_of"]),
        "project_th": "โครงการ" + content["edition"]["title_th"].removeprefix("โครงการ"),
        "entrants_th": OFFICES[results[0]["office"]["kind"]] if results else "หน่วยงาน",
        "place_th": PLACES[results[0]["office"]["kind"]] if results else "หน่วยงาน",
        "sizes": any(result["office"]["size"] for result in results),
    }


def describe(result: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    """A result with the Thai titles of its office, award, dimensions and criteria."""
    office, scores = result["office"], result["criteria"]
    tier = next((tier for tier in content["tiers"] if tier["code"] == result["tier"]), {})
    dimensions = []
    for dimension in content["dimensions"]:
        earned = result["dimensions"][dimension["code"]]["earned"]
        criteria = [
            line | scores[line["code"]] for line in content["criteria"] if line["dimension"] == dimension["code"]
        ]
        dimensions.append(
            dimension | {"earned": earned, "percent": percent(earned, dimension["max"]), "criteria": criteria}
        )
    return result | {
        "office": office | {"title_th": OFFICES[office["kind"]] + office["name_th"]},
        "size_th": content["sizes"].get(office["size"], {}).get("th", ""),
        "tier_th": tier.get("title_th", ""),
        "level_th": tier.get("level_th", ""),
        "prize_th": prize(tier),
        "dimensions": dimensions,
        "percent": percent(result["total"], content["max"]),
    }


def levels(awarded: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The awarded results, together where they share a level; a prize they all share is told once."""
    groups = []
    for title, members in groupby(awarded, key=itemgetter("level_th")):
        results = list(members)
        prizes = {result["prize_th"] for result in results}
        shared = prizes.pop() if len(prizes) == 1 and len(results) > 1 else ""
        groups.append({"title_th": title, "results": results, "count": len(results), "prize_th": shared})
    return groups


def prize(tier: dict[str, Any]) -> str:
    money = f"เงินรางวัล {tier['prize']:,} บาท" if tier.get("prize") else ""
    return "และ".join(part for part in (tier.get("prize_in_kind_th", ""), money) if part)


def together(names: list[str]) -> str:
    """Names in a sentence: ก, ข และค."""
    return " และ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def dated(moment: str) -> str:
    """The day of an official document: ๒๑ สิงหาคม พ.ศ. ๒๕๖๖."""
    day, _, year = thai.format_date(datetime.fromisoformat(moment), thai_digits=True).rpartition(" ")
    return f"{day} พ.ศ. {year}"


def plain(points: str) -> str:
    """A maximum as it is said: 100, not 100.00."""
    return points.removesuffix(".00")


def percent(earned: str, of: str) -> int:
    """How much of a bar is filled."""
    return int(100 * Decimal(earned) / Decimal(of)) if Decimal(of) else 0


def make_pdf(html: str) -> bytes:
    """HTML to tagged PDF/A-3a; everything it shows must be in the HTML or among the assets."""
    try:
        return HTML(string=html, url_fetcher=HandedIn(assets())).write_pdf(pdf_variant="pdf/a-3a")
    except FatalURLFetchingError as error:  # derives from BaseException: it would pass every handler above us
        raise AssetRefused(str(error)) from error


def carry_exact_text(draw_line):
    """Wrap the drawing of one line so that it carries its text as ActualText."""

    def draw(stream, textbox, *args, **kwargs):
        exact = ("\ufeff" + textbox.text).encode("utf-16-be").hex().upper()
        stream.stream.append(f"/Span <</ActualText <{exact}>>> BDC")
        emojis = draw_line(stream, textbox, *args, **kwargs)
        stream.stream.append("EMC")
        return emojis

    return draw


def map_glyphs_to_own_characters(build_fonts):
    """Wrap the writing of fonts so that each glyph's fallback is the character it draws."""

    def build(pdf, fonts, *args, **kwargs):
        for font in fonts.values():
            own = characters_of_glyphs(font.file_content)
            font.to_unicode.update({glyph: own[glyph] for glyph in font.to_unicode if own.get(glyph)})
        return build_fonts(pdf, fonts, *args, **kwargs)

    return build


@cache
def characters_of_glyphs(font_file: bytes) -> dict[int, str]:
    """The character(s) each glyph draws: by the font's own map, else by the glyph's name (uni0E48.small is U+0E48)."""
    font = TTFont(BytesIO(font_file), lazy=True)
    named = {number: toUnicode(name) for number, name in enumerate(font.getGlyphOrder())}
    return named | {font.getGlyphID(name): chr(code) for code, name in font.getBestCmap().items()}


drawing.draw_first_line = carry_exact_text(drawing.draw_first_line)
weasyprint_pdf.build_fonts_dictionary = map_glyphs_to_own_characters(weasyprint_pdf.build_fonts_dictionary)
