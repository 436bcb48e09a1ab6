"""What a scheme is once it has been read: titles, inputs, criteria, awards. Nothing here computes a score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from scoring.engine.arithmetic.rules import Rule
from scoring.engine.facts.asked import Item, Requirement, Setting, Value
from scoring.engine.facts.terms import Doubt, Input, InputKind, Level, Period, ShownAs, Text

from .forms import Form
from .stages import Nominees, Ranking, Stage


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
    grades: Mapping[str, Decimal]  # the letter of a grade -> its points; empty unless points are shown as letters
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
    is_blind: bool  # judges see no names before their own sheet is final
    asks_notes: bool  # judges say why an item earns nothing, or all of its points
    doubts: tuple[Doubt, ...] = field(default=())

    @property
    def points_count(self) -> bool:
        """False where the document shows who is eligible, and no points."""
        return self.shown_as != "eligibility"

    def business_days_after(self) -> tuple[date | str, ...]:
        """The days after which business days are counted, each itself or the setting that says it: from then until the
        close public holidays move points."""
        return tuple(day for criterion in self.criteria.values() for day in criterion.rule.business_days_after())

    def all_doubts(self) -> tuple[Doubt, ...]:
        """Its own and those of all its parts, in the order of the text."""
        listed = [self.doubts, *(dimension.doubts for dimension in self.dimensions)]
        listed += [criterion.doubts for criterion in self.criteria.values()]
        listed += [requirement.doubts for requirement in self.requirements.values()]
        listed += [value.doubts for value in self.values.values()]
        listed += [setting.doubts for setting in self.settings.values()]
        return tuple(sorted((doubt for doubts in listed for doubt in doubts), key=lambda doubt: doubt.line))

    def form_of(self, requirement: str) -> Form | None:
        """The form that may be filled in for a requirement instead of sending a file."""
        return next((form for form in self.forms.values() if form.requirement == requirement), None)

    def criteria_of(self, kind: InputKind, code: str) -> tuple[Criterion, ...]:
        """The criteria that read one input."""
        wanted = Input(kind, code)
        return tuple(criterion for criterion in self.criteria.values() if wanted in criterion.inputs)
