"""Decisions on evidence that are taken a second time, by somebody else."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from .entries import Entry, seats_of
from .evidence import MOST_NOTE, Evidence
from .judging import Sheet
from .people import Reader, User
from .rounds import Round


class SecondReadingQuerySet(models.QuerySet["SecondReading"]):
    def visible_to(self, user: Reader) -> "SecondReadingQuerySet":
        """Who runs the round sees all; a judge what waits for them, what they passed on, and what they read."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.runs_rounds:
            return self.filter(entry__round__in=Round.objects.run_by(user))
        if not user.is_judge:
            return self.none()
        theirs = Q(reader=user) | Q(asked_by=user) | Q(read_by=user) | Q(kind=SecondReading.Kind.DOUBT, reader=None)
        return self.filter(theirs, entry__in=Entry.objects.visible_to(user))

    def open(self) -> "SecondReadingQuerySet":
        """Those that somebody may read yet."""
        reviewed = {"entry__round__is_closed": False, "entry__round__appeals_until": None}
        return self.filter(state=SecondReading.State.OPEN, entry__state=Entry.State.TAKING_PART, **reviewed)

    def to_read_by(self, user: Reader) -> "SecondReadingQuerySet":
        """What waits for this person, the doubts of colleagues among it; what has no reader (any more) is the
        runners'."""
        if not user.is_authenticated:
            return self.none()
        nobodys = ~reader_is_able() if user.runs_rounds else Q(reader=None, kind=SecondReading.Kind.DOUBT)
        anybody = nobodys & ~Q(asked_by=user) & ~Q(first_by=user)
        return self.visible_to(user).open().filter(Q(reader=user) | anybody)

    def without_reader(self) -> "SecondReadingQuerySet":
        """Those for which nobody was drawn, or somebody who can't read them any more."""
        return self.filter(~reader_is_able())

    def differing(self) -> "SecondReadingQuerySet":
        """Samples read otherwise than at first, on which nobody has decided yet."""
        done = self.filter(state=SecondReading.State.DONE, kind=SecondReading.Kind.SAMPLE, settled_at=None)
        return done.exclude(accepted=F("first_accepted"))


def reader_is_able() -> Q:
    """The reader can log in, judges the entry, and may know whose it is."""
    judge = {"user__is_active": True, "user__is_superuser": False, "user__role": User.Role.JUDGE}
    seats = seats_of("entry__").filter(user=OuterRef("reader"), **judge)
    final = Sheet.objects.final().filter(entry=OuterRef("entry"), judge=OuterRef("reader"))
    return Q(Exists(seats)) & (Q(entry__round__is_blind=False) | Q(Exists(final)))


class SecondReading(models.Model):
    """One piece that a second person reads: a reviewer doubts and passes it on, or it was drawn from what was decided.

    The second reader of a doubt decides. What was drawn is read without its first decision, and changes nothing by
    itself: where the two differ, whoever runs the round decides.
    """

    class Kind(models.TextChoices):
        DOUBT = "doubt", _("doubt")
        SAMPLE = "sample", _("sample")

    class State(models.TextChoices):
        OPEN = "open", _("waiting")
        DONE = "done", _("read")
        LAPSED = "lapsed", _("lapsed")

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="readings", verbose_name=_("entry"))
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="readings", verbose_name=_("evidence"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    asked_at = models.DateTimeField(_("passed on at"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("passed on by")
    )
    doubt = models.TextField(_("doubt"), max_length=MOST_NOTE, blank=True)
    drawn_by = models.CharField(_("SHA-256 of the event that drew it"), max_length=64, blank=True)
    first_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("first reader")
    )
    first_accepted = models.BooleanField(_("accepted at first"), null=True)
    reader = models.ForeignKey(  # None: of a doubt any colleague, of a sample whoever runs the round
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("second reader")
    )
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("read by")
    )
    read_at = models.DateTimeField(_("read at"), null=True)
    accepted = models.BooleanField(_("accepted"), null=True)
    reason = models.TextField(_("reason"), max_length=MOST_NOTE, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    settled_at = models.DateTimeField(_("decided at"), null=True)
    settled_accepted = models.BooleanField(_("accepted in the end"), null=True)
    settled_reason = models.TextField(_("reason of the decision"), max_length=MOST_NOTE, blank=True)

    is_able: bool  # where a list asks `reader_is_able`

    objects = SecondReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("second reading")
        verbose_name_plural = _("second readings")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["evidence"], condition=Q(state="open"), name="one_open_reading"),
        ]

    def __str__(self) -> str:
        return str(self.evidence)

    @property
    def differs(self) -> bool:
        return self.kind == self.Kind.SAMPLE and self.state == self.State.DONE and self.accepted != self.first_accepted
