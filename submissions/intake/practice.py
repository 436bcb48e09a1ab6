"""The practice entry is chosen, and judges' sheets of it come in: they score nothing."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from submissions.log import carried
from submissions.models import Entry, Event, PracticeEntry, PracticeSheet, Round, Sheet, User
from submissions.questions import access
from submissions.questions.proofread import Refused, check_sheet

from .hold import Conflict, change, hold


def choose_practice(round: Round, entry: Entry | None, *, by: User) -> PracticeEntry | None:
    """Have all judges judge this entry first; None: there is no practice (any more). Sheets stay where they are."""
    refused = Refused()
    refused.add("", access.why_not_run(by, round))
    refused.add("", _("The round is closed.") if round.is_closed else access.why_settled(round))
    if not round.scheme.items:
        refused.add("", _("Nothing is judged in this round."))
    if entry is not None and round.is_blind:
        refused.add("entry", _("A blind round has no practice entry: it would tell who takes part."))
    if entry is not None and (entry.round_id != round.pk or entry.taken_out):
        refused.add("entry", _("Choose an entry of this round."))
    refused.raise_if_any()
    with transaction.atomic():
        if entry is not None:
            Entry.objects.filter(pk=entry.pk).hold()  # entries come before their round
        held = Round.objects.select_for_update().get(pk=round.pk)
        before = PracticeEntry.objects.filter(round=held).first()
        if entry is None:
            if before:
                before._history_user = by  # type: ignore[attr-defined]  # simple_history's
                before.delete()
            return None
        practice = before or PracticeEntry(round=held)
        practice.entry, practice.chosen_by, practice.chosen_at = entry, by, timezone.now()
        practice._history_user = by  # type: ignore[attr-defined]
        practice.save()
        return practice


def save_practice(
    entry: Entry,
    *,
    by: User,
    points: Mapping[str, str],
    remark: str = "",
    final: bool = False,
    revision: int | None = None,
    at: datetime | None = None,
) -> PracticeSheet:
    """Save a judge's own sheet of the practice entry: a draft as far as it goes, or final with every item."""
    at = at or entry.round.now()
    refused = Refused()
    refused.add("", access.why_not_practise(by, entry))
    marks = check_sheet(entry, points, remark, final, refused)
    refused.raise_if_any()
    with transaction.atomic():
        hold(entry)
        sheet = PracticeSheet.objects.select_for_update().filter(entry=entry, judge=by).first()
        if revision is not None and (sheet.revision if sheet else 0) != revision:
            raise Conflict(sheet)
        if sheet and sheet.status == Sheet.Status.FINAL:
            raise Refused({"": [_("Your practice sheet is final.")]})
        sheet = sheet or PracticeSheet(entry=entry, judge=by, revision=0)
        status = Sheet.Status.FINAL if final else Sheet.Status.DRAFT
        change(sheet, points=marks, remark=remark, status=status, saved_at=at, submitted_at=at if final else None)
        verb = "practice.submitted" if final else "practice.saved"
        Event.objects.record(entry, verb, by=by, **carried.of_practice(sheet))
        return sheet
