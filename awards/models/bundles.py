"""Bundles that are kept as files: those that name nobody, which strangers take away."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from submissions.frozen import Frozen, FrozenQuerySet
from submissions.vault import vault

from .ledger import Head
from .publications import Publication


class Bundle(Frozen):
    """The public bundle of a publication, as a worker wrote it. The last copy is handed out: there is another where it
    was written before the log was sealed, or its file was lost."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="bundles", verbose_name=_("publication"))
    copy = models.PositiveSmallIntegerField(_("copy"))
    # The head of the log that it holds; none where nobody had sealed the publication.
    head = models.ForeignKey(Head, models.PROTECT, null=True, related_name="+", verbose_name=_("head"))
    file = models.FileField(_("file"), storage=vault, max_length=200)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = _("bundle")
        verbose_name_plural = _("bundles")
        ordering = ["publication", "copy"]
        constraints = [models.UniqueConstraint(fields=["publication", "copy"], name="one_bundle_of_a_copy")]

    def __str__(self) -> str:
        return f"{self.publication_id}: {self.copy}"
