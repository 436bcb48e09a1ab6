"""Seals the log: adds what was committed to the tree, and signs its head. Only whoever has the key calls this."""

import json
import os
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from awards.models import Head, Leaf, Node, Publication
from submissions.models import Event

from . import keys, leaves
from .nodes import Kept, completed

BATCH = 1000  # rows read or written by one statement
IDLE = timedelta(hours=1)  # when nothing happened: a head that says so
# Whoever began a deed has committed it, or has not, long before this is over.
SETTLED = timedelta(days=1)


class Rewritten(Exception):
    """The tree does not begin with what was signed last: somebody wrote it anew. Nothing is signed."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the log no longer begins with the {size} deeds that were signed: it was written anew")


def seal(signers: list[keys.Signer] | None = None, remembered: Path | None = None) -> Head | None:
    """Add what was committed to the tree and sign its head; None where nothing is new and the last head is young.

    :param signers: who signs, the newest key first (None: the keys of the setting).
    :param remembered: the sealer's own file, in which it keeps what it signed last (None: beside its first key).
    :raises keys.Unusable: a key can't be read.
    :raises Rewritten: the tree is not the one that was signed.
    """
    if signers is None:
        signers = keys.read(settings.HEAD_KEYS)
        remembered = remembered or (keys.remembers_at(settings.HEAD_KEYS[0]) if settings.HEAD_KEYS else None)
    if not signers:
        raise keys.Unusable("no key is set by which heads are signed (CDD4_HEAD_KEY)")
    with transaction.atomic():
        _be_alone()
        last, now = Head.objects.last(), timezone.now()
        _check_unmoved(last, remembered)
        size = _grow(last)
        if last and last.size == size and now - last.at < IDLE:
            return None
        keys.register(signers, at=now)
        root = Kept().root(size).hex()
        text = keys.text_of_head(size, root, now)
        signatures = [{"key": signer.name, "signature": signer.sign(text)} for signer in signers]
        newest = Leaf.objects.filter(position__gte=max(0, size - BATCH)).aggregate(Max("event"))["event__max"] or 0
        newest = max(newest, last.last_event if last else 0)
        head = Head(size=size, root=root, at=now, signatures=signatures, last_event=newest)
        head.save()
    _remember(head, remembered)
    return head


def _be_alone() -> None:
    """Two sealers would give one place to two leaves: the second waits, and finds nothing left to add."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [0x5EA1])


def _check_unmoved(last: Head | None, remembered: Path | None) -> None:
    """What the sealer signed last must still be there, whatever the database says of its heads."""
    known: list[tuple[int, str]] = [(last.size, last.root)] if last else []
    if remembered and remembered.exists():
        kept = json.loads(remembered.read_text(encoding="utf-8"))
        known.append((kept["size"], kept["root"]))
    for size, root in known:
        if Kept().root(size).hex() != root:
            raise Rewritten(size)


def _remember(head: Head, remembered: Path | None) -> None:
    if remembered:
        beside = remembered.with_name(remembered.name + ".new")
        beside.write_text(json.dumps(head.content()), encoding="utf-8")
        os.replace(beside, remembered)


def _grow(last_head: Head | None) -> int:
    """Give each committed deed and publication that has none its place. Returns how many leaves there are then."""
    last = Leaf.objects.aggregate(Max("position"))["position__max"]
    size = 0 if last is None else last + 1
    settled = _settled(last_head)
    while new := list(_waiting(settled)):
        added = [_leaf(size + number, one) for number, one in enumerate(new)]
        Node.objects.bulk_create(completed(size, [bytes(leaf.hash) for leaf in added]), batch_size=BATCH)
        Leaf.objects.bulk_create(added, batch_size=BATCH)
        size += len(added)
    return size


def _settled(last_head: Head | None) -> int:
    """Up to which deed, by its number, all have their places: those of a head that was a day old when the last one was
    signed. Not when this one is: nobody may have sealed meanwhile."""
    if last_head is None:
        return 0
    aged = Head.objects.filter(at__lt=last_head.at - SETTLED).order_by("-pk").values_list("last_event", flat=True)
    return aged.first() or 0


def _waiting(settled: int) -> Iterator[Event | Publication]:
    """Some of those that have no leaf yet, the eldest first."""
    yield from Event.objects.filter(pk__gt=settled, leaf=None).order_by("pk")[: 10 * BATCH]
    yield from Publication.objects.filter(leaf=None).order_by("pk").defer("frame", "log")[:BATCH]


def _leaf(position: int, one: Event | Publication) -> Leaf:
    salt = secrets.token_bytes(32)
    if isinstance(one, Event):
        fields, named = leaves.fields_of_event(one), {"event_id": one.pk}
    else:
        fields, named = leaves.fields_of_publication(one), {"publication_id": one.pk}
    return Leaf(position=position, salt=salt, hash=leaves.hash_of(fields, salt), **named)
