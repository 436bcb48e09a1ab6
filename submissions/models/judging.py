"""The points that judges give."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from .entries import Entry
from .people import Reader

MOST_REMARK = 4000  # characters
MOST_ITEM_NOTE = 500


class SheetQuerySet(models.QuerySet["Sheet"]):
    def visible_to(self, user: Reader) -> "SheetQuerySet":
        """Who runs the round sees all; a judge their own, and others' for an entry once their own is final; nobody else
        any."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_central:
            return self
        if user.organises:
            return self.filter(entry__in=Entry.objects.at_desk_of(user))
        if not user.is_judge:
            return self.none()
        own_is_final = Sheet.objects.filter(entry=OuterRef("entry"), judge=user, status=Sheet.Status.FINAL)
        return self.filter(
            Q(judge=user) | Q(Exists(own_is_final), status=Sheet.Status.FINAL),
            entry__in=Entry.objects.judged_by(user),
        )

    def final(self) -> "SheetQuerySet":
        return self.filter(status=Sheet.Status.FINAL)

    def taking_part(self) -> "SheetQuerySet":
        """Without those of judges who stand aside from the entry."""
        from .panel import ConflictOfInterest

        aside = ConflictOfInterest.objects.standing().filter(entry=OuterRef("entry"), judge=OuterRef("judge"))
        return self.exclude(Exists(aside))

    def counting(self) -> "SheetQuerySet":
        return self.final().taking_part()


class Sheet(models.Model):
    """The points one judge gave one entry, and what is said beside them: {item: text}. Only a final sheet counts."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        FINAL = "final", _("final")
        TYPED = "typed", _("typed from paper")  # by somebody else; it counts once a second person confirmed it

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="sheets", verbose_name=_("entry"))
    judge = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="sheets", verbose_name=_("committee member")
    )
    points = models.JSONField(_("points"), default=dict, blank=True)
    notes = models.JSONField(
        _("notes on items"), default=dict, blank=True, db_default=models.Value({}, models.JSONField())
    )
    remark = models.TextField(_("remark"), max_length=MOST_REMARK, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    typed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("typed by")
    )
    saved_at = models.DateTimeField(_("saved at"))
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)
    history = HistoricalRecords()

    objects = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("scoring sheet")
        verbose_name_plural = _("scoring sheets")
        ordering = ["entry", "judge"]
        constraints = [models.UniqueConstraint(fields=["entry", "judge"], name="one_sheet_per_judge")]

    def __str__(self) -> str:
        return f"{self.entry} · {self.judge}"
