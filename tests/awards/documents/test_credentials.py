"""A certificate for wallets: what Open Badges 3.0 asks for is there, and the signature holds by the published key."""

import base64
import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.urls import reverse
from jsonschema import Draft202012Validator

from awards.documents import credentials, files
from awards.documents.revoke import revoke
from awards.models import CredentialKey
from tests import factories as make

pytestmark = pytest.mark.django_db

TEXT = {"type": "string", "minLength": 1}
ADDRESS = {"type": "string", "pattern": "^(https?:|urn:uuid:|did:web:)"}


def typed(*names: str) -> dict:
    """A list of types that has these."""
    return {"type": "array", "allOf": [{"contains": {"const": name}} for name in names]}


def thing(**properties) -> dict:
    return {"type": "object", "required": list(properties), "properties": properties}


# What the specification says of an AchievementCredential (its class diagrams), as far as one of ours goes.
CREDENTIAL = thing(
    **{
        "@context": {
            "type": "array",
            "prefixItems": [
                {"const": "https://www.w3.org/ns/credentials/v2"},
                {"pattern": r"^https://purl\.imsglobal\.org/spec/ob/v3p0/context-3\.0\.\d\.json$"},
            ],
            "minItems": 2,
        },
        "id": ADDRESS,
        "type": typed("VerifiableCredential", "OpenBadgeCredential"),
        "name": TEXT,
        "issuer": thing(id=ADDRESS, type=typed("Profile"), name=TEXT, url=ADDRESS),
        "validFrom": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"},
        "credentialSubject": thing(
            type=typed("AchievementSubject"),
            identifier={
                "type": "array",
                "minItems": 1,
                "items": thing(
                    type={"const": "IdentityObject"},
                    hashed={"const": False},
                    identityHash=TEXT,
                    identityType={"enum": ["name", "systemId"]},
                ),
            },
            achievement=thing(
                id=ADDRESS,
                type=typed("Achievement"),
                achievementType={"const": "Award"},
                name=TEXT,
                description=TEXT,
                criteria=thing(narrative=TEXT),
                resultDescription={
                    "type": "array",
                    "items": thing(
                        id=ADDRESS, type=typed("ResultDescription"), name=TEXT, resultType={"const": "RawScore"}
                    ),
                },
            ),
            result={
                "type": "array",
                "items": thing(type=typed("Result"), resultDescription=ADDRESS, value={"pattern": r"^\d+\.\d\d$"}),
            },
        ),
        "evidence": {"type": "array", "items": thing(id=ADDRESS, type=typed("Evidence"), name=TEXT)},
        "credentialStatus": thing(id=ADDRESS, type={"const": "1EdTechRevocationList"}),
        # Of the JSON Web Token: who issued, since when, which.
        "iss": ADDRESS,
        "jti": ADDRESS,
        "nbf": {"type": "integer"},
    }
)


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.fixture
def token(publication) -> str:
    files.make(publication, "credential", "TH-A01")
    return files.read(publication, "credential", "TH-A01").decode()


def test_a_credential_has_what_the_specification_asks_for(token, publication):
    said = json.loads(decoded(token.split(".")[1]))
    assert [fault.message for fault in Draft202012Validator(CREDENTIAL).iter_errors(said)] == []
    assert (said["iss"], said["jti"]) == (said["issuer"]["id"], said["id"])
    subject = said["credentialSubject"]
    result = publication.results.get(office_code="TH-A01")
    assert subject["result"][0]["value"] == f"{result.total:.2f}"
    assert subject["result"][0]["resultDescription"] == subject["achievement"]["resultDescription"][0]["id"]
    assert said["evidence"][0]["id"].endswith(publication.papers.get(office="TH-A01").code)


def test_its_signature_holds_by_the_key_that_the_issuer_publishes(token, client):
    head, payload, signature = token.split(".")
    about = json.loads(decoded(head))
    issuer = client.get(reverse("issuer")).json()
    (method,) = issuer["verificationMethod"]
    assert (about["alg"], about["kid"]) == ("EdDSA", method["id"])
    assert issuer["id"] == json.loads(decoded(payload))["issuer"]["id"] == method["controller"]
    key = Ed25519PublicKey.from_public_bytes(decoded(method["publicKeyJwk"]["x"]))
    key.verify(decoded(signature), f"{head}.{payload}".encode())
    forged = payload[:40] + ("A" if payload[40] != "A" else "B") + payload[41:]
    with pytest.raises(InvalidSignature):
        key.verify(decoded(signature), f"{head}.{forged}".encode())


def test_the_issuer_s_address_is_where_wallets_look_for_it(settings, client):
    settings.PORTAL_URL = "https://cdd.example.go.th"
    assert credentials.issuer_id() == "did:web:cdd.example.go.th:issuer"
    assert reverse("issuer") == "/issuer/did.json"
    settings.PORTAL_URL = "http://localhost:8000"
    assert credentials.issuer_id() == "did:web:localhost%3A8000:issuer"
    assert client.get(reverse("issuer"))["Access-Control-Allow-Origin"] == "*"


def test_a_former_key_stays_published(token, client):
    CredentialKey.objects.create(public="A" * 43)
    assert len(client.get(reverse("issuer")).json()["assertionMethod"]) == 2


def test_what_was_revoked_is_listed_without_its_code(token, publication, client, staff):
    paper = publication.papers.get(office="TH-A01")
    assert client.get(reverse("revoked")).json()["revokedCredential"] == []
    revoke(paper, by=staff, reason="ออกผิดหน่วยงาน")
    answer = client.get(reverse("revoked"))
    said = json.loads(decoded(token.split(".")[1]))
    assert answer.json()["revokedCredential"] == [
        {"id": said["id"], "revoked": True, "revocationReason": "ออกผิดหน่วยงาน"}
    ]
    assert paper.code not in answer.content.decode()


def test_only_its_office_and_those_who_run_the_round_fetch_it(token, publication, client):
    url = reverse("credential", args=[publication.pk, "TH-A01"])
    entry = publication.results.get(office_code="TH-A01").entry
    for user, status in (
        (make.make_user("officer", office=entry.office), 200),
        (make.make_user("officer", office=publication.results.get(office_code="TH-A02").entry.office), 404),
        (publication.round.judges.get(), 403),
        (make.make_user("staff"), 200),
    ):
        client.force_login(user)
        answer = client.get(url)
        assert answer.status_code == status, user
    assert answer["Content-Type"] == "application/vc+jwt"
    assert answer.content.decode() == token
    assert client.get(reverse("credential", args=[publication.pk, "TH-A02"])).status_code == 404, "not made"


def test_without_a_key_there_is_none(publication, settings):
    settings.PRODUCTION = True
    assert not [kind for kind, _office in files.missing(publication) if kind == "credential"]
    with pytest.raises(LookupError):
        files.make(publication, "credential", "TH-A01")
