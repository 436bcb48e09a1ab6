"""The word of an office's head that what was handed in is complete."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from submissions.frozen import Frozen, FrozenQuerySet

from .entries import Entry
from .people import Reader


class ConfirmationQuerySet(FrozenQuerySet["Confirmation"]):
    def visible_to(self, user: Reader) -> "ConfirmationQuerySet":
        return self.filter(entry__in=Entry.objects.visible_to(user))


class Confirmation(Frozen):
    """A head confirmed exactly what `sha256` is of. Once the office changes it, this one holds no more. No points."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="confirmations", verbose_name=_("entry"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("confirmed by")
    )
    confirmed_at = models.DateTimeField(_("confirmed at"))
    facts_version = models.PositiveBigIntegerField(_("version of the facts"))
    sha256 = models.CharField(_("SHA-256 of what was handed in"), max_length=64)

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.sha256[:12]
