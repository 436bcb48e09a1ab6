"""Circulars: what those who run a round write to many at once, with files, kept for those who come later."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from submissions import thai
from submissions.vault import vault

from .editions import MOST_REASON
from .entries import Entry, EntryQuerySet
from .evidence import MOST_FILE_NAME
from .examinations import Scanned
from .people import Reader, User
from .places import DEPTH, Office
from .rounds import Round

MOST_SUBJECT = 200  # characters
MOST_CIRCULAR = 10_000
MOST_FILTERS = 500
MOST_ATTACHMENTS = 5
NEW_FOR = timedelta(days=400)  # then it is new to nobody, and who opened it is forgotten


class CircularQuerySet(models.QuerySet["Circular"]):
    def visible_to(self, user: Reader) -> "CircularQuerySet":
        """Those that were sent to such as this person, however long ago, and of the rounds that they run drafts too."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        run = self.filter(round__in=Round.objects.run_by(user))
        if user.is_central:
            return run | self.filter(round=None)
        everybody = Q(audience=Circular.Audience.EVERYBODY)
        if user.is_judge:
            of_round = Q(audience=Circular.Audience.COMMITTEE, round__in=Round.objects.visible_to(user))
        else:
            entries = Entry.objects.visible_to(user).filter(round=OuterRef("round"))
            of_round = Q(Exists(entries), audience=Circular.Audience.OFFICES)
            among = entries.filter(Exists(_places_of_entry(OuterRef(OuterRef("pk")))))
            of_round |= Q(Exists(among), audience__in=Circular.NARROWER)
        return run | self.sent().filter(everybody | of_round)

    def sent(self) -> "CircularQuerySet":
        """Those that were withdrawn among them."""
        return self.exclude(sent_at=None)

    def with_opened(self, user: User) -> "CircularQuerySet":
        """With .is_opened: whether this person has opened each."""
        opened = {"is_opened": Exists(CircularOpening.objects.filter(circular=OuterRef("pk"), user=user))}
        return self.annotate(**opened)  # which the model declares


def _places_of_entry(circular: OuterRef) -> models.QuerySet["CircularPlace"]:
    """The places of a circular in which the entry outside lies, for a subquery of entries."""
    inside = Q(office=None)
    for depth in range(DEPTH):
        inside |= Q(office=OuterRef("office" + "__parent" * depth))
    sized = Q(size="") | Q(size=OuterRef("office__size"))
    return CircularPlace.objects.filter(inside, sized, circular=circular)


class Circular(models.Model):
    """One letter to many: a draft until it is sent, and then never changed.

    What was wrong in it another circular corrects, which names it; or it is withdrawn with a reason, and stays listed.
    Each deed is a former version of the row.
    """

    class Audience(models.TextChoices):
        OFFICES = "offices", _("all offices of the round")
        PLACES = "places", _("offices by region, province and size")
        CHOSEN = "chosen", _("the offices that a board showed")
        COMMITTEE = "committee", _("the committee of the round")
        EVERYBODY = "everybody", _("everybody in the portal")

    NARROWER = (Audience.PLACES, Audience.CHOSEN)  # whose offices its places say

    round = models.ForeignKey(
        Round, models.PROTECT, null=True, blank=True, related_name="circulars", verbose_name=_("round")
    )
    number = models.PositiveIntegerField(_("number"), null=True, editable=False)  # in its round, or of the portal's own
    audience = models.CharField(_("to"), max_length=10, choices=Audience.choices, default=Audience.OFFICES)
    filters = models.CharField(max_length=MOST_FILTERS, blank=True, editable=False, help_text="Of the board.")
    subject_th = models.CharField(_("subject"), max_length=MOST_SUBJECT, blank=True)
    subject_en = models.CharField(_("subject in English"), max_length=MOST_SUBJECT, blank=True)
    text_th = models.TextField(_("text"), blank=True)
    text_en = models.TextField(_("text in English"), blank=True)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name=_("corrects")
    )
    revision = models.PositiveIntegerField(default=1, editable=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("last changed by")
    )
    edited_at = models.DateTimeField(_("last changed"))
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("sent by")
    )
    sent_at = models.DateTimeField(_("sent at"), null=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)
    withdrawn_reason = models.CharField(_("reason for withdrawing"), max_length=MOST_REASON, blank=True, editable=False)
    is_told = models.BooleanField(default=False, editable=False, help_text="How it stands now, to all it concerns.")
    history = HistoricalRecords(excluded_fields=["is_told"])
    _history_user: User | None
    _change_reason: str
    is_opened: bool  # of those read `with_opened`

    objects = CircularQuerySet.as_manager()

    class Meta:
        verbose_name = _("circular")
        verbose_name_plural = _("circulars")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="circulars_of_round_are_numbered"),
            models.UniqueConstraint(
                fields=["number"], condition=Q(round=None), name="circulars_of_portal_are_numbered"
            ),
            models.CheckConstraint(
                condition=Q(number=None, sent_at=None, sent_by=None)
                | Q(number__isnull=False, sent_at__isnull=False, sent_by__isnull=False),
                name="a_sent_circular_has_a_number",
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | ~(Q(subject_th="") | Q(text_th="")), name="a_sent_circular_has_words"
            ),
            models.CheckConstraint(
                condition=Q(round=None, audience="everybody") | (Q(round__isnull=False) & ~Q(audience="everybody")),
                name="everybody_is_of_no_round",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | (Q(sent_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="a_withdrawn_circular_says_why",
            ),
        ]

    def __str__(self) -> str:
        subject = self.subject or gettext("(no subject yet)")
        return f"{self.numbered} {subject}" if self.number else subject

    @property
    def numbered(self) -> str:
        return gettext("No. %(number)s") % {"number": self.number} if self.number else ""

    @property
    def subject(self) -> str:
        return self.subject_en if self.subject_en and thai.language() == "en" else self.subject_th

    @property
    def text(self) -> str:
        return self.text_en if self.text_en and thai.language() == "en" else self.text_th

    @property
    def state(self) -> str:
        return "withdrawn" if self.withdrawn_at else "sent" if self.sent_at else "draft"

    def addressed(self) -> EntryQuerySet:
        """The entries whose offices it goes to, as they take part now; none where it goes to no offices."""
        entries = Entry.objects.filter(round=self.round, taken_out=False).taking_part()
        if self.audience == self.Audience.OFFICES:
            return entries
        if self.audience in self.NARROWER:
            circular: Any = self.pk
            return entries.filter(Exists(_places_of_entry(circular)))
        return entries.none()


class CircularPlace(models.Model):
    """Where offices lie to which a circular goes, and of which size; nothing said: anywhere, of any."""

    circular = models.ForeignKey(Circular, models.CASCADE, related_name="places")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    size = models.CharField(max_length=10, choices=Office.Size.choices, blank=True)

    class Meta:
        indexes = [models.Index(fields=["circular", "office"], name="places_of_circular")]

    def __str__(self) -> str:
        return f"{self.circular_id}: {self.office_id} {self.size}"


class Attachment(Scanned):
    """A file that goes with a circular."""

    circular = models.ForeignKey(Circular, models.CASCADE, related_name="attachments")
    file = models.FileField(_("file"), storage=vault, max_length=200)
    original_name = models.CharField(_("file name"), max_length=MOST_FILE_NAME)
    content_type = models.CharField(_("type of file"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    came_at = "circular__edited_at"

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]
        indexes = [models.Index(fields=["due_at"], name="attachments_to_scan", condition=Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return self.original_name


class CircularOpening(models.Model):
    """That a person opened a circular, and when first: no more is kept, and it is forgotten with the notice of it."""

    circular = models.ForeignKey(Circular, models.CASCADE, related_name="openings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["circular", "user"], name="opened_once")]

    def __str__(self) -> str:
        return f"{self.circular_id}: {self.user_id}"
