"""The pages on which people make tokens, see them, and end them."""

import importlib
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client
from django.utils import timezone

from submissions.api.tokens import make_token
from submissions.models import Scope, Token
from tests import factories as make

from .test_scopes import bearer

NEW = "/accounts/tokens/new/"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_requests_yet")]


@pytest.fixture
def officer():
    return make.make_user("officer", "krabi")


@pytest.fixture
def page(officer):
    """Their browser, in English, with the password just given."""
    client = Client()
    client.post("/accounts/login/", {"login": "krabi", "password": make.PASSWORD})
    client.cookies["django_language"] = "en"
    client.post("/accounts/reauthenticate/", {"password": make.PASSWORD})
    return client


def day(days: int) -> str:
    then = timezone.localdate() + timedelta(days=days)
    return f"{then.day}/{then.month}/{then.year + 543}"


def ask(page, **said):
    return page.post(NEW, {"name": "statistics", "scopes": ["read", "export"], "until": day(30)} | said)


def test_a_token_is_made_shown_once_and_works(page, officer):
    answer = ask(page)
    assert answer.status_code == 201
    assert "no-store" in answer["Cache-Control"]
    text = re.search(r"<textarea[^>]*>(\w+)</textarea>", answer.content.decode())[1]
    token = Token.objects.get()
    assert (token.name, token.scopes, token.user) == ("statistics", ["read", "export"], officer)
    last = timezone.localtime(token.expiry)
    assert (last.date(), last.hour, last.minute) == (timezone.localdate() + timedelta(days=30), 23, 59)
    program = Client(headers={"authorization": f"Token {text}"})
    assert program.get("/api/v1/entries/").status_code == 200
    assert program.post("/api/v1/logout-all/").status_code == 403
    shown = page.get("/accounts/tokens/").content.decode()
    assert text not in shown


def test_the_list_says_what_each_is_for_until_when_and_when_it_was_used_and_ends_it(page, officer):
    client = bearer(officer, Scope.READ)
    client.get("/api/v1/me/")
    make_token(officer, life=None, scopes=[Scope.HAND_IN], name="upload")
    make_token(make.make_user("judge"), life=None, scopes=[Scope.REVIEW], name="foreign")
    shown = page.get("/accounts/tokens/").content.decode()
    for said in (
        "upload",
        "without end",
        "never used",
        "last used",
        "Given to a program that logged in",
        "Hand in evid",
    ):
        assert said in shown
    assert "foreign" not in shown
    token = Token.objects.get(name="upload")
    assert page.post(f"/accounts/tokens/{token.token_key}/end/").status_code == 302
    assert not Token.objects.filter(name="upload").exists()
    foreign = Token.objects.get(name="foreign")
    assert page.post(f"/accounts/tokens/{foreign.token_key}/end/").status_code == 404
    page.post("/accounts/tokens/end/")
    assert list(Token.objects.all()) == [foreign]
    assert client.get("/api/v1/me/").status_code == 401


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"until": ""}, "until"),
        ({"until": -1}, "until"),
        ({"until": 367}, "until"),
        ({"until": "soon"}, "until"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_typed_is_lost(page, said, where):
    """Days are counted from the day on which this runs: midnight may come after it was collected."""
    said = {name: day(text) if isinstance(text, int) else text for name, text in said.items()}
    answer = ask(page, **said)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [where]
    assert 'value="statistics"' in answer.content.decode() or where == "name"
    assert not Token.objects.exists()


def test_a_page_that_is_loaded_again_makes_no_second_token(page):
    assert ask(page).status_code == 201
    assert ask(page).status_code == 422
    assert Token.objects.count() == 1


def test_nobody_hoards_tokens(page, officer):
    for number in range(10):
        assert ask(page, name=f"n{number}").status_code == 201
    refused = ask(page, name="eleventh")
    assert refused.status_code == 422
    assert "You have 10 tokens" in refused.content.decode()
    Token.objects.filter(name="n1").update(expiry=timezone.now() - timedelta(seconds=1))
    assert ask(page, name="eleventh").status_code == 201  # one that ended by itself doesn't count


def test_without_end_is_for_where_it_is_allowed(page, settings):
    settings.TOKEN_DAYS = 0
    assert ask(page, until="").status_code == 201
    assert Token.objects.get().expiry is None


def test_it_asks_for_the_password_again_and_then_goes_on_with_what_was_typed(officer):
    client = Client()
    client.force_login(officer)
    said = {"name": "statistics", "scopes": ["read"], "until": day(30)}
    asked = client.post(NEW, said)
    assert asked.status_code == 302
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert not Token.objects.exists()
    made = client.post(asked["Location"], {"password": make.PASSWORD})
    assert made.status_code == 201
    assert Token.objects.get().name == "statistics"


def test_whoever_has_a_second_factor_makes_one_here(officer):
    """By a password alone they get none; here they gave the second factor when they logged in."""
    TOTP.activate(officer, generate_totp_secret())
    client = Client()
    client.force_login(officer)
    assert client.get("/accounts/tokens/").status_code == 200
    assert client.get(NEW)["Location"].startswith("/accounts/")
    asked = client.post(NEW, {"name": "x", "scopes": ["read"], "until": day(1)})
    made = client.post("/accounts/reauthenticate/?next=" + NEW, {"password": make.PASSWORD})
    assert (asked.status_code, made.status_code) == (302, 201)


@pytest.fixture
def given_before(officer):
    """A row of the library's own table, as its former release wrote it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO knox_authtoken (digest, token_key, user_id, created, expiry) VALUES (%s, %s, %s, %s, %s)",
            ["d" * 128, "k" * 15, officer.pk, make.at("2026-01-01"), None],
        )
    former = MigrationLoader(connection).project_state(("knox", "0009_extend_authtoken_field")).apps.get_model
    return former("knox", "AuthToken")


def take_over(library_s) -> None:
    migration = importlib.import_module("submissions.migrations.0021_tokens_and_times_of_change")
    models = {"knox": library_s, "submissions": Token}
    editor = SimpleNamespace(connection=connection)
    migration.take_over(SimpleNamespace(get_model=lambda app, name: models[app]), editor)


@pytest.mark.postgresql
def test_the_tokens_given_before_are_taken_over_and_left_to_the_former_release(officer, given_before):
    """Which answers until it is replaced, and again if this one is taken back."""
    take_over(given_before)
    token = Token.objects.get()
    assert (token.user, token.token_key, token.created) == (officer, "k" * 15, make.at("2026-01-01"))
    assert token.scopes == list(Scope.values)
    assert given_before.objects.count() == 1


@pytest.mark.postgresql
def test_a_row_of_the_former_release_keeps_nobody_from_being_deleted(officer, given_before):
    officer.delete()
    connection.check_constraints()
    assert given_before.objects.count() == 0
