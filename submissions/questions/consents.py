"""Who lets everybody read a piece as best practice, and which pieces may be read so."""

from django.utils.translation import gettext as _

from submissions.models import Consent, Evidence, User

from . import access

Reason = str | None


def side_of(user: User, evidence: Evidence) -> Consent.Side | None:
    """For whom this person speaks: the head for the own office, whoever runs the round for the round."""
    entry = evidence.entry
    if user.is_officer and user.is_head and user.office_id == entry.office_id:
        return Consent.Side.OFFICE
    return Consent.Side.ROUND if entry.round.is_run_by(user) else None


def why_not_say(user: User, evidence: Evidence) -> Reason:
    """Let everybody read it, or take that back."""
    if side_of(user, evidence):
        return None
    return _("Only the head of the office, and those who run the round, let everybody read a piece.")


def why_not_show(evidence: Evidence) -> Reason:
    """Let everybody read it, whoever asks."""
    if not Evidence.objects.fit_to_show().filter(pk=evidence.pk).exists():
        return _("Only an accepted file, or a report that was written here and not returned, can be read by everybody.")
    return access.why_not_open(evidence)


def may_release(user: User, evidence: Evidence) -> bool:
    """Whether there is something to decide for this person."""
    return why_not_say(user, evidence) is None and why_not_show(evidence) is None


def said(evidence: Evidence) -> dict[str, Consent]:
    """What each side said last."""
    return {one.side: one for one in evidence.consents.holding().select_related("said_by")}
