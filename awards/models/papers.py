"""Papers as everybody asks about them: their codes, those that were revoked, and the keys that sign credentials."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from submissions.frozen import Frozen, FrozenQuerySet

from .publications import MOST_REASON, Document, Publication


class Paper(Frozen):
    """What one paper of a publication is known by: a code that nobody guesses, printed on it, which names nobody.

    A certificate is a paper of its office wherever it is printed; the file of them all is another.
    """

    code = models.CharField(_("code"), max_length=28, unique=True)
    publication = models.ForeignKey(Publication, models.PROTECT, related_name="papers", verbose_name=_("publication"))
    kind = models.CharField(_("document"), max_length=20, choices=Document.Kind.choices)
    office = models.CharField(_("code of the office"), max_length=20, blank=True)
    issued_at = models.DateTimeField(_("issued at"), default=timezone.now)

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ["publication", "kind", "office"]
        constraints = [models.UniqueConstraint(fields=["publication", "kind", "office"], name="one_code_of_a_paper")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.office}".strip()


class Revocation(Frozen):
    """One paper holds no more, and why. There is no way back: whoever erred publishes anew, which makes new papers."""

    paper = models.OneToOneField(Paper, models.PROTECT, related_name="revocation", verbose_name=_("paper"))
    at = models.DateTimeField(_("revoked at"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("revoked by"))
    reason = models.CharField(_("reason"), max_length=MOST_REASON)

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = _("revocation")
        verbose_name_plural = _("revocations")
        ordering = ["-at"]

    def __str__(self) -> str:
        return str(self.paper)


class CredentialKey(Frozen):
    """A public key with which credentials were signed, so that they can be checked after it was replaced."""

    public = models.CharField(_("public key"), max_length=43, unique=True)  # 32 bytes, base64url
    since = models.DateTimeField(_("since"), default=timezone.now)

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = _("key of credentials")
        verbose_name_plural = _("keys of credentials")
        ordering = ["since"]

    def __str__(self) -> str:
        return self.public
