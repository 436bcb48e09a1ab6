"""What a token is for: asked at one place, for every address and method of the API, and of uploads."""

import pytest
from django.urls import URLPattern, get_resolver, reverse
from rest_framework.permissions import SAFE_METHODS
from rest_framework.test import APIClient

from submissions.api.scopes import ANY, EVERY, InScope, scope_of
from submissions.api.tokens import TOKEN_LIFE, make_token
from submissions.models import Scope
from tests import factories as make
from tests.api import API

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_requests_yet")]
# Asked without a token: the log-in, and words about the API that everybody may read.
OPEN = {"api-login", "api-problems", "api-problem"}


def bearer(person, *scopes: str) -> APIClient:
    _, text = make_token(person, life=TOKEN_LIFE, scopes=list(scopes))
    return APIClient(headers={"authorization": f"Token {text}", "accept-language": "en"})


def views():
    """(address, view class, methods) of every address below /api/v1/, and of the problems."""
    for pattern in get_resolver().url_patterns:
        if str(pattern.pattern) in ("api/v1/", "api/"):
            for one in pattern.url_patterns:
                assert isinstance(one, URLPattern)
                view = getattr(one.callback, "cls", None) or one.callback.view_class
                actions = getattr(one.callback, "actions", None)
                methods = actions or [name for name in view.http_method_names if hasattr(view, name)]
                yield one.name, view, {name.upper() for name in methods} - {"OPTIONS", "HEAD"}


def test_every_method_of_every_address_asks_for_a_scope():
    seen = list(views())
    assert len(seen) > 28
    for name, view, methods in seen:
        if name in OPEN:
            continue
        asked = {method: scope_of(view, method) for method in methods}
        assert set(asked.values()) <= {*Scope.values, ANY, EVERY}, (name, asked)
        assert ANY not in asked.values() or name in ("api-me", "api-logout"), name
        assert all(asked[method] != Scope.READ for method in methods if method not in SAFE_METHODS), (name, asked)
        assert InScope in view.permission_classes or set(asked.values()) == {ANY}, name


@pytest.fixture
def deeds(entry):
    """One request for each scope: (scope, method, address, body)."""
    evidence = make.make_evidence(entry, kind="pdf")
    where = f"{API}/entries/{entry.pk}"
    return [
        (Scope.READ, "get", f"{where}/", {}),
        (Scope.HAND_IN, "post", f"{where}/evidence/", {"requirement": "1.1.report", "url": "https://example.org/"}),
        (Scope.HAND_IN, "put", f"{where}/values/", {"values": []}),
        (Scope.REVIEW, "get", f"{where}/sheet/", {}),
        (Scope.REVIEW, "post", f"{API}/evidence/{evidence.pk}/review/", {"decision": "accept", "revision": 1}),
        (Scope.EXPORT, "get", f"{API}/evidence/{evidence.pk}/file/", {}),
    ]


@pytest.mark.parametrize("scope", Scope.values)
def test_a_token_does_what_it_is_for_and_nothing_else(deeds, officer, scope):
    client = bearer(officer, scope)
    for asked, method, address, body in deeds:
        answer = getattr(client, method)(address, body, format="json" if body else None)
        refused = answer.status_code == 403 and answer.json()["type"] == reverse("api-problem", args=["out-of-scope"])
        assert refused == (asked != scope), (asked, address, answer.status_code)
    assert client.get(f"{API}/me/").status_code == 200


def test_only_a_token_for_everything_ends_the_others(officer):
    """Whoever finds the key of a program that only reads can't stop all the others."""
    reading, whole = bearer(officer, Scope.READ), bearer(officer, *Scope.values)
    refused = reading.post(f"{API}/logout-all/")
    assert (refused.status_code, refused.json()["type"]) == (403, "/api/problems/out-of-scope/")
    assert officer.auth_token_set.count() == 2
    assert whole.post(f"{API}/logout-all/").status_code == 204
    assert not officer.auth_token_set.exists()


def test_whoever_may_not_do_it_gets_no_further_by_a_token_that_is_for_it(deeds, officer):
    client = bearer(officer, Scope.REVIEW)
    _, _, address, body = deeds[4]
    answer = client.post(address, body, format="json")
    assert (answer.status_code, answer.json()["type"]) == (403, "/api/problems/permission-denied/")


def test_a_refusal_says_what_the_token_is_for(deeds, officer):
    _, _, address, body = deeds[1]
    answer = bearer(officer, Scope.READ, Scope.EXPORT).post(address, body, format="json")
    assert answer.json()["detail"] == (
        "This token is not for that. It is for: Read what you see: entries, evidence, scorecards, standings, "
        "publications · Take the files of evidence away"
    )


def test_a_password_gives_a_token_for_what_is_asked(officer):
    officer.set_password(make.PASSWORD)
    officer.save()
    body = {"username": officer.username, "password": make.PASSWORD, "scopes": ["read"]}
    answer = APIClient().post(f"{API}/login/", body, format="json")
    assert (answer.status_code, answer.data["scopes"]) == (200, ["read"])
    refused = APIClient().post(f"{API}/login/", body | {"scopes": ["everything"]}, format="json")
    assert (refused.status_code, set(refused.data["errors"])) == (400, {"scopes.0"})
