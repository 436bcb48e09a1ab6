"""What an office and its reviewers say to each other about one requirement."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from submissions.frozen import Frozen, FrozenQuerySet

from .entries import Entry
from .people import Reader
from .rounds import MOST_CODE, MOST_PERIOD

MOST_MESSAGE = 2000  # characters


class RemarkQuerySet(FrozenQuerySet["Remark"]):
    def visible_to(self, user: Reader) -> "RemarkQuerySet":
        return self.filter(entry__in=Entry.objects.visible_to(user))


class Remark(Frozen):
    """One message in the thread of an entry, a requirement and its period. What was said stays said.

    It may ask for more time, until the end of a day, or refuse what another one asks for: `questions.more_time`."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="remarks", verbose_name=_("entry"))
    requirement = models.CharField(_("requirement"), max_length=MOST_CODE)
    period = models.CharField(_("period"), max_length=MOST_PERIOD, blank=True)
    text = models.TextField(_("text"), max_length=MOST_MESSAGE)
    from_office = models.BooleanField(_("written by the office"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    written_at = models.DateTimeField(_("written at"), default=timezone.now)
    wished = models.DateField(_("more time is asked for, until"), null=True, blank=True)
    refuses = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="refusals",
        verbose_name=_("the request for more time that it refuses"),
    )

    objects = RemarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        ordering = ["pk"]
        indexes = [models.Index(fields=["entry", "requirement", "period"], name="remark_of_slot")]

    def __str__(self) -> str:
        return self.text
