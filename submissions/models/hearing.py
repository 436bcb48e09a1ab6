"""How a round hears its offices before its results hold, and whether two persons do what can't be taken back."""

from datetime import datetime

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

MOST_APPEAL_DAYS = 60


class Hearing(models.Model):
    """What is set and noted of it in a round. All times are by the round's clock."""

    appeal_days = models.PositiveSmallIntegerField(
        _("days for appeals"),
        default=0,
        db_default=0,
        blank=True,
        validators=[MaxValueValidator(MOST_APPEAL_DAYS)],
        help_text=_(
            "Business days in which offices may dispute criteria of a provisional result. 0: results hold as soon as "
            "they are published."
        ),
    )
    # The provisional publication whose facts stand still, and until when it may be disputed.
    provisional = models.PositiveIntegerField(_("provisional publication"), null=True, editable=False)
    appeals_until = models.DateTimeField(_("appeals until"), null=True, editable=False)
    heard_at = models.DateTimeField(_("final since"), null=True, editable=False)
    needs_two_persons = models.BooleanField(
        _("two persons"),
        default=False,
        db_default=False,
        help_text=_(
            "A second person confirms what can't be taken back: publications, other criteria, undone imports, judges "
            "who leave, sheets reopened after a provisional result, papers that are revoked."
        ),
    )

    is_seconded = False  # while a second person's word lets what it forbids be saved

    class Meta:
        abstract = True

    @property
    def is_settled(self) -> bool:
        """Whether a provisional result was announced: from then on facts change through appeals alone."""
        return self.appeals_until is not None

    @property
    def announces_provisionally(self) -> bool:
        """Whether what is published next is provisional."""
        return bool(self.appeal_days) and not self.is_settled

    def hears_appeals(self, at: datetime) -> bool:
        """Until the last moment of the last day, and never once the result is final."""
        return self.appeals_until is not None and self.heard_at is None and at <= self.appeals_until
