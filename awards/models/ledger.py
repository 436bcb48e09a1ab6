"""How the log of all deeds stood: its leaves in the order of commit, its inner hashes, its signed heads."""

from datetime import UTC
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from submissions.frozen import Frozen, FrozenQuerySet
from submissions.models import Event

from .publications import Publication


class Leaf(Frozen):
    """One deed's, or one publication's, place in the tree. Who alters the deed can't give it this hash again.

    `position` counts from 0 without gaps. `salt` keeps what was not disclosed of it from being guessed.
    """

    position = models.PositiveBigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, models.PROTECT, null=True, related_name="leaf")
    publication = models.OneToOneField(Publication, models.PROTECT, null=True, related_name="leaf")
    salt = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = _("leaf of the log's tree")
        verbose_name_plural = _("leaves of the log's tree")
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(event=None) ^ models.Q(publication=None), name="leaf_of_one_event_or_publication"
            )
        ]

    def __str__(self) -> str:
        return str(self.position)


class Node(Frozen):
    """The hash over 2 to the power of `level` leaves, once all of them are there. Every eighth level is kept."""

    level = models.PositiveSmallIntegerField()
    index = models.PositiveBigIntegerField()
    hash = models.BinaryField(max_length=32)

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = _("inner hash of the log's tree")
        verbose_name_plural = _("inner hashes of the log's tree")
        ordering = ["level", "index"]
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="one_node_per_place")]

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class HeadKey(Frozen):
    """A public key by which heads are signed. A new one is endorsed by the one before it."""

    key = models.CharField(_("name of the key"), max_length=16, primary_key=True)
    public = models.CharField(_("public key"), max_length=64)
    since = models.DateTimeField(_("since"))
    endorsed_by = models.CharField(_("endorsed by"), max_length=16, blank=True)
    endorsement = models.CharField(_("endorsement"), max_length=128, blank=True)

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = _("key of the log's heads")
        verbose_name_plural = _("keys of the log's heads")
        ordering = ["since", "key"]

    def __str__(self) -> str:
        return self.key

    def content(self) -> dict[str, str]:
        said = ("key", "public", "endorsed_by", "endorsement")
        return {name: getattr(self, name) for name in said} | {"since": self.since.astimezone(UTC).isoformat()}


class Head(Frozen):
    """The tree as it stood: how many leaves, their root, when; signed. `last_event`: the newest deed in it, by its id.

    `signatures`: [{"key", "signature"}], two while one key takes the other's place.
    """

    size = models.PositiveBigIntegerField(_("leaves"))
    root = models.CharField(_("root"), max_length=64)
    at = models.DateTimeField(_("time"))
    signatures = models.JSONField(_("signatures"))
    last_event = models.PositiveBigIntegerField(default=0)

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = _("head of the log")
        verbose_name_plural = _("heads of the log")
        ordering = ["pk"]
        indexes = [models.Index(fields=["size"], name="heads_by_size")]

    def __str__(self) -> str:
        return f"{self.size} {self.root[:16]}"

    def content(self) -> dict[str, Any]:
        """As it is handed out, and as whoever keeps it keeps it."""
        at = self.at.astimezone(UTC).isoformat()
        return {"size": self.size, "root": self.root, "at": at, "signatures": self.signatures}


class HeadTimestamp(Frozen):
    """What an authority for timestamps said of a head (RFC 3161): that it was there by then."""

    head = models.OneToOneField(Head, models.PROTECT, related_name="timestamp", verbose_name=_("head of the log"))
    at = models.DateTimeField(_("time"))
    token = models.BinaryField()

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = _("timestamp of a head")
        verbose_name_plural = _("timestamps of heads")
        ordering = ["-at"]

    def __str__(self) -> str:
        return str(self.head)
