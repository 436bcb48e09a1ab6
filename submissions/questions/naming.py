"""Who may name, choose and withdraw those who take part: answered like the questions of `access`."""

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from submissions.models import Entry, Round, User

from . import access


def names_its_own(round: Round) -> bool:
    """Whether each office names its own nominee here; otherwise nominees come from the round before."""
    return round.scheme.nominees is not None and round.preceding_id is None


def has_work(entry: Entry) -> bool:
    """Whether something was handed in for this entry, or points were given."""
    return entry.evidence.exists() or entry.sheets.exists()


def is_late(user: User, round: Round) -> bool:
    """The day for naming and choosing is over. Those who run the round may still do it."""
    return not round.is_run_by(user) and round.named_by is not None and localdate(round.now()) > round.named_by


def why_not_settle(user: User, entry: Entry) -> access.Reason:
    """Name, choose or withdraw who takes part. Once the entry is in a later stage, it is changed there."""
    if reason := access.why_not_act_for(user, entry):
        return reason
    if Entry.objects.filter(pk=entry.pk).gone_on().exists():
        return _("It is in a later round already: change it there.")
    return None


def why_not_name(user: User, entry: Entry) -> access.Reason:
    if reason := why_not_settle(user, entry):
        return reason
    if not names_its_own(entry.round):
        return _("In this round offices name nobody.")
    if entry.state != Entry.State.TAKING_PART:
        return _("This entry does not take part (any more).")
    if is_late(user, entry.round):
        return _("The day for naming a nominee is over. Ask those who run the round.")
    if entry.nominee and has_work(entry):
        return _("Something was handed in for the nominee: it can only withdraw, with a reason, and be replaced.")
    return None


def chooses(user: User, entry: Entry) -> bool:
    """Whether the places that this entry may fill are this person's to give."""
    holder = entry.office.at(entry.round.places_per)
    return entry.round.is_run_by(user) or bool(holder and holder.lies_in(user.office_id))


def why_not_choose(user: User, entry: Entry) -> access.Reason:
    """The office that has the places chooses, one above it, or those who run the round."""
    if reason := why_not_settle(user, entry):
        return reason
    if entry.round.preceding_id is None:
        return _("In this round nobody is chosen: offices name their own, or are entered.")
    if not chooses(user, entry):
        return _("It is not for your office to choose.")
    if is_late(user, entry.round):
        return _("The day for choosing is over. Ask those who run the round.")
    return None


def why_not_withdraw_entry(user: User, entry: Entry) -> access.Reason:
    if reason := why_not_settle(user, entry):
        return reason
    if entry.round.scheme.nominees is None and not entry.round.is_run_by(user):
        return _("Only those who run the round take an office out of it.")
    return None
