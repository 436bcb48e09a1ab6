"""How far each place of a publication could move, as it was worked out with it: frozen beside what was announced."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from submissions.frozen import Frozen, FrozenQuerySet


class Sureness(Frozen):
    """Of one publication. It is no part of what was announced: no digest hangs on it.

    `places` is {office's code: [best, worst by the judges, best, worst by what is open, how many judges]}. `doubted`
    are the decisions that were being read again: [{"office", "requirement", "period", "submitted_at"}]. With them and
    the seed it comes out of the publication's facts again.
    """

    publication = models.OneToOneField(
        "awards.Publication", models.PROTECT, related_name="sureness", verbose_name=_("publication")
    )
    seed = models.PositiveBigIntegerField(_("seed"))
    resamples = models.PositiveIntegerField(_("drawings"))
    waiting = models.PositiveIntegerField(_("open decisions"))
    doubted = models.JSONField(_("decisions in doubt"), default=list)
    places = models.JSONField(_("places"))

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = _("sureness of places")
        verbose_name_plural = _("sureness of places")

    def __str__(self) -> str:
        return str(self.publication)
