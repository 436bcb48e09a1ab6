"""Facts: kept; corrected by adding, never by overwriting silently."""

from .account_events import AccountEvent
from .addresses import AddressChange
from .answers import Answers, FilledForm
from .appeals import Appeal
from .circulars import Attachment, Circular, CircularOpening, CircularPlace
from .confirmations import Confirmation
from .entries import Entry, Event
from .evidence import Evidence, Value
from .examinations import Examination, Fingerprint, Likeness
from .imports import Import
from .invitations import Invitation
from .judging import Sheet
from .notices import Channel, Letter, Notice, Reminded, Telling, ToldUpTo
from .people import CalendarFeed, User
from .places import Holiday, Office, RegisterLine
from .proposals import Ending, Proposal
from .remarks import Remark
from .rounds import Edition, Extension, Round
from .schemes import SchemeDraft
from .tokens import Scope, Token
from .tries import Tries
from .uploads import Upload

__all__ = [
    "AccountEvent",
    "AddressChange",
    "Answers",
    "Appeal",
    "Attachment",
    "CalendarFeed",
    "Channel",
    "Circular",
    "CircularOpening",
    "CircularPlace",
    "Confirmation",
    "Edition",
    "Ending",
    "Entry",
    "Event",
    "Evidence",
    "Examination",
    "Extension",
    "FilledForm",
    "Fingerprint",
    "Holiday",
    "Import",
    "Invitation",
    "Letter",
    "Likeness",
    "Notice",
    "Office",
    "Proposal",
    "RegisterLine",
    "Remark",
    "Reminded",
    "Round",
    "SchemeDraft",
    "Scope",
    "Sheet",
    "Telling",
    "Token",
    "ToldUpTo",
    "Tries",
    "Upload",
    "User",
    "Value",
]
