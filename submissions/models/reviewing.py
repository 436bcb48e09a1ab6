"""How reviewers work: who has which piece open, the reasons to choose from, the queues that somebody comes back to."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from submissions import thai

from .evidence import MOST_NOTE, Evidence

MOST_QUEUE = 500  # characters of a queue's address
MOST_QUEUE_NAME = 80


class ClaimQuerySet(models.QuerySet["Claim"]):
    def held(self, at: datetime) -> "ClaimQuerySet":
        """Those that hold at this moment."""
        return self.filter(until__gt=at)


class Claim(models.Model):
    """A reviewer has this piece open, and others are led to another one meanwhile. It forbids nobody anything."""

    TIME = timedelta(minutes=2)  # unless its page renews it

    evidence = models.OneToOneField(Evidence, models.CASCADE, primary_key=True, related_name="claim")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="claims")
    until = models.DateTimeField()  # by the world's clock

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")

    def __str__(self) -> str:
        return f"{self.evidence_id}: {self.reviewer}"


class ReasonTemplate(models.Model):
    """A reason for returning, to be chosen in all rounds of one scheme. What stands in braces is filled in."""

    scheme_code = models.CharField(_("scheme"), max_length=40, db_index=True)
    place = models.PositiveSmallIntegerField(
        _("place"), default=1, help_text=_("The first nine are chosen by their number on the keyboard.")
    )
    text_th = models.TextField(_("text in Thai"), max_length=MOST_NOTE)
    text_en = models.TextField(_("text in English"), max_length=MOST_NOTE, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("reason for returning")
        verbose_name_plural = _("reasons for returning")
        ordering = ["scheme_code", "place", "pk"]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        return self.text_en if self.text_en and thai.language() == "en" else self.text_th


class SavedQueue(models.Model):
    """A queue that one reviewer comes back to, by the name they gave it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_queues")
    name = models.CharField(_("name"), max_length=MOST_QUEUE_NAME)
    query = models.CharField(max_length=MOST_QUEUE)

    class Meta:
        verbose_name = _("saved queue")
        verbose_name_plural = _("saved queues")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="one_saved_queue_per_name")]

    def __str__(self) -> str:
        return self.name
