"""Thai first: English is a choice, not a browser's default."""

import pytest
from django.urls import reverse

from tests import factories

pytestmark = pytest.mark.django_db
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en-US,en;q=0.9"}


def language_of(response) -> str:
    return response.content.decode().split('<html lang="')[1][:2]


def test_an_english_browser_is_shown_thai_until_its_reader_chooses(client):
    assert language_of(client.get(reverse("account_login"), **ENGLISH)) == "th"
    client.post(reverse("set_language"), {"language": "en", "next": "/"}, **ENGLISH)
    assert language_of(client.get(reverse("account_login"))) == "en"
    client.post(reverse("set_language"), {"language": "th", "next": "/"}, **ENGLISH)
    assert language_of(client.get(reverse("account_login"), **ENGLISH)) == "th"


def test_a_program_says_its_language_by_the_header(client):
    entry = factories.make_entry(office=factories.make_office())
    client.force_login(factories.make_user("officer"))
    address = f"/api/v1/entries/{entry.pk}/evidence/"
    assert "Choose a file" in client.post(address, {"requirement": "1.1.report"}, **ENGLISH).content.decode()
    thai = client.post(address, {"requirement": "1.1.report"}, HTTP_ACCEPT_LANGUAGE="th").json()
    assert "เลือกไฟล์" in str(thai)
