"""A certificate for digital wallets: an Open Badges 3.0 credential, signed with Ed25519 as a JSON Web Token."""

import base64
import json
import uuid
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.urls import reverse

from awards.models import CredentialKey, Publication

from . import codes, keys, pdf

CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]


def key() -> Ed25519PrivateKey | None:
    """With what credentials are signed; None where no key is set: there are none then.

    :raises keys.NotSigned: a key is set and can't be used.
    """
    set_ = keys.current()
    if not set_.credential_key:
        return None
    try:
        opened = serialization.load_pem_private_key(set_.credential_key.read_bytes(), set_.passphrase)
    except (OSError, ValueError, TypeError) as error:
        raise keys.NotSigned(f"the key of credentials can't be used (CDD4_CREDENTIAL_KEY): {error}") from error
    if not isinstance(opened, Ed25519PrivateKey):
        raise keys.NotSigned("the key of credentials (CDD4_CREDENTIAL_KEY) is not an Ed25519 key")
    return opened


def write(publication: Publication, office: str, code: str, key: Ed25519PrivateKey) -> bytes:
    """The credential of one office that won: a compact JSON Web Token, signed, whose payload is the credential.

    :param code: of its certificate, where it can be checked.
    :raises LookupError: the office won nothing.
    """
    content = publication.announced
    ((_number, result),) = pdf.context("certificates", content, office)["certificates"]
    public = _public(key)
    CredentialKey.objects.get_or_create(public=public)
    said = credential(content, result, code, pdf.headed(content, publication.paper)["project_th"])
    claims = {"iss": said["issuer"]["id"], "jti": said["id"], "nbf": _seconds(said["validFrom"])}
    head = {"alg": "EdDSA", "typ": "JWT", "kid": key_address(public), "jwk": jwk(public)}
    signed = f"{_encoded(head)}.{_encoded(said | claims)}"
    return f"{signed}.{_base64url(key.sign(signed.encode()))}".encode()


def credential(content: dict[str, Any], result: dict[str, Any], code: str, project_th: str) -> dict[str, Any]:
    """What is certified: the award, of what, by whom, to which office, with its points."""
    about = pdf.contest(content)
    award = {
        "id": _name(content["edition"]["digest"], result["tier"]),
        "type": ["Achievement"],
        "achievementType": "Award",
        "name": result["tier_th"],
        "description": f"{project_th} {content['round']['name_th']}",
        "criteria": {"narrative": about["criteria_th"]},
    }
    points = {}
    if content.get("ranking") != "none":
        kind = _name(content["edition"]["digest"], "points")
        described = {"id": kind, "type": ["ResultDescription"], "name": about["points_th"], "resultType": "RawScore"}
        award["resultDescription"] = [described | {"valueMax": about["most"]}]
        points = {"result": [{"type": ["Result"], "resultDescription": kind, "value": result["total"]}]}
    return {
        "@context": CONTEXTS,
        "id": _name(code),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"{result['tier_th']} {result['title_th']}",
        "issuer": {
            "id": issuer_id(),
            "type": ["Profile"],
            "name": pdf.issuer(content)["issuer_th"],
            "url": settings.PORTAL_URL,
        },
        "validFrom": content["publication"]["published_at"],
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                _identity("name", " ".join(filter(None, (result["title_th"], result["of_th"])))),
                _identity("systemId", result["office"]["code"]),
            ],
            "achievement": award,
            **points,
        },
        "evidence": [{"id": codes.address(code), "type": ["Evidence"], "name": about["certificate_th"]}],
        "credentialStatus": {"id": f"{settings.PORTAL_URL}{reverse('revoked')}", "type": "1EdTechRevocationList"},
    }


def name_of(code: str) -> str:
    """What a credential is called where everybody reads it: nobody gets from it to the code of its certificate."""
    return _name(code)


def issuer() -> dict[str, Any]:
    """Who issues, and the keys that it ever signed with: what wallets read at the issuer's address (did:web)."""
    methods = [
        {
            "id": key_address(public),
            "type": "JsonWebKey2020",
            "controller": issuer_id(),
            "publicKeyJwk": jwk(public) | {"kid": key_address(public)},
        }
        for public in CredentialKey.objects.values_list("public", flat=True)
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"],
        "id": issuer_id(),
        "alsoKnownAs": [settings.PORTAL_URL],
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def issuer_id() -> str:
    """Leads to `/issuer/did.json` of the portal."""
    return f"did:web:{quote(urlsplit(settings.PORTAL_URL).netloc, safe='')}:issuer"


def key_address(public: str) -> str:
    return f"{issuer_id()}#{public[:16]}"


def jwk(public: str) -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "x": public}


def _public(key: Ed25519PrivateKey) -> str:
    return _base64url(key.public_key().public_bytes_raw())


def _identity(kind: str, value: str) -> dict[str, Any]:
    return {"type": "IdentityObject", "hashed": False, "identityHash": value, "identityType": kind}


def _name(*parts: str) -> str:
    """The same parts have the same name, and no others."""
    return uuid.uuid5(uuid.NAMESPACE_URL, "/".join((issuer_id(), *parts))).urn


def _seconds(iso: str) -> int:
    return int(datetime.fromisoformat(iso).timestamp())


def _encoded(content: dict[str, Any]) -> str:
    return _base64url(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
