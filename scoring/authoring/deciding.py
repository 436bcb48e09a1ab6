"""The page of days: every change that is proposed, as somebody ticks, alters and sends it back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from submissions import thai
from submissions.fields import BuddhistDateField
from submissions.questions.resting import beside_in_words, holidays_by_name

from .changes import Change, Kind, apply, concerns_of, propose
from .in_words import CONCERNS, KINDS, place_in_words
from .shifting import Concern, rest_on

ON, TO = "on", "to-"  # how ticks and days are called in what a page sends


@dataclass(frozen=True)
class Row:
    """One change as it stands on the page. `typed`: the day as somebody wrote it; '' where days can't be altered."""

    change: Change
    is_on: bool
    typed: str
    fault: str
    said: tuple[str, ...]

    @property
    def place(self) -> str:
        return place_in_words(self.change.path)

    @property
    def title(self) -> str:
        titles = self.change.title
        own = "title" in self.change.path[-2:]  # what is changed is the title itself
        return "" if own else titles.get(thai.language(), "")

    @property
    def is_text(self) -> bool:
        """Whether only a part of what stands there is changed."""
        return self.change.kind in (Kind.TEXT, Kind.COMMENT)

    @property
    def before(self) -> str:
        return _shown(self.change, self.change.before)

    @property
    def after(self) -> str:
        return _shown(self.change, self.change.after)


@dataclass(frozen=True)
class Group:
    name: str
    title: str
    rows: list[Row]

    @property
    def on(self) -> int:
        """How many of them are ticked."""
        return sum(row.is_on for row in self.rows)

    @property
    def has_faults(self) -> bool:
        return any(row.fault for row in self.rows)


class Decisions:
    """What is decided of each change of a text that moves by so many years. ValueError where none of it can move.

    `sent`: what a page sent back, or what was put aside, {"on": [keys], "to": {key: day as typed}}; None: as proposed.
    """

    def __init__(self, text: str, years: int, sent: Mapping[str, Any] | None = None) -> None:
        self.text, self.sent = text, sent
        self.holidays = holidays_by_name()
        changes = propose(text, years, self.holidays.keys())
        closes = (change for change in changes if change.path == ("close",))
        self.close = next((date.fromisoformat(change.after) for change in closes), None)
        self.rows = [self._row(change) for change in changes]

    def _row(self, change: Change) -> Row:
        is_on = change.is_proposed if self.sent is None else change.key in self.sent["on"]
        if change.kind != Kind.DAY:
            return Row(change, is_on, "", "", tuple(str(CONCERNS[one]) for one in change.concerns))
        typed = _typed(change.after) if self.sent is None else self.sent["to"].get(change.key, _typed(change.after))
        day, fault = _read(typed)
        if day and day.isoformat() != change.after:
            change = self._altered(change, day)
        return Row(change, is_on, typed, fault if is_on else "", tuple(self._said(change, day)))

    def _altered(self, change: Change, day: date) -> Change:
        new = concerns_of(day, self.close or day, self.holidays.keys(), is_due=change.is_due)
        leap = [one for one in change.concerns if one == Concern.LEAP]
        return replace(change.with_day(day), concerns=(*leap, *new))

    def _said(self, change: Change, day: date | None) -> Iterator[str]:
        for concern in change.concerns:
            name = self.holidays.get(day, "") if concern == Concern.HOLIDAY and day else ""
            yield f"{CONCERNS[concern]} {name}".strip()
        if day and rest_on(day, self.holidays.keys()) in change.concerns:
            yield beside_in_words(day, self.holidays)

    @cached_property
    def groups(self) -> list[Group]:
        """What has to be decided first; then everything else by its kind."""
        first = [row for row in self.rows if row.change.needs_decision]
        rest = [row for row in self.rows if not row.change.needs_decision]
        groups = [Group("decide", str(_("To be decided")), first)]
        groups += [
            Group(kind, str(title), [row for row in rest if row.change.kind == kind]) for kind, title in KINDS.items()
        ]
        return [group for group in groups if group.rows]

    @property
    def has_faults(self) -> bool:
        return any(group.has_faults for group in self.groups)

    def result(self) -> str:
        """The text with everything changed that is ticked."""
        return apply(self.text, (row.change for row in self.rows if row.is_on))

    def rows_on(self, line: int) -> list[Row]:
        return [row for row in self.rows if line in row.change.lines]

    @property
    def years_without_holidays(self) -> list[int]:
        """Buddhist years in which something is due, and of which the portal knows no holiday."""
        due = {date.fromisoformat(row.change.after).year for row in self.rows if row.change.kind == Kind.DAY}
        return sorted(year + thai.ERA for year in due - {day.year for day in self.holidays})


def sent_by(post: Any) -> dict[str, Any]:
    """What a page sends back, as it is put aside."""
    typed = {name.removeprefix(TO): value.strip()[:40] for name, value in post.items() if name.startswith(TO)}
    return {"on": post.getlist(ON), "to": typed}


def _typed(day: str) -> str:
    return str(BuddhistDateField().prepare_value(day))


def _read(typed: str) -> tuple[date | None, str]:
    try:
        return thai.parse_date(typed), ""
    except ValueError:
        return None, str(BuddhistDateField.how)


def _shown(change: Change, value: str) -> str:
    if change.kind == Kind.DAY:
        return thai.format_date(date.fromisoformat(value), thai.language(), short=True)
    return thai.format_month(value, thai.language()) if change.kind == Kind.MONTH else value
