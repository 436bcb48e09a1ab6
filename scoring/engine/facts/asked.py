"""What a scheme asks for: evidence, values, judged items, due dates of a round."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from .terms import CHANNELS, SOCIAL_CHANNELS, By, Doubt, Level, Period, Text, ValueKind

Amount = Decimal | date


@dataclass(frozen=True, slots=True)
class Span:
    """From so many to so many, both allowed."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Extent:
    """What is asked of a file's pages and minutes. None, or "" for the paper: that is not asked."""

    pages: Span | None = None
    paper: str = ""
    minutes: Span | None = None

    def __bool__(self) -> bool:
        return bool(self.pages or self.paper or self.minutes)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most that an amount is expected to be, both allowed, and the value that it is not above."""

    at_least: Amount | None = None
    at_most: Amount | None = None
    not_above: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """An evidence slot. `due` is the scheme's close when it has no date of its own; with `periods` theirs hold."""

    code: str
    title: Text
    due: date
    has_own_due: bool
    periods: tuple[Period, ...]
    channels: int  # distinct channels asked for; 0: channels are not asked
    among: Literal["any", "social"]  # which channels are counted
    by: By
    extent: Extent
    help: Text | None
    doubts: tuple[Doubt, ...]
    checklist: tuple[Text, ...] = ()  # what a reviewer ticks; it decides nothing

    def due_in(self, period: str | None) -> date:
        """The last day for `period` (None where there are no periods); KeyError for a period that is not its own."""
        if period is None and not self.periods:
            return self.due
        for own in self.periods:
            if own.code == period:
                return own.due
        raise KeyError(period)

    @property
    def allowed_channels(self) -> tuple[str, ...]:
        return SOCIAL_CHANNELS if self.among == "social" else CHANNELS


@dataclass(frozen=True, slots=True)
class Value:
    """A number, date or yes/no that is entered. With `periods` it is a series, one number a month; kind 'map' is
    any text to a number. `until` is the last day it may be given; `above` a bound it must exceed to be usable.
    `review`: what an office enters is looked at like evidence before it counts; `proof`: the requirement whose evidence
    goes with it, of the same period where that has periods."""

    code: str
    title: Text
    kind: ValueKind
    unit: Text | None
    periods: tuple[Period, ...]
    until: date
    by: By
    above: Decimal | None
    may_be_ahead: bool  # a planned date: it may lie after the day of scoring
    help: Text | None
    doubts: tuple[Doubt, ...]
    bounds: Bounds  # beyond them an amount is asked about; no score hangs on it
    review: bool = False
    proof: str = ""

    @property
    def is_series(self) -> bool:
        return bool(self.periods)


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the judges' sheet, what they look for in it, and what some of its points stand for."""

    code: str
    title: Text
    max: Decimal
    look_for: tuple[Text, ...] = ()
    levels: tuple[Level, ...] = ()  # rising; any other number of points up to `max` may be given all the same


@dataclass(frozen=True, slots=True)
class Setting:
    """A due date that staff set for a round."""

    code: str
    title: Text
    kind: Literal["date"]
    doubts: tuple[Doubt, ...]
