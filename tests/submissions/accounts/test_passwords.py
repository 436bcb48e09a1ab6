"""Passwords stolen elsewhere are refused, offline; others are not."""

import hashlib
import re

import pytest
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from submissions.accounts.passwords import LIST, filter_of, is_stolen
from tests.factories import PASSWORD, make_user

STOLEN = "q1w2e3r4t5y6 1qaz2wsx3edc Mailcreated5240 nuttertools qazwsxedcrfv".split()


@pytest.mark.parametrize("password", STOLEN)
def test_what_stands_in_the_list_is_refused_however_it_is_written(password):
    for written in (password, password.upper(), f" {password}"):
        with pytest.raises(ValidationError) as refused:
            validate_password(written)
        assert "password_stolen" in [error.code for error in refused.value.error_list]


def test_ten_characters_are_needed():
    with pytest.raises(ValidationError) as refused:
        validate_password("vQ7-mz!k4")
    assert [error.code for error in refused.value.error_list] == ["password_too_short"]
    validate_password("vQ7-mz!k4x")


def test_the_list_goes_beyond_what_django_brings():
    django = CommonPasswordValidator().passwords
    assert [password for password in STOLEN if password.lower() not in django]


def test_one_in_some_thousands_is_refused_without_cause():
    """100,000 that nobody ever chose: 10 expected, and 40 would be another filter than the one described."""
    chosen = (hashlib.sha256(b"%d" % number).hexdigest()[:20] for number in range(100_000))
    assert sum(map(is_stolen, chosen)) < 40


def test_a_filter_misses_none_of_what_went_in(tmp_path, monkeypatch):
    names = [f"password number {number}" for number in range(2000)]
    bits = filter_of(names)
    monkeypatch.setattr("submissions.accounts.passwords._bits", lambda: bits)
    assert all(map(is_stolen, names))
    assert not is_stolen("another one altogether")


def test_the_file_says_what_it_is_and_stays_small():
    assert b"CC BY-SA 3.0" in LIST.read_bytes().partition(b"\n")[0]
    assert LIST.stat().st_size < 300_000


@pytest.mark.django_db
def test_a_wrong_current_password_is_called_wrong_and_each_fault_is_told_once():
    client = Client()
    client.force_login(make_user("officer"))
    form = {"oldpassword": "not-the-one-2566", "password1": "สั้น", "password2": "สั้น"}
    page = client.post("/accounts/password/change/", form)
    html = page.content.decode()
    assert html.count("รหัสผ่านปัจจุบันไม่ถูกต้อง") == 1
    faults = page.context["form"].errors["password1"]
    assert faults
    assert [html.count(f"<li>{fault}</li>") for fault in faults] == [1] * len(faults)
    assert re.search(r'<li>\s*<a href="#id_password1">รหัสผ่านใหม่</a>\s*</li>', html)


@pytest.mark.django_db
def test_the_page_says_why():
    client = Client()
    client.force_login(make_user("officer"))
    form = {"oldpassword": PASSWORD, "password1": "1qaz2wsx3edc", "password2": "1qaz2wsx3edc"}
    page = client.post("/accounts/password/change/", form, headers={"accept-language": "en"})
    assert "ซึ่งรั่วไหลจากที่อื่น" in page.content.decode()
