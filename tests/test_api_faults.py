"""Whatever is sent to the API, it is never an error of ours: the answer is below 500, and nonsense changes nothing."""

import errno
import json
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from allauth.core import ratelimit
from django.test import Client
from django.urls import get_resolver
from rest_framework.test import APIClient
from rest_framework.views import APIView

from submissions import intake
from submissions.models import Event
from tests import factories as make
from tests.api import API

HUGE = 10**30
NASTY = ["a\0b", "\ud800", "😀" * 50, "x" * 100_000, "' OR 1=1 --", "../x", "9" * 5000, "๑๒๓"]
TEXTS = [*NASTY, " ", "\u202e", "1e999", "NaN", "-Infinity", "0x10", "1_000", "10000-01-01", "true"]
THINGS = [None, True, 0, -1, HUGE, -HUGE, 1.5, [], {}, [[]], [None], {"a": None}, {"": ""}, [{}] * 3, *TEXTS]
BODIES = [
    b"", b"{", b"\xff\xfe", b"null", b"[]", b'"x"', b"0", b"NaN", b"[" * 100_000, b'{"a":' * 50_000, b"[1e999]",
    b'{"revision": ' + b"9" * 5000 + b"}", b'{"revision": NaN}', b'{"a": "\\ud800"}', "ก".encode("cp874"), b"\0" * 100,
]  # fmt: skip
TYPES = ["application/json", "application/json; charset=utf-7", "application/json; charset=nonsense", "text/plain", "",
         "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\u00ff",
         "application/xml", "application/x-www-form-urlencoded", "x" * 500]  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _as_many_requests_as_it_takes(monkeypatch):
    monkeypatch.setattr(APIView, "throttle_classes", [])
    monkeypatch.setattr(ratelimit, "consume", lambda *args, **kwargs: True)


@pytest.fixture
def world():
    """An entry with one of everything, and the people who may act on it."""
    judge = make.make_user("judge")
    entry = make.make_entry(make.make_round(judges=[judge]), "TH-81")
    evidence = make.make_evidence(entry, kind="pdf")
    make.make_value(entry, "3.4.news", "7", "2023-07")
    people = [make.make_user("officer", office=entry.office), judge, make.make_user("admin")]
    return entry, evidence, people


def by(person) -> APIClient:
    client = APIClient(raise_request_exception=False)
    if person:
        client.force_authenticate(person, token=SimpleNamespace(delete=lambda: None))
    return client


def addresses(entry, evidence) -> list[str]:
    """Every address of the API, by the resolver."""
    found = []
    for pattern in get_resolver().url_patterns:
        if str(pattern.pattern) == "api/v1/":
            for one in pattern.url_patterns:
                text = str(one.pattern).replace(
                    "<int:pk>", str((evidence if "evidence/<" in str(one.pattern) else entry).pk)
                )
                if "^" not in text and "(" not in text:
                    found.append(f"{API}/{text}")
    assert len(found) > 20
    return found


def check(response, what) -> None:
    assert response.status_code < 500, what
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if (
        response.status_code >= 400
        and response.request["REQUEST_METHOD"] != "HEAD"
        and not response["Content-Type"].startswith("text/html")
    ):
        assert response["Content-Type"] == "application/problem+json", what
        assert json.loads(body)["status"] == response.status_code
    assert b"Traceback" not in body, what


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options", "head"])
def test_bodies_that_are_no_json(world, method):
    entry, evidence, people = world
    client = by(people[-1])
    for number, address in enumerate(addresses(entry, evidence)):
        # One parser reads them all: by methods that few addresses know, each is sent to a quarter of them.
        for body in BODIES if method in ("post", "put") else BODIES[number % 4 :: 4]:
            response = client.generic(method.upper(), address, body, content_type="application/json")
            check(response, (method, address, body[:30]))
    assert not Event.objects.exists()


@pytest.mark.parametrize("content_type", TYPES)
def test_content_types_of_all_kinds(world, content_type):
    entry, evidence, people = world
    for address in addresses(entry, evidence):
        for method in ("POST", "PUT"):
            response = by(people[-1]).generic(method, address, b'--x\r\n{"a": 1}', content_type=content_type)
            check(response, (method, address, content_type))
    assert not Event.objects.exists()


CONTENT = {"url": "", "channels": [], "note": ""}
SHEET = {"points": {"5.1.1": "9"}, "remark": "", "revision": 0}
AMOUNT = {"code": "3.4.news", "period": "2023-07", "amount": "x", "revision": 1}
LOOKED_AT = {"entry": 1, "code": "3.4.news", "period": "2023-07", "revision": 1}
FORMS = {
    "entries/{entry}/evidence/": ("post", {"requirement": "1.1.report", "period": "", **CONTENT}),
    "evidence/{evidence}/replace/": ("post", {**CONTENT, "revision": 1}),
    "evidence/{evidence}/review/": ("post", {"decision": "return", "reason": "", "revision": 1}),
    "rounds/{round}/values/review/": ("post", {"decision": "return", "reason": "", "values": [LOOKED_AT]}),
    "evidence/{evidence}/withdraw/": ("post", {"revision": 7}),
    "entries/{entry}/values/": ("put", {"values": [AMOUNT]}),
    "entries/{entry}/sheet/": ("put", SHEET),
    "entries/{entry}/sheet/submit/": ("post", SHEET),
    "login/": ("post", {"username": "nobody", "password": "x"}),
}


def spoilt(body, thing):
    """The same body with one of its places, at any depth, taken by `thing`."""
    yield thing
    if isinstance(body, dict):
        for name in body:
            yield from ({**body, name: other} for other in spoilt(body[name], thing))
        if isinstance(thing, str):
            yield {**body, thing: thing}
    elif isinstance(body, list):
        for place, one in enumerate(body):
            yield from ([*body[:place], other, *body[place + 1 :]] for other in spoilt(one, thing))
        yield [*body, thing]


@pytest.mark.parametrize("address", FORMS)
def test_every_place_of_every_body_taken_by_something_else(world, address):
    entry, evidence, people = world
    method, body = FORMS[address]
    where = f"{API}/{address.format(entry=entry.pk, evidence=evidence.pk, round=entry.round_id)}"
    is_judge_s = "sheet" in address or "review" in address
    client = by(None if address == "login/" else people[is_judge_s])
    for thing in THINGS:
        for bad in spoilt(body, thing):
            sent = json.dumps(bad).encode()
            check(client.generic(method.upper(), where, sent, content_type="application/json"), (where, sent[:200]))


def test_multipart_fields_taken_by_something_else(world):
    entry, evidence, people = world
    client = by(people[0])
    for address, (_, body) in list(FORMS.items())[:2]:
        where = f"{API}/{address.format(entry=entry.pk, evidence=evidence.pk)}"
        for name in [*body, "upload", "x"]:
            for text in NASTY:
                # In a list: bytes alone would be taken for many fields, each a number.
                sent = {**body, "upload": make.make_upload("png"), name: [text.encode("utf-8", "surrogatepass")]}
                check(client.post(where, sent, format="multipart"), (where, name, text[:20]))


@pytest.mark.parametrize(
    "name", ["\0.pdf", "x" * 5000, "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "..", "/", ""]
)
def test_file_names_of_all_kinds(world, name):
    entry, _, people = world
    for upload in (make.make_upload("pdf", name="x"), make.make_upload("pdf", name="x", content=b"")):
        body = (
            b'--B\r\nContent-Disposition: form-data; name="requirement"\r\n\r\n1.1.report\r\n'
            b'--B\r\nContent-Disposition: form-data; name="upload"; filename="' + name.encode() + b'"\r\n\r\n'
            + upload.read() + b"\r\n--B--\r\n"
        )  # fmt: skip
        where = f"{API}/entries/{entry.pk}/evidence/"
        check(by(people[0]).generic("POST", where, body, content_type="multipart/form-data; boundary=B"), name)


@pytest.mark.parametrize("number", [0, HUGE, "9" * 5000, "-1", "๑", "1e3", "%00", "1.0"])
def test_ids_of_all_sizes(world, number):
    tails = {
        "rounds": ("", "scheme/", "standings/"),
        "entries": ("", "scorecard/", "values/", "sheet/"),
        "evidence": ("", "file/"),
        "publications": ("", "results/"),
    }
    for kind, ends in tails.items():
        for end in ends:
            assert by(world[2][-1]).get(f"{API}/{kind}/{number}/{end}").status_code == 404, (kind, end)


@pytest.mark.parametrize("text", NASTY)
def test_questions_of_all_kinds(world, text):
    for name in ("round", "entry", "office", "requirement", "period", "status", "page", "format", "x"):
        for kind in ("rounds", "entries", "evidence", "publications"):
            asked = quote(text.encode("utf-8", "surrogatepass")[:3000])
            response = by(world[2][-1]).get(f"{API}/{kind}/?{name}={asked}")
            check(response, (kind, name, text[:20]))


@pytest.mark.parametrize(
    ("header", "content"),
    [
        ("Accept", "text/html"),
        ("Accept", "x/y;q=z"),
        ("Accept-Language", "x" * 1000),
        ("Accept-Language", "\xff, th;q=nan"),
        ("If-Match", "W/\"\xff\""),
        ("If-Match", "*"),
        ("Range", "bytes=9-1"),
        ("Host", "evil.example.org"),
        ("Content-Length", "x"),
        ("X-Forwarded-For", "\xff"),
        ("Cookie", "sessionid=\xff; django_language=\x01"),
        ("Authorization", "Token \xff"),
    ],
)  # fmt: skip
def test_headers_of_all_kinds(world, header, content):
    entry, evidence, people = world
    key = header.upper().replace("-", "_")
    extra = {key if key == "CONTENT_LENGTH" else f"HTTP_{key}": content}
    for address in addresses(entry, evidence):
        check(by(people[-1]).get(address, **extra), (header, content, address))
        check(by(people[-1]).post(address, {}, format="json", **extra), (header, content, address))


def test_a_body_that_is_too_large_is_refused_by_its_size(world, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = by(None).post(f"{API}/login/", {"username": "x" * 2000}, format="json")
    assert response.status_code == 413
    officer = world[2][0]
    response = by(officer).put(f"{API}/entries/{world[0].pk}/values/", {"values": ["x" * 2000]}, format="json")
    assert response.status_code == 413


def test_a_full_disk_is_told_as_one(world, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(intake, "attach_evidence", full)
    entry, _, people = world
    response = by(people[0]).post(f"{API}/entries/{entry.pk}/evidence/", {"requirement": "1.1.report", "url": "x"})
    assert response.status_code == 507
    assert "detail" in response.json()


def test_the_api_answers_strangers_with_401(world):
    entry, evidence, _ = world
    for address in addresses(entry, evidence):
        if "/login/" not in address:
            assert Client().get(address).status_code == 401, address
