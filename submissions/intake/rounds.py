"""What central staff do for a round: who takes part, and who has more time."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from submissions import access
from submissions.models import Entry, Event, Extension, Office, Round
from submissions.proofread import Refused, check_slot

from .hold import hold


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
