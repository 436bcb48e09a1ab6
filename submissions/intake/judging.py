"""Judges' sheets come in, and are reopened."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from submissions.log import carried
from submissions.models import Entry, Event, Sheet, User
from submissions.questions import access
from submissions.questions.proofread import Refused, check_sheet

from .hold import Conflict, change, hold, unchanged


def save_sheet(
    entry: Entry,
    *,
    by: User,
    points: Mapping[str, str],
    remark: str = "",
    final: bool = False,
    revision: int | None = None,
    at: datetime | None = None,
) -> Sheet:
    """Save a judge's own sheet: a draft as far as it goes, or final with every item. {item: points as text}."""
    at = at or entry.round.now()
    refused = Refused()
    refused.add("", access.why_not_judge(by, entry))
    marks = check_sheet(entry, points, remark, final, refused)
    refused.raise_if_any()
    with transaction.atomic():
        hold(entry)
        # While we waited it may have gone to another judge, or its judge been said to stand aside.
        refused.add("", access.why_not_judge(by, entry))
        refused.raise_if_any()
        sheet = Sheet.objects.select_for_update().filter(entry=entry, judge=by).first()
        if revision is not None and (sheet.revision if sheet else 0) != revision:
            raise Conflict(sheet)
        if sheet and sheet.status == Sheet.Status.FINAL:
            refused.add("", _("The sheet is final. Those who run the round can reopen it."))
            refused.raise_if_any()
        before = dict(sheet.points) if sheet else {}
        sheet = sheet or Sheet(entry=entry, judge=by, revision=0)
        status = Sheet.Status.FINAL if final else Sheet.Status.DRAFT
        change(sheet, points=marks, remark=remark, status=status, saved_at=at, submitted_at=at if final else None)
        verb = "sheet.submitted" if final else "sheet.saved"
        Event.objects.record(entry, verb, by=by, **carried.of_sheet(sheet, before))
        return sheet


def reopen_sheet(sheet: Sheet, *, by: User, reason: str, revision: int | None = None) -> Sheet:
    """Make a final sheet a draft again, so that its judge can correct it."""
    refused = Refused()
    if not reason.strip():
        refused.add("reason", _("Say why the sheet is reopened."))
    with transaction.atomic():
        hold(sheet.entry)
        current = unchanged(Sheet.objects.select_related("entry__round"), sheet.pk, revision)
        refused.add("", access.why_not_reopen(by, current))
        refused.raise_if_any()
        change(current, status=Sheet.Status.DRAFT, submitted_at=None)
        Event.objects.record(
            current.entry,
            "sheet.reopened",
            by=by,
            sheet=current.pk,
            reason=reason.strip(),
            points=current.points,
            revision=current.revision,
        )
        return current
