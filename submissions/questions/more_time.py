"""Whether more time is asked for in a slot, who may ask for it, and how it was answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from scoring import engine
from submissions import thai
from submissions.models import Entry, User

from . import access

Reason = str | None
Slot = tuple[str, str]
Row = tuple[str, str, int, datetime, date | None, int | None]  # of a message: FIELDS
Granted = tuple[str, str, datetime]  # of an extension: requirement, period, when by the round's clock
FIELDS = ("requirement", "period", "pk", "written_at", "wished", "refuses")
LONGEST = timedelta(days=366)  # nobody means more: the year was mistyped


@dataclass(frozen=True)
class Request:
    """What an office asked for last in one slot. Its answer is a later extension there, or a message that refuses."""

    pk: int
    on: datetime  # by the round's clock
    until: date
    state: Literal["waiting", "given", "refused"]

    @property
    def waits(self) -> bool:
        return self.state == "waiting"

    @property
    def is_refused(self) -> bool:
        return self.state == "refused"


def address_of(entry: Entry, requirement: str, period: str = "") -> str:
    """Where more time is asked for, and a request refused."""
    return reverse("more-time", args=[entry.pk, requirement]) + (f"?period={period}" if period else "")


def requests_among(messages: Iterable[Row], granted: Iterable[Granted], offset: timedelta) -> dict[Slot, Request]:
    """The last request of each slot. The messages come in the order in which they were written."""
    messages = list(messages)
    refused = {refuses for *_slot, _pk, _at, _wished, refuses in messages if refuses}
    latest: dict[Slot, datetime] = {}
    for requirement, period, at in granted:
        latest[requirement, period] = max(at, latest.get((requirement, period), at))
    found: dict[Slot, Request] = {}
    for requirement, period, pk, written_at, wished, _refuses in messages:
        if wished is not None:
            on = written_at + offset
            is_given = latest.get((requirement, period), on) > on
            state = "given" if is_given else "refused" if pk in refused else "waiting"
            found[requirement, period] = Request(pk, on, wished, state)  # type: ignore[arg-type]
    return found


def requests_of(entry: Entry, requirement: str | None = None) -> dict[Slot, Request]:
    """The last request of each slot of an entry, or of one requirement. Two statements, one where nobody asked."""
    only = {"requirement": requirement} if requirement else {}
    about = entry.remarks.filter(Q(wished__isnull=False) | Q(refuses__isnull=False), **only).order_by("pk")
    messages = list(about.values_list(*FIELDS))
    if not messages:
        return {}
    granted = entry.extensions.filter(**only).order_by().values_list("requirement", "period", "granted_at")
    return requests_among(messages, granted, entry.round.clock_offset)


def why_not_ask(user: User, entry: Entry, requirement: engine.Requirement) -> Reason:
    """Ask for more time: whoever hands in there."""
    if entry.round.is_run_by(user):
        return _("Those who run the round give more time; they do not ask for it.")
    return access.why_not_hand_in(user, entry, central=requirement.by == "central") or access.why_not_yet(
        entry.round, requirement.code
    )


def why_not_refuse(user: User, entry: Entry, request: Request | None) -> Reason:
    if reason := access.why_not_run(user, entry.round) or access.why_not_remark(user, entry):
        return reason
    if request is None or not request.waits:
        return _("Nobody waits for more time here: nobody asked, or it was answered already.")
    return None


def why_not_until(until: date | None, *, due: date, today: date) -> Reason:
    """Ask for more time until the end of this day. `due`: the last day as it stands."""
    if until is None:
        return _("Write until which day you need more time.")
    if until < today:
        return _("That day is over. Write a day from today on.")
    if until <= due:
        day = thai.format_date(due, thai.language())
        return _("It can be handed in until %(day)s as it is. Write a later day.") % {"day": day}
    if until > today + LONGEST:
        return _("That is more than a year away. Look at the year again.")
    return None
