"""Derived: a scheme that was tried on what was announced, and what came of it. May be wiped like all of scoring."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from submissions.models import Edition, SchemeDraft
from submissions.models.people import Reader

KEPT = timedelta(days=400)


class PastTrialQuerySet(models.QuerySet["PastTrial"]):
    def visible_to(self, user: Reader) -> "PastTrialQuerySet":
        return self.all() if user.is_authenticated and user.is_central else self.none()

    def expired(self) -> "PastTrialQuerySet":
        """Of so long ago that whoever wants to know tries again."""
        return self.filter(made_at__lt=timezone.now() - KEPT)

    def with_source(self) -> "PastTrialQuerySet":
        return self.select_related("edition", "draft", "made_by").defer("edition__text", "draft__text", "text")

    def in_short(self) -> "PastTrialQuerySet":
        """For a list, which leaves texts and reports in the database."""
        return self.with_source().defer("report").annotate(is_made=models.Q(report__isnull=False))


class PastTrial(models.Model):
    """A scheme's text run on the facts of a publication; `report` says what it would have made of them (hindsight).

    The publication is named by its digest. `years` lie between the two: by so many the text's days are moved back.
    """

    class Fault(models.TextChoices):
        MISSING = "missing", _("The publication is not there (any more).")
        ALTERED = "altered", _("The facts kept with the publication are not those that were announced.")
        UNREAD = "unread", _("The scheme does not load once its days are moved by so many years.")
        BROKE = "broke", _("It broke off. The system's log says why.")

    publication = models.CharField(_("SHA-256 of the publication"), max_length=64)
    years = models.SmallIntegerField(_("years between them"), default=0)
    text = models.TextField(_("text"))
    # Where the text comes from: one of the two.
    edition = models.ForeignKey(Edition, models.CASCADE, null=True, related_name="+", verbose_name=_("edition"))
    draft = models.ForeignKey(SchemeDraft, models.SET_NULL, null=True, related_name="+", verbose_name=_("new scheme"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    done = models.PositiveIntegerField(_("entries scored"), default=0)
    total = models.PositiveIntegerField(_("entries"), default=0)
    report = models.JSONField(_("report"), null=True)
    fault = models.CharField(_("why it broke off"), max_length=10, choices=Fault.choices, blank=True)

    objects = PastTrialQuerySet.as_manager()

    class Meta:
        verbose_name = _("trial on the past")
        verbose_name_plural = _("trials on the past")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.scheme_code} · {self.publication[:12]}"

    @property
    def scheme_code(self) -> str:
        """Of the scheme that was tried, as its edition or draft names it."""
        return self.edition.scheme_code if self.edition else str(self.draft or "–")

    @property
    def is_over(self) -> bool:
        return self.report is not None or bool(self.fault)

    def note(self, **changes: Any) -> None:
        """Keep how far it is; what is tried stays as it is."""
        for name, value in changes.items():
            setattr(self, name, value)
        self.save(update_fields=list(changes))
