"""Keys with which papers are signed: made here, kept as files that only the worker of documents reads."""

import contextlib
import errno
import os
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils import timezone

YEARS = 3


class NotSigned(Exception):
    """The key can't be used, or the timestamping authority does not answer: the paper waits."""


class Signed(NamedTuple):
    """A file with its signature. `part`: SHA-256 of what the signature is about; "" where nothing is signed."""

    content: bytes
    part: str = ""
    about: dict[str, Any] | None = None


class Files(NamedTuple):
    """What `make` writes into a folder."""

    key: Path  # of papers, RSA
    certificate: Path  # signed by itself, until an authority has signed the request
    request: Path  # for an authority
    credential_key: Path  # of credentials, Ed25519


class Keys(NamedTuple):
    """What papers are signed with; None where it was not set."""

    key: Path | None
    certificate: Path | None
    passphrase: bytes | None
    credential_key: Path | None


def files_in(folder: Path) -> Files:
    names = ("paper-key.pem", "paper-certificate.pem", "paper-request.csr", "credential-key.pem")
    return Files(*(folder / name for name in names))


def current() -> Keys:
    """As set; without a word, and not in production, trial keys of this machine's own, made once."""
    passphrase = settings.PAPER_PASSPHRASE.encode() or None
    set_ = Keys(settings.PAPER_KEY, settings.PAPER_CERTIFICATE, passphrase, settings.CREDENTIAL_KEY)
    if settings.PRODUCTION or set_.key or set_.credential_key:
        return set_
    trial = files_in(settings.DATA_DIR / "keys")
    if not trial.key.exists():
        _make_trial(trial.key.parent)
    return Keys(trial.key, trial.certificate, None, trial.credential_key)


def _make_trial(folder: Path) -> None:
    """All files at once: of two workers that begin together the second takes the first's."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as spare:
        made = Path(spare) / "keys"
        make(made, "CDD 4.0 (trial)", None)
        with contextlib.suppress(OSError):
            made.rename(folder)


def make(folder: Path, name: str, passphrase: bytes | None) -> Files:
    """Make both keys, with a certificate that says `name`.

    :raises FileExistsError: one of the files is there already; it stays as it was.
    """
    made = files_in(folder)
    if there := [path for path in made if path.exists()]:
        raise FileExistsError(errno.EEXIST, "a key is never overwritten", str(there[0]))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = rsa.generate_private_key(65537, 3072)
    credential_key = ed25519.Ed25519PrivateKey.generate()
    who = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "TH"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Community Development Department"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    _write(made.key, _private(key, passphrase))
    _write(made.certificate, _own_certificate(key, who).public_bytes(serialization.Encoding.PEM))
    request = x509.CertificateSigningRequestBuilder().subject_name(who).sign(key, hashes.SHA256())
    _write(made.request, request.public_bytes(serialization.Encoding.PEM))
    _write(made.credential_key, _private(credential_key, passphrase))
    return made


def _own_certificate(key: rsa.RSAPrivateKey, who: x509.Name) -> x509.Certificate:
    """One that only this key vouches for."""
    now = timezone.now()
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)  # it signs, and nothing else
    builder = x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(minutes=5)).not_valid_after(now + timedelta(days=365 * YEARS))
    return builder.add_extension(usage, critical=True).sign(key, hashes.SHA256())


def _private(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey, passphrase: bytes | None) -> bytes:
    shut = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, shut)


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
