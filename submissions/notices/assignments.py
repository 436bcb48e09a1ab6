"""Judges are told what was assigned to them: once for a deed, however many entries. No entry is named: judging may be
blind."""

from collections import Counter
from datetime import datetime

from django.urls import reverse

from submissions.models import Event, Notice, Round, User
from submissions.models.entries import EventQuerySet
from submissions.questions.panel import Panel

from .making import tell


def tell_assigned(events: EventQuerySet) -> int:
    """Of each deed that one of these events is of, all of it. Says how many notices are new."""
    deeds = events.filter(verb=Notice.Code.ASSIGNED).order_by().values_list("entry__round", "at").distinct()
    return sum(_tell_deed(round, at) for round, at in list(deeds))


def _tell_deed(round_pk: int, at: datetime) -> int:
    key = f"assigned/{round_pk}/{at.isoformat()}"
    if Notice.objects.filter(key=key).exists():  # with another event of it
        return 0
    round = Round.objects.get(pk=round_pk)
    left = _left_of(round, Event.objects.filter(verb=Notice.Code.ASSIGNED, at=at, entry__round=round_pk))
    path = reverse("admin:submissions_sheet_changelist") + f"?round={round_pk}"
    judges = User.objects.filter(pk__in=left).order_by("pk")
    return sum(
        tell([judge], Notice.Code.ASSIGNED, key=key, round=round, count=left[judge.pk], path=path) for judge in judges
    )


def _left_of(round: Round, events: EventQuerySet) -> Counter[int]:
    """How many entries each judge is to judge by this deed, whose share it changed: what went to another meanwhile, or
    was judged before, is not among them."""
    given = {(entry, judge) for entry, data in events.values_list("entry", "data") for judge in data.get("told", ())}
    panel = Panel(round)
    return Counter(
        judge.pk
        for entry in panel.entries
        for judge in panel.judges(entry)
        if (entry.pk, judge.pk) in given and not panel.has_begun(entry, judge)
    )
