"""What one person proposes that can't be taken back, and what became of it: a second person does it, or nobody."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from submissions.frozen import Frozen, FrozenQuerySet

from .editions import MOST_REASON
from .entries import Entry
from .people import Reader, User
from .rounds import Round

LASTS = timedelta(days=7)


class ProposalQuerySet(FrozenQuerySet["Proposal"]):
    def visible_to(self, user: Reader) -> "ProposalQuerySet":
        """Those of the rounds that this person runs."""
        return self.filter(round__in=Round.objects.run_by(user))

    def open(self, at: datetime) -> "ProposalQuerySet":
        """Those that may still be confirmed."""
        return self.filter(ending=None, proposed_at__gt=at - LASTS)

    def for_second(self, user: Reader, at: datetime) -> "ProposalQuerySet":
        """Those that this person may confirm: somebody else proposed them."""
        return self.visible_to(user).open(at).exclude(proposed_by=user.pk)


class Proposal(Frozen):
    """One deed with all that it is done with: confirmed, exactly this is done, or nothing."""

    class Kind(models.TextChoices):
        PUBLISH = "publish", _("Publish")
        ADOPT = "adopt", _("Change the criteria of a round")
        REOPEN = "reopen", _("Reopen a final scoring sheet")
        UNDO = "undo", _("Undo an import")
        UNSEAT = "unseat", _("Take judges off the committee")
        ALONE = "alone", _("Let one person do what two persons do")
        UNSETTLE = "unsettle", _("Let facts change again after a provisional result")
        REVOKE = "revoke", _("Revoke a paper")

    round = models.ForeignKey(Round, models.PROTECT, related_name="proposals", verbose_name=_("round"))
    # The one that it concerns; None: all of the round.
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="proposals", verbose_name=_("entry"))
    kind = models.CharField(_("deed"), max_length=10, choices=Kind.choices)
    arguments = models.JSONField(_("details"), default=dict)
    sha256 = models.CharField(_("SHA-256 of the details"), max_length=64)
    reason = models.CharField(_("reason"), max_length=MOST_REASON)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed at"), default=timezone.now)

    second: User | None = None  # who confirms it, while it is carried out

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"#{self.pk} · {self.get_kind_display()}"

    @property
    def until(self) -> datetime:
        return self.proposed_at + LASTS

    @property
    def state(self) -> str:
        """How it ended, or `open`, or `expired`."""
        ending: Any = getattr(self, "ending", None)
        if ending:
            return str(ending.state)
        return "open" if timezone.now() < self.until else "expired"


class Ending(Frozen):
    """What became of a proposal. There is one at most: whoever comes second finds it done."""

    class State(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed and done")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        OVERTAKEN = "overtaken", _("overtaken: what it was about has changed")

    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="ending", verbose_name=_("proposal"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    reason = models.CharField(_("reason"), max_length=MOST_REASON, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("time"), default=timezone.now)

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = _("end of a proposal")
        verbose_name_plural = _("ends of proposals")

    def __str__(self) -> str:
        return self.get_state_display()
