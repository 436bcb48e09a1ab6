"""Where a line of a document may not end: within a word of the house, a date, a number and its unit.

The words are those that pages are held to by a script; they are read from it, so that there is one list.
"""

import re
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings


@cache
def whole() -> re.Pattern[str]:
    """What stays on one line; the same expression as in the script."""
    script = (Path(settings.BASE_DIR) / "static/whole_words.js").read_text(encoding="utf-8")
    words, units, months, numbered = (
        re.search(f"{name} = `(.+?)`", script, re.DOTALL)[1].split()  # type: ignore[index]
        for name in ("WORDS", "UNITS", "MONTHS", "COUNTED")
    )
    counted = [word for word in words if word.startswith(tuple(units))]
    return re.compile(
        f"(?:[0-9๐-๙]{{1,2}} )?(?:{_one_of(months)})(?: [0-9๐-๙]{{4}})?"
        f"|(?:[0-9๐-๙]+ - [0-9๐-๙]*)?[0-9๐-๙] (?:{_one_of([*units, *counted])})"
        f"|(?:{_one_of(numbered)}) [0-9๐-๙]+(?![0-9๐-๙]| (?:{_one_of(months)}))[)]?"
        f"|[ก-๛] ๆ|{_one_of(words)}"
    )


def _one_of(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@lru_cache(maxsize=1000)  # a paragraph is laid out once for each of its lines
def held_together(text: str) -> tuple[tuple[int, int], ...]:
    """The first byte and the end, in UTF-8, of each part of a text that stays on one line."""
    places = [found.span() for found in whole().finditer(text)]
    return tuple((len(text[:start].encode()), len(text[:end].encode())) for start, end in places)
