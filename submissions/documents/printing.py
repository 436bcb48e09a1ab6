"""WeasyPrint as the portal prints with it, imported with the first document.

Three things that it does not do by itself are added below, once, at import:

- every drawn line carries its exact text (ActualText): the map from glyphs to characters alone can't express sara am
  and moved tone marks, and readers that know ActualText (poppler, pdfium) then extract what was put in;
- for readers that ignore ActualText, every glyph maps to its own character, not to the syllable it first appeared in;
- no line ends within what `whole_words` holds together.
"""

from __future__ import annotations

import gc
import logging
import os
import zlib
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from threading import local
from typing import Any

import pydyf
import weasyprint.pdf as weasyprint_pdf
from fontTools.agl import toUnicode
from fontTools.ttLib import TTFont
from weasyprint import HTML
from weasyprint.draw import text as drawing
from weasyprint.text.ffi import ffi, pango
from weasyprint.text.fonts import FontConfiguration
from weasyprint.text.line_break import Layout, get_log_attrs
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from .typesetting import AssetRefused
from .whole_words import held_together


class HandedIn(URLFetcher):
    """Hands out the bytes it was given, under their own scheme, and nothing else: no network, no file, no data: URL."""

    def __init__(self, assets: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self._assets = assets

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url not in self._assets:
            raise AssetRefused(url)
        return URLFetcherResponse(url, self._assets[url])


def write_pdf(html: str, assets: Mapping[str, bytes]) -> bytes:
    """Tagged PDF/A-3a of HTML that may ask for the assets alone. Raises AssetRefused."""
    gc.disable()  # all of a paper is in use until it is written: looking through it again and again takes a fifth
    try:
        try:
            return _printed(html, assets)
        except FileNotFoundError:  # the fonts' folder was swept away, as what lies long in /tmp is on some machines
            del _own.fonts
            return _printed(html, assets)
    except FatalURLFetchingError as error:  # derives from BaseException: it would pass every handler above us
        raise AssetRefused(str(error)) from error
    finally:
        gc.enable()


class Fonts(FontConfiguration):
    """Fonts that are opened, in a folder that goes with them: in the process that made it, and in no other.

    Where another thread forks, Python throws away in the child what belonged to this one.
    """

    def __init__(self) -> None:
        super().__init__()
        self._process = os.getpid()

    def __del__(self) -> None:
        if getattr(self, "_process", None) == os.getpid():
            super().__del__()


_own = local()


def _printed(html: str, assets: Mapping[str, bytes]) -> bytes:
    """The paper, with the fonts as this thread has opened them: each paper would open them anew."""
    if not hasattr(_own, "fonts"):
        _own.fonts = Fonts()
    page = HTML(string=html, url_fetcher=HandedIn(assets))
    return page.write_pdf(pdf_variant="pdf/a-3a", font_config=_own.fonts, finisher=compress_once)


def compress_once(document: Any, pdf: pydyf.PDF) -> None:
    """Each part is asked for its bytes twice, once for the file's identifier, and would be compressed both times: as
    hard as can be, which takes five times as long and leaves a hundredth less."""
    for part in pdf.objects:
        if isinstance(part, pydyf.Stream) and part.compress:
            plain = b"\n".join(map(pydyf._to_bytes, part.stream))
            part.stream, part.compress = [zlib.compress(plain)], False
            part.extra["Filter"] = "/FlateDecode"


def word_ends(text: str) -> list[int]:
    """Where a line of this text may end, Thai words being known: after so many of its letters."""
    return [place for place, letter in enumerate(get_log_attrs(text, "th")[0 : len(text)]) if letter.is_line_break]


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


def hold_words(set_text):
    """Wrap the giving of a text to Pango, so that it breaks no line within certain words."""

    def set_whole(layout, text, justify=False):
        set_text(layout, text, justify)
        places = [] if justify else held_together(layout.text)  # a line that is drawn was broken before
        attributes = pango.pango_layout_get_attributes(layout.layout)
        if attributes == ffi.NULL:
            if not places:
                return
            attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
        # First of all for the whole text: the one before it may have had other words.
        for start, end, may_break in [(0, len(layout.text.encode()), True), *((*place, False) for place in places)]:
            attribute = pango.pango_attr_allow_breaks_new(may_break)
            attribute.start_index, attribute.end_index = start, end
            pango.pango_attr_list_change(attributes, attribute)
        pango.pango_layout_set_attributes(layout.layout, attributes)

    return set_whole


# A character that no font has is drawn as a box; its warning would come once for each of its places.
logging.getLogger("weasyprint").setLevel(logging.ERROR)
drawing.draw_first_line = carry_exact_text(drawing.draw_first_line)
weasyprint_pdf.build_fonts_dictionary = map_glyphs_to_own_characters(weasyprint_pdf.build_fonts_dictionary)
ffi.cdef("PangoAttribute * pango_attr_allow_breaks_new (gboolean allow_breaks);")
Layout.set_text = hold_words(Layout.set_text)

# What is imported by now stays as long as the process: it is looked through for garbage no more.
gc.collect()
gc.freeze()
