"""Signs a PDF (PAdES) by the key that is set, with a timestamp where an authority for it is set.

The signed file begins with the unsigned one, byte by byte: the signature is an appended part. pyHanko is imported
with it, which takes a fifth of a second: only a process that makes papers imports this module.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property
from io import BytesIO
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper, TimestampRequestError

from . import keys

REASON = "Issued by the portal of the CDD 4.0 contest"
PATIENCE = 10  # seconds for an authority's timestamp


class _Signer(signers.SimpleSigner):
    """Its key is opened once: an RSA key takes a tenth of a second, and each paper would do so twice."""

    @cached_property
    def _opened(self) -> Any:
        return serialization.load_der_private_key(self.signing_key.dump(), password=None)

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        if isinstance(self._opened, RSAPrivateKey) and digest_algorithm == "sha256":
            return self._opened.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return super().sign_raw(data, digest_algorithm)


@dataclass(frozen=True)
class Hand:
    """Who signs: a key with the certificates that lead to its authority."""

    signer: _Signer

    @property
    def name(self) -> str:
        return str(self._certificate.subject.native.get("common_name", "") or self._certificate.subject.human_friendly)

    @property
    def is_trial(self) -> bool:
        """Whether the certificate vouches for itself alone."""
        return bool(self._certificate.subject == self._certificate.issuer)

    @property
    def _certificate(self) -> Any:
        return self.signer.signing_cert

    def sign(self, pdf: bytes, address: str) -> keys.Signed:
        """:param address: where the paper can be checked; it is part of what is signed.
        :raises keys.NotSigned: no timestamp is to be had.
        """
        timestamper = _timestamper()
        about = signers.PdfSignatureMetadata(
            field_name="Signature",
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            name=self.name,
            reason=REASON,
            contact_info=address,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        )
        signer = signers.PdfSigner(about, self.signer, timestamper=timestamper)
        try:
            # pyHanko runs an event loop, for which a thread that has one already has no room.
            with ThreadPoolExecutor(1) as beside:
                made = beside.submit(signer.sign_pdf, IncrementalPdfFileWriter(BytesIO(pdf))).result()
        except (OSError, TimestampRequestError) as error:
            raise keys.NotSigned(f"the timestamping authority gives no timestamp: {error}") from error
        content = made.getvalue()
        level = "B-T" if timestamper else "B-B"
        return keys.Signed(content, part(content), {"by": self.name, "level": level, "is_trial": self.is_trial})


def hand() -> Hand | None:
    """Who signs here; None where no key is set: papers are then made without a signature, and say nothing of one.

    :raises keys.NotSigned: a key is set and can't be used.
    """
    set_ = keys.current()
    return _hand(set_) if set_.key else None


@cache
def _hand(set_: keys.Keys) -> Hand:
    key, chain = str(set_.key), str(set_.certificate)
    if key.endswith((".p12", ".pfx")):
        read = signers.SimpleSigner.load_pkcs12(key, passphrase=set_.passphrase)
    else:
        read = signers.SimpleSigner.load(key, chain, ca_chain_files=(chain,), key_passphrase=set_.passphrase)
    if read is None:  # pyHanko has written to the log why
        raise keys.NotSigned(f"the key {key} can't be used: look at CDD4_PAPER_KEY, its certificate and its passphrase")
    return Hand(_Signer(read.signing_cert, read.signing_key, read.cert_registry))


def _timestamper() -> TimeStamper | None:
    return _authority(settings.TSA_URL) if settings.TSA_URL else None


@cache
def _authority(url: str) -> TimeStamper:
    """It remembers how large this authority's timestamps are, and need not be asked for that each time."""
    return HTTPTimeStamper(url, timeout=PATIENCE)


def part(content: bytes) -> str:
    """SHA-256 of the bytes that the signature is about: all but the signature itself."""
    at = content.rindex(b"/ByteRange")
    start = content.index(b"[", at) + 1
    first, length, second, rest = (int(number) for number in content[start : content.index(b"]", start)].split())
    return hashlib.sha256(content[first : first + length] + content[second : second + rest]).hexdigest()
