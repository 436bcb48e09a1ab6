"""The days of a scheme on which something is due and nobody works: each month of a series among them."""

from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import NamedTuple

from scoring import engine
from submissions.questions.resting import holidays_by_name

from .in_words import CONCERNS
from .shifting import Concern, rest_on


class Resting(NamedTuple):
    """What is due, by its code and title, on which day, and why nobody works on it."""

    code: str
    title: engine.Text
    day: date
    why: str


def resting(scheme: engine.Scheme) -> list[Resting]:
    """In the order of the calendar. One statement."""
    holidays = holidays_by_name()
    found = set()
    for code, title, day in _dues(scheme):
        if concern := rest_on(day, holidays.keys()):
            name = holidays.get(day, "") if concern == Concern.HOLIDAY else ""
            found.add(Resting(code, title, day, f"{CONCERNS[concern]} {name}".strip()))
    return sorted(found, key=lambda one: (one.day, one.code))


def _dues(scheme: engine.Scheme) -> Iterator[tuple[str, engine.Text, date]]:
    yield scheme.code, scheme.title, scheme.close
    things = chain[engine.Requirement | engine.Value](scheme.requirements.values(), scheme.values.values())
    for thing in things:
        last = thing.due if isinstance(thing, engine.Requirement) else thing.until
        days = [period.due for period in thing.periods] or [last]
        yield from ((thing.code, thing.title, day) for day in days if day != scheme.close)
    yield from ((stage.code, stage.title, stage.due) for stage in scheme.stages)
