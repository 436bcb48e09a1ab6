"""Judges are told what was assigned to them: once for a deed, however many entries. No entry is named: judging may be
blind."""

from collections import defaultdict
from datetime import datetime

from django.urls import reverse

from submissions.models import Assignment, Entry, Event, Notice, Round, Sheet, User
from submissions.models.entries import EventQuerySet

from .making import tell


def tell_assigned(events: EventQuerySet) -> int:
    """Of each deed that one of these events is of, all of it. Says how many notices are new."""
    deeds = events.filter(verb=Notice.Code.ASSIGNED).order_by().values_list("entry__round", "at").distinct()
    return sum(_tell_deed(round, at) for round, at in list(deeds))


def _tell_deed(round_pk: int, at: datetime) -> int:
    key = f"assigned/{round_pk}/{at.isoformat()}"
    if Notice.objects.filter(key=key).exists():  # with another event of it
        return 0
    left = _left_of(Event.objects.filter(verb=Notice.Code.ASSIGNED, at=at, entry__round=round_pk))
    round = Round.objects.get(pk=round_pk)
    path = reverse("admin:submissions_sheet_changelist") + f"?round={round_pk}"
    judges = User.objects.filter(pk__in=left).order_by("pk")
    return sum(
        tell([judge], Notice.Code.ASSIGNED, key=key, round=round, count=left[judge.pk], path=path) for judge in judges
    )


def _left_of(events: EventQuerySet) -> dict[int, int]:
    """How many entries each judge is to judge by this deed, whose share it changed: what was assigned to another
    meanwhile, or judged before, is not among them."""
    given: dict[int, set[int]] = defaultdict(set)
    for entry, data in events.values_list("entry", "data"):
        for judge in {row["judge"] for row in data["assigned"]} & set(data.get("changed", ())):
            given[judge].add(entry)
    entries = Entry.objects.taking_part().filter(pk__in=set().union(*given.values()))
    stand = set(Assignment.objects.filter(entry__in=entries).values_list("entry", "judge"))
    judged = Sheet.objects.exclude(status=Sheet.Status.DRAFT).filter(entry__in=entries)
    stand -= set(judged.values_list("entry", "judge"))
    left = {judge: sum((entry, judge) in stand for entry in found) for judge, found in given.items()}
    return {judge: count for judge, count in left.items() if count}
