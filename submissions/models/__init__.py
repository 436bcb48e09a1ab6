"""Facts: kept; corrected by adding, never by overwriting silently."""

from .account_events import AccountEvent
from .addresses import AddressChange
from .answers import Answers, FilledForm
from .appeals import Appeal
from .circulars import Attachment, Circular, CircularOpening, CircularPlace
from .confirmations import Confirmation
from .consents import Consent
from .editions import Edition
from .entries import Entry, Event
from .evidence import Evidence, Value
from .examinations import Examination, Fingerprint, Likeness, Thumbnail
from .extensions import Extension
from .imports import Import
from .invitations import Invitation
from .judging import Sheet
from .letterheads import Letterhead, Picture
from .meetings import Meeting, Resolution
from .notices import Channel, Letter, Notice, Reminded, Telling, ToldUpTo
from .panel import Assignment, ConflictOfInterest
from .people import CalendarFeed, User
from .places import Holiday, Office, RegisterLine
from .practice import PracticeEntry, PracticeSheet
from .proposals import Ending, Proposal
from .readings import SecondReading
from .remarks import Remark
from .reviewing import Claim, ReasonTemplate, SavedQueue
from .rounds import Round
from .schemes import SchemeDraft
from .tokens import Scope, Token
from .tries import Tries
from .uploads import Upload
from .webhooks import Delivery, Happening, Webhook

__all__ = [
    "AccountEvent",
    "AddressChange",
    "Answers",
    "Appeal",
    "Assignment",
    "Attachment",
    "CalendarFeed",
    "Channel",
    "Circular",
    "CircularOpening",
    "CircularPlace",
    "Claim",
    "Confirmation",
    "ConflictOfInterest",
    "Consent",
    "Delivery",
    "Edition",
    "Ending",
    "Entry",
    "Event",
    "Evidence",
    "Examination",
    "Extension",
    "FilledForm",
    "Fingerprint",
    "Happening",
    "Holiday",
    "Import",
    "Invitation",
    "Letter",
    "Letterhead",
    "Likeness",
    "Meeting",
    "Notice",
    "Office",
    "Picture",
    "PracticeEntry",
    "PracticeSheet",
    "Proposal",
    "ReasonTemplate",
    "RegisterLine",
    "Remark",
    "Reminded",
    "Resolution",
    "Round",
    "SavedQueue",
    "SchemeDraft",
    "Scope",
    "SecondReading",
    "Sheet",
    "Telling",
    "Thumbnail",
    "Token",
    "ToldUpTo",
    "Tries",
    "Upload",
    "User",
    "Value",
    "Webhook",
]
