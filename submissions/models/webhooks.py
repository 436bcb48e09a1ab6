"""Webhooks: addresses of other programs that are told what happened, and what each was told."""

import base64
import json
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from .people import new_key
from .rounds import Round

MOST_WEBHOOK_NAME = 100  # characters
MOST_ADDRESS = 500
MOST_ANSWER = 200  # of what the program answered, or why it was not reached


class Happening(models.TextChoices):
    """What a program may be told of."""

    HANDED_IN = "evidence.handed_in", _("Evidence or a value was handed in, or withdrawn")
    DECIDED = "evidence.decided", _("Evidence or a value was accepted or returned")
    SCORE_MOVED = "score.moved", _("A score moved")
    PUBLISHED = "results.published", _("Results were published")


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def with_state(self) -> "WebhookQuerySet":
        """With .failed: how many of its deliveries were given up."""
        failed = Q(deliveries__due_at=None, deliveries__sent_at=None, deliveries__isnull=False)
        return self.annotate(failed=models.Count("deliveries", filter=failed))


class Webhook(models.Model):
    """One address, told of what its owner sees, and of nothing else."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="webhooks", verbose_name=_("owner")
    )
    name = models.CharField(_("name"), max_length=MOST_WEBHOOK_NAME)
    address = models.URLField(_("address"), max_length=MOST_ADDRESS)
    happenings = models.JSONField(_("what it is told of"), default=list)
    round = models.ForeignKey(
        Round, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("only of this round")
    )
    is_on = models.BooleanField(_("switched on"), default=True)
    salt = models.CharField(max_length=43, default=new_key, editable=False)
    made_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)
    # By each source's name up to which of its rows everything was told, and will have been told soon: `gathering`.
    told_up_to = models.JSONField(default=dict, editable=False)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_webhook_per_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def secret(self) -> bytes:
        """With which what is sent is signed: it follows from the portal's own key and is kept nowhere."""
        return salted_hmac("submissions.webhooks", self.salt, algorithm="sha256").digest()

    @property
    def secret_text(self) -> str:
        """The same as libraries of Standard Webhooks take it."""
        return f"whsec_{base64.b64encode(self.secret).decode()}"

    @property
    def is_served(self) -> bool:
        """Whether it is told anything: as long as its owner runs rounds."""
        return self.is_on and self.owner.runs_rounds

    def renew(self) -> None:
        """Another secret; the one before opens nothing any more."""
        self.salt = new_key()
        self.save(update_fields=["salt"])

    @property
    def told_of(self) -> list[str]:
        """What it is told of, in words."""
        return [str(happening.label) for happening in Happening if happening.value in self.happenings]


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def failed(self) -> "DeliveryQuerySet":
        return self.filter(due_at=None, sent_at=None)

    def create_trial(self, webhook: Webhook) -> "Delivery":
        """One that tells nothing, to see whether it comes."""
        body = {"type": "trial", "timestamp": timezone.now().isoformat(), "data": {}}
        return self.create(webhook=webhook, body=json.dumps(body))


class Delivery(models.Model):
    """One thing that one webhook is told, each time with the same words."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", verbose_name=_("webhook"))
    # What it tells: a row of a source. A trial tells nothing.
    source = models.CharField(max_length=20, blank=True, editable=False)
    row = models.PositiveBigIntegerField(null=True, editable=False)
    happening = models.CharField(_("what happened"), max_length=30, choices=Happening.choices, blank=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # by which one sent twice is known
    body = models.TextField(_("what is told"))
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    due_at = models.DateTimeField(_("next try"), null=True, blank=True, default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=MOST_ANSWER, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["webhook", "source", "row"], name="told_once")]
        indexes = [models.Index(fields=["due_at"], name="deliveries_to_send", condition=Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return str(self.get_happening_display() or _("trial"))

    @property
    def state(self) -> str:
        return "sent" if self.sent_at else "waiting" if self.due_at else "failed"
