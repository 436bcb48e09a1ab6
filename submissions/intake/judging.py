"""Judges' sheets come in, and are reopened."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from submissions.log import carried
from submissions.models import Appeal, Entry, Event, Proposal, Sheet, User
from submissions.questions import access
from submissions.questions.appeals import judged_before, why_not_correct_sheet, why_not_move
from submissions.questions.proofread import Refused, check_sheet
from submissions.questions.proposals import why_not_alone

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
        appeal = entry.appeals.reopening(by).select_related("entry__round__edition").first()
        hold(entry, appeal=appeal)
        sheet = Sheet.objects.select_for_update().filter(entry=entry, judge=by).first()
        if revision is not None and (sheet.revision if sheet else 0) != revision:
            raise Conflict(sheet)
        if sheet and sheet.status == Sheet.Status.FINAL:
            refused.add("", _("The sheet is final. Those who run the round can reopen it."))
            refused.raise_if_any()
        before = dict(sheet.points) if sheet else {}
        if appeal:
            refused.add("", why_not_move(appeal, judged_before(appeal, by), marks))
            refused.raise_if_any()
        sheet = sheet or Sheet(entry=entry, judge=by, revision=0)
        status = Sheet.Status.FINAL if final else Sheet.Status.DRAFT
        change(sheet, points=marks, remark=remark, status=status, saved_at=at, submitted_at=at if final else None)
        verb = "sheet.submitted" if final else "sheet.saved"
        Event.objects.record(entry, verb, by=by, **carried.of_sheet(sheet, before), **carried.by_appeal(appeal))
        return sheet


def reopen_sheet(
    sheet: Sheet,
    *,
    by: User,
    reason: str,
    revision: int | None = None,
    appeal: Appeal | None = None,
    proposal: Proposal | None = None,
) -> Sheet:
    """Make a final sheet a draft again, so that its judge can correct it.

    `appeal`: the one by whose answer it is corrected after a provisional result, in what it disputes alone.
    """
    refused = Refused()
    if not reason.strip():
        refused.add("reason", _("Say why the sheet is reopened."))
    with transaction.atomic():
        hold(sheet.entry, appeal=appeal)
        current = unchanged(Sheet.objects.select_related("entry__round"), sheet.pk, revision)
        if appeal:
            refused.add("", why_not_correct_sheet(by, appeal, current))
            refused.add("", why_not_alone(current.entry.round, proposal))
        else:
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
            **carried.by_appeal(appeal),
        )
        if appeal:
            appeal.sheets.add(current)
        return current
