"""The description of the API tells the truth: every answer is one that it describes, and a client made of it works."""

import json
import re
import subprocess
import sys
from datetime import datetime
from itertools import product
from types import SimpleNamespace

import pytest
import schemathesis
from django.conf import settings
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, seed
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from jsonschema import Draft202012Validator, FormatChecker
from rest_framework.views import APIView
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from awards.publishing.publish import publish
from scoring.recompute import rescore
from submissions.api.tokens import TOKEN_LIFE, make_token
from submissions.models import Entry, Scope
from tests import factories as make
from tests.servers import ROOT
from tests.test_urls import ROLES, address, browser, expected, world  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def described() -> dict:
    return json.loads(json.dumps(SchemaGenerator().get_schema(public=True), default=str))


formats = FormatChecker(formats=["date", "ipv4"])


@formats.checks("date-time", raises=ValueError)
def is_time(text) -> bool:
    return not isinstance(text, str) or datetime.fromisoformat(text).tzinfo is not None


def check(described: dict, operation: dict, answer) -> None:
    """The answer's status, media type, headers' names and body are as described."""
    said = operation["responses"][str(answer.status_code)]
    if "$ref" in said:
        said = described["components"]["responses"][said["$ref"].rpartition("/")[2]]
    if "content" not in said:
        assert not answer.content
        return
    media = answer["Content-Type"].partition(";")[0]
    schema = said["content"][media]["schema"]
    if schema.get("format") == "binary":
        return
    validator = Draft202012Validator(schema | {"components": described["components"]}, format_checker=formats)
    faults = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(answer.json())]
    assert not faults, faults[:5]


def operations(described: dict):
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            if method in ("get", "post", "put", "patch", "delete"):
                yield path, method, operation


API_ROUTES = sorted({route for route, method in expected() if route.startswith(("api/v1/", "api/problems"))})


@pytest.fixture(scope="module")
def other(world, django_db_blocker):  # noqa: F811
    """The same addresses, of rows in other states: a nominee, a sheet not begun, a link that was returned."""
    with django_db_blocker.unblock():
        judge, staff = world.people["judge"], world.people["staff"]
        round = make.make_round(judges=[judge])
        entry = make.make_entry(round, "TH-81")
        entry.nominee_name = "สมหญิง ใจดี"
        entry.save()
        Entry.objects.create(round=round, office=entry.office, state="withdrawn", withdrawn_reason="ย้ายสำนักงาน")
        decided = {"status": "returned", "reviewed_by": judge, "reviewed_at": make.NOW}
        evidence = make.make_evidence(entry, "3.5.report", "2023-06", **decided)
        make.make_evidence(entry, "3.5.report", "2023-06", replaces=evidence)
        make.make_evidence(entry, status="withdrawn")
        rescore([entry.pk])
        publication = publish(round, by=staff)
    ids = {"entries": entry, "evidence": evidence, "rounds": round, "publications": publication}
    return SimpleNamespace(**vars(world) | {"ids": world.ids | {name: str(row.pk) for name, row in ids.items()}})


@pytest.mark.parametrize("route", API_ROUTES)
def test_every_answer_to_every_role_is_as_described(world, other, described, monkeypatch, route):  # noqa: F811
    monkeypatch.setattr(APIView, "throttle_classes", [])
    path = template(address(route, world), described)
    operation = described["paths"][path].get("get")
    for role, asked in product(ROLES, (world, other)):
        cache.clear()
        answer = browser(world, role).get(address(route, asked))
        if operation is None:
            assert answer.status_code in (401, 405), role
        else:
            check(described, operation, answer)


def test_the_other_states_are_those_in_which_fields_are_empty(other, monkeypatch):
    monkeypatch.setattr(APIView, "throttle_classes", [])
    cache.clear()
    address, judge = f"/api/v1/entries/{other.ids['entries']}", browser(other, "judge")
    sheet = judge.get(f"{address}/sheet/").json()
    assert (sheet["status"], sheet["saved_at"], sheet["revision"]) == ("", None, 0)
    assert judge.get(f"{address}/").json()["nominee"]["name"]
    assert browser(other, "staff").get("/api/v1/entries/?state=withdrawn").json()["count"] == 1


def template(where: str, described: dict) -> str:
    """The path of the description that an address is one of."""
    found = resolve(where)
    names = {str(value): "{%s}" % ("id" if name == "pk" else name) for name, value in found.kwargs.items()}
    path = "".join(f"{names.get(part, part)}/" for part in where.strip("/").split("/"))
    assert f"/{path}" in described["paths"], path
    return f"/{path}"


def test_two_who_ask_for_the_description_at_once_both_get_it():
    """In a program that has just started: the library looks its extensions up at the first question."""
    asked = """
import sys, threading, django
django.setup()
import cdd4.urls
from drf_spectacular.generators import SchemaGenerator
sys.setswitchinterval(1e-6)
start, faults = threading.Barrier(4), []
def ask():
    start.wait()
    try:
        assert SchemaGenerator().get_schema(public=True)["paths"]
    except BaseException as error:
        faults.append(repr(error))
threads = [threading.Thread(target=ask) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
if faults:
    sys.exit("; ".join(faults))
"""
    variables = {"CDD4_ENV": "test", "DJANGO_SETTINGS_MODULE": "cdd4.settings", "CDD4_DATA_DIR": str(settings.DATA_DIR)}
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, env=variables, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("method", ["options", "head", "get", "post", "put", "patch", "delete", "trace"])
@pytest.mark.parametrize("where", ["/api/docs/", "/api/schema/"])
def test_the_page_of_the_description_takes_any_method(world, where, method):  # noqa: F811
    for role in ("anonymous", "officer"):
        answer = browser(world, role).generic(method.upper(), where)
        assert answer.status_code < 500


def test_each_address_says_what_it_is_for(described):
    """What people miss in a list of bare addresses, and generators need. Spectral needs Node and isn't run here."""
    assert described["openapi"] == "3.1.0"
    assert described["servers"][0]["url"].startswith("http")
    assert described["info"]["contact"]
    assert described["info"]["description"]
    tags = {tag["name"]: tag["description"] for tag in described["tags"]}
    seen, names = set(), []
    for path, method, operation in operations(described):
        assert operation["summary"], (method, path)
        assert operation["description"], (method, path)
        assert set(operation["tags"]) <= set(tags), (method, path)
        assert set(re.findall(r"{(\w+)}", path)) == {
            one["name"] for one in operation.get("parameters", ()) if one["in"] == "path" and one["required"]
        }
        said = [(one["in"], one["name"]) for one in operation.get("parameters", ())]
        assert len(said) == len(set(said)), (method, path)
        assert any(status.startswith("2") for status in operation["responses"])
        assert {"406", "429", "503"} <= set(operation["responses"]), (method, path)
        names.append(operation["operationId"])
        seen |= set(operation["tags"])
    assert len(names) == len(set(names)) > 30
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in names)
    assert seen == set(tags)
    used = set(re.findall(r'"#/components/([^"]+)"', json.dumps(described)))
    known = {f"{kind}/{name}" for kind, all_of in described["components"].items() for name in all_of}
    assert known - used == {"securitySchemes/cookieAuth", "securitySchemes/token"}
    assert used <= known
    assert "nullable" not in json.dumps(described)  # no word of 3.1


def test_each_body_and_each_answer_has_an_example_of_its_form(described):
    shown = 0
    for path, method, operation in operations(described):
        said = [operation.get("requestBody", {}), *operation["responses"].values()]
        said += [described["components"]["responses"][name] for name in described["components"]["responses"]]
        for content in (content for one in said for content in one.get("content", {}).values()):
            if content["schema"].get("format") == "binary":
                continue
            schema = content["schema"] | {"components": described["components"]}
            faults = [error.message for error in Draft202012Validator(schema).iter_errors(content["example"])]
            assert not faults, (method, path, faults)
            shown += 1
    assert shown > 60


def test_the_description_speaks_the_reader_s_language(world):  # noqa: F811
    said = {}
    for language in ("th", "en"):
        answer = browser(world, "staff").get("/api/schema/?format=json", headers={"accept-language": language})
        said[language] = answer.json()["paths"]["/api/v1/entries/"]["get"]["summary"]
    assert said["en"] == "Entries you may see"
    assert any("ก" <= letter <= "๙" for letter in said["th"])


CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ASKED = {"max_examples": 8, "deadline": None, "derandomize": True, "database": None}
OPERATIONS = sorted(
    (method, path) for path, method, _ in operations(SchemaGenerator().get_schema(public=True)) if "/log" not in path
)


@pytest.fixture
def asked(world, described, one_connection, monkeypatch):  # noqa: F811
    """The description as schemathesis reads it, and tokens for everything: of somebody who may do most, and of a judge,
    who alone has a sheet."""
    monkeypatch.setattr(APIView, "throttle_classes", [])
    schema = schemathesis.openapi.from_dict(described)
    schema.app = get_wsgi_application()
    tokens = {
        role: make_token(world.people[role], life=TOKEN_LIFE, scopes=list(Scope.values))[1]
        for role in ("admin", "judge")
    }
    return schema, {role: {"Authorization": f"Token {text}", "Accept-Language": "en"} for role, text in tokens.items()}


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=[f"{method} {path}" for method, path in OPERATIONS])
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_nothing_that_is_sent_is_answered_otherwise_than_described(asked, world, method, path, mode):  # noqa: F811
    """What the description allows, and what it doesn't, to every address: no error of ours, no answer undescribed."""
    schema, headers_of = asked
    headers = headers_of["judge" if "/sheet/" in path else "admin"]
    seen = []
    ids = st.sampled_from([world.ids[name] for name in ("entry", "evidence", "round", "publication")])

    @seed(1)
    @settings_of_hypothesis(**ASKED, suppress_health_check=list(HealthCheck))
    @given(case=schema[path][method.upper()].as_strategy(generation_mode=mode), number=st.none() | ids)
    def ask(case, number) -> None:
        if number and "id" in case.path_parameters:  # one that is there: else all would end at 404
            case.path_parameters["id"] = number
        with transaction.atomic():
            answer = case.call(headers=headers)
            transaction.set_rollback(True)
        case.validate_response(answer, checks=CHECKS)
        seen.append(answer.status_code)

    try:
        ask()
    except Unsatisfiable:  # there is nothing to send that the description doesn't allow
        assert mode == GenerationMode.NEGATIVE
    assert seen or mode == GenerationMode.NEGATIVE
