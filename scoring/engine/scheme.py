"""What a scheme is once it has been read: titles, inputs, criteria, awards. Nothing here computes a score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from scoring.engine.bounds import Bounds
    from scoring.engine.display import ShownAs
    from scoring.engine.extent import Extent
    from scoring.engine.forms import Form
    from scoring.engine.rules import Rule
    from scoring.engine.stages import Nominees, Ranking, Stage

Language = Literal["th", "en"]
ValueKind = Literal["number", "percent", "date", "boolean", "map"]
InputKind = Literal["requirement", "value", "item", "setting"]
By = Literal["office", "central"]

SOCIAL_CHANNELS = ("facebook", "line", "youtube", "tiktok", "instagram", "x")
CHANNELS = (*SOCIAL_CHANNELS, "website", "meeting", "radio", "newspaper", "poster", "other")
STATUSES = ("draft", "submitted", "accepted", "returned", "withdrawn")
BASES = ("verified", "claimed")


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Thai and in English."""

    th: str
    en: str

    def to(self, language: str) -> str:
        return self.en if language == "en" else self.th


@dataclass(frozen=True, slots=True)
class Doubt:
    """A place where the source document is silent or contradicts itself, and what was decided.

    `path` is where in the scheme it hangs: 'criteria.2.1.2', 'settings.2.1.2.due', '' for the scheme itself; `line`
    where in its text it is written.
    """

    path: str
    text: Text
    line: int


@dataclass(frozen=True, slots=True)
class Period:
    """A month ('2023-03') or a named round or quarter ('r1', 'q2') of one requirement or value, with its last day."""

    code: str
    title: Text
    due: date


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

    def due_in(self, period: str | None) -> date:
        """The last day for `period` (None where there are no periods); KeyError for a period that is not its own."""
        if period is None and not self.periods:
            return self.due
        for one in self.periods:
            if one.code == period:
                return one.due
        raise KeyError(period)

    @property
    def allowed_channels(self) -> tuple[str, ...]:
        return SOCIAL_CHANNELS if self.among == "social" else CHANNELS


@dataclass(frozen=True, slots=True)
class Value:
    """A number, date or yes/no that is entered. With `periods` it is a series, one number a month; kind 'map' is
    any text to a number. `until` is the last day it may be given; `above` a bound it must exceed to be usable."""

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

    @property
    def is_series(self) -> bool:
        return bool(self.periods)


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the judges' sheet."""

    code: str
    title: Text
    max: Decimal


@dataclass(frozen=True, slots=True)
class Setting:
    """A due date that staff set for a round."""

    code: str
    title: Text
    kind: Literal["date"]
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class Input:
    """One thing a criterion reads: 'requirement', 'value', 'item' or 'setting', by its code."""

    kind: InputKind
    code: str


@dataclass(frozen=True, slots=True)
class Level:
    """One line of how a criterion's points are earned, in words."""

    points: Decimal
    text: Text


@dataclass(frozen=True, slots=True)
class Criterion:
    """A line that earns points by one rule."""

    code: str
    title: Text
    max: Decimal
    dimension: str
    rule: Rule
    inputs: tuple[Input, ...]
    also_asked: tuple[str, ...]  # of the inputs, those that judges are shown and that earn nothing by themselves
    levels: tuple[Level, ...]
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class Dimension:
    code: str
    title: Text
    max: Decimal
    criteria: tuple[str, ...]
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class Size:
    code: str
    title: Text


@dataclass(frozen=True, slots=True)
class Phase:
    """A line of the scheme's calendar."""

    title: Text
    starts: date
    ends: date


@dataclass(frozen=True, slots=True)
class Tier:
    """An award and how many there are; tiers are filled by rank in the order they are listed.

    `count` None: everybody with the full points gets it (a certificate of eligibility).
    """

    code: str
    title: Text
    count: int | None
    level: Text | None
    prize: int | None  # baht
    prize_in_kind: Text | None


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who runs the contest and announces its results, and the position that signs for it."""

    title: Text
    signed_by: Text


@dataclass(frozen=True, slots=True)
class Scheme:
    """The whole of what is asked, rewarded and awarded. Mappings keep the order of the file."""

    code: str
    title: Text
    issuer: Issuer | None  # None: the Department
    close: date
    max: Decimal
    ranking: Ranking
    shown_as: ShownAs
    letters: Mapping[str, Decimal]  # letter -> points; empty unless points are shown as letters
    dimensions: tuple[Dimension, ...]
    criteria: Mapping[str, Criterion]
    requirements: Mapping[str, Requirement]
    values: Mapping[str, Value]
    items: Mapping[str, Item]
    settings: Mapping[str, Setting]
    forms: Mapping[str, Form]  # filled in on the screen, each for one requirement
    periods: Mapping[str, Period]  # every named period and month, by code; `due` is its latest due date
    sizes: tuple[Size, ...]  # empty: the scheme has no size targets
    targets: Mapping[str, Mapping[str, Decimal]]  # target -> size -> number
    awards: tuple[Tier, ...]
    calendar: tuple[Phase, ...]
    tie_break: tuple[str, ...]
    nominees: Nominees | None  # None: offices take part themselves
    stages: tuple[Stage, ...]  # empty: the contest has one round
    doubts: tuple[Doubt, ...] = field(default=())

    @property
    def points_count(self) -> bool:
        """False where the document shows who is eligible, and no points."""
        return self.shown_as != "eligibility"

    def all_doubts(self) -> tuple[Doubt, ...]:
        """Its own and those of all its parts, in the order of the text."""
        listed = [self.doubts, *(one.doubts for one in self.dimensions)]
        listed += [one.doubts for one in self.criteria.values()]
        listed += [one.doubts for one in self.requirements.values()]
        listed += [one.doubts for one in self.values.values()]
        listed += [one.doubts for one in self.settings.values()]
        return tuple(sorted((doubt for doubts in listed for doubt in doubts), key=lambda doubt: doubt.line))

    def form_of(self, requirement: str) -> Form | None:
        """The form that may be filled in for a requirement instead of sending a file."""
        return next((one for one in self.forms.values() if one.requirement == requirement), None)

    def criteria_of(self, kind: InputKind, code: str) -> tuple[Criterion, ...]:
        """The criteria that read one input."""
        wanted = Input(kind, code)
        return tuple(one for one in self.criteria.values() if wanted in one.inputs)
