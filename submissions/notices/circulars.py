"""Whom a circular goes to, and by which ways; and how they are told of it, each once, however many there are.

Who is told may see it (`Circular.objects.visible_to`). What is told already is passed over, so that a worker that was
killed half-way is made good by the next sweep.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse

from submissions.models import Attachment, Circular, CircularOpening, Entry, Notice, Office, Telling, User
from submissions.models.circulars import NEW_FOR
from submissions.questions import ways

from .from_events import EXCERPT
from .making import tell
from .people import officers_of

log = logging.getLogger(__name__)
BATCH = 500  # entries, or people, taken together


@dataclass
class Addressees:
    """Everybody that a circular goes to, as things stand now."""

    offices: int = 0
    unreachable: list[Office] = field(default_factory=list)  # nobody has an account there, nor above
    people: dict[int, User] = field(default_factory=dict)
    mail: int = 0  # of these people, how many are written to as well
    line: int = 0
    has_mail: bool = field(default_factory=ways.has_mail)
    has_line: bool = field(default_factory=ways.has_line)


def addressees_of(circular: Circular, *, by: User) -> Addressees:
    """For a preview. A few statements for each 500 entries; `by` sends it, and is told nothing."""
    found = Addressees()
    for entry, people in entries_of(circular):
        found.offices += 1
        if not people:
            found.unreachable.append(entry.office)
        found.people |= {user.pk: user for user in people}
    if circular.audience in (Circular.Audience.COMMITTEE, Circular.Audience.EVERYBODY):
        found.people = {user.pk: user for user in people_of(circular)}
    found.people.pop(by.pk, None)
    _count_ways(found)
    return found


def _count_ways(found: Addressees) -> None:
    chosen = {telling.user_id: telling for telling in Telling.objects.filter(user__in=list(found.people))}
    for user in found.people.values():
        telling = chosen.get(user.pk) or Telling(user=user)
        found.mail += found.has_mail and bool(user.email) and telling.mail != Telling.Pace.NONE
        found.line += found.has_line and bool(telling.line_id) and telling.line != Telling.Pace.NONE


def people_of(circular: Circular) -> Iterator[User]:
    """Each once, where it goes to offices; in one pass that holds few rows at a time."""
    match circular.audience:
        case Circular.Audience.EVERYBODY:
            yield from User.objects.filter(is_active=True).order_by("pk").iterator(chunk_size=BATCH)
        case Circular.Audience.COMMITTEE:
            assert circular.round
            judges = circular.round.judges.filter(is_active=True, role=User.Role.JUDGE, is_superuser=False)
            yield from judges.order_by("pk")
        case _offices:
            seen: set[int] = set()
            for _entry, people in entries_of(circular):
                yield from (user for user in people if user.pk not in seen)
                seen |= {user.pk for user in people}


def entries_of(circular: Circular) -> Iterator[tuple[Entry, list[User]]]:
    """The entries of the offices that it goes to, each with those who do its work."""
    ids = list(circular.addressed().order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        rows = Entry.objects.filter(pk__in=ids[start : start + BATCH]).order_by("pk")
        entries = list(rows.select_related("office__parent__parent__parent"))
        officers = officers_of(entries)
        yield from ((entry, officers[entry.pk]) for entry in entries)


def tell_circulars() -> int:
    """Tell of what was sent, and no more of what was withdrawn. Says how many were told now."""
    told = 0
    for circular in Circular.objects.sent().filter(is_told=False).select_related("round").defer("round__settings"):
        try:
            told += _tell(circular)
        except Exception:  # the others are told all the same; it is tried again with every sweep
            log.exception("circular %s can't be told", circular.pk)
    return told


def _tell(circular: Circular) -> int:
    told = 0
    if circular.withdrawn_at:  # who has read of it finds it withdrawn; nobody is written to any more
        Notice.objects.filter(key=key_of(circular)).read()
    else:
        batch: list[User] = []
        for user in people_of(circular):
            if user.pk != circular.sent_by_id:
                batch.append(user)
            if len(batch) == BATCH:
                told += _tell_these(circular, batch)
                batch = []
        told += _tell_these(circular, batch)
    as_it_was = Circular.objects.filter(pk=circular.pk, withdrawn_at=circular.withdrawn_at)
    if not as_it_was.update(is_told=True):  # withdrawn meanwhile
        Notice.objects.filter(key=key_of(circular)).read()
    return told


def _tell_these(circular: Circular, people: list[User]) -> int:
    subject = {"th": circular.subject_th, "en": circular.subject_en or circular.subject_th}
    text = {"th": circular.text_th[:EXCERPT], "en": (circular.text_en or circular.text_th)[:EXCERPT]}
    said: dict[str, Any] = {"subject": subject, "text": text, "number": circular.number, "path": path_of(circular)}
    return tell(people, Notice.Code.CIRCULAR, key=key_of(circular), round=circular.round, count=1, **said)


def key_of(circular: Circular) -> str:
    return f"circular/{circular.pk}"


def path_of(circular: Circular) -> str:
    return reverse("circular", args=[circular.pk])


def count_read(circular: Circular, user: User) -> None:
    """Whoever opened it needs no notice of it any more."""
    Notice.objects.filter(user=user, key=key_of(circular)).read()


def forget_openings(now: datetime) -> int:
    """Who opened what was sent long ago is nobody's business any more. Says how many rows."""
    return CircularOpening.objects.filter(circular__sent_at__lt=now - NEW_FOR).delete()[0]


def raise_alarm(attachment: Attachment) -> None:
    """A file of a circular holds a virus: its writer takes it out, or sends another circular."""
    circular = attachment.circular
    path = reverse("admin:submissions_circular_change", args=[circular.pk])
    said: dict[str, Any] = {"title": attachment.original_name[:EXCERPT], "text": attachment.threat, "path": path}
    key = f"attachment/{attachment.pk}"
    tell([circular.edited_by], Notice.Code.ATTACHMENT, key=key, round=circular.round, count=1, **said)
