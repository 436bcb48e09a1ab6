"""The admin of facts: where the committee reviews and judges, and central staff run rounds.

Every fact is written by `submissions.intake`; what is saved here directly are the registers: offices, people, holidays,
rounds.
"""

from . import (
    account_events,
    circulars,
    editions,
    entries,
    evidence,
    extensions,
    imports,
    letters,
    people,
    places,
    practice,
    readings,
    reasons,
    rounds,
    sheets,
    values,
)

__all__ = [
    "account_events",
    "circulars",
    "editions",
    "entries",
    "evidence",
    "extensions",
    "imports",
    "letters",
    "people",
    "places",
    "practice",
    "readings",
    "reasons",
    "rounds",
    "sheets",
    "values",
]
