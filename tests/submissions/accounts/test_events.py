"""Who did what with an account or a file: recorded once, never changed, thrown away when its time is over."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from submissions.accounts import events
from submissions.models import AccountEvent, User
from submissions.signals import login_refused
from submissions.tasks import sweep_accounts
from tests import factories as make

from .conftest import CHROME, kinds, log_in

pytestmark = pytest.mark.django_db


def last() -> AccountEvent:
    return AccountEvent.objects.order_by("pk").last()


def test_logging_in_and_out_is_recorded_with_address_and_browser(person):
    client = log_in(person)
    event = last()
    assert (event.kind, event.user, event.actor, event.address) == ("login.done", person, person, "192.0.2.7")
    assert event.browser == CHROME
    client.post("/accounts/logout/")
    assert kinds(person) == ["login.done", "logout.done"]


def test_a_failure_names_the_account_and_nobody_as_its_doer(person):
    log_in("KRABI", "wrong")
    assert (last().kind, last().user, last().actor) == ("login.failed", person, None)


def test_what_was_typed_for_a_name_that_is_none_is_not_kept():
    """People type their password there."""
    for _twice in range(2):
        log_in("MySecret-Password-1", "wrong")
    log_in("another name", "wrong")
    first, again, other = AccountEvent.objects.order_by("pk")
    for event in (first, again, other):
        assert "Secret" not in repr(event.__dict__)
        assert (event.user, event.username) == (None, "")
    assert first.detail == again.detail != other.detail


def test_tokens(person):
    credentials = {"username": "krabi", "password": make.PASSWORD}
    token = APIClient().post("/api/v1/login/", credentials, format="json").data["token"]
    assert kinds(person) == ["token.made", "login.done"]
    APIClient(headers={"authorization": f"Token {token}"}).post("/api/v1/logout/")
    assert kinds(person)[2:] == ["token.ended"]


def test_passwords_by_whomever(person):
    client, staff = log_in(person), make.make_user("staff")
    new = "eleven-blue-boats"
    client.post("/accounts/password/change/", {"oldpassword": make.PASSWORD, "password1": new, "password2": new})
    assert (last().kind, last().actor) == ("password.changed", person)
    log_in(staff).post(
        f"/admin/submissions/user/{person.pk}/password/", {"password1": "x" + new, "password2": "x" + new}
    )
    changed = AccountEvent.objects.filter(kind="password.changed").order_by("pk").last()
    assert (changed.user, changed.actor) == (person, staff)
    person.refresh_from_db()
    person.set_password(new)
    person.save()  # a command
    assert (last().kind, last().actor, last().address) == ("password.changed", None, None)


def test_a_password_set_by_a_mailed_link(person):
    client = Client()
    client.post("/accounts/password/reset/", {"email": person.email})
    link = next(word for word in mail.outbox[-1].body.split() if "/password/reset/key/" in word)
    page = client.get(link[link.index("/accounts/") :], follow=True)
    new = "eleven-blue-boats"
    client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
    assert kinds(person) == ["password.reset", "login.done"]
    assert AccountEvent.objects.get(kind="password.reset").actor is None


def test_saving_a_person_is_no_new_password(person):
    person.full_name = "Somebody"
    person.save()
    make.make_user("officer", "new")
    assert kinds() == []


def test_second_steps(person):
    TOTP.activate(person, generate_totp_secret())
    assert (kinds(person), last().detail) == (["factor.added"], "totp")
    client = log_in(person)
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert kinds(person)[1:] == ["factor.failed"]
    Authenticator.objects.filter(user=person).delete()  # as a command does
    assert (last().kind, last().actor) == ("factor.removed", None)


def test_held_up_is_recorded_once_in_a_while(person):
    for _try in range(3):
        login_refused.send(sender=None, user=person, name="krabi", address="192.0.2.9")
        login_refused.send(sender=None, user=None, name="nobody", address="192.0.2.9")
    assert kinds() == ["login.refused", "login.refused"]
    assert {event.address for event in AccountEvent.objects.all()} == {"192.0.2.9"}
    assert not AccountEvent.objects.filter(detail__contains="nobody").exists()


# The table


def test_it_is_written_once_and_deleted_only_when_the_law_allows(person):
    events.record(events.Kind.LOGGED_IN, user=person)
    row = last()
    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        row.delete()
    with pytest.raises(TypeError):
        AccountEvent.objects.all().delete()
    for deed in ("UPDATE submissions_accountevent SET detail = 'x'", "DELETE FROM submissions_accountevent"):
        if deed.startswith("DELETE") and connection.vendor != "postgresql":
            continue
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(deed)
    assert AccountEvent.objects.count() == 1


def test_what_is_too_old_is_thrown_away_at_night(person, settings):
    now = timezone.now()
    for days in (settings.ACCOUNT_EVENT_DAYS + 1, settings.ACCOUNT_EVENT_DAYS - 1, 91):
        AccountEvent.objects.create(at=now - timedelta(days=days), user=person, kind="login.done")
    assert sweep_accounts() == 1
    assert AccountEvent.objects.count() == 2
    settings.ACCOUNT_EVENT_DAYS = 90
    assert sweep_accounts() == 2


def test_a_person_who_leaves_takes_none_of_it_along(person):
    events.record(events.Kind.LOGGED_IN, user=person, actor=person)
    User.objects.filter(pk=person.pk).delete()
    assert last().username == "krabi"
    staff = make.make_user("staff")
    client = Client()
    client.force_login(staff)
    page = client.get("/admin/submissions/accountevent/")
    assert page.status_code == 200
    assert "krabi" in page.content.decode()


def test_a_request_is_answered_though_it_can_t_be_recorded(person, monkeypatch, caplog):
    def fail(*args, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT no_such_column")

    monkeypatch.setattr(AccountEvent, "save", fail)
    client = log_in(person)
    assert client.get("/notices/").status_code == 200
    assert "not recorded" in caplog.text
    assert kinds() == []


def test_texts_that_no_column_takes(person):
    events.record(events.Kind.TAKEN, user=person, detail="ก" * 999 + "\x00")
    assert len(last().detail) == 300


@pytest.mark.usefixtures("transactional_db")
def test_one_statement_writes_it(django_assert_num_queries):
    person = make.make_user("officer", "krabi")
    with django_assert_num_queries(1):
        events.record(events.Kind.LOGGED_IN, user=person)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_who_leaves_with_a_second_step_leaves_no_notice_in_the_way(person):
    TOTP.activate(person, generate_totp_secret())
    person.delete()
    assert not User.objects.filter(username="krabi").exists()
    assert last().kind == "factor.removed"
