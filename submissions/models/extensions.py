"""More time for what an entry owes, given by an order."""

from django.conf import settings as django_settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from submissions import thai

from .editions import MOST_REASON
from .rounds import MOST_CODE, MOST_ORDER_NUMBER, MOST_PERIOD


class Extension(models.Model):
    """More time for one entry, for one requirement and exactly its period, until the end of a day."""

    entry = models.ForeignKey("Entry", models.PROTECT, related_name="extensions", verbose_name=_("entry"))
    requirement = models.CharField(_("requirement"), max_length=MOST_CODE)
    period = models.CharField(_("period"), max_length=MOST_PERIOD, blank=True)
    until = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=MOST_REASON)
    order_number = models.CharField(_("order number"), max_length=MOST_ORDER_NUMBER, blank=True)
    granted_by = models.ForeignKey(
        django_settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("granted by")
    )
    granted_at = models.DateTimeField(_("granted at"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["-granted_at"]

    def __str__(self) -> str:
        return f"{self.requirement} {self.period} → {thai.format_date(self.until, thai.language(), short=True)}"
