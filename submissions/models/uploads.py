"""Files on their way: what is known of each until it is evidence."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .entries import Entry
from .evidence import MOST_FILE_NAME, Evidence
from .rounds import MOST_CODE, MOST_PERIOD

KEPT = timedelta(days=7)  # since the last byte came


def _key() -> str:
    return uuid.uuid4().hex


class UploadQuerySet(models.QuerySet["Upload"]):
    def unfinished(self) -> "UploadQuerySet":
        return self.filter(ended_at=None)

    def expired(self) -> "UploadQuerySet":
        return self.filter(touched_at__lt=timezone.now() - KEPT)


class Upload(models.Model):
    """One file that a person sends, in as many pieces as their line needs. Its bytes lie in the vault (`partial`).

    It ends as evidence, or refused for what is in it. What was refused for another reason may be tried again.
    """

    key = models.CharField(max_length=32, unique=True, default=_key, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="uploads")
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="uploads")
    requirement = models.CharField(max_length=MOST_CODE)
    period = models.CharField(max_length=MOST_PERIOD, blank=True)
    replaces = models.ForeignKey(Evidence, models.CASCADE, null=True, related_name="+")
    revision = models.PositiveIntegerField(null=True)  # of what it replaces, as the sender saw it
    channels = models.JSONField(default=list)
    note = models.TextField(blank=True)
    name = models.CharField(max_length=MOST_FILE_NAME)
    size = models.PositiveBigIntegerField()  # bytes, of the whole
    modified = models.BigIntegerField(null=True)  # the file's date at the sender's, by which it is known again
    created_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now, db_index=True)
    ended_at = models.DateTimeField(null=True)
    evidence = models.ForeignKey(Evidence, models.CASCADE, null=True, related_name="uploads")
    is_repeated = models.BooleanField(default=False)  # the evidence was there before
    refusal = models.JSONField(default=dict)  # {field: [reasons]}

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def expires_at(self) -> datetime:
        return self.touched_at + KEPT

    @property
    def is_refused(self) -> bool:
        """For good: what is in it can't be taken."""
        return self.ended_at is not None and self.evidence_id is None

    def become(self, evidence: Evidence, *, is_repeated: bool) -> None:
        self.evidence, self.is_repeated, self.refusal, self.ended_at = evidence, is_repeated, {}, timezone.now()
        self.save()

    def refuse(self, reasons: dict[str, list[str]], *, for_good: bool) -> None:
        self.refusal, self.ended_at = reasons, timezone.now() if for_good else None
        self.save()
