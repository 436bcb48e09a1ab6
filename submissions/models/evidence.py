"""What was handed in: files and links, and the values entered beside them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from submissions import thai
from submissions.vault import vault

from .entries import Entry
from .people import Reader
from .rounds import MOST_CODE, MOST_PERIOD, Round

MOST_NOTE = 2000  # characters, of a reason for returning too
MOST_FILE_NAME = 255  # of the name that people gave a file
MOST_URL = 1000
MOST_NAME_IN_MAP = 100  # which stands where a value of another kind has its period
MOST_AMOUNT = 60


Row = TypeVar("Row", bound=models.Model)


class OfEntryQuerySet(models.QuerySet[Row]):
    """Facts that belong to an entry are seen by those who see the entry."""

    def visible_to(self, user: Reader) -> Self:
        return self.filter(entry__in=Entry.objects.visible_to(user))


class EvidenceQuerySet(OfEntryQuerySet["Evidence"]):
    def visible_to(self, user: Reader) -> "EvidenceQuerySet":
        """As `opened_by`, without what waits for this judge's second reading: its first decision is hidden."""
        return self.opened_by(user).without_unread_by(user)

    def at_desk_of(self, user: Reader) -> "EvidenceQuerySet":
        """As `visible_to`, in the rounds that this person runs or judges."""
        return self.filter(entry__in=Entry.objects.at_desk_of(user)).without_unread_by(user)

    def without_unread_by(self, user: Reader) -> "EvidenceQuerySet":
        if not user.is_authenticated or not user.is_judge:
            return self
        from .readings import SecondReading

        unread = SecondReading.objects.open().filter(reader=user, kind=SecondReading.Kind.SAMPLE)
        return self.exclude(pk__in=unread.values("evidence"))

    def opened_by(self, user: Reader) -> "EvidenceQuerySet":
        """What is handed in for the entries that this person sees."""
        return super().visible_to(user)

    def to_be_decided_by(self, user: Reader) -> "EvidenceQuerySet":
        """Without what waits for a second reader who is another: this person passed it on, or a colleague did, to
        somebody by name."""
        from .readings import SecondReading

        doubts = SecondReading.objects.filter(state=SecondReading.State.OPEN, kind=SecondReading.Kind.DOUBT)
        for_others = models.Q(asked_by=user.pk)
        if user.is_authenticated and not user.runs_rounds:
            for_others |= models.Q(reader__isnull=False) & ~models.Q(reader=user.pk)
        return self.exclude(pk__in=doubts.filter(for_others).values("evidence"))

    def waiting(self) -> "EvidenceQuerySet":
        """What is to be reviewed, oldest first; nobody need look at what was handed in for who withdrew."""
        to_review = self.filter(status=Evidence.Status.SUBMITTED, entry__state=Entry.State.TAKING_PART)
        return to_review.order_by("submitted_at", "pk")

    def fit_to_show(self) -> "EvidenceQuerySet":
        """What everybody may be let read: accepted files, and reports written in the portal that were not returned. A
        link is none of them: what stands behind it can change."""
        status = Evidence.Status
        written_here = models.Q(filled_form__isnull=False, status=status.SUBMITTED)
        fit = self.filter(models.Q(status=status.ACCEPTED) | written_here).exclude(file="")
        return fit.filter(entry__state=Entry.State.TAKING_PART, entry__taken_out=False)

    def best_practices(self) -> "EvidenceQuerySet":
        """What both its office and those who run its round let everybody read."""
        from .consents import Consent

        given = Consent.objects.holding().filter(is_given=True)
        office, round = (given.filter(side=side).values("evidence") for side in Consent.Side.values)
        return self.fit_to_show().filter(pk__in=office).filter(pk__in=round)


class Evidence(models.Model):
    """One file or link handed in for a requirement, and its period where the requirement has periods."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("waiting for review")
        ACCEPTED = "accepted", _("accepted")
        RETURNED = "returned", _("returned")
        WITHDRAWN = "withdrawn", _("withdrawn")

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="evidence", verbose_name=_("entry"))
    requirement = models.CharField(_("requirement"), max_length=MOST_CODE)
    period = models.CharField(_("period"), max_length=MOST_PERIOD, blank=True)
    file = models.FileField(_("file"), storage=vault, blank=True, max_length=200)
    original_name = models.CharField(_("file name"), max_length=MOST_FILE_NAME, blank=True)
    content_type = models.CharField(_("type of file"), max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True, db_index=True)
    url = models.URLField(_("link"), max_length=MOST_URL, blank=True)
    channels = models.JSONField(_("channels"), default=list, blank=True)
    note = models.TextField(_("note"), max_length=MOST_NOTE, blank=True)
    submitted_at = models.DateTimeField(_("handed in at"))
    received_at = models.DateTimeField(_("received at"), default=timezone.now, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("handed in by")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.SUBMITTED)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reviewed by")
    )
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    return_reason = models.TextField(_("reason for returning"), max_length=MOST_NOTE, blank=True)
    checklist = models.JSONField(  # [{"th", "en", "ticked"}]; empty where nobody was asked to tick
        _("checklist"), default=list, blank=True, db_default=models.Value([], models.JSONField())
    )
    revision = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(auto_now=True, db_default=Now(), db_index=True)  # by the world's clock

    examined: Any  # once `examination.remarks` has told it: what a machine saw of its file, None of a link

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["submitted_at", "pk"]
        indexes = [
            models.Index(fields=["entry", "requirement", "period"], name="evidence_of_slot"),
            models.Index(
                fields=["submitted_at", "id"], name="evidence_waiting", condition=models.Q(status="submitted")
            ),
            models.Index(
                fields=["requirement", "period", "submitted_at", "id"],
                name="evidence_waiting_of_slot",
                condition=models.Q(status="submitted"),
            ),
            models.Index(fields=["reviewed_by", "reviewed_at"], name="evidence_reviewed"),
        ]
        constraints = [
            models.CheckConstraint(
                name="evidence_is_file_or_link",
                condition=models.Q(file="") ^ models.Q(url=""),
                violation_error_message=_("Evidence is one file or one link."),
            ),
            models.CheckConstraint(
                name="returned_says_why", condition=~models.Q(status="returned") | ~models.Q(return_reason="")
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What people call it: the file's own name, or the link."""
        return self.original_name or self.url

    # Withdrawn since a form stands in for it; set by who reads slots, from the log.
    is_answered = False

    @property
    def is_replaced(self) -> bool:
        """Whether another took its place. No statement where `replaced_by` was asked for with it."""
        return self.status != self.Status.ACCEPTED and hasattr(self, "replaced_by")

    @property
    def standing(self) -> str:
        """Its status, or that another took its place."""
        return "replaced" if self.is_replaced else self.status

    @property
    def receipt(self) -> str:
        """The number of its receipt: the Buddhist year in which it was handed in, and its own."""
        return f"{timezone.localtime(self.submitted_at).year + thai.ERA}/{self.pk:06}"

    @property
    def criteria(self) -> tuple[str, ...]:
        """The codes of the criteria that this evidence serves."""
        scheme = self.entry.round.scheme
        return tuple(criterion.code for criterion in scheme.criteria_of("requirement", self.requirement))


class ValueQuerySet(OfEntryQuerySet["Value"]):
    def of_offices(self) -> "ValueQuerySet":
        """What central staff entered or imported is theirs, and looked at by them."""
        return self.filter(source=Value.Source.OFFICE)

    def unchecked(self) -> "ValueQuerySet":
        """What an office entered and nobody has looked at."""
        return self.of_offices().filter(status=Value.Status.SUBMITTED)

    def returned(self) -> "ValueQuerySet":
        """What the office may enter again, its day over or not."""
        return self.of_offices().filter(status=Value.Status.RETURNED)

    def waiting(self, rounds: Iterable[Round]) -> "ValueQuerySet":
        """What of these rounds is to be reviewed."""
        asked = models.Q(pk__in=())
        for round in rounds:
            if codes := round.reviewed_values:
                asked |= models.Q(entry__round=round, code__in=codes)
        return self.unchecked().filter(asked, entry__state=Entry.State.TAKING_PART)


class Value(models.Model):
    """A number, date, yes/no, or one month of a series, in the canonical text of `scoring.engine.canonical`."""

    class Source(models.TextChoices):
        OFFICE = "office", _("entered by the office")
        CENTRAL = "central", _("entered by central staff")
        IMPORT = "import", _("imported from a central system")

    class Status(models.TextChoices):
        SUBMITTED = "submitted", _("waiting for review")
        ACCEPTED = "accepted", _("accepted")
        RETURNED = "returned", _("returned")

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="values", verbose_name=_("entry"))
    code = models.CharField(_("value"), max_length=MOST_CODE)
    period = models.CharField(_("period"), max_length=MOST_NAME_IN_MAP, blank=True)
    text = models.CharField(_("amount"), max_length=MOST_AMOUNT)
    source = models.CharField(_("source"), max_length=10, choices=Source.choices, default=Source.OFFICE)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )
    entered_at = models.DateTimeField(_("entered at"))
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.SUBMITTED, db_default=Status.SUBMITTED
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reviewed by")
    )
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    return_reason = models.TextField(_("reason for returning"), max_length=MOST_NOTE, blank=True, db_default="")
    revision = models.PositiveIntegerField(default=1, editable=False)
    history = HistoricalRecords()

    objects = ValueQuerySet.as_manager()

    class Meta:
        verbose_name = _("value")
        verbose_name_plural = _("values")
        ordering = ["code", "period"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "code", "period"], name="one_value_per_slot"),
            models.CheckConstraint(
                name="value_returned_says_why", condition=~models.Q(status="returned") | ~models.Q(return_reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.period} = {self.text}".replace("  ", " ")

    @property
    def standing(self) -> str:
        """How it stands with its reviewers: what central staff entered is looked at by them."""
        return self.status if self.source == self.Source.OFFICE else self.Status.ACCEPTED.value

    @property
    def is_unchecked(self) -> bool:
        """See `ValueQuerySet.unchecked`."""
        return self.source == self.Source.OFFICE and self.status == self.Status.SUBMITTED

    def enter(self, text: str, *, source: str, by: int | None, at: datetime) -> None:
        """Say this from now on. What an office enters waits again, whatever was decided of what it said before."""
        self.text, self.source, self.entered_by_id, self.entered_at = text, source, by, at
        self.status = self.Status.SUBMITTED if source == self.Source.OFFICE else self.Status.ACCEPTED
        self.reviewed_by, self.reviewed_at, self.return_reason = None, None, ""
