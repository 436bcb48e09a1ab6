"""The practice entry: whether a judge has judged it yet, and may see what the others gave it."""

from django.utils.translation import gettext as _

from submissions.models import Entry, PracticeEntry, PracticeSheet, Round, Sheet, User

Reason = str | None


def why_not_yet(user: User, entry: Entry) -> Reason:
    """Judge what counts: first comes the practice entry, for whoever sees it. One statement, and one where there is
    one."""
    practice = PracticeEntry.objects.filter(round=entry.round_id).first()
    if practice is None or has_practised(user, practice):
        return None
    if not Entry.objects.visible_to(user).filter(pk=practice.entry_id).exists():
        return None
    return _("First judge the practice entry; its points count nowhere.")


def has_practised(user: User, practice: PracticeEntry) -> bool:
    own = PracticeSheet.objects.filter(entry=practice.entry_id, judge=user, status=Sheet.Status.FINAL)
    return own.exists()


def why_not_see_practice(user: User, round: Round) -> Reason:
    """See what all gave the practice entry."""
    if round.is_run_by(user):
        return None
    practice = PracticeEntry.objects.filter(round=round).first()
    if user.is_judge and practice is not None and has_practised(user, practice):
        return None
    return _("You see this once your own practice sheet is final.")


def why_not_see_agreement(user: User, round: Round) -> Reason:
    """See what all judges gave, and how they differ: who runs the round, and judges whose own sheets are all final."""
    if round.is_run_by(user):
        return None
    if not user.is_judge:
        return _("This page is for the committee and for those who run the round.")
    if round.is_closed:
        return None
    judged = Entry.objects.judged_by(user).filter(round=round).taking_part()  # veiled or not
    own = Sheet.objects.filter(judge=user).final()
    if judged.exists() and not judged.exclude(pk__in=own.values("entry")).exists():
        return None
    return _("You see this once all your own scoring sheets are final.")
