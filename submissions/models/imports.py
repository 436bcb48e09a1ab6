"""Spreadsheets of figures that were taken in, and what became of them."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .evidence import MOST_FILE_NAME
from .people import Reader
from .rounds import Round


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: Reader) -> "ImportQuerySet":
        """Those of the rounds that this person runs."""
        return self.filter(round__in=Round.objects.run_by(user))


class Import(models.Model):
    """One file of figures, taken as a whole for one round. The events of its amounts quote it; it is undone as a whole.

    What stood there before is told by those events, not here.
    """

    changed_later = ("undone_by", "undone_at", "put_back", "left")  # all else is written once: see `management.rights`

    round = models.ForeignKey(Round, models.PROTECT, related_name="imports", verbose_name=_("round"))
    file_name = models.CharField(_("file name"), max_length=MOST_FILE_NAME)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("imported by")
    )
    imported_at = models.DateTimeField(_("imported at"), default=timezone.now)
    offices = models.PositiveIntegerField(_("offices"))
    amounts = models.PositiveIntegerField(_("amounts"))
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("undone by")
    )
    undone_at = models.DateTimeField(_("undone at"), null=True)
    put_back = models.PositiveIntegerField(_("amounts put back"), default=0)
    left = models.PositiveIntegerField(_("amounts left as they were"), default=0)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of figures")
        verbose_name_plural = _("imports of figures")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"#{self.pk} · {self.file_name}"
