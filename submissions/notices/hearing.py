"""The last day for appeals is near, and what waits for a second person: each is told once, by a key of its own."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from scoring import engine
from submissions.models import Notice, Proposal, Round, User
from submissions.questions.proposals import runners

from .making import tell
from .people import officers_of

BEFORE = timedelta(days=1)
FRESH = timedelta(days=7)


def tell_appeals_end(now: datetime | None = None) -> int:
    """A day before the end, to the offices that may still dispute something. Says how many were told now."""
    now = now or timezone.now()
    rounds = Round.objects.filter(appeals_until__isnull=False).annotate(end=F("appeals_until") - F("clock_offset"))
    return sum(_tell_end(round) for round in rounds.filter(end__gt=now, end__lte=now + BEFORE))


def _tell_end(round: Round) -> int:
    key = f"appeals/{round.pk}/{round.provisional}/end"
    if Notice.objects.filter(key=key).exists():
        return 0
    entries = round.entries.taking_part().select_related("office__parent__parent__parent")
    people = {user for officers in officers_of(entries).values() for user in officers}
    assert round.appeals_until
    until = engine.day_of(round.appeals_until).isoformat()
    path = reverse("publications", args=[round.pk])
    ordered = sorted(people, key=lambda user: user.pk)
    return tell(ordered, Notice.Code.APPEALS_END, key=key, round=round, until=until, path=path)


def tell_proposals(now: datetime | None = None) -> int:
    """Those who may confirm what waits, and who proposed what was decided on. Says how many were told now."""
    now = now or timezone.now()
    recent = Proposal.objects.filter(proposed_at__gt=now - 2 * FRESH)
    rows = recent.select_related("round", "proposed_by", "ending__by")
    return sum(_tell_proposal(proposal) for proposal in rows)


def _tell_proposal(proposal: Proposal) -> int:
    about = {"kind": proposal.kind, "path": reverse("proposal", args=[proposal.pk]), "round": proposal.round}
    if not hasattr(proposal, "ending"):
        people: Iterable[User] = runners(proposal.round).exclude(pk=proposal.proposed_by_id)
        return _once(people, Notice.Code.PROPOSED, f"proposal/{proposal.pk}", text=proposal.reason, **about)
    if proposal.ending.by_id == proposal.proposed_by_id:
        return 0
    key = f"proposal/{proposal.pk}/end"
    return _once([proposal.proposed_by], Notice.Code.DECIDED, key, state=proposal.ending.state, **about)


def _once(people: Iterable[User], code: str, key: str, **about) -> int:
    return 0 if Notice.objects.filter(key=key).exists() else tell(people, code, key=key, **about)
