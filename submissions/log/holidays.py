"""Which public holidays the points of a round may hang on: all while it is open, then those up to its last day."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Max

from scoring.engine import SchemeError
from submissions.models import Edition, Extension, Round

NEVER = "9999-12-31"


def last_day(terms: Mapping[str, Any]) -> str:
    """The last day, as ISO 8601, up to which a holiday may move points on these terms.

    In a closed round nothing more comes in, and nothing is late by a day after its close, the last day that was set,
    and the longest extension. So next year's holidays concern it no more.
    """
    if not terms.get("closed"):
        return NEVER
    try:
        close = Edition(digest=terms.get("edition", "")).scheme.close.isoformat()
    except (Edition.DoesNotExist, ValueError, SchemeError):  # altered, which is told elsewhere: leave nothing out
        return NEVER
    days = [close, terms.get("extended", ""), *map(str, terms.get("settings", {}).values())]
    return max(map(str, days))


def extended(round_ids: Iterable[int]) -> dict[int, str]:
    """The last day of the longest extension in each of these rounds that has any. One statement."""
    granted = Extension.objects.filter(entry__round__in=list(round_ids)).order_by().values_list("entry__round")
    return {pk: until.isoformat() for pk, until in granted.annotate(Max("until"))}


def closed_rounds_with(day: str) -> list[int]:
    """The closed rounds whose points may hang on this day. Two statements."""
    rounds = list(Round.objects.filter(is_closed=True).select_related("edition").defer("edition__text"))
    longest = extended(round.pk for round in rounds)
    on_terms = {
        round.pk: {
            "closed": True,
            "edition": round.edition.digest,
            "settings": round.settings,
            "extended": longest.get(round.pk, ""),
        }
        for round in rounds
    }
    return [pk for pk, terms in on_terms.items() if day <= last_day(terms)]


def moved(present: Mapping[str, Any], logged: Mapping[str, Any], concerning: Collection[str]) -> dict[str, list[str]]:
    """The days to tell, added and removed: those that a deed concerns, and those that nobody followed before."""
    until, followed = last_day(present), last_day({**logged, "extended": present["extended"]})
    days, before = set(present["holidays"]), set(logged.get("holidays", ()))
    if "holidays" not in logged:
        followed = ""

    def to_tell(some: set[str]) -> list[str]:
        return sorted(day for day in some if day <= until and (day > followed or day in concerning))

    return {"added": to_tell(days - before), "removed": to_tell(before - days)}
