"""The terms on which an entry is scored: its round's edition, days, clock and committee, its office, public holidays.

With them goes what it is announced as: the names of its office, of those above it, of the subdistrict it named. All are
changed in their own rows, for many entries at once. Each of these entries' logs tells it, so that whoever reads one log
knows all that its score hangs on.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from simple_history.models import HistoricalRecords

from submissions.models import Entry, Event, Holiday, Office, Round, User

from . import holidays

CHANGED = "terms.changed"
BEGUN = "log.begun"
BEGINNINGS = ("entry.made", BEGUN)  # carry the terms beside the entry
TELLING = (*BEGINNINGS, CHANGED, "edition.adopted", "nominee.named")
# {term: the field of its row}
OF_ROUND = {
    "edition": "edition",
    "settings": "settings",
    "clock": "clock_offset",
    "ranking": "ranking",
    "stage": "stage",
    "named_by": "named_by",
    "places_per": "places_per",
    "places": "places",
    "closed": "is_closed",
    "reviews": "reviews_values",
    "organiser": "organiser",
    "assignment": "assignment",
    "seed": "seed",
    "blind": "is_blind",
    "notes": "asks_notes",
    "second_readings": "second_reading_percent",
    "two_persons": "needs_two_persons",
    "appeal_days": "appeal_days",
    "provisional": "provisional",
    "appeals_until": "appeals_until",
    "heard_at": "heard_at",
}
COMMITTEE = "committee"
OF_OFFICE = {name: name for name in ("code", "kind", "name_th", "name_en", "size")} | {"above": "parent"}
NAMED = ("code", "kind", "name_th", "name_en")  # what others say of an office: those below it, those that named it
NOMINEE = "nominee"
HOLIDAYS = "holidays"  # told as days that were added and removed: there are many
EXTENDED = "extended"  # up to when holidays concern a closed round; extensions tell of themselves

Terms = dict[str, Any]


def read(entry_ids: Iterable[int]) -> dict[int, Terms]:
    """The terms of these entries as they stand. Five statements, however many."""
    related = ("round__edition", "office__parent__parent__parent", "nominee_office")
    rows = Entry.objects.filter(pk__in=list(entry_ids)).select_related(*related)
    entries = list(rows.defer("round__edition__text").order_by("pk"))
    rounds = {entry.round_id: entry.round for entry in entries}
    committees: dict[int, dict[str, int | None]] = {pk: {} for pk in rounds}
    seats = Round.judges.through.objects.filter(round__in=rounds).order_by("user")
    for round_id, user, office in seats.values_list("round", "user", "user__office"):
        committees[round_id][str(user)] = office
    days = [day.isoformat() for day in Holiday.objects.order_by("date").values_list("date", flat=True)]
    longest = holidays.extended(rounds)
    of_rounds = {
        pk: _of_round(round) | {COMMITTEE: committees[pk], HOLIDAYS: days, EXTENDED: longest.get(pk, "")}
        for pk, round in rounds.items()
    }
    return {
        entry.pk: of_rounds[entry.round_id] | _of_office(entry.office) | {NOMINEE: of_nominee(entry.nominee_office)}
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
        "reviews": round.reviews_values,
        "organiser": round.organiser_id,
        "assignment": round.assignment or None,  # nothing, where everybody judges everything
        "seed": round.seed or None,
        "blind": round.is_blind,
        "notes": round.asks_notes,
        "second_readings": round.second_reading_percent,
        "two_persons": round.needs_two_persons,
        "appeal_days": round.appeal_days,
        "provisional": round.provisional,
        "appeals_until": round.appeals_until.isoformat() if round.appeals_until else None,
        "heard_at": round.heard_at.isoformat() if round.heard_at else None,
    }


def _of_office(office: Office) -> Terms:
    above, higher = [], office.parent
    while higher is not None:
        above.append({"office": higher.pk} | _named(higher))
        higher = higher.parent
    return _named(office) | {"size": office.size, "above": above}


def of_nominee(office: Office | None) -> dict[str, str] | None:
    """The subdistrict that was named, as it is called; None where none was."""
    return _named(office) if office else None


def _named(office: Office) -> dict[str, str]:
    return {name: getattr(office, name) for name in NAMED}


def event_of(terms: Terms, logged: Terms, concerning: Collection[str]) -> dict[str, Any]:
    """What an event says of the terms that a deed concerns, where they are not as the log has them; else nothing.

    A holiday is concerned by its day. Other terms are left alone: if one was altered without a deed, no deed of
    somebody else may hide that. What the log never told is told now.
    """
    changed = [key for key in terms if _is_to_tell(key, terms, logged, concerning)]
    event: dict[str, Any] = {}
    if changed:
        event["before"] = {key: logged[key] for key in changed if key in logged}
        event["after"] = {key: terms[key] for key in changed}
    days = holidays.moved(terms, logged, concerning)
    if HOLIDAYS not in logged or any(days.values()):
        event[HOLIDAYS] = days
    return event


def _is_to_tell(key: str, terms: Terms, logged: Terms, concerning: Collection[str]) -> bool:
    if key in (HOLIDAYS, EXTENDED):
        return False
    return key not in logged or (key in concerning and terms[key] != logged[key])


def take(terms: Terms, verb: str, data: Mapping[str, Any]) -> None:
    """Bring what a log told up to date with its next event."""
    if verb == "edition.adopted":
        terms["edition"] = data["after"]
        return
    if verb == "nominee.named":
        terms.pop(NOMINEE, None)  # old events don't say what the office was called
        terms |= {NOMINEE: data[NOMINEE]} if NOMINEE in data else {}
        return
    change = data.get("terms", {}) if verb in BEGINNINGS else data
    terms |= change.get("after", {})
    if moved := change.get(HOLIDAYS):
        terms[HOLIDAYS] = sorted(set(terms.get(HOLIDAYS, ())) - set(moved["removed"]) | set(moved["added"]))


def read_log(entry_ids: Iterable[int]) -> dict[int, Terms]:
    """The terms that the logs of these entries tell; of one that told none, nothing. One statement."""
    found: dict[int, Terms] = {pk: {} for pk in entry_ids}
    events = Event.objects.filter(entry__in=list(found), verb__in=TELLING).order_by("entry", "sequence")
    for pk, verb, data in events.values_list("entry", "verb", "data"):
        take(found[pk], verb, data)
    return found


def record(entry_ids: Iterable[int], concerning: Collection[str], *, by: User | None = None) -> None:
    """Tell the logs of these entries, which are held, what changed of the terms that a deed concerns.

    A few statements, however many entries.
    """
    ids = sorted(entry_ids)
    if not ids:
        return
    present, logged = read(ids), read_log(ids)
    changes = {pk: event for pk in ids if pk in present and (event := event_of(present[pk], logged[pk], concerning))}
    Event.objects.record_each(list(changes), CHANGED, by=by, each=changes)


def altered(logged: Terms, present: Terms) -> Iterator[tuple[str, Any, Any]]:
    """The terms that are not as they were told, with what was told and what is."""
    until = holidays.last_day(present)
    for key in present.keys() & logged.keys():
        was, now = logged[key], present[key]
        if key == HOLIDAYS:
            was, now = ([day for day in days if day <= until] for days in (was, now))
        if was != now:
            yield (key, *differing(was, now))


def differing(logged: Any, present: Any) -> tuple[Any, Any]:
    """What two values of one term have that the other has not; both whole where they are no lists or mappings."""
    if isinstance(logged, dict) and isinstance(present, dict):
        keys = [key for key in logged | present if logged.get(key, ...) != present.get(key, ...)]
        return _parts(logged, keys), _parts(present, keys)
    if isinstance(logged, list) and isinstance(present, list):
        return _without(logged, present), _without(present, logged)
    return logged, present


def _parts(mapping: dict[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: mapping[key] for key in keys if key in mapping}


def _without(terms: list[Any], others: list[Any]) -> list[Any]:
    return [term for term in terms if term not in others]


def who_saves(row: Any) -> Any:
    """The person in whose name a row with a history is saved; None for the portal itself."""
    if (user := getattr(row, "_history_user", None)) is not None:
        return user
    request = getattr(HistoricalRecords.context, "request", None)
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None
