"""What a leaf of the tree is made of: each field of a deed hidden by a salt of its own, so that each is shown alone."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC
from hashlib import sha256
from typing import Any

from awards.models import Leaf, Publication
from submissions.models import Event

from .tree import leaf_hash

KIND = "cdd4/1"
Fields = Mapping[str, Any]


def fields_of_event(event: Event) -> dict[str, Any]:
    """All that an event says, by the names under which it is committed to."""
    return {
        "entry": event.entry_id,
        "sequence": event.sequence,
        "at": event.at.astimezone(UTC).isoformat(),
        "actor": event.actor_id,
        "verb": event.verb,
        "previous": event.previous,
        **{f"data.{name}": value for name, value in event.data.items()},
    }


def fields_of_publication(publication: Publication) -> dict[str, Any]:
    return {
        "round": publication.round_id,
        "publication": publication.number,
        "digest": publication.digest,
        "at": publication.published_at.astimezone(UTC).isoformat(),
    }


def fields_of(leaf: Leaf) -> dict[str, Any]:
    """What the row says now on which this leaf was made; its event or its publication are fetched with it."""
    if leaf.event_id is not None:
        assert leaf.event
        return fields_of_event(leaf.event)
    assert leaf.publication
    return fields_of_publication(leaf.publication)


_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def canonical(value: Any) -> str:
    """The one text of a value: sorted keys, no spaces, letters as they are."""
    # Most values are numbers or nothing, for which the encoder takes a long way round.
    if value is None:
        return "null"
    return str(value) if type(value) is int else _encode(value)


_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))


def salts_of(salt: bytes, names: Iterable[str]) -> Iterator[bytes]:
    """The salt of each field, which tells nothing of the others': HMAC-SHA256, cut to 16 bytes.

    Written out (RFC 2104): of twenty short names for each deed the library's call takes twice as long.
    """
    key = salt.ljust(64, b"\0")
    inner, outer = key.translate(_INNER), key.translate(_OUTER)
    for name in names:
        yield sha256(outer + sha256(inner + name.encode()).digest()).digest()[:16]


def commitment(salt: bytes, text: str) -> str:
    """What stands for a value for those to whom it is not shown. `salt`: the field's, `text`: the value's one text."""
    return sha256(salt + text.encode()).hexdigest()


def content_of(fields: Fields, salt: bytes) -> bytes:
    """The leaf's bytes. `salt`: the leaf's, of 32 bytes."""
    own = zip(fields.items(), salts_of(salt, fields), strict=True)
    hidden = {name: commitment(field_salt, canonical(value)) for (name, value), field_salt in own}
    return canonical({"fields": hidden, "log": KIND}).encode()


def hash_of(fields: Fields, salt: bytes) -> bytes:
    return leaf_hash(content_of(fields, salt))


def disclosed(leaf: Leaf, shown: Collection[str] | None = None) -> dict[str, Any]:
    """A leaf as it is handed out: these of its fields with salt and text (None: all), the others as commitments."""
    fields, content = fields_of(leaf), {}
    for (name, value), own in zip(fields.items(), salts_of(bytes(leaf.salt), fields), strict=True):
        text = canonical(value)
        content[name] = [own.hex(), text] if shown is None or name in shown else commitment(own, text)
    return {"position": leaf.position, "fields": content}
