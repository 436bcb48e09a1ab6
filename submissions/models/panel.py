"""Who of a committee judges what: conflicts of interest keep judges from an entry, assignments share entries out."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .editions import MOST_REASON
from .entries import Entry


class ConflictOfInterestQuerySet(models.QuerySet["ConflictOfInterest"]):
    def standing(self) -> "ConflictOfInterestQuerySet":
        """Those that keep a judge from an entry."""
        return self.filter(state=ConflictOfInterest.State.STANDS)


class ConflictOfInterest(models.Model):
    """Whether a judge stands aside from an entry, and why. Who does neither sees nor judges it."""

    class State(models.TextChoices):
        STANDS = "stands", _("stands aside")
        NONE = "none", _("no conflict of interest")

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="conflicts", verbose_name=_("entry"))
    judge = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="conflicts", verbose_name=_("committee member")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.STANDS)
    reason = models.CharField(_("reason"), max_length=MOST_REASON)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("said by"))
    said_at = models.DateTimeField(_("said at"))

    objects = ConflictOfInterestQuerySet.as_manager()

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        ordering = ["entry", "judge"]
        constraints = [models.UniqueConstraint(fields=["entry", "judge"], name="one_conflict_per_judge")]

    def __str__(self) -> str:
        return f"{self.entry} · {self.judge}"


class Assignment(models.Model):
    """A judge judges this entry, in a round that shares its entries out."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="assignments", verbose_name=_("entry"))
    judge = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments", verbose_name=_("committee member")
    )
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("assigned by")
    )
    assigned_at = models.DateTimeField(_("assigned at"))

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["entry", "judge"]
        constraints = [models.UniqueConstraint(fields=["entry", "judge"], name="one_assignment_per_judge")]

    def __str__(self) -> str:
        return f"{self.entry} · {self.judge}"
