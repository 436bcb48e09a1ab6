"""Whether the tree is that of the deeds as they stand, and its heads are those that were signed. Names each row."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from awards.models import Head, HeadKey, HeadTimestamp, Leaf, Node, Publication
from submissions.log import findings as found
from submissions.log.findings import Finding
from submissions.models import Event

from . import keys, leaves, tree
from .nodes import STEP

LATE = timedelta(hours=1)  # a deed that has no place in the tree by then was put in behind it
Earlier = Iterable[tuple[int, str]]


def check(earlier: Earlier = ()) -> list[Finding]:
    """What is wrong with the tree; empty when nothing is. Reads every deed once, in the order of commit.

    :param earlier: (size, root) of heads that somebody kept outside the portal.
    """
    return [*_Growth(earlier).findings(), *_beyond(), *_unsealed(), *_unendorsed(), *_misdated()]


class _Growth:
    """The tree grown anew from the deeds as they stand, up to its newest head: people go on working meanwhile."""

    def __init__(self, earlier: Earlier) -> None:
        self.public = dict(HeadKey.objects.values_list("key", "public"))
        self.heads: dict[int, list[tuple[str, Head | None]]] = {}
        for head in Head.objects.order_by("pk"):
            self.heads.setdefault(head.size, []).append((head.root, head))
        self.size = max(self.heads, default=0)
        nodes = {(node.level, node.index): bytes(node.hash) for node in Node.objects.all()}
        self.nodes = {place: one for place, one in nodes.items() if place[1] + 1 << place[0] <= self.size}
        for size, root in earlier:
            self.heads.setdefault(size, []).append((root, None))

    def findings(self) -> Iterator[Finding]:
        whole = tree.Frontier()
        yield from self._heads_at(0, whole.root)
        for leaf, fresh in _grown(self.size):
            yield from _faults_of(leaf, fresh)
            if leaf.position != whole.size:
                yield Finding(None, found.GAP, log=whole.size, row=leaf.position)
            completed = whole.add(bytes(leaf.hash))
            yield from self._nodes_at(whole.size, completed)
            yield from self._heads_at(whole.size, whole.root)
        for size in sorted(size for size in self.heads if size > whole.size):
            yield Finding(None, found.SHORT, log=size, row=whole.size)
        for level, index in sorted(self.nodes):
            yield Finding(None, found.NODE, log=level, row=index)

    def _nodes_at(self, size: int, completed: list[bytes]) -> Iterator[Finding]:
        """Every inner hash of a kept level that is full with the last leaf was kept as it is."""
        for level in range(STEP, len(completed), STEP):
            index = (size >> level) - 1
            if self.nodes.pop((level, index), None) != completed[level]:
                yield Finding(None, found.NODE, log=level, row=index)

    def _heads_at(self, size: int, root: bytes) -> Iterator[Finding]:
        for said, head in self.heads.get(size, ()):
            if said != root.hex():
                yield Finding(None, found.HEAD, log=size, row=said)
            if head and not keys.is_head_signed(head, self.public):
                yield Finding(None, found.SIGNATURE, log=size, row=head.pk)


def _grown(size: int) -> Iterator[tuple[Leaf, Any]]:
    """Every leaf with what stands now where it was made; in the order of their places."""
    related = ("event__entry__round", "event__entry__office", "publication")
    rows = Leaf.objects.filter(position__lt=size).select_related(*related)
    rows = rows.defer("publication__frame", "publication__log", "publication__appeals").order_by("position")
    for leaf in rows.iterator(chunk_size=2000):
        yield leaf, leaf.event or leaf.publication


def _faults_of(leaf: Leaf, fresh: Event | Publication | None) -> Iterator[Finding]:
    if fresh is None:
        yield Finding(None, found.LOST, log=leaf.position)
    elif leaves.hash_of(leaves.fields_of(leaf), bytes(leaf.salt)) != bytes(leaf.hash):
        if isinstance(fresh, Event):
            yield Finding(fresh.entry, found.LEAF, log=fresh.sequence, row=leaf.position)
        else:
            yield Finding(None, found.ANNOUNCED, log=str(fresh), row=leaf.position)


def _beyond() -> Iterator[Finding]:
    """Places after the newest head: the sealer adds both at once."""
    newest = Head.objects.order_by("-size").values("size")[:1]
    for position in Leaf.objects.filter(position__gte=newest).values_list("position", flat=True):
        yield Finding(None, found.BEYOND, log=position)


def _unsealed() -> Iterator[Finding]:
    """Deeds that should have their place since long: put in by whoever went round the portal."""
    newest = Head.objects.last()
    if newest is None:
        return
    late = Event.objects.filter(leaf=None, at__lt=min(newest.at, timezone.now()) - LATE)
    for event in late.select_related("entry__round", "entry__office").order_by("pk"):
        yield Finding(event.entry, found.UNSEALED, log=event.sequence)


def _unendorsed() -> Iterator[Finding]:
    """Keys after the first, which one of before must have endorsed."""
    known: Mapping[str, HeadKey] = {key.key: key for key in HeadKey.objects.all()}
    for number, key in enumerate(known.values()):
        before = known.get(key.endorsed_by)
        is_named = key.key == keys.name_of(bytes.fromhex(key.public))
        is_endorsed = before and keys.is_signed(before.public, keys.text_of_key(key), key.endorsement)
        if not is_named or (number and not is_endorsed):
            yield Finding(None, found.KEY, log=key.key)


def _misdated() -> Iterator[Finding]:
    """Timestamps that are about another head."""
    from .timestamps import is_about  # pyHanko takes its time

    for stamp in HeadTimestamp.objects.select_related("head"):
        if not is_about(stamp):
            yield Finding(None, found.STAMP, log=stamp.head.size, row=stamp.head_id)
