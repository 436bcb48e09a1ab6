"""The lines of the log that are about one person, opened for that person alone: to prove what is one's own."""

from typing import Any

from django.db.models import Q

from awards.ledger import leaves
from awards.models import Leaf, Publication
from submissions.models import User


def of(user: User, publication: Publication) -> list[dict[str, Any]]:
    """What this person did in the publication's round, whole; and of what others did with their sheets all but who."""
    sealed = {row["entry"]: row["events"] for row in publication.log}
    about = Q(event__actor=user) | Q(event__data__judge=user.pk)
    rows = Leaf.objects.filter(about, event__entry__in=sealed).select_related("event").order_by("position")
    return [leaves.disclosed(leaf, _shown(leaf, user)) for leaf in rows if _is_sealed(leaf, sealed)]


def _is_sealed(leaf: Leaf, sealed: dict[int, int]) -> bool:
    assert leaf.event
    return leaf.event.sequence <= sealed[leaf.event.entry_id]


def _shown(leaf: Leaf, user: User) -> set[str] | None:
    assert leaf.event
    if leaf.event.actor_id == user.pk:
        return None
    return {*leaves.fields_of(leaf)} - {"actor", "data.typed_by"}
