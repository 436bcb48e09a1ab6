"""What there is to tell: tables whose rows are things that happened. Rooms to the right name theirs."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from submissions.models import Event, Happening, User

VERBS: dict[str, tuple[str, ...]] = {
    Happening.HANDED_IN: ("evidence.attached", "evidence.withdrawn", "value.entered"),
    Happening.DECIDED: ("evidence.accepted", "evidence.returned", "value.accepted", "value.returned"),
}
CARRIED = ("evidence", "requirement", "code", "period")  # of an event: what it was about, and never who did it


@dataclass(frozen=True)
class Told:
    """One thing that happened: what, when, and what a program needs to ask for more."""

    row: int
    happening: Happening
    at: datetime
    data: dict[str, Any]


@dataclass(frozen=True)
class Source:
    """A table of things that happened.

    `rows`: those of certain happenings, as one person sees them; `round`: the way from a row to its round; `tell`: what
    rows say, leaving out what is not to be told yet.
    """

    model: type[Model]
    rows: Callable[[User, list[str]], QuerySet[Any]]
    round: str
    happenings: tuple[Happening, ...]
    tell: Callable[[QuerySet[Any]], Iterable[Told]]


SOURCES: dict[str, Source] = {}


def tells(name: str, source: Source) -> None:
    """Have webhooks told of the rows of this source."""
    SOURCES[name] = source


def _events(user: User, happenings: list[str]) -> QuerySet[Event]:
    verbs = [verb for happening in happenings for verb in VERBS.get(happening, ())]
    return Event.objects.visible_to(user).filter(verb__in=verbs).standing()


def _tell_events(rows: QuerySet[Event]) -> Iterator[Told]:
    """A decision that may still be taken back is not told yet."""
    now = timezone.now()
    for event in rows.select_related("entry__office"):
        until = event.data.get("undo_until")
        if until and datetime.fromisoformat(until) >= now:
            continue
        happening = next(Happening(name) for name, verbs in VERBS.items() if event.verb in verbs)
        about = {"round": event.entry.round_id, "entry": event.entry_id, "office": event.entry.office.code}
        carried = {name: event.data[name] for name in CARRIED if name in event.data}
        yield Told(event.pk, happening, event.at, about | {"deed": event.verb} | carried)


tells(
    "event",
    Source(Event, _events, "entry__round", (Happening.HANDED_IN, Happening.DECIDED), _tell_events),
)
