"""Who takes part for an office: named by it, chosen among those that may be, or withdrawn and replaced."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from scoring.engine import Nominees
from submissions.log import terms
from submissions.models import Entry, Event, Office, RegisterLine, Round, User
from submissions.models.editions import MOST_REASON
from submissions.models.entries import EntryQuerySet
from submissions.models.places import MOST_NAME, within
from submissions.questions import access, naming
from submissions.questions.proofread import Refused
from submissions.thai import ERA, language

from .hold import hold
from .made import record_made
from .schemes import hold_edition
from .values import enter_values


def name_nominee(
    entry: Entry, *, by: User, name: str = "", office: Office | None = None, declared: Iterable[str] = ()
) -> Entry:
    """Name who takes part for an office: a person (`name`) or a subdistrict of its own (`office`), as its scheme says.

    `declared` are the codes of the yes/no values that hold of the nominee; all that the scheme wants must be there.
    A name is put right in the same way, until something was handed in for it. Refused with every reason at once.
    """
    declared, name = set(declared), " ".join(name.split())
    with transaction.atomic():
        hold(entry)
        entry = Entry.objects.with_round().get(pk=entry.pk)
        refused = Refused()
        refused.add("", naming.why_not_name(by, entry))
        refused.raise_if_any()
        _check_nominee(entry, name, office, declared, refused)
        refused.raise_if_any()
        before = entry.nominee
        entry.nominee_name, entry.nominee_office = ("", office) if office else (name, None)
        entry.save(update_fields=["nominee_name", "nominee_office"])
        Event.objects.record(
            entry,
            "nominee.named",
            by=by,
            before=before,
            after=entry.nominee,
            code=office.code if office else "",
            name=entry.nominee_name,
            office=entry.nominee_office_id,
            nominee=terms.of_nominee(office),
        )
        enter_values(entry, {(code, ""): "true" for code in sorted(declared)}, by=by)
        return entry


def _check_nominee(entry: Entry, name: str, office: Office | None, declared: set[str], refused: Refused) -> None:
    nominees = entry.round.scheme.nominees
    assert nominees  # or nobody may name anybody
    if nominees.kind == "person":
        if not name:
            refused.add("name", _("Enter the person's name."))
        elif len(name) > MOST_NAME:
            refused.add("name", _("The name is longer than 200 characters."))
    else:
        _check_subdistrict(entry, nominees, office, refused)
    for code in nominees.declare:
        if code not in declared:
            title = entry.round.scheme.values[code].title
            refused.add(code, _("A nominee must fulfil: %(title)s") % {"title": title.to(language())})


def _check_subdistrict(entry: Entry, nominees: Nominees, office: Office | None, refused: Refused) -> None:
    """One of the office's own, on no register that the scheme asks, and nobody else's nominee."""
    own = Office.objects.filter(within(entry.office_id, "parent"), kind=Office.Kind.SUBDISTRICT)
    if office is None or not own.filter(pk=office.pk).exists():
        refused.add("office", _("Choose a subdistrict of your own."))
        return
    if years := register_years(nominees, [office]):
        said = ", ".join(str(year + ERA) for year in years[office.pk])
        refused.add("office", _("%(office)s was a model in %(years)s.") % {"office": office, "years": said})
    rivals = entry.round.entries.exclude(pk=entry.pk).exclude(state=Entry.State.WITHDRAWN)
    if rivals.filter(nominee_office=office).exists():
        refused.add("office", _("%(office)s is named by another office already.") % {"office": office})


def register_years(nominees: Nominees, offices: Iterable[Office]) -> dict[int, list[int]]:
    """The years (Gregorian) for which the rule bars offices from being named, by the office's id."""
    lines = RegisterLine.objects.filter(office__in=offices, register=nominees.register)
    barred: dict[int, list[int]] = {}
    for line in lines.filter(year__range=(nominees.since, nominees.until)).order_by("year"):
        barred.setdefault(line.office_id, []).append(line.year)
    return barred


def choose_entry(entry: Entry, *, by: User) -> Entry:
    """Let an entry that may be chosen take part, as long as the office that chooses has a place left."""
    with transaction.atomic():
        parent = _hold_places(entry)
        refused = Refused()
        refused.add("", naming.why_not_choose(by, entry))
        if entry.state != Entry.State.CANDIDATE:
            refused.add("", _("It is not among those that may be chosen (any more)."))
        taken = _sharing_places(entry.round, parent).taking_part().count()
        if entry.round.places is not None and taken >= entry.round.places:
            said = {"office": parent or entry.round, "places": entry.round.places}
            refused.add("", _("All places of %(office)s are taken (%(places)s).") % said)
        refused.raise_if_any()
        return _move(entry, Entry.State.TAKING_PART, "entry.chosen", by=by)


def release_entry(entry: Entry, *, by: User) -> Entry:
    """Take a choice back, as long as nothing was handed in for it."""
    with transaction.atomic():
        _hold_places(entry)
        refused = Refused()
        refused.add("", naming.why_not_choose(by, entry))
        if entry.state != Entry.State.TAKING_PART:
            refused.add("", _("It is not chosen (any more)."))
        if naming.has_work(entry):
            refused.add("", _("Something was handed in or judged already: it can only withdraw, with a reason."))
        refused.raise_if_any()
        return _move(entry, Entry.State.CANDIDATE, "entry.released", by=by)


def withdraw_entry(entry: Entry, *, by: User, reason: str) -> Entry | None:
    """Take an entry out of its round, with the reason. What was handed in stays with it.

    Where offices name their nominees the office gets a new entry, which is returned; where they are chosen, or where
    offices take part themselves, a place is free again.
    """
    reason = reason.strip()
    with transaction.atomic():
        _hold_places(entry)
        refused = Refused()
        refused.add("", naming.why_not_withdraw_entry(by, entry))
        if not reason:
            refused.add("reason", _("Say why it withdraws."))
        if len(reason) > MOST_REASON:
            refused.add("reason", _("The reason is longer than 500 characters."))
        if entry.state == Entry.State.WITHDRAWN:
            refused.add("", _("It is withdrawn already."))
        refused.raise_if_any()
        entry.withdrawn_reason = reason
        _move(entry, Entry.State.WITHDRAWN, "entry.withdrawn", by=by, reason=reason)
        if not naming.names_its_own(entry.round):
            return None
        successor = Entry.objects.create(round=entry.round, office=entry.office, preceding=entry.preceding)
        record_made([successor], by=by)
        Entry.objects.filter(pk=successor.pk).touch()
        return successor


def _hold_places(entry: Entry) -> Office | None:
    """Hold every entry that shares this one's places, and read this one anew. Returns the office with them.

    That another one is taken out in this moment leaves this one as it is: its place is free.
    """
    round = entry.round
    parent = entry.office.at(round.places_per) if round.places_per else None
    _sharing_places(round, parent).hold()
    hold(entry)
    fresh = Entry.objects.with_round().get(pk=entry.pk)
    entry.state, entry.round = fresh.state, fresh.round
    return parent


def _sharing_places(round: Round, parent: Office | None) -> EntryQuerySet:
    """The entries among which the places are shared out: an office's, or all of the round."""
    entries = round.entries.filter(taken_out=False)
    return entries.filter(within(parent)) if parent else entries


def _move(entry: Entry, state: str, verb: str, *, by: User, **data: Any) -> Entry:
    before, entry.state = entry.state, state
    entry.save(update_fields=["state", "withdrawn_reason"])
    Event.objects.record(entry, verb, by=by, before=before, **data)
    Entry.objects.filter(pk=entry.pk).touch()
    return entry


def open_round(round: Round, entries: Iterable[Entry], *, by: User, judges: Iterable[User] = ()) -> Round:
    """Make a round that follows another, with those that take part in it and those that may yet be chosen."""
    refused = Refused()
    refused.add("", access.why_not_run(by, round))
    refused.raise_if_any()
    with transaction.atomic():
        if not hold_edition(round.edition):
            raise Refused({"edition": [_("This scheme was deleted. Choose another.")]})
        round.save()
        round.judges.set(judges)
        for entry in (made := list(entries)):
            entry.round = round
        Entry.objects.bulk_create(made)
        record_made(made, by=by)
        Entry.objects.filter(pk__in=[entry.pk for entry in made]).touch()
        return round
