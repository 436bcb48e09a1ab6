"""Facts as the rules read them: indexed, days in Bangkok, what has not happened yet left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from scoring.engine.facts.asked import Value
from scoring.engine.facts.calendar import day_of
from scoring.engine.facts.records import Facts, Given, Slot
from scoring.engine.facts.terms import CHANNELS
from scoring.engine.facts.trace import Need


class DatedEvidence(NamedTuple):
    """One file or link that counts, or (`counts` False) waits for review; `day` is its day in Bangkok."""

    day: date
    counts: bool
    channels: frozenset[str]
    ref: str


class Reading:
    """One entrant's facts on one basis; `as_of` is their day. Never changed once made; `after` makes another."""

    __slots__ = (
        "_awaited",
        "_central",
        "_extended",
        "_pieces",
        "_returned",
        "_sheets",
        "as_of",
        "expected",
        "holidays",
        "settings",
        "size",
        "values",
    )

    def __init__(self, declared: Mapping[str, Value], facts: Facts, awaited: Set[Slot] = frozenset()) -> None:
        """`awaited`: values that are not counted now, and may be."""
        self._awaited = awaited
        self.as_of = day_of(facts.as_of)
        self.size = facts.size
        self.settings = facts.settings
        self.holidays = facts.holidays
        ahead = {code for code, value in declared.items() if value.may_be_ahead}
        self.values: Mapping[str, Given] = {
            code: value
            for code, value in facts.values.items()
            if type(value) is not date or value <= self.as_of or code in ahead
        }
        self._central = {code for code, value in declared.items() if value.by == "central"}
        self._pieces = _pieces(facts)
        self._returned = {(piece.requirement, piece.period) for piece in facts.evidence if piece.status == "returned"}
        self._extended = _extended(facts)
        self._sheets = _sheets(facts)
        self.expected = len(facts.sheets) if facts.expected_sheets is None else facts.expected_sheets

    def pieces(self, requirement: str, period: str | None) -> Iterable[DatedEvidence]:
        """Evidence that counts or waits, oldest first."""
        return self._pieces.get((requirement, period), ())

    def came_back(self, requirement: str, period: str | None) -> bool:
        """Whether evidence of it was returned, sent again since or not."""
        return (requirement, period) in self._returned

    def is_for_central(self, need: Need) -> bool:
        """Whether central staff enter it; what is handed in is always the office's."""
        return need.kind == "value" and need.code in self._central

    def deadline(self, requirement: str, period: str | None, due: date) -> date:
        """`due`, or the latest extension of exactly this slot when that is later."""
        return max(due, self._extended.get((requirement, period), due))

    def extended(self, requirements: Iterable[str]) -> Iterable[date]:
        """The extensions of some requirements, whatever the period."""
        wanted = set(requirements)
        return (until for (requirement, _), until in self._extended.items() if requirement in wanted)

    def slots(self, requirement: str) -> Iterable[str | None]:
        """The periods for which there is evidence of a requirement."""
        return (period for code, period in self._pieces if code == requirement)

    def is_open(self, code: str, period: str | None, by: date) -> bool:
        """Whether a value that is not there may still be: its day is not over, or it waits for review or came back."""
        return self.as_of <= by or (code, period) in self._awaited

    def value(self, code: str) -> Given | None:
        return self.values.get(code)

    def number(self, code: str, period: str | None = None) -> Decimal | None:
        value = self.values.get(code)
        if period is not None:
            return value.get(period) if isinstance(value, dict) else None
        return value if isinstance(value, Decimal) else None

    def day(self, code: str) -> date | None:
        value = self.values.get(code)
        return value if isinstance(value, date) else None

    def flag(self, code: str) -> bool | None:
        value = self.values.get(code)
        return value if isinstance(value, bool) else None

    def entries(self, code: str) -> Mapping[str, Decimal]:
        value = self.values.get(code)
        return value if isinstance(value, dict) else {}

    def points(self, item: str) -> list[Decimal]:
        """The points every judge gave an item."""
        return self._sheets.get(item, [])

    def after(self, needs: Iterable[Need], day: date | None = None) -> Reading:
        """The same facts with every one of `needs` met on `day` (None: today). Offers are weighed with it."""
        other = object.__new__(Reading)
        for name in ("size", "settings", "holidays", "_awaited", "_central", "_extended", "_returned", "expected"):
            setattr(other, name, getattr(self, name))
        other.as_of = day or self.as_of
        other.values, other._pieces, other._sheets = dict(self.values), dict(self._pieces), dict(self._sheets)
        for need in needs:
            other._meet(need, self.as_of)
        return other

    def _meet(self, need: Need, advised_on: date) -> None:
        """Meet a need that was worked out on `advised_on`: what was to happen on that day happens today."""
        slot = (need.code, need.period)
        if need.kind == "evidence":
            piece = DatedEvidence(self.as_of, True, _enough_channels(need), "")
            self._pieces[slot] = (*self._pieces.get(slot, ()), piece)
        elif need.kind == "review":
            reviewed = need.data["refs"]
            assert isinstance(reviewed, list)
            self._pieces[slot] = tuple(
                DatedEvidence(piece.day, True, piece.channels, piece.ref) if piece.ref in reviewed else piece
                for piece in self._pieces[slot]
            )
        elif need.kind == "item":
            new = [Decimal(str(need.data["points"]))] * int(str(need.data["sheets"]))
            self._sheets[need.code] = [*self._sheets.get(need.code, []), *new]
        else:
            assert isinstance(self.values, dict)
            self.values[need.code] = self._met_value(need, advised_on)

    def _met_value(self, need: Need, advised_on: date) -> Given:
        compare = need.data["compare"]
        if compare == "is_true":
            return True
        if compare == "on":
            day = date.fromisoformat(str(need.data["date"]))
            return self.as_of if day == advised_on else day
        if compare == "shares":
            whole = self.number(str(need.data["whole"])) or Decimal(0)
            enough = Decimal(ceil(Fraction(whole) * Fraction(str(need.data["percent"])) / 100))
            kept = self.entries(need.code)
            return {**kept, **{f"+{n}": enough for n in range(int(str(need.data["count"])))}}
        number = Decimal(str(need.data["number"]))
        if need.period is None:
            return number
        return {**self.entries(need.code), need.period: number}


def without(facts: Facts, slots: Set[Slot]) -> Facts:
    """The same facts but for these values."""
    if not slots:
        return facts
    values: dict[str, Given] = {}
    for code, value in facts.values.items():
        if isinstance(value, dict):
            values[code] = {name: part for name, part in value.items() if (code, name) not in slots}
        elif (code, None) not in slots:
            values[code] = value
    return replace(facts, values=values)


def _pieces(facts: Facts) -> dict[Slot, tuple[DatedEvidence, ...]]:
    found: dict[Slot, list[DatedEvidence]] = {}
    claimed = facts.basis == "claimed"
    for evidence in facts.evidence:
        status = evidence.status
        if (status == "accepted" or status == "submitted") and evidence.submitted_at <= facts.as_of:
            counts = claimed or status == "accepted"
            piece = DatedEvidence(day_of(evidence.submitted_at), counts, evidence.channels, evidence.ref)
            found.setdefault((evidence.requirement, evidence.period), []).append(piece)
    return {slot: tuple(sorted(pieces, key=lambda piece: (piece.day, piece.ref))) for slot, pieces in found.items()}


def _extended(facts: Facts) -> dict[Slot, date]:
    """The latest extension of each slot."""
    found: dict[Slot, date] = {}
    for extension in facts.extensions:
        slot = (extension.requirement, extension.period)
        found[slot] = max(extension.until, found.get(slot, extension.until))
    return found


def _sheets(facts: Facts) -> dict[str, list[Decimal]]:
    """The points that each item was given, judge by judge."""
    found: dict[str, list[Decimal]] = {}
    for sheet in facts.sheets:
        for item, points in sheet.points.items():
            found.setdefault(item, []).append(points)
    return found


def _enough_channels(need: Need) -> frozenset[str]:
    """So many channels as are asked for; the social ones come first, so that they are enough among either."""
    return frozenset(CHANNELS[: int(str(need.data.get("channels", 0)))])


def shown(value: Decimal | date | None) -> str | None:
    """A number or day as it is written in JSON: plain, without an exponent; None stays None."""
    if value is None:
        return None
    if isinstance(value, date):
        return value.isoformat()
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
