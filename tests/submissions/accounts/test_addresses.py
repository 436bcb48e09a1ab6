"""An e-mail address opens the account: it is changed with the password, by a link, and told to the one before."""

import re
from datetime import timedelta
from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core import mail
from django.test import Client
from django.utils import timezone

from submissions.accounts import addresses
from submissions.models import AccountEvent, AddressChange, Letter, User
from submissions.notices import letters
from tests import factories as make

from .conftest import log_in

PAGE, NEW = "/account/email/", "new@example.org"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _there_is_a_mail_server(settings):
    settings.EMAIL_HOST = "mail.example.org"
    settings.PORTAL_URL = "https://portal.example.org"


@pytest.fixture
def client(person):
    return log_in(person)


def ask(client, email=NEW, password=make.PASSWORD):
    """As people do: the form, then the password."""
    asked = client.post(PAGE, {"deed": "ask", "email": email})
    if asked.status_code == 302 and "reauthenticate" in asked.url:
        return client.post(asked.url, {"password": password, "next": PAGE})
    return asked


def link() -> str:
    """The newest that was sent, as an address of this portal."""
    letters.post()
    found = re.search(r"https://portal\.example\.org(/account/email/\S+)", mail.outbox[-1].body)
    return found.group(1)


def address_of(person) -> str:
    return User.objects.get(pk=person.pk).email


def test_the_new_address_holds_when_its_link_is_opened_and_the_old_one_hears_of_it(client, person):
    ask(client)
    letters.post()
    assert [one.to for one in mail.outbox] == [[NEW]]
    assert address_of(person) == "old@example.org"
    page = client.get(PAGE).content.decode()
    assert NEW in page
    assert "Waits to be confirmed" in page
    path = link()
    assert client.get(path).status_code == 200
    assert address_of(person) == "old@example.org"  # what scanners of mail open changes nothing
    client.post(path)
    assert address_of(person) == NEW
    letters.post()
    assert mail.outbox[-1].to == ["old@example.org"]
    assert "n•••@example.org" in mail.outbox[-1].body
    kinds = list(AccountEvent.objects.filter(kind__startswith="email").order_by("pk").values_list("kind", "actor"))
    assert kinds == [("email.asked", person.pk), ("email.changed", person.pk)]


def test_nothing_is_asked_for_without_the_password(client, person):
    """An open session on a shared computer is not the account."""
    asked = client.post(PAGE, {"deed": "ask", "email": NEW})
    assert "/accounts/reauthenticate/" in asked.url
    assert not AddressChange.objects.exists()
    assert not Letter.objects.exists()
    ask(client, password="wrong")
    assert not AddressChange.objects.exists()
    client.post(PAGE, {"deed": "remove"})
    assert address_of(person) == "old@example.org"


@pytest.mark.parametrize("path", ["/notices/settings/", "/accounts/email/"])
def test_no_other_page_changes_it(client, person, path):
    client.post(path, {"email": NEW, "mail": "daily", "language": "th", "action_add": "1"})
    assert address_of(person) == "old@example.org"
    assert not Letter.objects.exists()


def test_a_link_holds_once(client, person):
    ask(client)
    path = link()
    client.post(path)
    User.objects.filter(pk=person.pk).update(email="third@example.org")
    assert client.post(path).status_code == 410
    assert client.get(path).status_code == 410
    assert address_of(person) == "third@example.org"


def test_a_link_grows_old(client, person, monkeypatch):
    ask(client)
    path = link()
    AddressChange.objects.update(asked_at=timezone.now() - timedelta(hours=25))
    assert client.post(path).status_code == 410
    assert "too old" in client.get(PAGE).content.decode()


def test_a_link_of_what_is_asked_for_no_more(client, person):
    """Otherwise the link to one's own address would confirm another's."""
    ask(client)
    first = link()
    ask(client, "victim@example.org")
    assert client.post(first).status_code == 410
    second = link()
    client.post(PAGE, {"deed": "withdraw"})
    assert client.post(second).status_code == 410
    assert address_of(person) == "old@example.org"


def test_a_link_is_its_own_account_s(client, person):
    ask(client)
    path = link()
    stranger = log_in(make.make_user("officer", "other"))
    assert stranger.post(path).status_code == 410
    assert address_of(person) == "old@example.org"
    assert "/accounts/login/" in Client().get(path).url  # whoever only reads the mail is asked to log in
    for nonsense in ("x", "a:b:c", "%00"):
        assert client.post(f"/account/email/{nonsense}/").status_code in (404, 410)


def test_a_letter_that_is_asked_for_no_more_is_not_sent(client):
    ask(client)
    client.post(PAGE, {"deed": "withdraw"})
    letters.post()
    assert mail.outbox == []
    assert Letter.objects.get().fault == addresses.NOT_ANY_MORE


def test_a_reset_of_the_password_is_never_mailed_to_what_is_not_confirmed(client, person):
    ask(client)
    Client().post("/accounts/password/reset/", {"email": NEW})
    assert [one.to for one in mail.outbox if "/password/reset/key/" in one.body] == []


def test_a_stranger_s_mailbox_is_not_flooded(client):
    for number in range(addresses.A_DAY):
        ask(client, f"victim{number}@example.org")
    refused = ask(client, "victim@example.org")
    assert refused.status_code == 422
    assert "Enough letters" in refused.content.decode()
    assert Letter.objects.filter(about="confirm").count() == addresses.A_DAY


@pytest.mark.parametrize("email", ["", "no address", "old@example.org", "a" * 300 + "@example.org"])
def test_what_is_no_new_address_is_told_before_the_password_is_asked_for(client, email):
    answer = client.post(PAGE, {"deed": "ask", "email": email})
    assert answer.status_code == 422
    assert answer.context["form"].errors


def test_staff_change_it_and_the_old_address_hears_of_it(client, person):
    staff = make.make_user("staff")
    ask(client)
    path = link()
    browser = log_in(staff)
    form = browser.get(f"/admin/submissions/user/{person.pk}/change/").context["adminform"].form
    data = {bound.html_name: bound.value() for bound in form if bound.value() not in (None, False)}
    browser.post(f"/admin/submissions/user/{person.pk}/change/", {**data, "email": "by-staff@example.org"})
    assert address_of(person) == "by-staff@example.org"
    letters.post()
    assert mail.outbox[-1].to == ["old@example.org"]
    event = AccountEvent.objects.get(kind="email.changed")
    assert (event.user, event.actor, event.detail) == (person, staff, "old@example.org → by-staff@example.org")
    assert client.post(path).status_code == 410  # what was asked for before is void


def test_a_superuser_s_own_has_no_second_door(client):
    """An open session in the admin is not the account either."""
    admin = make.make_user("admin", email="admin@example.org")
    browser = log_in(admin)
    page = f"/admin/submissions/user/{admin.pk}/change/"
    form = browser.get(page)
    assert PAGE in form.content.decode()
    data = {bound.html_name: bound.value() for bound in form.context["adminform"].form}
    data = {name: value for name, value in data.items() if value not in (None, False)}
    saved = browser.post(page, {**data, "email": NEW, "full_name": "Another Name"})
    assert saved.status_code == 302
    admin.refresh_from_db()
    assert (admin.full_name, admin.email) == ("Another Name", "admin@example.org")


def test_saving_a_person_otherwise_tells_nobody(person):
    person.full_name = "Somebody"
    person.save()
    person.save(update_fields=["last_login"])
    make.make_user("officer", "new", email="x@example.org")
    assert not Letter.objects.exists()
    assert not AccountEvent.objects.exists()


def test_the_address_is_taken_away_with_the_password(client, person):
    asked = client.post(PAGE, {"deed": "remove"})
    client.post(asked.url, {"password": make.PASSWORD, "next": PAGE})
    assert address_of(person) == ""
    letters.post()
    assert mail.outbox[-1].to == ["old@example.org"]


def test_without_a_mail_server_it_is_said_what_becomes_of_it(client, person, settings):
    settings.EMAIL_HOST = ""
    ask(client)
    assert "written to the log" in client.get(PAGE).content.decode()
    settings.PRODUCTION = True
    shut = client.get(PAGE).content.decode()
    assert "Central staff can enter yours" in shut
    assert "Send the link" not in shut
    assert ask(client, "third@example.org").status_code == 422


def test_letters_about_an_address_are_no_letters_of_notices(client, person):
    ask(client)
    assert client.get("/notices/settings/").context["last"]["mail"]["letter"] is None


def test_addresses_that_allauth_s_page_kept_open_no_account_any_more(person):
    """Nobody had to confirm them, and whoever read such a mailbox could set the password."""
    EmailAddress.objects.create(user=person, email="intruder@example.org")
    migration = import_module("submissions.migrations.0019_addresses")
    migration.forget_unconfirmed(apps, None)
    Client().post("/accounts/password/reset/", {"email": "intruder@example.org"})
    assert [one for one in mail.outbox if "/password/reset/key/" in one.body] == []


def test_a_former_address_sets_no_password(client, person):
    """Whoever was asked for a reset at the old address, and reads it still, is nobody to the account any more."""
    stranger = Client()
    stranger.post("/accounts/password/reset/", {"email": "old@example.org"})
    (kept,) = [one.body for one in mail.outbox if "/password/reset/key/" in one.body]
    ask(client)
    client.post(link())
    assert address_of(person) == NEW
    mail.outbox.clear()
    stranger.post("/accounts/password/reset/", {"email": "old@example.org"})
    assert [one.to for one in mail.outbox if "/password/reset/key/" in one.body] == []
    path = next(word for word in kept.split() if "/password/reset/key/" in word).partition("/accounts/")[2]
    assert stranger.get(f"/accounts/{path}").context["token_fail"]  # nor does the link that was sent before
    stranger.post("/accounts/password/reset/", {"email": NEW})
    assert [one.to for one in mail.outbox if "/password/reset/key/" in one.body] == [[NEW]]


def test_an_address_that_allauth_noted_is_forgotten_with_the_one_that_is_left(person):
    EmailAddress.objects.create(user=person, email=person.email)
    person.email = NEW
    person.save()
    assert not EmailAddress.objects.exists()
