"""Judges' sheets come in, from a screen or from paper, and are reopened."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from submissions.log import carried
from submissions.models import Appeal, Entry, Event, Proposal, Sheet, User
from submissions.questions import access, seats
from submissions.questions.appeals import judged_before, why_not_correct_sheet, why_not_move
from submissions.questions.proofread import Refused, check_notes, check_sheet
from submissions.questions.proposals import why_not_alone

from .hold import Conflict, change, hold, unchanged


def save_sheet(
    entry: Entry,
    *,
    by: User,
    points: Mapping[str, str],
    remark: str = "",
    notes: Mapping[str, str] | None = None,
    final: bool = False,
    revision: int | None = None,
    at: datetime | None = None,
) -> Sheet:
    """Save a judge's own sheet: a draft as far as it goes, or final with every item. {item: points as text}.

    `notes`: {item: what is said beside its points}; None leaves them as they are.
    """
    at = at or entry.round.now()
    refused = Refused()
    refused.add("", access.why_not_judge(by, entry))
    marks = check_sheet(entry, points, remark, final, refused)
    kept = None if notes is None else check_notes(entry, notes, marks, final, refused)
    refused.raise_if_any()
    with transaction.atomic():
        appeal = entry.appeals.reopening(by).select_related("entry__round__edition").first()
        hold(entry, appeal=appeal)
        # While we waited it may have gone to another judge, or its judge been said to stand aside.
        refused.add("", access.why_not_judge(by, entry))
        refused.raise_if_any()
        sheet = _held(entry, by)
        if revision not in (None, sheet.revision):
            raise Conflict(sheet if sheet.pk else None)
        _check_open(sheet, refused)
        if kept is None:
            kept = sheet.notes
            check_notes(entry, kept, marks, final, refused)
        refused.raise_if_any()
        before = dict(sheet.points)
        if appeal:
            refused.add("", why_not_move(appeal, judged_before(appeal, by), marks))
            refused.raise_if_any()
        status = Sheet.Status.FINAL if final else Sheet.Status.DRAFT
        given = {"points": marks, "remark": remark, "notes": kept, "typed_by": None}
        change(sheet, **given, status=status, saved_at=at, submitted_at=at if final else None)
        verb = "sheet.submitted" if final else "sheet.saved"
        Event.objects.record(entry, verb, by=by, **carried.of_sheet(sheet, before), **carried.by_appeal(appeal))
        return sheet


def _held(entry: Entry, judge: User) -> Sheet:
    """A judge's sheet, locked; a new one, of revision 0, where there is none."""
    sheet = Sheet.objects.select_for_update().filter(entry=entry, judge=judge).first()
    return sheet or Sheet(entry=entry, judge=judge, revision=0)


def _check_open(sheet: Sheet, refused: Refused) -> None:
    if sheet.status == Sheet.Status.FINAL:
        refused.add("", _("The sheet is final. Those who run the round can reopen it."))
    if sheet.status == Sheet.Status.TYPED:
        refused.add("", _("This sheet was typed from paper, and waits for a second person to confirm it."))


def type_sheet(
    entry: Entry, judge: User, *, by: User, points: Mapping[str, str], remark: str = "", at: datetime | None = None
) -> Sheet:
    """Type a judge's sheet from paper, with every item. It counts once a second person has confirmed it. What the judge
    has begun on a screen is never overwritten."""
    at = at or entry.round.now()
    refused = Refused()
    refused.add("", seats.why_not_type(by, judge, entry))
    marks = check_sheet(entry, points, remark, True, refused)
    refused.raise_if_any()
    with transaction.atomic():
        hold(entry)
        refused.add("", seats.why_not_type(by, judge, entry))
        sheet = _held(entry, judge)
        if sheet.status == Sheet.Status.FINAL:
            refused.add("", _("The sheet is final. Those who run the round can reopen it."))
        if sheet.pk and sheet.status == Sheet.Status.DRAFT and sheet.typed_by_id is None:
            refused.add("", _("The judge has begun this sheet on a screen, and finishes it there."))
        refused.raise_if_any()
        before = dict(sheet.points)
        given = {"points": marks, "remark": remark, "typed_by": by, "status": Sheet.Status.TYPED}
        change(sheet, **given, saved_at=at, submitted_at=None)
        Event.objects.record(entry, "sheet.typed", by=by, **carried.of_sheet(sheet, before))
        return sheet


def confirm_typed(sheet: Sheet, *, by: User, is_right: bool, revision: int, at: datetime | None = None) -> Sheet:
    """A second person compared a typed sheet with the paper: it is final, or goes back as a draft."""
    at = at or sheet.entry.round.now()
    refused = Refused()
    with transaction.atomic():
        hold(sheet.entry)
        current = unchanged(Sheet.objects.select_related("entry__round", "judge"), sheet.pk, revision)
        refused.add("", seats.why_not_confirm_typed(by, current))
        refused.raise_if_any()
        status = Sheet.Status.FINAL if is_right else Sheet.Status.DRAFT
        change(current, status=status, saved_at=at, submitted_at=at if is_right else None)
        verb = "sheet.confirmed" if is_right else "sheet.refused"
        Event.objects.record(current.entry, verb, by=by, **carried.of_sheet(current, current.points))
        return current


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
