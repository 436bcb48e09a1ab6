"""Who has an account and has not come yet: who may invite them, and how their invitation stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import FilteredRelation, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from submissions.models import Invitation, User
from submissions.models.places import region_of

REST = timedelta(hours=24)  # before the same address is written to again, unless the letter came to nothing
MOST_TEXT = 100  # characters
STATES: dict[str, Promise] = {
    "none": _("Not invited yet"),
    "waiting": _("The mail waits to be sent"),
    "sent": _("Invited by mail"),
    "failed": _("The mail could not be sent"),
    "printed": _("Letter printed"),
    "over": _("The invitation is too old"),
}
NO_MAIL = "no-mail"
CHOICES: dict[str, Promise] = {**STATES, NO_MAIL: _("Without an e-mail address")}


def kept_by(user: User) -> QuerySet[User]:
    """The accounts that somebody looks after: staff those of officers and judges, a head those of the own office."""
    if not user.is_active:
        return User.objects.none()
    if user.is_superuser:
        return User.objects.all()
    if user.is_central:
        return User.objects.exclude(role=User.Role.STAFF).filter(is_superuser=False)
    if user.is_officer and user.is_head:
        return User.objects.filter(role=User.Role.OFFICER, office=user.office_id, is_superuser=False)
    return User.objects.none()


def not_come(user: User) -> QuerySet[User]:
    """Those among them who never logged in and could. `asked` is their open invitation, if they have one."""
    asked = FilteredRelation("invitations", condition=Q(invitations__used_at=None, invitations__ended_at=None))
    return kept_by(user).filter(is_active=True, last_login=None).exclude(pk=user.pk).annotate(asked=asked)


def with_invitations(users: Iterable[User]) -> list[Any]:
    """The same users, each with `invitation`, the open one, and `state`, how it stands. One statement."""
    people: list[Any] = list(users)
    now = timezone.now()
    rows = Invitation.objects.open().filter(user__in=people).select_related("letter", "invited_by")
    known = {row.user_id: row for row in rows}
    for person in people:
        person.invitation = known.get(person.pk)
        person.state = person.invitation.state(now) if person.invitation else "none"
    return people


def rests_until(invitation: Invitation | None, email: str) -> datetime | None:
    """Until when another letter to this address would be one too many; None where none was written, or in vain."""
    letter = invitation.letter if invitation else None
    if invitation is None or letter is None or letter.address != email or letter.state == "failed":
        return None
    return invitation.made_at + REST


def was_asked_lately(invitation: Invitation | None, email: str, now: datetime) -> bool:
    until = rests_until(invitation, email)
    return until is not None and now < until


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader chose to see of those who have not come. All of it stands in the address. Empty: everybody."""

    role: str = ""
    region: str = ""  # codes
    office: str = ""
    state: str = ""
    q: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        asked = {field.name: _plain(query.get(field.name, "")) for field in fields(cls)}
        known = {"role": User.Role.values, "state": CHOICES}
        return cls(**{name: text for name, text in asked.items() if text in known.get(name, (text,))})

    def query(self, **more: Any) -> str:
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        return urlencode({name: text for name, text in (own | more).items() if text})

    @property
    def is_everybody(self) -> bool:
        return not self.query()

    def narrow(self, people: QuerySet[User], now: datetime) -> QuerySet[User]:
        """Of what `not_come` gives."""
        if self.role:
            people = people.filter(role=self.role)
        if self.office:
            people = people.filter(office__code=self.office)
        if self.region:
            people = people.annotate(in_region=region_of(column="code")).filter(in_region=self.region)
        if self.q:
            named = ("username", "full_name", "email", "office__name_th", "office__name_en")
            people = people.filter(Q(*((f"{name}__icontains", self.q) for name in named), _connector=Q.OR))
        return people.filter(_in_state(self.state, now)) if self.state else people


def _in_state(state: str, now: datetime) -> Q:
    """The same states as `Invitation.state`, asked of the database."""
    valid = Q(asked__until__gt=now)
    mail, unsent = valid & Q(asked__way=Invitation.Way.MAIL), Q(asked__letter__sent_at=None)
    return {
        NO_MAIL: Q(email=""),
        "none": Q(asked=None),
        "over": Q(asked__until__lte=now),
        "printed": valid & Q(asked__way=Invitation.Way.PAPER),
        "waiting": mail & Q(asked__letter__due_at__isnull=False),
        "failed": mail & unsent & Q(asked__letter__isnull=False, asked__letter__due_at=None),
        "sent": mail & (Q(asked__letter=None) | Q(asked__letter__sent_at__isnull=False)),
    }[state]


def _plain(text: str) -> str:
    """Without what no database keeps in a text."""
    return text.replace("\x00", "").strip()[:MOST_TEXT]
