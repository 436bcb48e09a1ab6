"""The words that facts, schemes and scores are told in: texts, periods, inputs, levels, and lists of names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Language = Literal["th", "en"]
ValueKind = Literal["number", "percent", "date", "boolean", "map"]
InputKind = Literal["requirement", "value", "item", "setting"]
By = Literal["office", "central"]
ShownAs = Literal["points", "letters", "level", "eligibility"]

SOCIAL_CHANNELS = ("facebook", "line", "youtube", "tiktok", "instagram", "x")
CHANNELS = (*SOCIAL_CHANNELS, "website", "meeting", "radio", "newspaper", "poster", "other")
STATUSES = ("draft", "submitted", "accepted", "returned", "withdrawn")
DECIDED = ("submitted", "accepted", "returned")
BASES = ("verified", "claimed")
SHOWN_AS: tuple[ShownAs, ...] = ("points", "letters", "level", "eligibility")


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
class Input:
    """One thing a criterion reads: 'requirement', 'value', 'item' or 'setting', by its code."""

    kind: InputKind
    code: str


@dataclass(frozen=True, slots=True)
class Level:
    """One line of how a criterion's points are earned, in words."""

    points: Decimal
    text: Text
