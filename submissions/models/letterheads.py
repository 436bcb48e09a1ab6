"""What a round's papers carry beside what they announce: emblem, project, number and day, who signs, background."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from submissions.frozen import Frozen, FrozenQuerySet
from submissions.vault import vault

from .rounds import Round

MOST_PROJECT = 300  # characters
MOST_PAPER_NUMBER = 60
MOST_SIGNER = 120
MOST_POST = 200
MOST_SIGNERS = 2
# Of a template, what an earlier round's is taken over with: a number and a day are of one paper alone.
TAKEN_OVER = ("project_th", "signers", "emblem", "background")


class Picture(Frozen):
    """A picture for papers, as the portal drew it anew from what was sent. Each content is kept once."""

    sha256 = models.CharField(_("SHA-256"), max_length=64, unique=True)
    file = models.FileField(_("file"), storage=vault, max_length=200)
    size = models.PositiveBigIntegerField(_("size in bytes"))

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return self.sha256[:12]


class Letterhead(models.Model):
    """The template of one round's papers. What is printed of it is frozen with each publication.

    `signers`: [{"name", "post"}], in the order of their signatures; the post may have lines.
    """

    round = models.OneToOneField(
        Round, models.PROTECT, primary_key=True, related_name="letterhead", verbose_name=_("round")
    )
    project_th = models.CharField(_("name of the project"), max_length=MOST_PROJECT, blank=True)
    number_th = models.CharField(_("document number"), max_length=MOST_PAPER_NUMBER, blank=True)
    dated = models.DateField(_("date of the document"), null=True, blank=True)
    signers = models.JSONField(_("signers"), default=list, blank=True)
    emblem = models.ForeignKey(
        Picture, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("emblem")
    )
    background = models.ForeignKey(
        Picture, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("background of certificates")
    )
    revision = models.PositiveIntegerField(default=0, editable=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("last changed by")
    )
    edited_at = models.DateTimeField(_("last changed"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("template of papers")
        verbose_name_plural = _("templates of papers")

    def __str__(self) -> str:
        return str(self.round)
