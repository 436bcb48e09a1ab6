"""Who was asked to come, by which way, and whether they came."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .notices import Letter


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Neither used nor taken the place of: one of a person at most. Its time may be over."""
        return self.filter(used_at=None, ended_at=None)


class Invitation(models.Model):
    """Asks one person to set the password of their account. Whoever holds its secret may; only its digest is kept."""

    LIFE = timedelta(days=14)

    class Way(models.TextChoices):
        MAIL = "mail", _("e-mail")
        PAPER = "paper", _("printed letter")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations", verbose_name=_("account")
    )
    way = models.CharField(_("way"), max_length=5, choices=Way.choices)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("invited by")
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    until = models.DateTimeField(_("valid until"))
    digest = models.CharField(max_length=64, unique=True)
    letter = models.OneToOneField(Letter, models.SET_NULL, null=True, related_name="invitation")
    used_at = models.DateTimeField(_("used at"), null=True)
    ended_at = models.DateTimeField(null=True, help_text="Another took its place, or its address was changed.")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(used_at=None, ended_at=None), name="one_open_invitation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()} → {self.user}"

    def is_open(self, now: datetime) -> bool:
        return self.used_at is None and self.ended_at is None and now < self.until

    def state(self, now: datetime) -> str:
        """How an open one stands: over, printed, or how far its letter came: waiting, failed, sent."""
        if now >= self.until:
            return "over"
        if self.way == self.Way.PAPER:
            return "printed"
        return self.letter.state if self.letter else "sent"  # letters are thrown away before people are
