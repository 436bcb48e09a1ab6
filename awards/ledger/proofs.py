"""Why a deed is in the log, and why a later log begins with an earlier one: some hashes, for anybody to check."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from awards.models import Head, HeadKey, Leaf, Publication
from submissions.models import Event, Evidence

from . import leaves, tree
from .nodes import Kept
from .seal import IDLE

ALIVE = IDLE + timedelta(minutes=10)  # whose newest head is older, nobody seals
MOMENTS = timedelta(minutes=2)


def newest_head() -> Head | None:
    return Head.objects.last()


def head_covering(position: int) -> Head | None:
    """The first head in which this leaf is; None until it is sealed. It stays the same however the log grows."""
    return Head.objects.filter(size__gt=position).order_by("pk").first()


def head_of(publication: Publication) -> Head | None:
    """The first head that covers a publication; None for the moments until it is sealed."""
    leaf = Leaf.objects.filter(publication=publication).values_list("position", flat=True).first()
    return None if leaf is None else head_covering(leaf)


def is_about_to_be_sealed(publication: Publication) -> bool:
    """Whether it was just published, and somebody seals here: within moments it stands under a head."""
    newest, now = newest_head(), timezone.now()
    if newest is None or now - newest.at > ALIVE or now - publication.published_at > MOMENTS:
        return False
    return head_of(publication) is None


def root_at(size: int) -> bytes:
    """The root that the tree had with so many leaves."""
    return Kept().root(size)


def leaf_at(position: int) -> bytes:
    return bytes(Leaf.objects.values_list("hash", flat=True).get(position=position))


def inclusion(position: int, size: int) -> list[bytes]:
    """The way from this leaf up to the root of the tree of that size. A few statements, however large."""
    return tree.inclusion(position, size, Kept().over)


def consistency(first: int, second: int) -> list[bytes]:
    """Why the tree of the second size begins with that of the first."""
    return tree.consistency(first, second, Kept().over)


def handing_in(evidence: Evidence) -> Event | None:
    """The event by which a piece came in."""
    said = Event.objects.filter(entry=evidence.entry_id, verb="evidence.attached", data__evidence=evidence.pk)
    return said.order_by("sequence").first()


def place_of(event: Event) -> tuple[int, Head] | None:
    """Its position and the first head that covers it; None until it is sealed."""
    position = Leaf.objects.filter(event=event).values_list("position", flat=True).first()
    head = None if position is None else head_covering(position)
    return None if position is None or head is None else (position, head)


def of_event(event: Event, shown: Iterable[str] | None = None) -> dict[str, Any] | None:
    """All that is needed to check, years later and elsewhere, that a deed stood in the log; None until it is sealed.

    :param shown: the names of the fields that are shown (None: all); of the others nothing can be guessed.
    """
    place = place_of(event)
    if place is None:
        return None
    position, head = place
    leaf = Leaf.objects.select_related("event").get(pk=position)
    return {
        "leaf": leaves.disclosed(leaf, None if shown is None else set(shown)),
        "path": [one.hex() for one in inclusion(position, head.size)],
        "head": head.content(),
        "keys": [key.content() for key in HeadKey.objects.all()],
    }
