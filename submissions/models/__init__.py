"""Facts: kept; corrected by adding, never by overwriting silently."""

from .answers import Answers, FilledForm
from .entries import Entry, Event
from .evidence import Evidence, Value
from .judging import Sheet
from .examinations import Examination, Fingerprint, Likeness
from .notices import Channel, Letter, Notice, Telling, Told
from .people import CalendarFeed, User
from .places import Holiday, Office, RegisterLine
from .remarks import Remark
from .rounds import Edition, Extension, Round

__all__ = [
    "Answers",
    "CalendarFeed",
    "Channel",
    "Edition",
    "Entry",
    "Event",
    "Evidence",
    "Extension",
    "FilledForm",
    "Examination",
    "Holiday",
    "Letter",
    "Fingerprint",
    "Notice",
    "Office",
    "Likeness",
    "RegisterLine",
    "Remark",
    "Round",
    "Sheet",
    "Telling",
    "Told",
    "User",
    "Value",
]
