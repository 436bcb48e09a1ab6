"""Guessing a password is slow, from wherever, and nobody shuts another out."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.core.cache import cache
from django.db import connections
from django.db.models import F
from django.test import Client
from django.utils import timezone, translation
from rest_framework.test import APIClient

from submissions.accounts import known, tries
from submissions.models import AccountEvent, Letter, Notice, Tries
from submissions.notices import accounts as notices
from submissions.notices import letters
from submissions.signals import login_refused
from tests.cdd4.test_first_steps import code_of
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
PAGE, API = "/accounts/login/", "/api/v1/login/"


@pytest.fixture(autouse=True)
def _one_proxy(settings):
    """Whose word on the visitor's address is taken, as in production; and nothing was counted yet."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = settings.PROXIES = 1
    cache.clear()


@pytest.fixture
def time_stands(monkeypatch):
    """Waits of seconds are told to the second, and a machine that is busy takes seconds for a dozen tries."""
    start, calls = timezone.now(), count()
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(microseconds=next(calls)))


@pytest.fixture
def krabi():
    return make_user("officer", "krabi", email="krabi@example.go.th")


class Visitor:
    """A browser at an address; what it is answered is read from the page."""

    def __init__(self, address="10.0.0.1", host="testserver") -> None:
        self.client = Client(headers={"host": host}, HTTP_X_FORWARDED_FOR=address)
        self.client.cookies["django_language"] = "en"

    def tries(self, password="wrong", name="krabi"):
        """'in', 'wrong' or the words that say how long to wait."""
        page = self.client.post(PAGE, {"login": name, "password": password})
        if page.status_code == 302:
            self.client.post("/accounts/logout/")
            return "in"
        (reason,) = page.context["form"].non_field_errors()
        return reason if "Try again" in reason else "wrong" if "correct" in reason else reason


def asks_api(password="wrong", name="krabi", address="10.0.0.1", host="testserver"):
    client = APIClient(headers={"accept-language": "en", "host": host}, HTTP_X_FORWARDED_FOR=address)
    return client.post(API, {"username": name, "password": password}, format="json")


def time_passes(**span) -> None:
    Tries.objects.update(latest_at=F("latest_at") - timedelta(**span))


def test_five_wrong_passwords_are_free_and_then_one_waits_longer_each_time(krabi, time_stands):
    visitor = Visitor()
    assert [visitor.tries() for _ in range(5)] == ["wrong"] * 5
    assert visitor.tries(PASSWORD) == "Too many wrong tries. Try again in 15 seconds."
    time_passes(seconds=14)
    assert visitor.tries(PASSWORD) == "Too many wrong tries. Try again in 1 second."
    time_passes(seconds=1)
    assert visitor.tries() == "wrong"
    assert visitor.tries() == "Too many wrong tries. Try again in 30 seconds."
    for _ in range(10):
        time_passes(hours=1)
        assert visitor.tries() == "wrong"
    assert visitor.tries() == "Too many wrong tries. Try again in 60 seconds."
    time_passes(minutes=1)
    assert visitor.tries(PASSWORD) == "in"
    for _ in range(13):
        assert visitor.tries() == "wrong"
        time_passes(hours=1)
    assert visitor.tries() == "wrong"  # a browser that is known waits for nobody else, so it may wait longer
    assert visitor.tries() == "Too many wrong tries. Try again in 15 minutes."


def test_who_asks_too_soon_waits_no_longer_for_it(krabi):
    visitor = Visitor()
    for _ in range(30):
        visitor.tries()
    time_passes(seconds=15)
    assert visitor.tries(PASSWORD) == "in"


def test_a_stranger_s_tries_keep_nobody_out_who_comes_from_elsewhere(krabi):
    for _ in range(8):
        Visitor("10.0.0.66").tries()
    assert Visitor("10.0.0.7").tries(PASSWORD) == "in"
    assert asks_api(PASSWORD, address="10.0.0.8").status_code == 200


def test_a_browser_that_logged_in_before_is_let_in_however_many_try(krabi):
    own = Visitor("10.0.0.7")
    assert own.tries(PASSWORD) == "in"
    for number in range(40):
        Visitor(f"10.9.0.{number}").tries()
    for _ in range(12):
        Visitor("10.0.0.7").tries()  # a neighbour behind the same address of the office
    assert "Try again" in Visitor("10.0.0.7").tries(PASSWORD)
    assert own.tries(PASSWORD) == "in"


def test_who_takes_every_turn_from_the_same_address_shuts_out_nobody_who_reads_their_mail(krabi):
    """At a new computer of the office, whose neighbour keeps guessing: the link of a mail makes the browser known."""
    neighbour, own, chosen = Visitor(), Visitor(), "chosen-by-krabi-2566"
    for _ in range(30):
        time_passes(minutes=1)
        neighbour.tries()
    assert re.fullmatch(r"Too many wrong tries. Try again in (60|59|58) seconds.", own.tries(PASSWORD))
    own.client.post("/accounts/password/reset/", {"email": krabi.email})
    link = next(word for word in mail.outbox[-1].body.split() if "/key/" in word)
    form = own.client.get("/accounts/" + link.partition("/accounts/")[2], follow=True)
    own.client.post(form.request["PATH_INFO"], {"password1": chosen, "password2": chosen})
    own.client.post("/accounts/logout/")
    for _ in range(30):
        time_passes(minutes=1)
        neighbour.tries()
    assert "Try again" in neighbour.tries(chosen)
    assert own.tries(chosen) == "in"


def test_a_known_browser_is_known_for_its_own_accounts_alone(krabi):
    make_user("officer", "trang")
    shared = Visitor("10.0.0.7")
    assert (shared.tries(PASSWORD), shared.tries(PASSWORD, "trang")) == ("in", "in")
    for _ in range(6):
        Visitor("10.0.0.7").tries()
    assert shared.tries(PASSWORD) == "in"  # the first account is not forgotten over the second
    other = Visitor("10.0.0.7")
    make_user("officer", "phuket")
    assert other.tries(PASSWORD, "phuket") == "in"
    assert "Try again" in other.tries(PASSWORD)


def test_a_known_browser_guesses_no_faster_than_others(krabi):
    own = Visitor()
    assert own.tries(PASSWORD) == "in"
    assert [own.tries() for _ in range(5)] == ["wrong"] * 5
    assert "15 seconds" in own.tries(PASSWORD)


def test_the_cookie_of_a_known_browser_is_signed_and_read_by_no_script(krabi):
    own = Visitor()
    own.tries(PASSWORD)
    cookie = own.client.cookies["known-browser"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", known.AGE)
    forged = Visitor("10.0.0.9")
    forged.client.cookies["known-browser"] = cookie.value[:-1] + ("a" if cookie.value[-1] != "a" else "b")
    for _ in range(6):
        Visitor("10.0.0.9").tries()
    assert "Try again" in forged.tries(PASSWORD)


def test_many_addresses_together_are_slowed_for_one_account(krabi, time_stands):
    said = [Visitor(f"10.9.0.{number}").tries() for number in range(30)]
    assert said[:20] == ["wrong"] * 20
    assert said[20:] == ["Too many wrong tries. Try again in 2 seconds."] * 10
    for _ in range(20):
        time_passes(minutes=1)
        Visitor("10.9.1.1").tries()
        time_passes(minutes=20)
    time_passes(seconds=1)
    assert "Try again" not in Visitor("10.9.2.1").tries(PASSWORD)


def test_one_address_is_slowed_for_all_accounts_and_an_office_is_not_shut_by_it(krabi, time_stands):
    said = [Visitor().tries(name=f"guess{number}") for number in range(20)]
    assert said[:10] == ["wrong"] * 10
    assert said[10:] == ["Too many wrong tries. Try again in 3 seconds."] * 10
    for number in range(10):
        time_passes(seconds=30)
        assert Visitor().tries(name=f"other{number}") == "wrong"
    time_passes(seconds=30)
    assert Visitor().tries(PASSWORD) == "in"


@pytest.mark.parametrize("host", ["testserver:5", "TestServer", "testserver.", "127.0.0.1:100", "localhost"])
def test_another_host_name_gives_no_further_tries(krabi, settings, host):
    settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
    for _ in range(5):
        Visitor().tries()
    assert "Try again" in Visitor(host=host).tries(PASSWORD)
    assert asks_api(PASSWORD, host=host).status_code == 429


@pytest.mark.parametrize("name", ["KRABI", " krabi ", "ｋｒａｂｉ", "krabı"])
def test_another_way_to_write_a_name_gives_no_further_tries(krabi, name):
    assert tries.alike(name) == "krabi"
    for _ in range(5):
        Visitor().tries()
    assert Visitor().tries(PASSWORD, name) != "in"


def test_who_is_behind_no_name_is_slowed_all_the_same():
    for _ in range(5):
        assert Visitor().tries(name="nobody") == "wrong"
    assert "15 seconds" in Visitor().tries(name="NOBODY")


def test_the_page_and_the_api_count_together_and_the_api_says_when(krabi):
    for _ in range(3):
        Visitor().tries()
    assert [asks_api().status_code for _ in range(2)] == [400, 400]
    answer = asks_api(PASSWORD)
    assert (answer.status_code, answer["Retry-After"]) == (429, "15")
    assert answer.data["detail"] == "Too many wrong tries. Try again in 15 seconds."
    assert "Try again" in Visitor().tries(PASSWORD)


def test_a_right_password_leaves_others_wrong_ones_counted(krabi):
    for number in range(20):
        Visitor(f"10.9.0.{number}").tries()
    time_passes(seconds=2)
    assert Visitor("10.0.0.7").tries(PASSWORD) == "in"
    assert Visitor("10.9.1.1").tries() == "wrong"
    assert "Try again" in Visitor("10.9.1.2").tries()


@pytest.fixture
def noon(monkeypatch):
    """Nobody's day ends while they try."""
    day = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    monkeypatch.setattr("submissions.notices.accounts.day_of", lambda at: day - timedelta(days=1))


def read_notices(person) -> str:
    reader = Client()
    reader.force_login(person)
    reader.cookies["django_language"] = "en"
    return reader.get("/notices/").content.decode()


def test_the_owner_is_told_once_a_day_how_many_there_were_and_whence(krabi, noon):
    for _ in range(4):
        Visitor("10.0.0.66").tries()
    assert not Notice.objects.exists()
    Visitor("10.0.0.66").tries()
    page = read_notices(krabi)
    assert "5 wrong passwords were typed for your account in one day" in page
    assert "From the address 10.0.0.66. Nobody got in" in page
    for number in range(10):
        time_passes(minutes=20)
        Visitor(f"10.9.0.{number}").tries()
    assert Notice.objects.filter(user=krabi, code="login.tried").count() == 1
    page = read_notices(krabi)
    assert "15 wrong passwords were typed for your account in one day" in page
    assert "From 11 addresses, the last one 10.9.0.9. Nobody got in" in page
    Notice.objects.update(at=timezone.now() - timedelta(hours=1), latest_at=timezone.now() - timedelta(hours=1))
    letters.post()
    assert Letter.objects.filter(user=krabi).exists()
    assert "15" in mail.outbox[0].subject
    reader = Client()
    reader.force_login(krabi)
    assert "/accounts/password/change/" in reader.get(f"/notices/{Notice.objects.first().pk}/").url


def test_a_slip_on_the_day_after_is_told_to_nobody(krabi):
    """The counter of the account still stands; what was tried was told."""
    for number in range(8):
        Visitor(f"10.9.0.{number}").tries()
    told = Notice.objects.count()
    tomorrow = timezone.now() + timedelta(days=1)
    Tries.objects.update(latest_at=tomorrow - timedelta(hours=2))
    notices.tell_of_wrong_passwords(krabi, at=tomorrow)
    assert Notice.objects.count() == told


# Where the password is asked for of somebody who is logged in


def test_the_password_is_guessed_no_faster_where_it_is_changed(krabi):
    own, stranger, new = Visitor(), Visitor("10.0.0.66"), "chosen-by-krabi-2566"
    stranger.client.force_login(krabi)  # a session left open

    def changes(old):
        form = {"oldpassword": old, "password1": new, "password2": new}
        cache.clear()  # allauth's own limit by the minute
        page = stranger.client.post("/accounts/password/change/", form)
        return page.context["form"].errors["oldpassword"][0]

    assert ["current" in changes("wrong") for _ in range(5)] == [True] * 5
    assert changes(PASSWORD) == "Too many wrong tries. Try again in 15 seconds."
    assert AccountEvent.objects.filter(user=krabi, kind="login.failed").count() == 5
    assert Notice.objects.filter(user=krabi, code="login.tried").exists()
    assert own.tries(PASSWORD) == "in"


# Codes of the second step


def at_the_second_step(person, address):
    visitor = Visitor(address)
    visitor.client.post(PAGE, {"login": person.username, "password": PASSWORD})
    return visitor


def types(visitor, code="000000"):
    answer = visitor.client.post("/accounts/2fa/authenticate/", {"code": code})
    return "in" if answer.status_code == 302 else answer.context["form"].errors["code"][0]


def test_who_tries_codes_is_slowed_and_keeps_out_no_owner_at_a_known_browser(krabi):
    secret = generate_totp_secret()
    TOTP.activate(krabi, secret)
    own = at_the_second_step(krabi, "10.0.0.7")
    assert types(own, code_of(secret)) == "in"
    own.client.post("/accounts/logout/")
    thief = at_the_second_step(krabi, "10.0.0.66")
    assert ["Incorrect" in types(thief) for _ in range(5)] == [True] * 5
    assert "Try again in 15 seconds" in types(at_the_second_step(krabi, "10.0.0.67"))
    own.client.post(PAGE, {"login": "krabi", "password": PASSWORD})
    cache.clear()  # a code is taken once, and the clock has not moved
    assert types(own, code_of(secret)) == "in"


def test_the_owner_hears_of_wrong_codes_that_somebody_may_know_the_password(krabi, noon):
    TOTP.activate(krabi, generate_totp_secret())
    thief = at_the_second_step(krabi, "10.0.0.66")
    for _ in range(2):
        types(thief)
    assert not Notice.objects.exists()
    types(thief)
    page = read_notices(krabi)
    assert "Somebody may know your password: 3 wrong codes" in page
    assert "10.0.0.66" in page
    assert Notice.objects.get().data["path"] == "/accounts/password/change/"


def test_a_refused_try_is_said_to_whoever_keeps_a_record(krabi):
    heard = []

    def hear(sender, user, name, address, **kwargs):
        heard.append((user, name, address))

    login_refused.connect(hear)
    try:
        for _ in range(6):
            Visitor().tries()
            Visitor("10.0.0.5").tries(name="nobody")
    finally:
        login_refused.disconnect(hear)
    assert heard == [(krabi, "krabi", "10.0.0.1"), (None, "nobody", "10.0.0.5")]


def test_what_keeps_nobody_waiting_is_forgotten(krabi):
    Visitor().tries()
    assert tries.sweep(timezone.now()) == 0
    assert tries.sweep(timezone.now() + timedelta(days=1, seconds=1)) == 3
    with translation.override("en"):
        assert Visitor().tries(PASSWORD) == "in"


@pytest.mark.postgresql  # SQLite in memory refuses the second of two writers at once
@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_are_not_free(krabi):
    def one(_):
        try:
            return asks_api().status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as pool:
        said = list(pool.map(one, range(24)))
    assert (said.count(400), said.count(429)) == (5, 19)
