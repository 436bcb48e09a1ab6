"""Where something stands in a scheme's text, and why somebody should look at it, in words."""

from collections.abc import Iterator, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .changes import Kind
from .shifting import Concern

# Words under which several things stand, each with a code or a number after it.
THINGS: Mapping[str, Promise] = {
    "requirements": _("Evidence"),
    "values": _("Value"),
    "settings": _("Setting"),
    "targets": _("Target"),
    "sizes": _("Size group"),
    "forms": _("Form"),
    "sections": _("section"),
    "fields": _("field"),
    "options": _("option"),
    "dimensions": _("Dimension"),
    "criteria": _("criterion"),
    "parts": _("part"),
    "items": _("item"),
    "rows": _("row"),
    "steps": _("step"),
    "bands": _("row"),
    "levels": _("level"),
    "awards": _("Award"),
    "stages": _("Stage"),
    "calendar": _("Calendar, line"),
    "doubts": _("doubt"),
    "periods": _("period"),
}
WORDS: Mapping[str, Promise] = {
    "title": _("title"),
    "issuer": _("Issuer"),
    "signed_by": _("who signs"),
    "close": _("The last day of the scheme"),
    "due": _("due day"),
    "until": _("last day"),
    "by": _("last day"),
    "plan_by": _("last day of a plan"),
    "passed": _("day that has passed"),
    "starts": _("begins"),
    "ends": _("ends"),
    "at_least": _("expected from"),
    "at_most": _("expected up to"),
    "months": _("monthly"),
    "from": _("first month"),
    "to": _("last month"),
    "period": _("month"),
    "register": _("Register of former models"),
    "since": _("first year"),
    "help": _("help"),
    "unit": _("unit"),
    "preamble": _("preamble"),
    "level": _("level"),
    "prize_in_kind": _("prize in kind"),
    "text": _("text"),
    "th": _("in Thai"),
    "en": _("in English"),
}
_PASSED_OVER = ("when", "nominees", "code")
_LISTS = ("all", "any", "of")  # conditions in a row, which have numbers and no names
KINDS: Mapping[str, Promise] = {
    Kind.DAY: _("Days"),
    Kind.MONTH: _("Months"),
    Kind.YEAR: _("Years of a register"),
    Kind.CODE: _("Codes"),
    Kind.TEXT: _("Years in texts"),
    Kind.COMMENT: _("Years in comments"),
}
CONCERNS: Mapping[str, Promise] = {
    Concern.LEAP: _("The end of February: it has 29 days in one of the two years."),
    Concern.SATURDAY: _("A Saturday."),
    Concern.SUNDAY: _("A Sunday."),
    Concern.HOLIDAY: _("A public holiday."),
    Concern.BEFORE: _("Before the fiscal year of the new scheme."),
    Concern.AFTER: _("After the fiscal year of the new scheme."),
    Concern.NAMES_A_DAY: _("It names a day: see that the text says the same as the day above."),
    Concern.DOUBT: _("A doubt about the document of that year: does the new document have it too?"),
    Concern.REGISTER: _("Whoever is on the register in these years is not named. Mostly only the last year moves on."),
}


def place_in_words(path: Sequence[str]) -> str:
    """Such as "Evidence 1.2.report · period r1"; what has no words is said as it is written."""
    return " · ".join(_parts(path)) or str(_("Comment"))


def _parts(path: Sequence[str]) -> Iterator[str]:
    rest = list(path)
    while rest:
        word = rest.pop(0)
        if word in THINGS and rest:
            yield f"{THINGS[word]} {rest.pop(0)}"
        elif word in _LISTS and rest:
            rest.pop(0)
        elif word not in _PASSED_OVER:
            yield str(WORDS.get(word, word))
