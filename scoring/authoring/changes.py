"""What moving a scheme by whole years changes, place by place: proposed here, decided by whoever makes the copy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import groupby

from .scalars import Edit, Scalar, Titles, comments, replaced, scalars
from .shifting import Concern, days_in_words, fiscal_year, rest_on, shift_day, shift_month, years_in

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])\Z")
_DUE = ("due", "close", "until", "by", "plan_by")  # words under which a day is the last one for something
_TEXTS = ("th", "en")
_DECLARED = ("requirements", "values", "settings", "targets", "periods", "forms")
_DECIDED = {Concern.LEAP, Concern.SATURDAY, Concern.SUNDAY, Concern.HOLIDAY, Concern.BEFORE, Concern.AFTER}


class Kind(StrEnum):
    """What is changed, in the order in which it is shown."""

    DAY = "day"
    MONTH = "month"  # the first and the last of a series, and where one of its periods is named
    YEAR = "year"  # of a register
    CODE = "code"  # that carries a year
    TEXT = "text"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that may be changed. `before` and `after` are for people: a whole text, a day as YYYY-MM-DD.

    It stands at `start` of the text. `edits` are what it replaces; of a code there are several, and all of them go
    together.
    """

    start: int
    kind: Kind
    path: tuple[str, ...]
    title: Titles
    line: int
    before: str
    after: str
    edits: tuple[Edit, ...]
    concerns: tuple[Concern, ...] = ()
    is_proposed: bool = True
    is_due: bool = False  # of a day: the last one for something

    @property
    def key(self) -> str:
        """Names it by its place, which it keeps when other parts of the text are written anew."""
        return f"{self.kind}-{'/'.join(self.path) or self.line}"

    @property
    def needs_decision(self) -> bool:
        return self.kind == Kind.YEAR or bool(_DECIDED.intersection(self.concerns))

    @property
    def lines(self) -> range:
        """The lines that it may change: of a text over several lines more than one."""
        return range(self.line, self.line + 1 + self.before.count("\n"))

    @property
    def pieces(self) -> list[tuple[str, str, str]]:
        """`before` cut at what is replaced: (what stays, what was there, what comes), the last without the two."""
        pieces, end = list[tuple[str, str, str]](), 0
        for edit in self.edits if self.kind in (Kind.TEXT, Kind.COMMENT) else ():
            first, last = edit.start - self.start, edit.end - self.start
            pieces.append((self.before[end:first], self.before[first:last], edit.becomes))
            end = last
        return [*pieces, (self.before[end:], "", "")]

    def with_day(self, day: date) -> Change:
        """The same change with another day than the one that was proposed."""
        edits = tuple(edit._replace(becomes=day.isoformat()) for edit in self.edits)
        return replace(self, after=day.isoformat(), edits=edits)


@dataclass(slots=True)
class _Proposer:
    """Goes through a text once. `close` is the close of the text as it is: the years near it are the scheme's."""

    text: str
    years: int
    holidays: Set[date]
    found: list[Scalar]
    close: date
    codes: Mapping[str, str] = field(default_factory=dict)  # those with a year in them -> what they become
    days: Set[date] = frozenset()  # those that stand in it

    def changes(self) -> list[Change]:
        self.codes = dict(self._codes())
        self.days = {day for scalar in self.found if (day := day_of(scalar))}
        changes = [change for scalar in self.found if (change := self._change(scalar))]
        changes += self._renamed()
        changes += self._comments()
        return sorted(changes, key=lambda change: change.edits[0].start)

    def _change(self, scalar: Scalar) -> Change | None:
        if scalar.path == ("scheme",) or scalar.is_key:
            return None
        if scalar.word in _TEXTS:
            return self._text(scalar)
        if day := day_of(scalar):
            return self._day(scalar, day)
        if _is_month(scalar):
            return self._plain(scalar, Kind.MONTH, shift_month(scalar.value, self.years))
        if _is_year(scalar):
            change = self._plain(scalar, Kind.YEAR, str(int(scalar.value) + self.years), Concern.REGISTER)
            return replace(change, is_proposed=scalar.word == "until")  # a register grows at its end
        return None

    def _plain(self, scalar: Scalar, kind: Kind, after: str, *concerns: Concern) -> Change:
        edit = Edit(*_within_quotes(self.text, scalar), after)
        return Change(
            start=edit.start,
            kind=kind,
            path=scalar.path,
            title=scalar.title,
            line=scalar.line,
            before=scalar.value,
            after=after,
            edits=(edit,),
            concerns=concerns,
        )

    def _day(self, scalar: Scalar, day: date) -> Change:
        moved, is_open = shift_day(day, self.years)
        concerns = [Concern.LEAP] if is_open else []
        concerns += concerns_of(moved, shift_day(self.close, self.years)[0], self.holidays, is_due=is_due(scalar))
        return replace(self._plain(scalar, Kind.DAY, moved.isoformat(), *concerns), is_due=is_due(scalar))

    def _text(self, scalar: Scalar) -> Change | None:
        """A doubt is about the document of its year; a day that is none of the scheme's may be one of a law's."""
        change = self._years(Kind.TEXT, scalar.line, *_within_quotes(self.text, scalar))
        if change is None:
            return None
        named = days_in_words(change.before)
        is_doubt = "doubts" in scalar.path
        concerns = [Concern.NAMES_A_DAY] * bool(named) + [Concern.DOUBT] * is_doubt
        is_own = named <= self.days and not is_doubt
        return replace(change, path=scalar.path, title=scalar.title, concerns=tuple(concerns), is_proposed=is_own)

    def _comments(self) -> Iterator[Change]:
        for line, start, end in comments(self.text, self.found):
            if change := self._years(Kind.COMMENT, line, start, end):
                yield change

    def _years(self, kind: Kind, line: int, start: int, end: int) -> Change | None:
        """The years in a part of the text, all at once."""
        raw = self.text[start:end]
        inside = [Edit(*year) for year in years_in(raw, self.close.year, self.years)]
        edits = tuple(Edit(start + edit.start, start + edit.end, edit.becomes) for edit in inside)
        return Change(start, kind, (), {}, line, raw, replaced(raw, inside), edits) if edits else None

    # Codes that carry a year

    def _codes(self) -> Iterator[tuple[str, str]]:
        for scalar in self.found:
            if not _declares(scalar):
                continue
            years = years_in(scalar.value, self.close.year, self.years)
            if years:
                yield scalar.value, replaced(scalar.value, [Edit(*year) for year in years])

    def _renamed(self) -> Iterator[Change]:
        """Each code once, with every place where it stands: declared, or read by something."""
        named = [s for s in self.found if s.value in self.codes and _names(s)]
        named.sort(key=lambda scalar: (scalar.value, scalar.start))
        for code, group in groupby(named, key=lambda scalar: scalar.value):
            places = list(group)
            first = next((place for place in places if _declares(place)), places[0])
            edits = tuple(Edit(*_within_quotes(self.text, place), self.codes[code]) for place in places)
            yield Change(
                _within_quotes(self.text, first)[0],
                Kind.CODE,
                first.path,
                first.title,
                first.line,
                code,
                self.codes[code],
                edits,
            )


def propose(text: str, years: int, holidays: Set[date]) -> list[Change]:
    """Every change that moving a sound scheme's text by so many years proposes, in the order of the text.

    Its code (`scheme: ...`) is not among them. ValueError when a day or month would leave the years that the language
    knows. Nothing is changed here: `apply` does that.
    """
    found = scalars(text)
    close = next(day for scalar in found if scalar.path == ("close",) and (day := day_of(scalar)))
    return _Proposer(text, years, holidays, found, close).changes() if years else []


def concerns_of(day: date, close: date, holidays: Set[date], *, is_due: bool) -> list[Concern]:
    """What somebody should know of a day in a scheme with this close. Days of rest matter where something is due."""
    first, last = fiscal_year(close)
    resting = rest_on(day, holidays) if is_due else None
    concerns = [resting] if resting else []
    if day < first:
        concerns.append(Concern.BEFORE)
    elif day > last:
        concerns.append(Concern.AFTER)
    return concerns


def apply(text: str, changes: Iterable[Change]) -> str:
    """The text with these changes made."""
    return replaced(text, (edit for change in changes for edit in change.edits))


def _within_quotes(text: str, scalar: Scalar) -> tuple[int, int]:
    is_quoted = text[scalar.start] in "'\""
    return (scalar.start + 1, scalar.end - 1) if is_quoted else (scalar.start, scalar.end)


def day_of(scalar: Scalar) -> date | None:
    """The day that stands there, if it is one of the calendar's; what else looks like one the proofreader tells."""
    if scalar.is_key or not _DAY.match(scalar.value):
        return None
    try:
        return date.fromisoformat(scalar.value)
    except ValueError:
        return None


def _is_month(scalar: Scalar) -> bool:
    """Whether it is a month of a series, not a code that looks like one."""
    if scalar.is_key or not _MONTH.match(scalar.value):
        return False
    return scalar.word == "period" or (scalar.path[-2:-1] == ("months",) and scalar.word in ("from", "to"))


def _is_year(scalar: Scalar) -> bool:
    return scalar.path[-2:-1] == ("register",) and re.fullmatch("[0-9]{4}", scalar.value) is not None


def is_due(scalar: Scalar) -> bool:
    """Whether a day that stands there is the last one for something."""
    is_period = len(scalar.path) == 4 and scalar.path[-2] == "periods"
    return scalar.word in _DUE or is_period


def _declares(scalar: Scalar) -> bool:
    """Whether a code is given its meaning here: a key of what is asked, or the word `code`."""
    if scalar.is_key:
        return len(scalar.path) == 2 and scalar.path[0] in _DECLARED
    return scalar.word == "code"


def _names(scalar: Scalar) -> bool:
    """Whether a code may stand here: a text, a day or a month of a series is none."""
    if scalar.is_key:
        return len(scalar.path) == 2 or (len(scalar.path) == 4 and scalar.path[-2] == "periods")
    return scalar.word not in _TEXTS and scalar.path != ("scheme",) and not _is_month(scalar)
