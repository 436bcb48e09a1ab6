"""Who may say who judges what, and who types and confirms a judge's sheet from paper: None, or the reason why not."""

from django.utils.translation import gettext as _

from submissions.models import Entry, Round, Sheet, User

from . import access


def why_not_say_conflict(user: User, round: Round, judge: User) -> access.Reason:
    """Say that a judge stands aside: the judge, or those who run the round."""
    is_own = user == judge and round.judges.filter(pk=judge.pk).exists()
    if not is_own and (reason := access.why_not_run(user, round)):
        return reason
    return _("The round is closed.") if round.is_closed else None


def why_not_assign(user: User, round: Round) -> access.Reason:
    """Say who judges what."""
    if reason := access.why_not_run(user, round):
        return reason
    if not round.is_judged:
        return _("Nothing is judged by points in this round.")
    return _("The round is closed.") if round.is_closed else None


def why_not_type(user: User, judge: User, entry: Entry) -> access.Reason:
    """Type this judge's sheet from paper."""
    if reason := access.why_not_run(user, entry.round):
        return reason
    if not judge.is_judge:
        return _("Only members of the round's committee give points.")
    return access.why_not_judge(judge, entry)


def why_not_confirm_typed(user: User, sheet: Sheet) -> access.Reason:
    """Compare a typed sheet with the paper: somebody else who runs the round, or the judge whose sheet it is."""
    if user.pk == sheet.typed_by_id:
        return _("Somebody else than who typed it has to confirm it.")
    if user.pk != sheet.judge_id and (reason := access.why_not_run(user, sheet.entry.round)):
        return reason
    if sheet.status != Sheet.Status.TYPED:
        return _("This sheet does not wait to be confirmed.")
    return access.why_not_judge(sheet.judge, sheet.entry)
