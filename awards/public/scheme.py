"""A publication's scheme in words, and its days: by the edition that was frozen with it, and the days as set then."""

import json
import re
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import NamedTuple

from django.utils.translation import gettext as _

from awards.models import Publication, Result
from scoring import engine
from scoring.pages.booklet import Booklet
from submissions import thai


class Day(NamedTuple):
    """What is due on a day."""

    day: date
    title: str
    period: str  # the month that it is about, or who set the day; "" where there is nothing to say


def settings_of(publication: Publication) -> dict[str, str]:
    """The days that whoever ran the round had set, as the facts of any entry say them. One statement."""
    facts = Result.objects.filter(publication=publication).values_list("facts", flat=True).first()
    return dict(json.loads(facts)["settings"]) if facts else {}


class FrozenBooklet(Booklet):
    """Of a round that is made up of what is frozen, and is no row. Who announces is told elsewhere."""

    issuer = ""

    def __init__(self, publication: Publication, language: str) -> None:
        super().__init__(publication.as_round(settings_of(publication)), language, with_doubts=False)


def due(scheme: engine.Scheme, settings: dict[str, str], language: str) -> list[tuple[str, list[Day]]]:
    """What offices hand in by when, under the names of months."""
    days = sorted([*_asked(scheme, language), *_set(scheme, settings, language)])
    months = groupby(days, key=lambda one: f"{one.day:%Y-%m}")
    return [(thai.format_month(month, language), list(own)) for month, own in months]


def _asked(scheme: engine.Scheme, language: str) -> Iterator[Day]:
    for requirement in scheme.requirements.values():
        if requirement.by == "office":
            yield from _days(requirement.title, requirement.periods, requirement.due, language)
    for value in scheme.values.values():
        if value.by == "office":
            yield from _days(value.title, value.periods, value.until, language)


def _days(title: engine.Text, periods: tuple[engine.Period, ...], last: date, language: str) -> Iterator[Day]:
    if not periods:
        yield Day(last, title.to(language), "")
    for period in periods:
        yield Day(period.due, title.to(language), _period(period, language))


def _period(period: engine.Period, language: str) -> str:
    """The month that it is about, where that is not the one in which it is due; other periods are not named."""
    is_month = re.fullmatch("[0-9]{4}-[0-9]{2}", period.code) and period.code != f"{period.due:%Y-%m}"
    return thai.format_month(period.code, language) if is_month else ""


def _set(scheme: engine.Scheme, settings: dict[str, str], language: str) -> Iterator[Day]:
    for code, setting in scheme.settings.items():
        if settings.get(code):
            yield Day(date.fromisoformat(settings[code]), setting.title.to(language), _("set for this round"))
