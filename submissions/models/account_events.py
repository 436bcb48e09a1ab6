"""What was done with accounts and with files: kept for a while, never changed, thrown away when its time is over."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from submissions.frozen import Frozen, FrozenQuerySet

from .people import User


class AccountEventQuerySet(FrozenQuerySet["AccountEvent"]):
    def of(self, user: User) -> "AccountEventQuerySet":
        """What was done with this person's account, by whomever."""
        return self.filter(user=user)

    def expire(self, before: datetime) -> int:
        """Throw away what is older. The database refuses it of anything younger than the law allows."""
        return models.QuerySet.delete(self.filter(at__lt=before))[0]


class AccountEvent(Frozen):
    """One deed with an account or a file: when, whose account, who, what, on what, from which address and browser."""

    is_thrown_away = True
    KEPT_BY_LAW = timedelta(days=90)  # Computer Crime Act B.E. 2550, section 26

    class Kind(models.TextChoices):
        LOGGED_IN = "login.done", _("logged in")
        FAILED = "login.failed", _("a log-in failed")
        REFUSED = "login.refused", _("log-ins were held up after failed tries")
        LOGGED_OUT = "logout.done", _("logged out")
        IDLE = "logout.idle", _("logged out after a time without work")
        SESSION_ENDED = "session.ended", _("a log-in was ended")
        PASSWORD = "password.changed", _("the password was changed")
        PASSWORD_RESET = "password.reset", _("the password was set by a link sent by mail")
        INVITED = "invitation.made", _("was invited to set a password")
        JOINED = "invitation.used", _("the password was set by an invitation")
        MOVED = "account.moved", _("moved to another office")
        CLOSED = "account.closed", _("the account was closed")
        REOPENED = "account.reopened", _("the account was opened again")
        TOKEN_MADE = "token.made", _("a token was made")
        TOKEN_ENDED = "token.ended", _("a token ended")
        FACTOR_ADDED = "factor.added", _("a second step was set up")
        FACTOR_REMOVED = "factor.removed", _("a second step was removed")
        FACTOR_FAILED = "factor.failed", _("the second step failed")
        EMAIL_ASKED = "email.asked", _("another e-mail address was asked for")
        EMAIL_CHANGED = "email.changed", _("the e-mail address was changed")
        OPENED = "file.opened", _("a file was opened")
        TAKEN = "file.taken", _("a file was taken away")

    class Thing(models.TextChoices):
        EVIDENCE = "evidence", _("evidence")
        PARCEL = "parcel", _("parcel")
        PUBLICATION = "publication", _("publication")
        STANDINGS = "standings", _("standings")
        LIST = "list", _("list")
        ATTACHMENT = "attachment", _("attachment of a circular")

    at = models.DateTimeField(_("time"), db_index=True)
    # Whoever leaves the portal leaves these rows behind: no row of theirs may stand in the way, nor go with them.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name="account_events",
        db_index=False,
        verbose_name=_("account"),
    )
    username = models.CharField(_("user name"), max_length=150, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name="+",
        db_index=False,
        verbose_name=_("who"),
    )
    kind = models.CharField(_("deed"), max_length=20, choices=Kind.choices)
    thing = models.CharField(_("on what"), max_length=20, choices=Thing.choices, blank=True)
    thing_id = models.CharField(max_length=20, blank=True)
    detail = models.CharField(_("details"), max_length=300, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True)
    browser = models.CharField(_("browser"), max_length=200, blank=True)

    objects = AccountEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("account event")
        verbose_name_plural = _("account events")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["user", "-at"], name="account_events_of_person")]

    def __str__(self) -> str:
        return f"{self.username} {self.get_kind_display()}"
