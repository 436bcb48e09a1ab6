"""How Thai officials write dates and digits, how Thai names sort, and whether a reader wants Thai at all."""

import re
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import get_language

DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
MONTHS = ("มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม").split()
SHORT_MONTHS = "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.".split()
ENGLISH_MONTHS = ("January February March April May June July August September October November December").split()
ERA = 543

_LATIN_OR_NUMBER = re.compile(r"([A-Za-z][A-Za-z0-9._-]*)|[0-9]+")
_SAID = re.compile(r"(<code\b.*?</code>|<[^>]*>|&[#\w]+;)|[^<&]+", re.DOTALL)
BEFORE_NUMBER = "ที่"  # as official papers have it
_NUMERIC = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})")
_WORDED = re.compile(r"(\d{1,2})\s+(\S+?)\s+(?:พ\.?ศ\.?\s*|B\.?E\.?\s*)?(\d{4})", re.IGNORECASE)


def language() -> str:
    """The reader's language: "th", or "en" for who chose English."""
    return "en" if get_language() == "en" else "th"


def digits(text: object) -> str:
    """The same text with Thai digits, but for those of Latin codes: m1.2.3, A4."""
    return _LATIN_OR_NUMBER.sub(lambda found: found[1] or found[0].translate(DIGITS), str(text))


def digits_of_page(html: str) -> str:
    """The same of what a page says; its head, its tags and what is code stay as they are."""
    head, body, rest = html.partition("<body")
    return head + body + _SAID.sub(lambda said: said[0] if said[1] else digits(said[0]), rest)


def parse_date(text: str) -> date:
    """A day written day, month, Buddhist year (20/11/2569, ๒๐ พฤศจิกายน ๒๕๖๙, 20 พ.ย. 2569).

    Raises ValueError for anything else; a year up to 2400 is not guessed at, since it may be of either era.
    """
    plain = " ".join(text.translate(ARABIC).split())
    if found := _NUMERIC.fullmatch(plain):
        day, month, year = (int(part) for part in found.groups())
    elif found := _WORDED.fullmatch(plain):
        day, month, year = int(found[1]), _month_number(found[2]), int(found[3])
    else:
        raise ValueError(f"not a date: {text!r}")
    if year <= 2400:
        raise ValueError(f"not a Buddhist year: {year}")
    return date(year - ERA, month, day)


def _month_number(name: str) -> int:
    for names in (MONTHS, SHORT_MONTHS, ENGLISH_MONTHS, [m[:3] for m in ENGLISH_MONTHS]):
        folded = [n.casefold() for n in names]
        if name.casefold() in folded:
            return folded.index(name.casefold()) + 1
    raise ValueError(f"not a month: {name!r}")


def english_year(year: int) -> str:
    """Both eras: titles of schemes have the common one."""
    return f"{year + ERA} BE ({year})"


def format_date(day: date, language: str = "th", *, short: bool = False, thai_digits: bool = False) -> str:
    """A day: 31 กรกฎาคม 2566, 31 ก.ค. 2566, 31 July 2566 BE (2023). A time is taken in the portal's zone."""
    if isinstance(day, datetime):
        day = timezone.localtime(day).date() if timezone.is_aware(day) else day.date()
    if language == "en":
        name = ENGLISH_MONTHS[day.month - 1]
        return f"{day.day} {name[:3] if short else name} {english_year(day.year)}"
    name = (SHORT_MONTHS if short else MONTHS)[day.month - 1]
    text = f"{day.day} {name} {day.year + ERA}"
    return digits(text) if thai_digits else text


def day_of_file(day: date) -> str:
    """A day as names of files carry it: 2566-07-31, which sorts."""
    return f"{day.year + ERA}-{day:%m-%d}"


def format_time(moment: datetime, language: str = "th", *, short: bool = True) -> str:
    """A moment in the portal's zone: 31 ก.ค. 2566 16:20 น."""
    local = timezone.localtime(moment)
    clock = f"{local:%H:%M}" + ("" if language == "en" else " น.")
    return f"{format_date(local, language, short=short)} {clock}"


def format_month(period: str, language: str = "th", *, short: bool = False) -> str:
    """A month period such as 2023-03: มีนาคม 2566."""
    year, month = (int(part) for part in period.split("-"))
    if language == "en":
        name = ENGLISH_MONTHS[month - 1]
        return f"{name[:3] if short else name} {english_year(year)}"
    return f"{(SHORT_MONTHS if short else MONTHS)[month - 1]} {year + ERA}"


_LEADING_VOWEL = re.compile(r"([เแโใไ])([ก-ฮ])")
_TONES = re.compile(r"[็-๎]")


def sort_key(name: str) -> str:
    """A text that sorts as the Royal Institute's dictionary does: consonants first, tone marks only to break ties."""
    swapped = _LEADING_VOWEL.sub(r"\2\1", name)
    return f"{_TONES.sub('', swapped)} {''.join(_TONES.findall(swapped))}".casefold()
