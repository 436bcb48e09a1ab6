"""What a bundle tells of the log: its signed head, every leaf's hash, and the events of the publication's entries."""

from collections.abc import Iterable, Iterator
from typing import Any

from awards.ledger import leaves
from awards.ledger.proofs import head_of
from awards.models import Head, HeadKey, Leaf, Publication

ALWAYS = ("entry", "sequence")  # told of every event: none is missing
# Told of the deeds on evidence: what it was and how it came to stand so. Never who did it, nor what people typed.
DECIDED = ("evidence", "before", "reviewed_at", "revision")
SHOWN = {
    "evidence.attached": (
        *("evidence", "requirement", "period", "sha256", "size", "channels", "submitted_at", "received_at"),
        *("replaces", "revision"),
    ),
    "evidence.withdrawn": ("evidence", "before", "revision"),
    "evidence.accepted": DECIDED,
    "evidence.returned": DECIDED,
    "evidence.taken_back": ("evidence", "undoes", "status", "reviewed_at", "revision"),
}


def files(publication: Publication, full: bool) -> dict[str, Iterable[bytes]]:
    """Each in pieces; nothing for the moments until the publication is sealed, nor where no key signs."""
    head = head_of(publication)
    if head is None:
        return {}
    keys = _keys_of(head)
    return {
        "log/head.json": [_written(head.content() | {"signatures": head.signatures[:1]})],
        "log/keys.json": [_written(keys)],
        "log/leaves.bin": map(bytes, _leaves_of(head).values_list("hash", flat=True).iterator()),
        "log/publication.json": [_written(leaves.disclosed(_leaves_of(head).get(publication=publication)))],
        "log/events.jsonl": (_written(one) + b"\n" for one in _events(publication, head, full)),
    }


def _written(content: Any) -> bytes:
    return leaves.canonical(content).encode()


def _keys_of(head: Head) -> list[dict[str, str]]:
    """The newest key that signed, after those that endorse it in turn. Nobody vouches for when the first one began."""
    known = {key.key: key.content() for key in HeadKey.objects.all()}
    chain = [known[head.signatures[0]["key"]]]
    while before := known.get(chain[0]["endorsed_by"]):
        chain.insert(0, before)
    return [chain[0] | {"since": ""}, *chain[1:]]


def _leaves_of(head: Head) -> Any:
    return Leaf.objects.filter(position__lt=head.size).order_by("position")


def _events(publication: Publication, head: Head, full: bool) -> Iterator[dict[str, Any]]:
    """The events of every entry up to where the publication sealed its log, in the order of the log."""
    sealed = {row["entry"]: row["events"] for row in publication.log}
    rows = _leaves_of(head).filter(event__entry__in=sealed).select_related("event")
    for leaf in rows.iterator():
        assert leaf.event
        if leaf.event.sequence <= sealed[leaf.event.entry_id]:
            yield leaves.disclosed(leaf, None if full else _shown(leaf.event.verb))


def _shown(verb: str) -> set[str]:
    if verb not in SHOWN:
        return set(ALWAYS)
    return {*ALWAYS, "at", "verb", *(f"data.{name}" for name in SHOWN[verb])}
