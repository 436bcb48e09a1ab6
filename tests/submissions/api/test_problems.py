"""How the API tells what was wrong: one shape (RFC 9457) whoever refuses, a type that stays, the texts as ever."""

import errno
import time

import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework.throttling import UserRateThrottle

from submissions import intake
from submissions.api.problems import KINDS, MEDIA_TYPE
from tests import factories as make
from tests.api import API, by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_requests_yet")]


def check(answer, kind: str, status: int) -> dict:
    said = answer.json()
    assert answer["Content-Type"] == MEDIA_TYPE
    assert (answer.status_code, said["status"], said["type"]) == (status, status, f"/api/problems/{kind}/")
    assert said["title"] == str(KINDS[kind].title)
    assert said["detail"]
    return said


def test_faults_of_fields_stand_by_their_fields(entry, officer):
    refused = by(officer).post(f"{API}/entries/{entry.pk}/evidence/", {"requirement": "1.1.report", "url": "x"})
    assert set(check(refused, "invalid", 400)["errors"]) == {"url"}


def test_faults_inside_of_a_list_say_where(entry, officer):
    rows = [{"code": "3.4.news", "amount": "1", "revision": 0}, {"code": "3.4.news", "amount": 1.5, "revision": 0}]
    refused = by(officer).put(f"{API}/entries/{entry.pk}/values/", {"values": rows})
    assert check(refused, "invalid", 400)["errors"] == {"values.1.amount": ["Write it as a text, in quotation marks."]}


def test_what_concerns_the_whole_is_the_detail(client):
    answer = client.post(
        f"{API}/login/", {"username": "x", "password": "y"}, "application/json", headers={"accept-language": "en"}
    )
    said = check(answer, "invalid", 400)
    assert said["detail"] == "The user name or the password is wrong."
    assert said["errors"] == {"non_field_errors": [said["detail"]]}


def test_every_kind_of_refusal_has_its_type(entry, officer, judge, staff):
    address = f"{API}/entries/{entry.pk}"
    check(by(officer).get(f"{API}/entries/999999/"), "not-found", 404)
    check(by(officer).delete(f"{address}/"), "method-not-allowed", 405)
    check(by(officer).get(f"{address}/sheet/"), "permission-denied", 403)
    check(by(officer).get(f"{address}/", headers={"accept": "text/html"}), "not-acceptable", 406)
    check(
        by(officer).generic("POST", f"{address}/evidence/", b"{", content_type="application/json"), "parse-error", 400
    )
    check(
        by(officer).generic("POST", f"{address}/evidence/", b"<", content_type="text/xml"),
        "unsupported-media-type",
        415,
    )
    unknown = Client().get(f"{address}/", headers={"authorization": "Token x"})
    check(unknown, "not-authenticated", 401)
    assert unknown["WWW-Authenticate"] == "Token"


def test_a_conflict_keeps_the_row_as_it_is_now(entry, staff):
    evidence = make.make_evidence(entry, revision=4)
    late = by(staff).post(f"{API}/evidence/{evidence.pk}/review/", {"decision": "accept", "revision": 1})
    assert check(late, "conflict", 409)["current"]["revision"] == 4


@pytest.mark.parametrize("accept", ["*/*", "application/vnd.oai.openapi"])
def test_refusals_of_the_description_are_json_too(accept, officer):
    """The description itself comes as YAML."""
    client = Client(headers={"accept": accept})
    check(client.get("/api/schema/"), "not-authenticated", 401)
    client.force_login(officer)
    check(client.get("/api/schema/", headers={"accept": "text/html"}), "not-acceptable", 406)
    check(client.post("/api/schema/"), "method-not-allowed", 405)
    cache.set(UserRateThrottle.cache_format % {"scope": "user", "ident": officer.pk}, [time.time()] * 1000, 60)
    check(client.get("/api/schema/"), "throttled", 429)


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
@pytest.mark.parametrize("address", ["/api/", "/api/v1/", "/api/v1/nowhere/", "/api/v2/entries/", "/api/v1/entries/x/"])
def test_an_address_that_is_none_is_told_to_programs_as_to_programs(address, method):
    check(getattr(Client(), method)(address), "not-found", 404)


def test_a_slash_that_was_left_out_is_made_good():
    answer = Client().get(f"{API}/rounds")
    assert (answer.status_code, answer["Location"]) == (301, f"{API}/rounds/")


def test_pages_keep_their_pages_of_faults():
    answer = Client().get("/nowhere/")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


def test_what_is_too_large_for_anything_is_refused_as_a_problem():
    check(Client().generic("POST", f"{API}/login/", b"", CONTENT_LENGTH=str(10**13)), "too-large", 413)


def test_an_error_of_ours_is_told_as_one(entry, officer, monkeypatch):
    client = by(officer)
    client.raise_request_exception = False
    address, body = f"{API}/entries/{entry.pk}/evidence/", {"requirement": "1.1.report", "url": "https://example.org/"}

    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(intake, "attach_evidence", fail)
    error = RuntimeError("secret")
    said = check(client.post(address, body), "error", 500)
    assert "secret" not in str(said)
    error = OSError(errno.ENOSPC, "full")
    check(client.post(address, body), "disk-full", 507)


def test_each_type_leads_to_what_it_means_in_two_languages():
    said = {}
    for language in ("th", "en"):
        client = Client(headers={"accept-language": language})
        said[language] = client.get("/api/problems/").json()
        assert client.get("/api/problems/held/").json() in said[language]
        named = {one["type"]: one["status"] for one in said[language]}
        assert named == {f"/api/problems/{kind}/": known.status for kind, known in KINDS.items()}
    assert not {one["title"] for one in said["th"]} & {one["title"] for one in said["en"]}
    check(Client().get("/api/problems/nothing/"), "not-found", 404)
