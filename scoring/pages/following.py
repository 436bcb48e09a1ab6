"""What a page follows: the version that it shows, a ticket for the stream, and where it asks while there is none."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Max
from django.http import JsonResponse
from django.urls import reverse

from scoring.models import Scorecard
from scoring.scorecard import ScorecardView
from submissions.models import Entry, Round, User
from submissions.streams import tickets


@dataclass(frozen=True)
class Followed:
    """Whoever makes one has asked whether this person may see it."""

    person: int
    what: str
    version: int
    address: str

    @property
    def ticket(self) -> str:
        """Empty where there are no streams: the page asks instead."""
        return tickets.write(self.person, {self.what: self.version}) if settings.STREAMS else ""

    def as_json(self) -> JsonResponse:
        return JsonResponse({"version": self.version, "ticket": self.ticket})


def followed_entry(user: User, entry: Entry, card: ScorecardView) -> Followed | None:
    """None: nothing moves any more."""
    if entry.round.is_closed:
        return None
    version = tickets.version_of(card.verified.computed_at if card.verified else None)
    return Followed(user.pk, tickets.OF_ENTRY(entry.pk), version, reverse("followed-entry", args=[entry.pk]))


def followed_round(user: User, round: Round) -> Followed | None:
    """Likewise. One statement."""
    if round.is_closed:
        return None
    newest = Scorecard.objects.filter(entry__round=round, basis="verified").aggregate(at=Max("computed_at"))["at"]
    address = reverse("followed-round", args=[round.pk])
    return Followed(user.pk, tickets.OF_ROUND(round.pk), tickets.version_of(newest), address)
