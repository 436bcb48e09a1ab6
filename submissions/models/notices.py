"""What people are told, and how they wish to be told. Made from facts, and no facts themselves."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .entries import Entry
from .people import Reader
from .rounds import Round

MOST_FAULT = 300  # characters
MOST_LINE_ID = 64


class Channel(models.TextChoices):
    MAIL = "mail", _("e-mail")
    LINE = "line", _("LINE")


class Letter(models.Model):
    """One message sent out of the portal to one person: the notices gathered in it, or none when it is a trial."""

    class About(models.TextChoices):
        """Letters about the account itself: they are sent whatever its owner wishes to be told of."""

        CONFIRM = "confirm", _("a new address to confirm")
        MOVED = "moved", _("another address, told to the one before")
        INVITE = "invite", _("an invitation to set a password")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="letters", verbose_name=_("addressee")
    )
    channel = models.CharField(_("way"), max_length=4, choices=Channel.choices)
    # Names the letter to servers, so that one sent twice can be told from two.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    is_trial = models.BooleanField(default=False, editable=False)  # of no notices, asked for by its reader
    about = models.CharField(
        _("about"), max_length=10, choices=About.choices, blank=True, db_default="", editable=False
    )
    address = models.EmailField(_("address"), blank=True, db_default="", editable=False)  # "": the addressee's
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    due_at = models.DateTimeField(
        _("next try"), null=True, blank=True, default=timezone.now, help_text=_("Nothing: it is sent, or given up.")
    )
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    fault = models.CharField(_("why it was not sent"), max_length=MOST_FAULT, blank=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["due_at"], name="letters_to_send", condition=Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} → {self.user}"

    @property
    def state(self) -> str:
        return "sent" if self.sent_at else "waiting" if self.due_at else "failed"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: Reader) -> "NoticeQuerySet":
        """One's own; and none about an entry or a round that one sees no longer."""
        own = self.filter(user=user.pk)
        if user.is_authenticated and user.is_active and user.is_central:
            return own
        entries = Q(entry=None) | Q(entry__in=Entry.objects.visible_to(user))
        return own.filter(entries, Q(round=None) | Q(round__in=Round.objects.visible_to(user)))

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)

    def read(self) -> None:
        """Count as read those that are not yet."""
        self.unread().update(read_at=timezone.now())


class Notice(models.Model):
    """Something one person is told. `data` holds `items`, one for each thing that happened, and what else is said."""

    class Code(models.TextChoices):
        RETURNED = "evidence.returned", _("evidence was returned")
        ACCEPTED = "evidence.accepted", _("evidence was accepted")
        VALUE_RETURNED = "value.returned", _("a number was returned")
        VALUE_ACCEPTED = "value.accepted", _("a number was accepted")
        INFECTED = "evidence.infected", _("a virus was found")
        REMARK = "remark.written", _("a message was written")
        EXTENSION = "extension.granted", _("more time was given")
        REMINDER = "deadline.near", _("a last day is near")
        OWED = "reminder.sent", _("somebody reminds of what is owed")
        EDITION = "edition.adopted", _("the criteria were changed")
        PUBLISHED = "publication.made", _("results were published")
        PROVISIONAL = "result.provisional", _("a provisional result was announced")
        CONFIRMATION = "confirmation.asked", _("a confirmation is asked for")
        CHANGED = "confirmation.changed", _("what was confirmed was changed")
        TRIES = "login.tried", _("wrong passwords were typed")
        PASSWORD = "password.set", _("a password was set")
        CODES = "codes.tried", _("wrong codes were typed")
        FACTOR = "factor.removed", _("a second step was removed")
        CIRCULAR = "circular.sent", _("a circular was sent")
        APPEALS_END = "appeals.end", _("the days for appeals end")
        APPEAL = "appeal.made", _("an appeal waits for an answer")
        ANSWER = "appeal.answered", _("an appeal was answered")
        SHEET = "sheet.reopened", _("a scoring sheet was reopened for an appeal")
        PROPOSED = "proposal.made", _("a proposal waits for a second person")
        DECIDED = "proposal.ended", _("a proposal was decided on")
        ASSIGNED = "judges.assigned", _("entries were assigned to a judge")
        ATTACHMENT = "circular.infected", _("a virus was found in an attachment")
        COPY = "copy.infected", _("a virus was found in a signed copy")
        RELEASED = "consent.given", _("a piece was released as best practice")
        UNRELEASED = "consent.withdrawn", _("a piece is released as best practice no more")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name=_("addressee")
    )
    code = models.CharField(_("kind"), max_length=20, choices=Code.choices)
    entry = models.ForeignKey(Entry, models.CASCADE, null=True, related_name="+", verbose_name=_("entry"))
    round = models.ForeignKey(Round, models.CASCADE, null=True, related_name="+", verbose_name=_("round"))
    key = models.CharField(max_length=100, help_text="What it is about: nobody is told the same twice.")
    data = models.JSONField(default=dict)
    at = models.DateTimeField(_("time"), default=timezone.now)
    latest_at = models.DateTimeField(
        default=timezone.now, db_default=Now(), help_text="When something was added to it last."
    )
    read_at = models.DateTimeField(_("read at"), null=True)
    mail = models.ForeignKey(Letter, models.SET_NULL, null=True, related_name="mailed", verbose_name=_("e-mail"))
    line = models.ForeignKey(Letter, models.SET_NULL, null=True, related_name="lined", verbose_name=_("LINE"))

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-latest_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="nobody_is_told_twice")]
        indexes = [
            models.Index(fields=["user", "-latest_at"], name="notices_of_person"),
            models.Index(fields=["user"], name="notices_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return self.get_code_display()


class Telling(models.Model):
    """How one person wishes to be told outside the portal. Who never chose has no row, and these defaults."""

    class Pace(models.TextChoices):
        AT_ONCE = "at_once", _("At once (what happens within 10 minutes comes together)")
        DAILY = "daily", _("Once a day, at 07:30")
        NONE = "none", _("Not at all; I read them here")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="telling", verbose_name=_("user")
    )
    mail = models.CharField(_("By e-mail"), max_length=10, choices=Pace.choices, default=Pace.AT_ONCE)
    line = models.CharField(_("By LINE"), max_length=10, choices=Pace.choices, default=Pace.AT_ONCE)
    language = models.CharField(max_length=2, default="th")
    line_id = models.CharField(max_length=MOST_LINE_ID, null=True, unique=True, editable=False)
    # Typed to the portal's LINE account by the person it was shown to: so the two are known to be one.
    line_code = models.CharField(max_length=8, null=True, unique=True, editable=False)
    line_code_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("way of telling")
        verbose_name_plural = _("ways of telling")

    def __str__(self) -> str:
        return str(self.user)


class ToldUpTo(models.Model):
    """Up to which event of an entry's chain its people were told. A chain has no gaps, so that none is missed."""

    entry = models.OneToOneField(Entry, models.CASCADE, primary_key=True, related_name="told")
    sequence = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "submissions_told"

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.sequence}"


class Reminded(models.Model):
    """Up to which day, by the round's clock, a round's people were reminded of last days that are near."""

    round = models.OneToOneField(Round, models.CASCADE, primary_key=True, related_name="reminded")
    day = models.DateField()

    def __str__(self) -> str:
        return f"{self.round_id}: {self.day}"
