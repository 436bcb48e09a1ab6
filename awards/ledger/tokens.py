"""Keys that never leave their token (PKCS#11): it signs. Whoever has one installs the package python-pkcs11 as well."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from asn1crypto.core import PrintableString
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SCHEME = "pkcs11:"
FORM = "pkcs11:token=NAME;object=NAME?module-path=FILE&pin-source=FILE"


class Unusable(Exception):
    """Why a key can't be used: one sentence for whoever runs the portal."""


@dataclass(frozen=True)
class Place:
    """Where a key is: the token's and the key's label, the token's library, and the file that holds the PIN."""

    token: str
    label: str
    module: str
    pin: Path


def is_token(place: object) -> bool:
    return str(place).startswith(SCHEME)


def place_of(uri: str) -> Place:
    """As RFC 7512 writes it. The PIN stands in a file of its own, never in the setting."""
    path, _mark, query = uri.removeprefix(SCHEME).partition("?")
    said = dict(parse_qsl(query)) | {
        name: unquote(text) for name, _is, text in (part.partition("=") for part in path.split(";"))
    }
    try:
        pin = Path(said["pin-source"].removeprefix("file:"))
        return Place(said["token"], said["object"], said["module-path"], pin)
    except KeyError as lacking:
        raise Unusable(f"{uri} lacks {lacking.args[0]}: write {FORM}") from None


@dataclass(frozen=True)
class TokenKey:
    """A key in its token. Each signature opens the token anew: one that was away is there again the next minute."""

    place: Place
    public: bytes

    def public_key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.public)

    def sign(self, data: bytes, /) -> bytes:
        with _opened(self.place) as (pkcs11, session):
            key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=self.place.label)
            return bytes(key.sign(data, mechanism=pkcs11.Mechanism.EDDSA))


def read(uri: str) -> TokenKey:
    place = place_of(uri)
    with _opened(place) as (pkcs11, session):
        public = session.get_key(object_class=pkcs11.ObjectClass.PUBLIC_KEY, label=place.label)
        return TokenKey(place, _bytes_of(public[pkcs11.Attribute.EC_POINT]))


def make(uri: str) -> bytes:
    """A new Ed25519 key in the token, which can't be taken out of it. Returns the public key."""
    place = place_of(uri)
    with _opened(place, writes=True) as (pkcs11, session):
        if next(iter(session.get_objects({pkcs11.Attribute.LABEL: place.label})), None):
            raise Unusable(f"the token {place.token} has a key {place.label} already: it is not written over")
        curve = {pkcs11.Attribute.EC_PARAMS: PrintableString("edwards25519").dump()}
        parameters = session.create_domain_parameters(pkcs11.KeyType.EC_EDWARDS, curve, local=True)
        how = pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN
        public, _private = parameters.generate_keypair(mechanism=how, store=True, label=place.label)
        return _bytes_of(public[pkcs11.Attribute.EC_POINT])


def _bytes_of(point: bytes) -> bytes:
    """Some tokens say it bare, others as an octet string of DER."""
    return bytes(point[-32:])


@contextmanager
def _opened(place: Place, *, writes: bool = False) -> Iterator[tuple[Any, Any]]:
    """The package, and a session in the token. Whatever hinders it is told in a sentence."""
    try:
        pkcs11: Any = import_module("pkcs11")  # few portals have a token
    except ImportError:
        raise Unusable("a key in a token needs the package python-pkcs11, which is not installed") from None
    try:
        token = pkcs11.lib(place.module).get_token(token_label=place.token)
        with token.open(user_pin=place.pin.read_text(encoding="utf-8").strip(), rw=writes) as session:
            yield pkcs11, session
    except OSError as error:
        raise Unusable(f"{place.pin} can't be read: {error.strerror}") from None
    except (pkcs11.PKCS11Error, RuntimeError) as error:
        said = f"{type(error).__name__} {error}".strip()
        raise Unusable(f"the key {place.label} in the token {place.token} can't be used: {said}") from None
