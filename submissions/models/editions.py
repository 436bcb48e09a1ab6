"""What is asked: the texts of schemes as they were adopted."""

import hashlib
from functools import lru_cache

from django.conf import settings as django_settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from scoring import engine
from submissions import thai
from submissions.frozen import Frozen, FrozenQuerySet

from .people import User

MOST_REASON = 500  # of why criteria changed, more time was given, an entry withdrew


class EditionQuerySet(FrozenQuerySet["Edition"]):
    def offered(self) -> "EditionQuerySet":
        """Those of which rounds may be made: without schemes that were made in the portal and deleted again."""
        from .rounds import Round
        from .schemes import SchemeDraft

        made = SchemeDraft.objects.of_schemes().filter(edition=models.OuterRef("pk"))
        in_use = Round.objects.filter(edition=models.OuterRef("pk"), discarded_at=None)
        kept = models.Exists(made.filter(deleted_at=None)) | models.Exists(in_use)
        return self.filter(~models.Exists(made) | kept)

    def offered_to(self, user: User) -> "EditionQuerySet":
        """To an organiser those of the centre, and what the own office adopted or uses."""
        from .rounds import Round

        if user.is_central:
            return self.offered()
        own = models.Q(pk__in=Round.objects.run_by(user).values("edition"))
        own |= models.Q(adopted_by__role=User.Role.OFFICER, adopted_by__office=user.office_id)
        return self.offered().filter(_is_of_centre() | own)

    def in_order_for(self, user: User) -> "EditionQuerySet":
        """The same for a list to choose from, without the texts: the newest first, but to central staff those of the
        centre before what organisers adopted."""
        offered = self.offered_to(user).defer("text")
        if not user.is_central:
            return offered
        return offered.annotate(is_of_centre=_is_of_centre()).order_by("-is_of_centre", "-adopted_at", "-pk")


def _is_of_centre() -> models.Q:
    """Of an edition: whether it was shipped, made as a new scheme, or is used in a round of the centre."""
    from .rounds import Round
    from .schemes import SchemeDraft

    made = SchemeDraft.objects.of_schemes().filter(edition=models.OuterRef("pk"))
    used = Round.objects.filter(edition=models.OuterRef("pk"), organiser=None, discarded_at=None)
    return models.Q(adopted_by=None) | models.Exists(made) | models.Exists(used)


class Edition(Frozen):
    """A scheme's text as adopted, by digest. Every number the portal shows quotes one."""

    scheme_code = models.CharField(_("scheme"), max_length=40, db_index=True)
    digest = models.CharField(_("SHA-256"), max_length=64, unique=True)
    text = models.TextField(_("text"))
    reason = models.CharField(_("reason"), max_length=MOST_REASON, blank=True)
    adopted_by = models.ForeignKey(
        django_settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("adopted by")
    )
    adopted_at = models.DateTimeField(_("adopted at"), default=timezone.now)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["-adopted_at", "-pk"]

    def __str__(self) -> str:
        """By the time at which it was adopted: two texts of one scheme are told apart by it, and people know it."""
        return f"{self.scheme_code} · {thai.format_time(self.adopted_at, thai.language())}"

    @staticmethod
    def digest_of(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def scheme(self) -> engine.Scheme:
        """The scheme, read once per process: the digest names exactly one text."""
        return _scheme(self.digest)

    def named(self) -> str:
        return f"{self.scheme.title.to(thai.language())} ({self.scheme_code})"


@lru_cache(maxsize=64)
def _scheme(digest: str) -> engine.Scheme:
    text = Edition.objects.values_list("text", flat=True).get(digest=digest)
    if Edition.digest_of(text) != digest:
        raise ValueError(f"the text of edition {digest} was altered")
    return engine.load(text)
