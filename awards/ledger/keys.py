"""Keys by which heads of the log are signed: private ones in files that only the sealer reads, public ones kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from awards.models import Head, HeadKey

from . import tokens
from .tokens import Unusable as Unusable


def name_of(public: bytes) -> str:
    """What a key is called: it can't be another one's name."""
    return sha256(public).hexdigest()[:16]


class Private(Protocol):
    """What signs: a key read from a file, or one that stays in its token."""

    def public_key(self) -> Ed25519PublicKey: ...

    def sign(self, data: bytes, /) -> bytes: ...


@dataclass(frozen=True)
class Signer:
    """One private key."""

    private: Private

    @cached_property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @cached_property
    def name(self) -> str:
        return name_of(self.public)

    def sign(self, text: str) -> str:
        return self.private.sign(text.encode()).hex()


def read(places: Iterable[str | Path]) -> list[Signer]:
    """The signers of these PEM files or tokens: the one that signs from now on, then those that it takes the place
    of."""
    return [Signer(tokens.read(str(one)) if tokens.is_token(one) else _private(Path(one))) for one in places]


def remembers_at(place: str) -> Path:
    """Where whoever signs with this key keeps what was signed last: beside its file, or beside its token's PIN."""
    return Path(f"{tokens.place_of(place).pin if tokens.is_token(place) else place}.last")


def _private(file: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except OSError as error:
        raise Unusable(f"{file} can't be read: {error.strerror}") from None
    except (ValueError, TypeError):
        raise Unusable(f"{file} is no private key in PEM without a password") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise Unusable(f"{file} is no Ed25519 key")
    return key


def text_of_head(size: int, root: str, at: datetime) -> str:
    """What is signed of a head."""
    return f"cdd4 head 1\n{size}\n{root}\n{at.astimezone(UTC).isoformat()}\n"


def text_of_key(key: HeadKey) -> str:
    """What the key before signs of one that takes its place."""
    return f"cdd4 key 1\n{key.key}\n{key.public}\n{key.since.astimezone(UTC).isoformat()}\n"


def register(signers: list[Signer], *, at: datetime) -> None:
    """Keep the public keys of these signers, the first endorsed by the second where there is one. Known ones stay."""
    known = set(HeadKey.objects.values_list("key", flat=True))
    for signer, before in zip(reversed(signers), [None, *reversed(signers)], strict=False):
        if signer.name not in known:
            key = HeadKey(key=signer.name, public=signer.public.hex(), since=at)
            if before:
                key.endorsed_by, key.endorsement = before.name, before.sign(text_of_key(key))
            key.save()


def is_signed(public: str, text: str, signature: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def is_head_signed(head: Head, public: Mapping[str, str]) -> bool:
    """Whether one of these keys signed this head. `public`: the keys by their names."""
    text = text_of_head(head.size, head.root, head.at)
    return any(is_signed(public.get(one["key"], ""), text, one["signature"]) for one in head.signatures)
