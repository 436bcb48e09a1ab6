"""The terms on which an entry is scored: its round's edition, days, clock and committee, its office, public holidays.

They are changed in their own rows, for many entries at once. Each of these entries' logs tells it, so that whoever
reads one log knows all that its score hangs on.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from simple_history.models import HistoricalRecords

from submissions.models import Entry, Event, Holiday, Office, Round

CHANGED = "terms.changed"
TELLING = ("entry.made", CHANGED, "edition.adopted")
OF_ROUND = ("edition", "settings", "clock", "ranking", "stage", "named_by", "places_per", "places", "closed")
COMMITTEE = "committee"
OF_OFFICE = ("code", "size", "above")
HOLIDAYS = "holidays"  # told as days that were added and removed: there are many

Terms = dict[str, Any]


def read(entry_ids: Iterable[int]) -> dict[int, Terms]:
    """The terms of these entries as they stand. Four statements, however many."""
    offices = "office__parent__parent__parent"
    rows = Entry.objects.filter(pk__in=list(entry_ids)).select_related("round__edition", offices)
    entries = list(rows.defer("round__edition__text").order_by("pk"))
    rounds = {entry.round_id: entry.round for entry in entries}
    committees: dict[int, dict[str, int | None]] = {pk: {} for pk in rounds}
    seats = Round.judges.through.objects.filter(round__in=rounds).order_by("user")
    for round_id, user, office in seats.values_list("round", "user", "user__office"):
        committees[round_id][str(user)] = office
    days = [day.isoformat() for day in Holiday.objects.order_by("date").values_list("date", flat=True)]
    of_rounds = {pk: _of_round(round) | {COMMITTEE: committees[pk]} for pk, round in rounds.items()}
    return {
        entry.pk: of_rounds[entry.round_id]
        | _of_office(entry.office)
        | ({} if entry.round.is_closed else {HOLIDAYS: days})
        for entry in entries
    }


def _of_round(round: Round) -> Terms:
    return {
        "edition": round.edition.digest,
        "settings": round.settings,
        "clock": str(round.clock_offset),
        "ranking": round.ranking,
        "stage": round.stage,
        "named_by": round.named_by.isoformat() if round.named_by else None,
        "places_per": round.places_per,
        "places": round.places,
        "closed": round.is_closed,
    }


def _of_office(office: Office) -> Terms:
    above, one = [], office.parent
    while one is not None:
        above.append(one.pk)
        one = one.parent
    return {"code": office.code, "size": office.size, "above": above}


def said(terms: Terms, told: Terms, concerning: Collection[str]) -> dict[str, Any]:
    """What an event says of the terms that a deed concerns, after others were told; nothing where they are the same.

    Others are left alone, so that nobody's deed covers what was altered without one. What was never told is.
    """
    concerned = [key for key in terms if key in concerning or key not in told]
    changed = [key for key in concerned if key != HOLIDAYS and (key not in told or terms[key] != told[key])]
    event: dict[str, Any] = {}
    if changed:
        event["before"] = {key: told[key] for key in changed if key in told}
        event["after"] = {key: terms[key] for key in changed}
    days, before = set(terms.get(HOLIDAYS, ())), set(told.get(HOLIDAYS, ()))
    is_followed = HOLIDAYS in concerned or told.get("closed")  # in a round that is closed they are not
    if HOLIDAYS in terms and is_followed and (HOLIDAYS not in told or days != before):
        event[HOLIDAYS] = {"added": sorted(days - before), "removed": sorted(before - days)}
    return event


def take(terms: Terms, verb: str, data: Mapping[str, Any]) -> None:
    """Bring what was told up to date with one more event."""
    if verb == "edition.adopted":
        terms["edition"] = data["after"]
        return
    said = data.get("terms", {}) if verb == "entry.made" else data
    terms |= said.get("after", {})
    if moved := said.get(HOLIDAYS):
        terms[HOLIDAYS] = sorted(set(terms.get(HOLIDAYS, ())) - set(moved["removed"]) | set(moved["added"]))


def told(entry_ids: Iterable[int]) -> dict[int, Terms]:
    """The terms that the logs of these entries tell; of one that told none, nothing. One statement."""
    found: dict[int, Terms] = {pk: {} for pk in entry_ids}
    events = Event.objects.filter(entry__in=list(found), verb__in=TELLING).order_by("entry", "sequence")
    for pk, verb, data in events.values_list("entry", "verb", "data"):
        take(found[pk], verb, data)
    return found


def record(entry_ids: Iterable[int], concerning: Collection[str], *, by=None) -> None:
    """Tell the logs of these entries, which are held, what changed of the terms that a deed concerns.

    A few statements, however many entries.
    """
    ids = sorted(entry_ids)
    if not ids:
        return
    present, before = read(ids), told(ids)
    changes = {pk: event for pk in ids if pk in present and (event := said(present[pk], before[pk], concerning))}
    Event.objects.record_each(list(changes), CHANGED, by=by, each=changes)


def differing(told: Any, present: Any) -> tuple[Any, Any]:
    """What two values of one term have that the other has not; both whole where they are no lists or mappings."""
    if isinstance(told, dict) and isinstance(present, dict):
        keys = [key for key in told | present if told.get(key, ...) != present.get(key, ...)]
        return tuple({key: one[key] for key in keys if key in one} for one in (told, present))
    if isinstance(told, list) and isinstance(present, list):
        return [one for one in told if one not in present], [one for one in present if one not in told]
    return told, present


def who_saves(row) -> Any:
    """The person in whose name a row with a history is saved; None for the portal itself."""
    if (user := getattr(row, "_history_user", None)) is not None:
        return user
    request = getattr(HistoricalRecords.context, "request", None)
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None
