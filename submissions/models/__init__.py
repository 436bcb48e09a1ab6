"""Facts: kept; corrected by adding, never by overwriting silently."""

from .answers import Answers, FilledForm
from .entries import Entry, Event
from .evidence import Evidence, Value
from .judging import Sheet
from .people import CalendarFeed, User
from .places import Holiday, Office, RegisterLine
from .rounds import Edition, Extension, Round

__all__ = [
    "Answers",
    "CalendarFeed",
    "Edition",
    "Entry",
    "Event",
    "Evidence",
    "Extension",
    "FilledForm",
    "Holiday",
    "Office",
    "RegisterLine",
    "Round",
    "Sheet",
    "User",
    "Value",
]
