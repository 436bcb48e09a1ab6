"""Papers as they were signed by hand and scanned: kept beside the originals, which they never alter."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from submissions.frozen import Frozen, FrozenQuerySet
from submissions.models.evidence import MOST_FILE_NAME
from submissions.models.examinations import Scanned
from submissions.vault import vault

from .publications import Publication


class SignedCopyQuerySet(FrozenQuerySet["SignedCopy"]):
    def with_scan(self) -> "SignedCopyQuerySet":
        return self.select_related("scanned", "put_by")


class SignedCopy(Frozen):
    """One file of a signed paper. Files that came together have one version; the last one holds, all are kept."""

    publication = models.ForeignKey(
        Publication, models.PROTECT, related_name="signed_copies", verbose_name=_("publication")
    )
    kind = models.CharField(_("document"), max_length=20)  # a `Document.Kind`
    version = models.PositiveSmallIntegerField(_("version"))
    page = models.PositiveSmallIntegerField(_("file of the version"))
    file = models.FileField(_("file"), storage=vault, max_length=200)
    original_name = models.CharField(_("file name"), max_length=MOST_FILE_NAME)
    content_type = models.CharField(_("type of file"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    put_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("put by"))
    put_at = models.DateTimeField(_("put at"), default=timezone.now)

    objects = SignedCopyQuerySet.as_manager()

    class Meta:
        verbose_name = _("signed copy")
        verbose_name_plural = _("signed copies")
        ordering = ["publication", "kind", "-version", "page"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "kind", "version", "page"], name="one_file_of_a_copy")
        ]

    def __str__(self) -> str:
        return self.original_name


class CopyScan(Scanned):
    """Whether a signed copy holds a virus: nobody opens it before that is known."""

    copy = models.OneToOneField(SignedCopy, models.PROTECT, primary_key=True, related_name="scanned")
    came_at = "copy__put_at"

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="copies_to_scan", condition=models.Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.copy_id}: {self.scan}"
