"""What takes two persons in a round, and who may be the second."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from submissions.models import Proposal, Round, User

from .access import Reason, why_not_run


def why_not_alone(round: Round, proposal: Proposal | None) -> Reason:
    """Do what can't be taken back: in rounds that say so, a second person has confirmed exactly this."""
    if not round.needs_two_persons or round.is_preparing or seconded_by(proposal):
        return None
    return _("In this round a second person confirms it: propose it.")


def seconded_by(proposal: Proposal | None) -> User | None:
    """Who confirms it, while it is carried out."""
    return proposal.second if proposal else None


def why_not_second(user: User, proposal: Proposal, at: datetime | None = None) -> Reason:
    """Confirm it, or decline: somebody who runs the round, and did not propose it."""
    if reason := why_not_run(user, proposal.round):
        return reason
    if proposal.proposed_by_id == user.pk:
        return _("You proposed it: somebody else confirms it.")
    return why_over(proposal, at)


def why_not_withdraw(user: User, proposal: Proposal) -> Reason:
    if proposal.proposed_by_id != user.pk:
        return _("Only who proposed it withdraws it.")
    return why_over(proposal)


def why_over(proposal: Proposal, at: datetime | None = None) -> Reason:
    """Decide on it, for whoever may: it ended, or was open for seven days."""
    if hasattr(proposal, "ending"):
        return _("It is decided already: %(state)s.") % {"state": proposal.ending.get_state_display()}
    if (at or timezone.now()) >= proposal.until:
        return _("It was open for seven days, and is no more. Propose it anew.")
    return None


def runners(round: Round) -> QuerySet[User]:
    """All who may run this round: central staff, and its organiser's own."""
    staff = Q(role=User.Role.STAFF) | Q(is_superuser=True)
    own = Q(role=User.Role.OFFICER, is_organiser=True, office=round.organiser_id, office__isnull=False)
    return User.objects.filter(staff | own, is_active=True).order_by("role", "full_name", "pk")


def has_second(round: Round, user: User) -> bool:
    """Whether there is anybody but this person who may confirm."""
    return runners(round).exclude(pk=user.pk).exists()
