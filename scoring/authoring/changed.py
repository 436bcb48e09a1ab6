"""For pages on which somebody looks at a draft before it goes on: what it changes, and what no longer fits in it."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scoring.comparison import changed_lines
from submissions import thai
from submissions.models import Edition

from .differing import Group, groups_of
from .fitting import Kind, Misfit, misfits
from .forming import homes, label_of, root_of, title_of
from .in_words import place_in_words
from .spots import WHOLE, Spot

MANY = 40  # changes, from which on the groups are folded
_WHY: Mapping[Kind, Promise] = {
    Kind.LATE: _("Due on %(said)s, after the last day of the scheme."),
    Kind.ORDER: _("Before %(said)s, the day of a period that comes earlier."),
    Kind.DAY: _("It names %(said)s, on which nothing of the scheme falls."),
    Kind.YEAR: _("It names the year %(said)s."),
    Kind.MONTH: _("It names %(said)s, the month of the former day."),
}


class Remark(NamedTuple):
    """Something to look at on a page of the forms."""

    name: str  # of the page
    place: str
    where: str  # on it, in words
    text: str  # that names it; '' of a day
    why: str


def changed_texts(before: Edition, text: str, draft: Any) -> dict[str, Any]:
    """For the templates. `before`: what the draft's text is compared with."""
    groups = _groups(before.text, text, thai.language())
    count = sum(group.count for group in groups)
    return {
        "before": before,
        "groups": groups,
        "changes": count,
        "is_folded": count > MANY,
        "remarks": _remarks(text, before.text, thai.language()),
        "lines": changed_lines(before.text, text),
        "draft": draft,
    }


def both_texts(theirs: str, mine: str) -> dict[str, Any]:
    """For the templates: of two texts kept at once what differs, in words as far as both can be read."""
    can_be_read = all(root_of(text) is not None for text in (theirs, mine))
    groups = _groups(theirs, mine, thai.language()) if can_be_read else []
    return {"groups": groups, "lines": changed_lines(theirs, mine)}


@lru_cache(maxsize=16)
def _groups(before: str, text: str, _language: str) -> list[Group]:
    """Kept, for a trial's page is turned over, and a draft is looked at more than once."""
    return groups_of(before, text)


@lru_cache(maxsize=16)
def _remarks(text: str, before: str, _language: str) -> list[Remark]:
    return remarks_on(text, before)


def remarks_on(text: str, before: str = "") -> list[Remark]:
    """In the reader's language."""
    spots = [(tuple(part.removeprefix(WHOLE) for part in spot.segments), spot) for spot in homes(root_of(text))]
    return [_remark(one, spots) for one in misfits(text, before)]


def _remark(one: Misfit, spots: list[tuple[tuple[str, ...], Spot]]) -> Remark:
    around = [(steps, spot) for steps, spot in spots if spot.node is not None and one.path[: len(steps)] == steps]
    steps, spot = max(around, key=lambda found: len(found[0]))
    said = {
        Kind.YEAR: str(one.day.year + thai.ERA if thai.language() == "th" else one.day.year),
        Kind.MONTH: thai.format_month(f"{one.day:%Y-%m}", thai.language()),
    }.get(one.kind) or thai.format_date(one.day, thai.language())
    return Remark(
        name=f"{label_of(spot)} {title_of(spot)}".strip(),
        place=spot.place or WHOLE,
        where=place_in_words(one.path[len(steps) :]),
        text="" if one.kind in (Kind.LATE, Kind.ORDER) else one.value,
        why=_WHY[one.kind] % {"said": said},
    )
