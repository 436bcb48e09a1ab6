"""Tokens: keys with which programs ask in a person's name, for what that person says and no longer than that."""

from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken, AuthTokenManager

USES = timedelta(minutes=10)  # between two notes of a token's use: a program may ask many times a second

MOST_TOKEN_NAME = 100  # characters


class Scope(models.TextChoices):
    """What a token may be for. None of them lets it do what its person may not."""

    READ = "read", _("Read what you see: entries, evidence, scorecards, standings, publications")
    HAND_IN = "hand_in", _("Hand in evidence and values, and name who takes part")
    REVIEW = "review", _("Accept or return evidence and values, and fill in scoring sheets")
    EXPORT = "export", _("Take the files of evidence away")


def every_scope() -> list[str]:
    return list(Scope.values)


class TokenQuerySet(models.QuerySet["Token"]):
    def living(self) -> "TokenQuerySet":
        return self.filter(models.Q(expiry__gt=timezone.now()) | models.Q(expiry=None))


class Token(AbstractAuthToken):  # type: ignore[misc]  # its library has no types
    """One key. Only its digest is kept: whoever reads this table can't ask with it."""

    name = models.CharField(
        _("name"), max_length=MOST_TOKEN_NAME, blank=True
    )  # empty: made by a program that logged in
    scopes = models.JSONField(_("for what"), default=every_scope)
    used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    objects = AuthTokenManager.from_queryset(TokenQuerySet)()

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.name or f"{self.token_key[:4]}…"

    @property
    def purposes(self) -> list[str]:
        """What it is for, in words."""
        return [str(Scope(scope).label) for scope in Scope.values if scope in self.scopes]

    def note_use(self) -> None:
        now = timezone.now()
        if self.used_at is None or self.used_at < now - USES:
            Token.objects.filter(pk=self.pk).update(used_at=now)
