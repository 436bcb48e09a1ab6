"""What those do who run a round: who takes part, who has more time, and by which text it is scored."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from submissions.log import carried
from submissions.models import Edition, Entry, Event, Extension, Office, Proposal, Round, User
from submissions.models.editions import MOST_REASON
from submissions.models.places import within
from submissions.questions import access
from submissions.questions.deadlines import who_gains
from submissions.questions.proofread import Refused, check_period, check_scheme, check_sizes
from submissions.questions.proposals import why_not_alone
from submissions.questions.slots import Slot

from .hold import Conflict, hold_all
from .made import record_made
from .schemes import end_drafts

FARTHEST = timedelta(days=2 * 366)  # after the close; a later day has a slip in its year, and would stay for ever


def enter_offices(round: Round, offices: Iterable[Office], *, by: User) -> list[Entry]:
    """Let offices take part in a round. Returns the new entries; those that were there stay as they are."""
    refused, offices = Refused(), list(offices)
    refused.add("", access.why_not_run(by, round))
    refused.add("", _("The round is closed.") if round.is_closed else None)
    refused.add("", access.why_settled(round))
    if round.preceding_id and round.scheme.nominees:
        refused.add("", _("Whoever takes part here was named in the round before; nobody is added."))
    check_sizes(round.scheme, offices, refused)
    _check_area(round, offices, refused)
    refused.raise_if_any()
    with transaction.atomic():
        there = set(round.entries.exclude(state=Entry.State.WITHDRAWN).values_list("office", flat=True))
        entries = Entry.objects.bulk_create(
            [Entry(round=round, office=office) for office in offices if office.pk not in there]
        )
        record_made(entries, by=by)
        Entry.objects.filter(pk__in=[entry.pk for entry in entries]).touch()
        return entries


def _check_area(round: Round, offices: list[Office], refused: Refused) -> None:
    """An organiser's round is for offices below the own one."""
    if round.organiser is None:
        return
    below = Office.objects.filter(within(round.organiser, "parent"), pk__in=[office.pk for office in offices])
    if strangers := set(offices) - set(below):
        names = ", ".join(sorted(office.name for office in strangers))
        sentence = _("They do not lie below %(organiser)s, which runs the round: %(offices)s")
        refused.add("", sentence % {"organiser": round.organiser, "offices": names})


def grant_extension(
    entry: Entry, *, by: User, requirement: str, period: str, until: date, reason: str, order_number: str = ""
) -> Extension:
    """Give one entry more time for one requirement and exactly its period."""
    slots = [(requirement, period)]
    return grant_extensions([entry], by=by, slots=slots, until=until, reason=reason, order_number=order_number)[0]


def grant_extensions(
    entries: Iterable[Entry],
    *,
    by: User,
    slots: Iterable[Slot],
    until: date,
    reason: str,
    order_number: str = "",
) -> list[Extension]:
    """Give many entries more time for each slot (a requirement and exactly its period), until the end of a day.

    All or nothing, and a few statements for each slot, however many entries. Who has as much time already keeps it;
    Refused when nobody would gain a day.
    """
    entries, slots = list(entries), list(slots)
    refused = Refused()
    for round in {entry.round_id: entry.round for entry in entries}.values():
        refused.add("", access.why_not_run(by, round))
    refused.raise_if_any()
    with transaction.atomic():
        hold_all(entries)
        gaining = _check_extensions(entries, slots, until, reason, refused)
        refused.raise_if_any()
        granted = [
            Extension(
                entry=entry,
                requirement=requirement,
                period=period,
                until=until,
                reason=reason.strip(),
                order_number=order_number.strip(),
                granted_by=by,
                granted_at=entry.round.now(),
            )
            for (requirement, period), gainers in gaining.items()
            for entry in gainers
        ]
        granted = list(bulk_create_with_history(granted, Extension, default_user=by))
        for slot, gainers in gaining.items():
            rows = [row for row in granted if (row.requirement, row.period) == slot]
            each = {row.entry_id: carried.of_extension(row) for row in rows}
            Event.objects.record_each([entry.pk for entry in gainers], "extension.granted", by=by, each=each)
        Entry.objects.filter(pk__in={extension.entry_id for extension in granted}).touch()
        return granted


def _check_extensions(
    entries: list[Entry], slots: list[Slot], until: date, reason: str, refused: Refused
) -> dict[Slot, list[Entry]]:
    """Those who gain time in each slot; every fault at once."""
    if not reason.strip():
        refused.add("reason", _("Say why more time is given."))
    if not entries:
        refused.add("entries", _("Nobody takes part there."))
    if not slots:
        refused.add("slots", _("Choose what more time is given for."))
    unknown = Refused()
    for scheme in {entry.round.edition_id: entry.round.scheme for entry in entries}.values():
        for requirement, period in slots:
            check_period(scheme, requirement, period, unknown)
    refused.reasons |= unknown.reasons
    farthest = max((entry.round.scheme.close for entry in entries), default=until) + FARTHEST
    if until > farthest:
        refused.add("until", _("That is more than two years after the close. Check the year."))
    gaining = {} if unknown.reasons else who_gains(entries, slots, until)
    if gaining and not any(gaining.values()):
        refused.add("until", _("The deadline is that day already, or later: nobody would gain time."))
    return gaining


def adopt_edition(
    round: Round, text: str, *, by: User, reason: str, expected: str, proposal: Proposal | None = None
) -> Edition:
    """Have a round scored by another text of its scheme from now on.

    Facts stay as they are: what the new text does not ask for earns nothing. `expected` is the digest of the edition
    that the new text was compared with; Conflict when the round has another one by now.
    """
    refused = Refused()
    reason = reason.strip()
    if not reason:
        refused.add("reason", _("Say why the criteria change; it is kept in the round's history."))
    if len(reason) > MOST_REASON:
        refused.add("reason", _("The reason is longer than 500 characters."))
    check_scheme(round, text, refused)
    with transaction.atomic():
        ids = round.entries.hold()
        held = Round.objects.select_for_update(of=("self",)).select_related("edition").get(pk=round.pk)
        if held.edition.digest != expected:
            raise Conflict(held)
        refused.add("", access.why_not_adopt(by, held))
        refused.add("", why_not_alone(held, proposal))
        if Edition.digest_of(text) == expected:
            refused.add("text", _("This is the text that the round has already."))
        refused.raise_if_any()
        edition, _is_new = Edition.objects.get_or_create(
            digest=Edition.digest_of(text),
            defaults={"scheme_code": held.edition.scheme_code, "text": text, "reason": reason, "adopted_by": by},
        )
        held.edition, held._change_reason, held._history_user = edition, reason, by
        Event.objects.record_each(ids, "edition.adopted", by=by, before=expected, after=edition.digest, reason=reason)
        held.save()  # which touches every entry
        end_drafts(held, edition, by=by)
        return edition
