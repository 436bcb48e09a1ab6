"""A publication on its way: what somebody pressed for, how far a worker is with it, and what came of it."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from submissions.models import Proposal, Round
from submissions.models.people import Reader

CANCELLABLE = ("waiting", "scoring")


class Stopped(Exception):
    """It was cancelled, or another worker has it by now: nothing more is to be done here."""


class PublishingQuerySet(models.QuerySet["Publishing"]):
    def visible_to(self, user: Reader) -> "PublishingQuerySet":
        return self.filter(round__in=Round.objects.run_by(user))

    def under_way(self) -> "PublishingQuerySet":
        return self.filter(due_at__isnull=False)

    def backlog(self) -> tuple[int, datetime | None]:
        """How many are to be done, and since when the oldest of them waits."""
        counts = self.under_way().aggregate(count=Count("pk"), oldest=Min("made_at"))
        return counts["count"], counts["oldest"]

    def expired(self) -> "PublishingQuerySet":
        return self.filter(due_at=None, made_at__lte=timezone.now() - Publishing.KEPT)


class Publishing(models.Model):
    """One press of the button, done by a worker. What was typed is kept until it is done: it may have to come back."""

    class Deed(models.TextChoices):
        PUBLISH = "publish", _("publish")
        PROPOSE = "propose", _("propose to publish")
        CONFIRM = "confirm", _("confirm a proposal")

    class Stage(models.TextChoices):
        WAITING = "waiting", _("waits for its turn")
        SCORING = "scoring", _("everybody is scored from the facts")
        FREEZING = "freezing", _("the results are being frozen")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")
        RETURNED = "returned", _("to be looked at again")
        FAILED = "failed", _("broke off")

    LEASE = timedelta(seconds=15)  # a worker that is heard of no more for so long is taken for dead
    MOST_ATTEMPTS = 3
    KEPT = timedelta(days=30)

    round = models.ForeignKey(Round, models.CASCADE, related_name="publishings", verbose_name=_("round"))
    deed = models.CharField(_("deed"), max_length=10, choices=Deed.choices)
    said = models.JSONField(_("details"), default=dict)  # what publish() or the proposal is handed
    typed = models.JSONField(_("what was typed"), default=dict)
    language = models.CharField(_("language"), max_length=5)
    proposal = models.ForeignKey(Proposal, models.PROTECT, null=True, related_name="+", verbose_name=_("proposal"))
    publication = models.ForeignKey(
        "awards.Publication", models.PROTECT, null=True, related_name="+", verbose_name=_("publication")
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    made_at = models.DateTimeField(_("asked for at"), default=timezone.now)
    stage = models.CharField(_("state"), max_length=10, choices=Stage.choices, default=Stage.WAITING)
    done = models.PositiveIntegerField(_("entries scored"), default=0)
    total = models.PositiveIntegerField(_("entries"), default=0)
    faults = models.JSONField(_("why not"), default=list)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    # When it is to be worked on, if nobody has finished by then; nothing: it is over.
    due_at = models.DateTimeField(default=timezone.now, null=True, editable=False)

    objects = PublishingQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication on its way")
        verbose_name_plural = _("publications on their way")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=Q(due_at__isnull=False), name="one_publishing_under_way"
            )
        ]

    def __str__(self) -> str:
        return f"{self.round} · {self.get_stage_display()}"

    @property
    def is_over(self) -> bool:
        return self.due_at is None

    @property
    def round_time(self) -> datetime:
        """When it was asked for by the round's clock."""
        return self.made_at + self.round.clock_offset

    @property
    def may_be_cancelled(self) -> bool:
        return not self.is_over and self.stage in CANCELLABLE

    def take(self) -> bool:
        """Whether this process is the one to do it. A message that came twice takes nothing."""
        now = timezone.now()
        due = Publishing.objects.filter(pk=self.pk, due_at__lte=now)
        if taken := bool(due.update(due_at=now + self.LEASE, attempts=F("attempts") + 1, stage=self.Stage.SCORING)):
            self.refresh_from_db(fields=["attempts", "stage", "due_at"])
        return taken

    def hold(self) -> None:
        """Let nobody else do it before this transaction ends. Raises Stopped."""
        if not self._mine().select_for_update().exists():
            raise Stopped

    def note(self, **changes: Any) -> None:
        """Keep how far it is; whoever is still at it has time again. Raises Stopped."""
        changes = {"due_at": timezone.now() + self.LEASE, **changes}
        if not self._mine().update(**changes):
            raise Stopped
        for name, value in changes.items():
            setattr(self, name, value)

    def cancel(self) -> bool:
        """As long as nothing is being frozen. Whether it is."""
        open_still = Publishing.objects.under_way().filter(pk=self.pk, stage__in=CANCELLABLE)
        return bool(open_still.update(stage=self.Stage.CANCELLED, due_at=None))

    def _mine(self) -> "PublishingQuerySet":
        return Publishing.objects.under_way().filter(pk=self.pk, attempts=self.attempts)
