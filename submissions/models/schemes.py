"""Texts of schemes on their way to an edition: of new schemes, and of what a round is to be scored by next."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from .editions import Edition
from .people import Reader, User
from .rounds import Round

MOST_SCHEME_CODE = 40


class SchemeDraftQuerySet(models.QuerySet["SchemeDraft"]):
    def visible_to(self, user: Reader) -> "SchemeDraftQuerySet":
        """To central staff all; to an organiser those of the rounds of the own office."""
        if user.is_authenticated and user.is_central:
            return self.all()
        return self.filter(round__in=Round.objects.run_by(user))

    def kept(self) -> "SchemeDraftQuerySet":
        return self.filter(deleted_at=None)

    def of_schemes(self) -> "SchemeDraftQuerySet":
        """Those of new schemes, not of a round's criteria."""
        return self.filter(round=None)

    def open(self) -> "SchemeDraftQuerySet":
        """Those that are still written."""
        return self.kept().filter(edition=None)

    def made(self) -> "SchemeDraftQuerySet":
        """New schemes that are editions, and were not deleted."""
        return self.of_schemes().kept().exclude(edition=None)


class SchemeDraft(models.Model):
    """A scheme's text on its way to an edition, and what became of it: of a scheme of its own, or, where `round` says
    which, of the next criteria of a round, which take the way of trial and adoption.

    Each deed is a former version of the row, without the text: who began it, made it an edition, deleted it. What is
    deleted stays, and so does its edition (a digest that was written somewhere is explained for good): pages offer
    neither any more.
    """

    class Origin(models.TextChoices):
        COPY = "copy", _("a copy")
        FILE = "file", _("a file")
        TEMPLATE = "template", _("the empty template")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        MADE = "made", _("edition")
        DELETED = "deleted", _("deleted")

    # As its text says it; nothing where that can't be read yet.
    code = models.CharField(_("scheme"), max_length=MOST_SCHEME_CODE, blank=True)
    text = models.TextField(_("text"))
    origin = models.CharField(_("made from"), max_length=10, choices=Origin.choices)
    source = models.ForeignKey(
        Edition, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("copy of")
    )
    round = models.ForeignKey(
        Round,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="drafts",
        verbose_name=_("criteria of the round"),
    )
    # By how many years days are still to be moved, and what was decided of them so far, by the keys of the page.
    years = models.SmallIntegerField(default=0, editable=False)
    decisions = models.JSONField(default=dict, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("last changed by")
    )
    edited_at = models.DateTimeField(_("last changed"), default=timezone.now)
    edition = models.ForeignKey(
        Edition, models.PROTECT, null=True, editable=False, related_name="drafts", verbose_name=_("edition")
    )
    deleted_at = models.DateTimeField(_("deleted at"), null=True, editable=False)
    history = HistoricalRecords(excluded_fields=["text", "decisions"])
    _history_user: User | None
    _change_reason: str

    objects = SchemeDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("new scheme")
        verbose_name_plural = _("new schemes")
        ordering = ["-edited_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=models.Q(edition__isnull=False, deleted_at=None, round=None),
                name="one_made_scheme_per_code",
            )
        ]

    def __str__(self) -> str:
        return self.code or str(_("(no code yet)"))

    @property
    def state(self) -> str:
        if self.deleted_at:
            return self.State.DELETED
        return self.State.MADE if self.edition_id else self.State.DRAFT
