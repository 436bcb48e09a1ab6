"""What central staff do for a round: who takes part, who has more time, and by which text it is scored."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from submissions import access
from submissions.models import Edition, Entry, Event, Extension, Office, Round
from submissions.proofread import Refused, check_scheme, check_slot

from .hold import Conflict, hold


def enter_offices(round: Round, offices: Iterable[Office], *, by) -> list[Entry]:
    """Let offices take part in a round. Returns the new entries; those that were there stay as they are."""
    refused = Refused()
    refused.add("", access.why_not_run_rounds(by))
    refused.add("", _("The round is closed.") if round.is_closed else None)
    refused.raise_if_any()
    with transaction.atomic():
        made = [Entry.objects.get_or_create(round=round, office=office) for office in offices]
        entries = [entry for entry, is_new in made if is_new]
        for entry in entries:
            Event.objects.record(entry, "entry.made", by=by, office=entry.office.code)
        Entry.objects.filter(pk__in=[entry.pk for entry in entries]).touch()
        return entries


def grant_extension(
    entry: Entry, *, by, requirement: str, period: str, until: date, reason: str, order_number: str = ""
) -> Extension:
    """Give one entry more time for one requirement and exactly its period, until the end of a day."""
    refused = Refused()
    refused.add("", access.why_not_run_rounds(by))
    check_slot(entry, by, requirement, period, refused)
    if not reason.strip():
        refused.add("reason", _("Say why more time is given."))
    refused.raise_if_any()
    with transaction.atomic():
        hold(entry)
        extension = Extension.objects.create(
            entry=entry,
            requirement=requirement,
            period=period,
            until=until,
            reason=reason.strip(),
            order_number=order_number.strip(),
            granted_by=by,
            granted_at=entry.round.now(),
        )
        Event.objects.record(
            entry,
            "extension.granted",
            by=by,
            extension=extension.pk,
            requirement=requirement,
            period=period,
            until=until.isoformat(),
            reason=extension.reason,
            order_number=extension.order_number,
        )
        return extension


def adopt_edition(round: Round, text: str, *, by, reason: str, expected: str) -> Edition:
    """Have a round scored by another text of its scheme from now on.

    Facts stay as they are: what the new text does not ask for earns nothing. `expected` is the digest of the edition
    that the new text was compared with; Conflict when the round has another one by now.
    """
    refused = Refused()
    reason = reason.strip()
    if not reason:
        refused.add("reason", _("Say why the criteria change; it is kept in the round's history."))
    if len(reason) > 500:
        refused.add("reason", _("The reason is longer than 500 characters."))
    check_scheme(round, text, refused)
    with transaction.atomic():
        ids = list(round.entries.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
        held = Round.objects.select_for_update(of=("self",)).select_related("edition").get(pk=round.pk)
        if held.edition.digest != expected:
            raise Conflict(held)
        refused.add("", access.why_not_adopt(by, held))
        if Edition.digest_of(text) == expected:
            refused.add("text", _("This is the text that the round has already."))
        refused.raise_if_any()
        edition, _is_new = Edition.objects.get_or_create(
            digest=Edition.digest_of(text),
            defaults={"scheme_code": held.edition.scheme_code, "text": text, "reason": reason, "adopted_by": by},
        )
        held.edition, held._change_reason, held._history_user = edition, reason, by
        held.save()  # which touches every entry
        Event.objects.record_each(ids, "edition.adopted", by=by, before=expected, after=edition.digest, reason=reason)
        return edition
