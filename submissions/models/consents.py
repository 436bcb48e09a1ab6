"""Whether everybody may read a piece without a log-in: the word of its office, and of those who run its round."""

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from submissions.frozen import Frozen, FrozenQuerySet

from .entries import Entry
from .evidence import Evidence


class ConsentQuerySet(FrozenQuerySet["Consent"]):
    def holding(self) -> "ConsentQuerySet":
        """The last word of each side on each piece."""
        later = Consent.objects.filter(evidence=OuterRef("evidence"), side=OuterRef("side"))
        return self.filter(pk=Subquery(later.order_by("-pk").values("pk")[:1]))


class Consent(Frozen):
    """What one side said of a piece: that everybody may read it, or that nobody may any more. The last word holds, and
    a piece is a **best practice** while both sides' last word is yes. No points."""

    class Side(models.TextChoices):
        OFFICE = "office", _("the office")
        ROUND = "round", _("those who run the round")

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="consents", verbose_name=_("entry"))
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="consents", verbose_name=_("evidence"))
    side = models.CharField(_("side"), max_length=10, choices=Side.choices)
    is_given = models.BooleanField(_("everybody may read it"))
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("said by"))
    said_at = models.DateTimeField(_("said at"))

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_side_display()}: {self.is_given}"
