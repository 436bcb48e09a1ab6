"""Who gets a token, for how long, and how it ends."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework.throttling import UserRateThrottle

from submissions.models import Token
from tests import factories as make

LOGIN, ME = "/api/v1/login/", "/api/v1/me/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_tries_yet():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def officer():
    return make.make_user("officer", "krabi")


def log_in(username="krabi", password=make.PASSWORD, client=None):
    return (client or APIClient(headers={"accept-language": "en"})).post(
        LOGIN, {"username": username, "password": password}, format="json"
    )


def bearer(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    return client


def test_a_password_gives_a_token_for_twelve_hours(officer):
    answer = log_in()
    assert answer.status_code == 200
    row = Token.objects.get(user=officer)
    assert timedelta(hours=11, minutes=59) < row.expiry - timezone.now() <= timedelta(hours=12)
    assert answer.data["expiry"].endswith("+07:00")
    assert answer.data["user"]["username"] == "krabi"
    assert answer.data["token"] not in (row.digest, row.token_key)
    me = bearer(answer.data["token"]).get(ME)
    assert (me.status_code, me.data["role"], me.data["office"]["code"]) == (200, "officer", "TH-81")


def test_a_token_ends_by_itself(officer):
    token = log_in().data["token"]
    Token.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert bearer(token).get(ME).status_code == 401


def test_logging_out_ends_this_token_or_all(officer):
    first, second = log_in().data["token"], log_in().data["token"]
    assert bearer(first).post("/api/v1/logout/").status_code == 204
    assert bearer(first).get(ME).status_code == 401
    assert bearer(second).get(ME).status_code == 200
    third = log_in().data["token"]
    assert bearer(third).post("/api/v1/logout-all/").status_code == 204
    assert not Token.objects.exists()


@pytest.mark.parametrize(
    "given",
    [{"username": "nobody"}, {"password": "wrong"}, {"username": ""}, {"password": ""}, {"username": "krabi\0"}],
)
def test_wrong_credentials_say_the_same_whoever_is_named(officer, given):
    answer = log_in(**given)
    assert answer.status_code == 400
    assert not Token.objects.exists()
    if set(given) <= {"username", "password"} and all(given.values()) and "\0" not in "".join(given.values()):
        assert answer.data["errors"] == {"non_field_errors": ["The user name or the password is wrong."]}


def test_who_is_no_longer_active_gets_none_and_loses_the_ones_there_are(officer):
    token = log_in().data["token"]
    officer.is_active = False
    officer.save()
    assert bearer(token).get(ME).status_code == 401
    assert log_in().status_code == 400
    assert Token.objects.count() == 1


def test_a_second_factor_is_not_gone_round_by_a_password(officer):
    TOTP.activate(officer, generate_totp_secret())
    assert Authenticator.objects.filter(user=officer).exists()
    answer = log_in()
    assert answer.status_code == 403
    assert "second factor" in answer.data["detail"]
    assert not Token.objects.exists()
    assert log_in(password="wrong").status_code == 400  # and the right password is not told from it before


def test_a_page_s_login_gives_no_token(officer):
    """It would outlive the log-out, and ask for neither the password nor the second factor again."""
    TOTP.activate(officer, generate_totp_secret())
    browser = Client()
    browser.force_login(officer)
    answer = browser.post(LOGIN, {}, content_type="application/json")
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"username", "password"})
    assert not Token.objects.exists()
    other = make.make_user("officer", "trang")
    said = {"username": "trang", "password": make.PASSWORD}
    assert browser.post(LOGIN, said, content_type="application/json").json()["user"]["username"] == "trang"
    assert Token.objects.get().user == other  # and who is named is not passed over


def test_nobody_hoards_tokens(officer):
    answers = [log_in().status_code for _ in range(11)]
    assert answers == [200] * 10 + [403]


@pytest.mark.parametrize(
    "header", ["Token", "Token x", "Token a b", "Token \xff\xfe", "Token ก".encode().decode("latin-1"), "Basic x"]
)
def test_a_token_that_is_none_is_refused(header):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=header)
    assert client.get(ME).status_code == 401


def test_requests_are_counted_in_the_database(officer, settings):
    assert settings.CACHES["default"]["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"
    client = bearer(log_in().data["token"])
    assert client.get(ME).status_code == 200
    assert len(cache.get(UserRateThrottle.cache_format % {"scope": "user", "ident": officer.pk})) == 1


def test_a_new_password_ends_the_tokens_that_the_old_one_gave(officer):
    client = bearer(log_in().json()["token"])
    assert client.get(ME).status_code == 200
    officer.full_name = "อีกชื่อ"
    officer.save()
    assert client.get(ME).status_code == 200
    officer.set_password("another-long-password-2566")
    officer.save()
    assert client.get(ME).status_code == 401
