"""Makes a key's file: known without Django, so that a machine without a database has its key too."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


def make(path: Path) -> bytes:
    """A new Ed25519 key in PEM, which only its owner reads. Returns the public key.

    :raises FileExistsError: a key is never written over.
    """
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "wb") as stream:
        stream.write(pem)
    return key.public_key().public_bytes_raw()
