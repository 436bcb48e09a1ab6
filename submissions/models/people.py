"""Who works with the portal."""

import secrets
from typing import Any

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from .places import MOST_NAME, Office


class User(AbstractUser):  # type: ignore[django-manager-missing]  # of tokens: their library has no types
    """A person with one role; an officer belongs to an office."""

    class Role(models.TextChoices):
        OFFICER = "officer", _("officer")
        JUDGE = "judge", _("committee member")
        STAFF = "staff", _("central staff")

    first_name = None  # type: ignore[assignment]  # how Django drops a column that it would inherit
    last_name = None  # type: ignore[assignment]  # the same
    full_name = models.CharField(_("full name"), max_length=MOST_NAME, blank=True)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.OFFICER)
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("office")
    )
    is_head = models.BooleanField(
        _("head of the office"),
        default=False,
        help_text=_("Of an officer: confirms what the office handed in, in rounds that ask for it."),
    )
    is_organiser = models.BooleanField(
        _("organiser"),
        default=False,
        db_default=False,
        help_text=_("Of an officer: runs rounds of the office's own, for the offices below it."),
    )
    must_change_password = models.BooleanField(
        _("must choose a password"),
        default=False,
        db_default=False,
        editable=False,
        help_text=_("Somebody else set the present one."),
    )
    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(
                name="officer_has_an_office",
                condition=~models.Q(role="officer") | models.Q(office__isnull=False) | models.Q(is_superuser=True),
                violation_error_message=_("An officer needs an office."),
            )
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def clean(self) -> None:
        """Django does not ask a constraint whose columns are not all in the form, and saving would end in an error."""
        super().clean()
        if self.role == self.Role.OFFICER and not self.office_id and not self.is_superuser:
            raise ValidationError({"office": _("An officer needs an office.")})
        if self.is_organiser and not self._may_organise():
            sentence = _("Only an officer of a region, a province or a district organises: offices lie below those.")
            raise ValidationError({"is_organiser": sentence})

    def _may_organise(self) -> bool:
        is_officer = self.role == self.Role.OFFICER and not self.is_superuser
        return is_officer and self.office is not None and self.office.kind != Office.Kind.SUBDISTRICT

    def save(self, *args: Any, **kwargs: Any) -> None:
        is_new_password = self._password is not None  # type: ignore[attr-defined]  # Django's, until it is saved
        super().save(*args, **kwargs)
        if is_new_password:
            # Whoever learnt the old one may hold a token that it gave.
            self.auth_token_set.all().delete()

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name or self.username

    @property
    def is_officer(self) -> bool:
        return self.is_active and not self.is_superuser and self.role == self.Role.OFFICER

    @property
    def is_judge(self) -> bool:
        return self.is_active and not self.is_superuser and self.role == self.Role.JUDGE

    @property
    def is_central(self) -> bool:
        """Runs every round, and the portal: central staff, or a superuser."""
        return self.is_active and (self.is_superuser or self.role == self.Role.STAFF)

    @property
    def organises(self) -> bool:
        """Runs the rounds of the own office, and is an officer all the same."""
        return self.is_officer and self.is_organiser and self.office_id is not None

    @property
    def runs_rounds(self) -> bool:
        """Some rounds or all: which, a round says (`Round.is_run_by`)."""
        return self.is_central or self.organises


Reader = User | AnonymousUser  # who asks to see something: perhaps nobody that we know


def new_key() -> str:
    """256 bits that nobody guesses, as 43 letters, digits, - and _."""
    return secrets.token_urlsafe(32)


class CalendarFeed(models.Model):
    """The private address at which a person's calendar program reads what is owed, without a log-in.

    The key is kept as it is, not as a digest: people look it up again for their next device. It opens nothing but due
    dates and how they stand, which whoever reads this table finds beside it; and it is renewed or ended in one click.
    """

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="calendar_feed")
    key = models.CharField(max_length=43, unique=True, default=new_key)
    language = models.CharField(max_length=2)  # a calendar program says none

    def __str__(self) -> str:
        return str(self.user)
