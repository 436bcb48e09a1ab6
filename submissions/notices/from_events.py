"""What was recorded is told to those it concerns: the office of what reviewers did, either side of a message, and
the head of what was changed after it was confirmed.

Told is what was committed, exactly once: how far an entry's people were told moves in the transaction that tells them.
A message to the worker makes it prompt; without one, the next sweep reads the same from the database.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db import DatabaseError, transaction
from django.db.models import F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from scoring import engine
from submissions.models import Appeal, Entry, Event, Evidence, Notice, Remark, ToldUpTo, User
from submissions.models.entries import EventQuerySet
from submissions.questions.appeals import answerers
from submissions.questions.deadlines import more_time
from submissions.questions.handed_in import last_confirmed
from submissions.questions.reminded import REMINDED

from . import releases
from .assignments import tell_assigned
from .making import Happening, gather, tell
from .people import heads_of, officers_of, reviewers_of, runners_of

log = logging.getLogger(__name__)
HEARD = ("appeal.made", "appeal.answered", "sheet.reopened")
TOLD = (
    "evidence.returned",
    "evidence.accepted",
    "value.returned",
    "value.accepted",
    "extension.granted",
    "remark.written",
    "edition.adopted",
    REMINDED,
    Notice.Code.ASSIGNED,
    *HEARD,
    *releases.VERBS,
)
CHANGES = ("evidence.attached", "evidence.withdrawn", "value.entered")  # of what a head confirms
BATCH = 100  # entries told of in one transaction
EXCERPT = 200  # characters of a message or a reason


def tell_recorded(entry_ids: Iterable[int] | None = None) -> int:
    """Tell what was recorded since the last time, of these entries or of all. Says how many notices are new."""
    behind = list(_behind(entry_ids))
    return sum(_tell(behind[start : start + BATCH]) for start in range(0, len(behind), BATCH))


def _tell(ids: list[int]) -> int:
    """Where one entry can't be told of, the others are told all the same; it is tried again with every sweep."""
    try:
        return _tell_batch(ids)
    except DatabaseError:
        raise
    except Exception:
        if len(ids) > 1:
            return sum(_tell([pk]) for pk in ids)
        log.exception("what was recorded of entry %s can't be told", ids[0])
        return 0


def pass_over(entries) -> None:
    """Tell nobody what was recorded of these entries until now; telling begins with what comes next."""
    ends = Event.objects.filter(entry__in=entries).order_by().values_list("entry").annotate(Max("sequence"))
    rows = [ToldUpTo(entry_id=entry, sequence=sequence) for entry, sequence in ends]
    ToldUpTo.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["entry"], update_fields=["sequence"], batch_size=500
    )


def _behind(entry_ids: Iterable[int] | None):
    entries = Entry.objects.all() if entry_ids is None else Entry.objects.filter(pk__in=entry_ids)
    last = Event.objects.filter(entry=OuterRef("pk")).order_by("-sequence").values("sequence")[:1]
    behind = entries.annotate(last=Subquery(last)).filter(last__gt=Coalesce("told__sequence", 0))
    return behind.order_by("pk").values_list("pk", flat=True)


def _tell_batch(ids: list[int]) -> int:
    ToldUpTo.objects.bulk_create([ToldUpTo(entry_id=pk) for pk in ids], ignore_conflicts=True)
    with transaction.atomic():
        rows = {row.pk: row for row in ToldUpTo.objects.filter(pk__in=ids).order_by("pk").select_for_update()}
        ends = dict(Event.objects.filter(entry__in=ids).order_by().values_list("entry").annotate(Max("sequence")))
        fresh = Event.objects.filter(entry__in=ids, sequence__gt=F("entry__told__sequence"))
        events = _to_tell(fresh, ends)
        made = gather([*_happenings(events), *releases.told_of(events)]) if events else 0
        made += tell_assigned(fresh)
        made += _tell_heads(fresh.filter(verb__in=CHANGES, entry__round__needs_confirmation=True))
        for row in rows.values():
            row.sequence = max(row.sequence, ends.get(row.pk, 0))
        ToldUpTo.objects.bulk_update(rows.values(), ["sequence"])
        return made


def _to_tell(fresh: EventQuerySet, ends: dict[int, int]) -> list[Event]:
    """What is told now: nothing that was taken back, and nothing from a decision on that still may be (`ends` is moved
    before it)."""
    rows = fresh.filter(verb__in=TOLD).standing().order_by("entry", "sequence")
    told, now = [event for event in rows if event.sequence <= ends[event.entry_id]], timezone.now()
    for event in reversed(told):
        if (until := event.data.get("undo_until")) and datetime.fromisoformat(until) >= now:
            ends[event.entry_id] = event.sequence - 1
    return [event for event in told if event.sequence <= ends[event.entry_id]]


def _tell_heads(changes: QuerySet[Event]) -> int:
    """Tell the heads that what they confirmed was changed: once for each confirmation, however much is changed."""
    actors: dict[int, set[int | None]] = {}
    for entry, actor in changes.order_by().values_list("entry", "actor").distinct():
        actors.setdefault(entry, set()).add(actor)
    if not actors:
        return 0
    rows = Entry.objects.with_round().select_related("office__parent__parent__parent").taking_part()
    entries = {entry.pk: entry for entry in rows.filter(pk__in=actors, round__is_closed=False)}
    confirmed = last_confirmed(entries.values())
    overtaken = {pk: confirmation for pk, (confirmation, holds) in confirmed.items() if not holds}
    heads = heads_of(entries[pk] for pk in overtaken)
    return sum(
        tell(
            [head for head in heads[pk] if actors[pk] != {head.pk}],  # whoever did it all knows
            Notice.Code.CHANGED,
            key=f"confirmation/{confirmation}/changed",
            entry=entries[pk],
            path=reverse("confirmation", args=[pk]),
        )
        for pk, confirmation in overtaken.items()
    )


def _happenings(events: list[Event]) -> Iterator[Happening]:
    offices = Entry.objects.with_round().select_related("office__parent__parent__parent")
    entries = offices.in_bulk({event.entry_id for event in events})
    papers = Evidence.objects.in_bulk(_named_in(events, "evidence"))
    remarks = Remark.objects.in_bulk(_named_in(events, "remark"))
    officers, extended = officers_of(entries.values()), more_time(entries.values())
    for event in events:
        entry, remark = entries[event.entry_id], remarks.get(event.data.get("remark"))
        items = _items(event, papers.get(event.data.get("evidence")), remark, entry)
        if not items or entry.state != Entry.State.TAKING_PART or entry.round.is_preparing:
            continue
        if event.verb == Notice.Code.RETURNED:
            items[0] |= _again_until(entry, items[0], extended)
        if event.verb in HEARD and event.verb != Notice.Code.ANSWER:
            people = _who_answers(event)
        elif remark and remark.from_office:
            people = _who_reads(entry, items[0], extended)
        else:
            people = officers.get(entry.pk, [])
        yield from _to_each(people, event, entry, items)


def _to_each(people: Iterable[User], event: Event, entry: Entry, items: list[dict]) -> Iterator[Happening]:
    """But not to who did it."""
    others = [user for user in people if user.pk != event.actor_id]
    return (Happening(user, event.verb, entry, item, key=f"event/{event.pk}") for user in others for item in items)


def _who_reads(entry: Entry, item: dict, extended: dict[tuple[int, str, str], date]) -> list[User]:
    """Of a message from an office its reviewers. Who runs the round, too, where it asks for more time, which is theirs
    to give, or where the slot is shut."""
    people = reviewers_of(entry, item["requirement"], item["period"])
    is_theirs = "wished" in item or _is_over(entry, item, extended)
    return list(dict.fromkeys([*people, *runners_of(entry.round)])) if is_theirs else people


def _who_answers(event: Event) -> list[User]:
    """Of a new appeal those who did not decide it the first time; of a sheet that one reopened its judge."""
    if event.verb == Notice.Code.SHEET:
        return list(User.objects.filter(sheets=event.data["sheet"]))
    related = ("entry__round__edition", "entry__office__parent__parent__parent")
    appeals = list(Appeal.objects.filter(pk=event.data["appeal"]).select_related(*related))
    return next(iter(answerers(appeals).values()), [])


def _named_in(events: list[Event], thing: str) -> set[int]:
    """The ids of the things of one sort that the events were about."""
    return {event.data[thing] for event in events if thing in event.data}


def _again_until(entry: Entry, item: dict, extended: dict[tuple[int, str, str], date]) -> dict[str, str]:
    """Until when what came back can be sent again, as it stands today; {} when that is over."""
    day = _last_day(entry, item, extended)
    return {"again": day.isoformat()} if day and day >= engine.day_of(entry.round.now()) else {}


def _is_over(entry: Entry, item: dict, extended: dict[tuple[int, str, str], date]) -> bool:
    """Whether evidence there could be handed in no more, as it stands today."""
    day = _last_day(entry, item, extended)
    return day is not None and day < engine.day_of(entry.round.now())


def _last_day(entry: Entry, item: dict, extended: dict[tuple[int, str, str], date]) -> date | None:
    """The last day of a slot of evidence, more time counted; None where the edition asks for none (any more)."""
    try:
        due = entry.round.scheme.requirements[item["requirement"]].due_in(item["period"] or None)
    except KeyError:
        return None
    return max(due, extended.get((entry.pk, item["requirement"], item["period"]), due))


def _items(event: Event, paper: Evidence | None, remark: Remark | None, entry: Entry) -> list[dict]:
    """What a notice keeps of an event: of a reminder each thing that is owed, of anything else what it was about."""
    if event.verb != REMINDED:
        item = _item(event, paper, remark)
        return [item] if item else []
    today = engine.day_of(event.at + entry.round.clock_offset)
    return [
        {"entry": entry.pk, "kind": kind, "requirement": code, "period": period, "state": state}
        | {"until": until, "days": (date.fromisoformat(until) - today).days}
        for kind, code, period, state, until in event.data["asked"]
    ]


def _item(event: Event, paper: Evidence | None, remark: Remark | None) -> dict | None:
    """What a notice keeps of an event: which slot, and the beginning of the message or the reason."""
    if event.verb == Notice.Code.EDITION:
        text = event.data.get("reason", "")[:EXCERPT]
        return {"entry": event.entry_id, "kind": "scheme", "requirement": "", "period": "", "text": text}
    if event.verb in releases.VERBS:
        return None  # told beside this
    if event.verb.startswith("value."):
        about = {"entry": event.entry_id, "kind": "value", "requirement": event.data["code"]}
        return about | {"period": event.data["period"], "text": event.data["reason"][:EXCERPT]}
    if event.verb in HEARD:
        return _item_of_appeal(event) if "appeal" in event.data else None
    return _item_of_slot(event, paper, remark)


def _item_of_slot(event: Event, paper: Evidence | None, remark: Remark | None) -> dict | None:
    """None of a paper or a message that is there no more."""
    at = paper or remark
    slot = {"requirement": at.requirement, "period": at.period} if at else event.data
    if "requirement" not in slot:
        return None
    item = {
        "entry": event.entry_id,
        "requirement": slot["requirement"],
        "period": slot["period"],
        "text": (remark.text if remark else event.data.get("reason", ""))[:EXCERPT],
    }
    if paper:
        item["title"] = paper.title[:EXCERPT]
    if "until" in event.data:
        item["until"] = event.data["until"]
    if event.data.get("wished"):
        item["wished"] = event.data["wished"]
    if event.data.get("refuses"):
        item["refuses"] = True
    return item


def _item_of_appeal(event: Event) -> dict:
    data = event.data
    kind = "sheet" if event.verb == Notice.Code.SHEET else "appeal"
    item = {"entry": event.entry_id, "kind": kind, "requirement": data.get("criterion", ""), "period": ""}
    said = data.get("answer") or data.get("text") or data.get("reason", "")
    return item | {"appeal": data["appeal"], "text": said[:EXCERPT]}
