"""What the terms on which entries are scored are called, and how they are shown."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scoring import engine
from submissions import thai
from submissions.models import Edition, Office, Round

from . import terms

TITLES = {
    "edition": gettext_lazy("edition"),
    "settings": gettext_lazy("settings"),
    "clock": gettext_lazy("clock of a practice round"),
    "ranking": gettext_lazy("ranking"),
    "stage": gettext_lazy("stage"),
    "named_by": gettext_lazy("to be named by"),
    "places_per": gettext_lazy("places for each"),
    "places": gettext_lazy("places"),
    "closed": gettext_lazy("closed"),
    "organiser": gettext_lazy("organiser"),
    "reviews": gettext_lazy("numbers are reviewed"),
    "assignment": gettext_lazy("who judges what"),
    "seed": gettext_lazy("seed of the drawing"),
    "blind": gettext_lazy("blind judging"),
    "notes": gettext_lazy("judges' reasons are asked for"),
    "second_readings": gettext_lazy("decisions read a second time"),
    "two_persons": gettext_lazy("two persons"),
    "appeal_days": gettext_lazy("days for appeals"),
    "provisional": gettext_lazy("provisional publication"),
    "appeals_until": gettext_lazy("appeals until"),
    "heard_at": gettext_lazy("final since"),
    terms.COMMITTEE: gettext_lazy("committee"),
    "code": gettext_lazy("code"),
    "kind": gettext_lazy("kind"),
    "name_th": gettext_lazy("name in Thai"),
    "name_en": gettext_lazy("name in English"),
    terms.NOMINEE: gettext_lazy("subdistrict named"),
    "size": gettext_lazy("size group"),
    "above": gettext_lazy("belongs to"),
    terms.HOLIDAYS: gettext_lazy("public holidays"),
}
_CHOICES = {"ranking": Round.Ranking, "places_per": Office.Kind, "size": Office.Size, "kind": Office.Kind}
# Of these only the name: who judges is for the committee alone, and where an office lies is a long list.
_NAMED_ALONE = (terms.COMMITTEE, "above", "assignment", "seed", "second_readings")


def title(term: str) -> str:
    return str(TITLES.get(term, term))


def _edition(digest: str) -> str:
    return str(Edition.objects.filter(digest=digest).defer("text").first() or digest[:12])


def _moment(text: str) -> str:
    return thai.format_time(datetime.fromisoformat(text), thai.language())


_SHOWN = {"edition": _edition, "appeals_until": _moment, "heard_at": _moment}


def shown(value: Any, term: str = "") -> str:
    """A term's value as people read it: days with their Buddhist year, choices by their names."""
    if value in (None, "", [], {}):
        return "–"
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {shown(part)}" for key, part in sorted(value.items()))
    if isinstance(value, list):
        return ", ".join(map(shown, value))
    if term in _CHOICES:
        return str(dict(_CHOICES[term].choices).get(value, value))
    if term in _SHOWN:
        return _SHOWN[term](value)
    try:
        return thai.format_date(date.fromisoformat(value), thai.language(), short=True)
    except (TypeError, ValueError):
        return str(value)


def _term(value: Any, term: str, scheme: engine.Scheme) -> str:
    return settings_shown(value or {}, scheme) or "–" if term == "settings" else shown(value, term)


def settings_shown(settings: Mapping[str, Any], scheme: engine.Scheme) -> str:
    """What the scheme leaves to be set, each day by its title; by its code, where the scheme knows it no more."""
    known, language = scheme.settings, thai.language()
    return ", ".join(
        f"{known[code].title.to(language) if code in known else code}: {shown(day)}"
        for code, day in sorted(settings.items())
    )


def changes(data: Mapping[str, Any], scheme: engine.Scheme) -> str:
    """What an event of changed terms changed, as the office itself reads it."""
    before, after = data.get("before", {}), data.get("after", {})
    parts = []
    for term in after:
        was, now = terms.differing(before.get(term), after[term])
        is_first = term not in before
        if is_first and after[term] is None:
            continue  # a term that is new in the portal, and that this round has not
        parts.append(
            title(term)
            if is_first or term in _NAMED_ALONE
            else f"{title(term)}: {_term(was, term, scheme)} → {_term(now, term, scheme)}"
        )
    if moved := data.get(terms.HOLIDAYS):
        days = [f"+ {shown(day)}" for day in moved["added"]] + [f"− {shown(day)}" for day in moved["removed"]]
        parts.append(f"{title(terms.HOLIDAYS)}: {', '.join(days)}" if len(days) <= 5 else title(terms.HOLIDAYS))
    return " · ".join(parts)
