"""Forms of the scheme as offices fill them in: what is being written, and what was handed in of it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from submissions.frozen import Frozen, FrozenQuerySet

from .entries import Entry
from .evidence import Evidence, OfEntryQuerySet
from .rounds import MOST_PERIOD


class Answers(models.Model):
    """What an office has written into a form so far, as it was typed. A draft: nothing is scored by it."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="answers", verbose_name=_("entry"))
    form = models.CharField(_("form"), max_length=40)
    period = models.CharField(_("period"), max_length=MOST_PERIOD, blank=True)
    data = models.JSONField(_("answers"))
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("saved by")
    )
    saved_at = models.DateTimeField(_("saved at"))
    revision = models.PositiveIntegerField(default=0, editable=False)
    # The page that saved it last, and the count of its tries: if our answer is lost on the way, it tries again.
    page = models.CharField(max_length=32, blank=True, editable=False)
    turn = models.PositiveIntegerField(default=0, editable=False)

    objects = OfEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("answers to a form")
        verbose_name_plural = _("answers to forms")
        constraints = [models.UniqueConstraint(fields=["entry", "form", "period"], name="one_draft_per_form")]

    def __str__(self) -> str:
        return f"{self.form} {self.period}".rstrip()


class FilledForm(Frozen):
    """The answers from which evidence was made, and all that its documents say: PDF and Word say the same."""

    evidence = models.OneToOneField(
        Evidence, models.PROTECT, primary_key=True, related_name="filled_form", verbose_name=_("evidence")
    )
    form = models.CharField(_("form"), max_length=40)
    data = models.JSONField(_("answers"))
    paper = models.JSONField(_("what the documents say"))

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = _("filled-in form")
        verbose_name_plural = _("filled-in forms")

    def __str__(self) -> str:
        return f"{self.form} · {self.evidence_id}"
