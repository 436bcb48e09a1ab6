"""The practice entry of a round, and the points that judges give it before any that count."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from .entries import Entry
from .judging import MOST_REMARK, Sheet
from .rounds import Round


class PracticeEntry(models.Model):
    """The entry that all judges of a round judge first, each on their own, to see how far apart they are."""

    round = models.OneToOneField(Round, models.PROTECT, related_name="practice", verbose_name=_("round"))
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", verbose_name=_("entry"))
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("chosen by")
    )
    chosen_at = models.DateTimeField(_("chosen at"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("practice entry")
        verbose_name_plural = _("practice entries")

    def __str__(self) -> str:
        return str(self.entry)


# Nobody types one from paper.
STATES = [(state.value, state.label) for state in (Sheet.Status.DRAFT, Sheet.Status.FINAL)]


class PracticeSheet(models.Model):
    """A sheet like others, in a table of its own: whatever scores can't read it by mistake."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="practice_sheets", verbose_name=_("entry"))
    judge = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="practice_sheets", verbose_name=_("committee member")
    )
    points = models.JSONField(_("points"), default=dict, blank=True)
    remark = models.TextField(_("remark"), max_length=MOST_REMARK, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=STATES, default=Sheet.Status.DRAFT)
    saved_at = models.DateTimeField(_("saved at"))
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("practice sheet")
        verbose_name_plural = _("practice sheets")
        ordering = ["entry", "judge"]
        constraints = [models.UniqueConstraint(fields=["entry", "judge"], name="one_practice_sheet_per_judge")]

    def __str__(self) -> str:
        return f"{self.entry} · {self.judge}"
