"""Meetings of a round's committee, and what it resolved."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from submissions import thai
from submissions.frozen import Frozen, FrozenQuerySet

from .entries import Entry
from .people import Reader
from .rounds import Round

MOST_PLACE = 200
MOST_MATTER = 200
MOST_RESOLVED = 1000  # characters, of what was resolved and of why


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: Reader) -> "MeetingQuerySet":
        """Those of the rounds that this person runs."""
        return self.filter(round__in=Round.objects.run_by(user))


class Meeting(models.Model):
    """One session of a round's committee. `present`: [{"name", "role"}], as the minutes list them."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="meetings", verbose_name=_("round"))
    number = models.PositiveSmallIntegerField(_("number"))
    held_on = models.DateField(_("held on"))
    place = models.CharField(_("place"), max_length=MOST_PLACE)
    present = models.JSONField(_("present"), default=list)
    revision = models.PositiveIntegerField(default=1, editable=False)
    history = HistoricalRecords()

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["round", "number"]
        constraints = [models.UniqueConstraint(fields=["round", "number"], name="one_meeting_of_a_number")]

    def __str__(self) -> str:
        return f"{self.number} · {thai.format_date(self.held_on, thai.language())}"


class ResolutionQuerySet(FrozenQuerySet["Resolution"]):
    def visible_to(self, user: Reader) -> "ResolutionQuerySet":
        return self.filter(meeting__in=Meeting.objects.visible_to(user))


class Resolution(Frozen):
    """What a committee resolved on one matter, why, and who was there. Another of the same matter takes its place.

    `offices`: the codes of those it is about; of a tie in the order resolved. `entry`: the first of them, in whose log
    it stands whole; the logs of the others name it.
    """

    class Kind(models.TextChoices):
        TIE = "tie", _("tie")
        LINE = "line", _("award line")
        APART = "apart", _("judges far apart")
        APPEAL = "appeal", _("appeal")
        OTHER = "other", _("another matter")

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="resolutions", verbose_name=_("meeting"))
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="resolutions", verbose_name=_("entry"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    matter = models.CharField(_("matter"), max_length=MOST_MATTER)
    offices = models.JSONField(_("offices"), default=list)
    text = models.TextField(_("what was resolved"), max_length=MOST_RESOLVED)
    reason = models.TextField(_("reason"), max_length=MOST_RESOLVED)
    present = models.JSONField(_("present"), default=list)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    resolved_at = models.DateTimeField(_("resolved at"))

    objects = ResolutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("resolution")
        verbose_name_plural = _("resolutions")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.matter
