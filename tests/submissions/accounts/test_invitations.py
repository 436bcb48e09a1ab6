"""Invitations: one link or code a person, once, for 14 days; the mail goes out once, whatever its server does."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from submissions import queue, tasks
from submissions.accounts import invitations
from submissions.models import AccountEvent, Invitation, Letter, User
from submissions.notices import letters
from tests import factories as make
from tests.markup import flat

from .conftest import kinds, log_in

PASSWORD, PAGE = "ดอกไม้ริมทาง-2566", "/invitation/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _there_is_a_mail_server(settings):
    settings.EMAIL_HOST = "mail.example.org"
    settings.PORTAL_URL = "https://portal.example.org"


@pytest.fixture
def staff():
    return make.make_user("staff")


@pytest.fixture
def newcomer():
    return make_newcomer("new@example.org")


def make_newcomer(email="", **fields) -> User:
    user = make.make_user("officer", email=email, **fields)
    user.set_unusable_password()
    user.save()
    return user


def link() -> str:
    letters.post()
    found = re.search(r"https://portal\.example\.org(/invitation/\?code=\S+)", mail.outbox[-1].body)
    return found.group(1)


def visitor() -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def set_password(path: str, client: Client | None = None, password=PASSWORD):
    code = path.partition("code=")[2]
    client = client or visitor()
    return client.post(PAGE, {"code": code, "password1": password, "password2": password})


def test_a_person_who_was_invited_sets_a_password_and_is_logged_in(staff, newcomer):
    assert invitations.invite([newcomer.pk], by=staff) == [newcomer]
    path = link()
    assert [one.to for one in mail.outbox] == [["new@example.org"]]
    client = visitor()
    page = client.get(path)
    assert page.status_code == 200
    assert newcomer.username in page.content.decode()
    assert "at least 10 characters" in flat(page.content.decode())  # told before anything is typed
    assert page["Referrer-Policy"] == "strict-origin"
    assert client.get(path).status_code == 200  # what scanners of mail open changes nothing
    short = set_password(path, client, "short")
    assert short.status_code == 422
    answer = set_password(path, client)
    assert answer.status_code == 302
    assert client.get("/account/events/").status_code == 200
    newcomer.refresh_from_db()
    assert newcomer.check_password(PASSWORD)
    assert {"invitation.made", "invitation.used", "login.done"} <= set(kinds(newcomer))


def test_the_secret_of_a_link_stands_nowhere_in_the_database(staff, newcomer):
    invitations.invite([newcomer.pk], by=staff)
    secret = link().partition("code=")[2]
    rows = [*Invitation.objects.values_list(), *Letter.objects.values_list(), *AccountEvent.objects.values_list()]
    assert secret not in str(rows)
    assert "example.org" not in Invitation.objects.get().digest


def test_used_twice_it_works_once(staff, newcomer):
    invitations.invite([newcomer.pk], by=staff)
    path = link()
    set_password(path)
    again = set_password(path, password="อีกรหัสหนึ่ง-2566")
    assert again.status_code == 410
    assert "A password was set already" in again.content.decode()
    assert User.objects.get(pk=newcomer.pk).check_password(PASSWORD)


def test_what_ended_long_ago_is_thrown_away_but_how_somebody_was_asked_who_never_came(staff):
    """Of each: one that another took the place of, and one that is open yet, or was used."""
    came, absent, late = (make_newcomer(f"{name}@example.org") for name in ("came", "absent", "late"))
    now = timezone.now()
    for user, days in ((came, 91), (absent, 91), (late, 89)):
        for number, ended_at in enumerate((now, None)):
            used_at = now if user == came and not ended_at else None
            Invitation.objects.create(
                user=user,
                until=now - timedelta(days=days),
                digest=f"{user.pk}/{number}",
                ended_at=ended_at,
                used_at=used_at,
            )
    User.objects.filter(pk=came.pk).update(last_login=now)
    tasks.sweep_accounts()
    kept = Invitation.objects.order_by("user", "pk").values_list("user", "ended_at")
    assert list(kept) == [(absent.pk, None), (late.pk, now), (late.pk, None)]


def test_a_newer_one_ends_the_older_and_is_not_written_at_once(staff, newcomer):
    invitations.invite([newcomer.pk], by=staff)
    first = link()
    assert invitations.invite([newcomer.pk], by=staff) == []  # a letter went there a moment ago
    Invitation.objects.update(made_at=timezone.now() - timedelta(days=2))
    assert invitations.invite([newcomer.pk], by=staff) == [newcomer]
    second = link()
    refused = set_password(first)
    assert (refused.status_code, "newer invitation" in refused.content.decode()) == (410, True)
    assert set_password(second).status_code == 302


def test_after_14_days_it_holds_no_longer(staff, newcomer):
    invitations.invite([newcomer.pk], by=staff)
    path = link()
    Invitation.objects.update(until=timezone.now() - timedelta(seconds=1))
    refused = set_password(path)
    assert (refused.status_code, "holds for 14 days" in refused.content.decode()) == (410, True)
    assert Invitation.objects.get().until - Invitation.objects.get().made_at < Invitation.LIFE + timedelta(days=1)


@pytest.mark.parametrize("code", ["wrong", "x" * 5000, "\x00", "ก" * 50, "💥"])
def test_a_wrong_code_is_told_and_kept(code):
    refused = set_password(f"?code={code}")
    assert refused.status_code == 422
    assert "No invitation has this code" in refused.content.decode()


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"email": "other@example.org"}, {"last_login": timezone.now()}]
)
def test_a_link_opens_nothing_when_the_account_changed_meanwhile(staff, newcomer, change):
    """Closed; given another address, since the link went to the former one; or its person came by another way."""
    invitations.invite([newcomer.pk], by=staff)
    path = link()
    for name, value in change.items():
        setattr(newcomer, name, value)
    newcomer.save()
    assert set_password(path).status_code == 410
    assert not User.objects.get(pk=newcomer.pk).has_usable_password()


def test_in_somebody_else_s_browser_it_does_nothing(staff, newcomer, person):
    invitations.invite([newcomer.pk], by=staff)
    refused = set_password(link(), log_in(person))
    assert refused.status_code == 409
    assert not User.objects.get(pk=newcomer.pk).has_usable_password()


def test_staff_invite_officers_and_judges_but_nobody_of_their_own_kind(staff):
    judge = make.make_user("judge", email="j@example.org")
    colleague = make.make_user("staff", email="s@example.org")
    came = make.make_user("judge", email="c@example.org", last_login=timezone.now())
    closed = make.make_user("judge", email="d@example.org", is_active=False)
    silent = make.make_user("judge")
    ids = [user.pk for user in (judge, colleague, came, closed, silent)]
    assert invitations.invite(ids, by=make.make_user("judge")) == []
    assert invitations.invite(ids, by=staff) == [judge]
    assert invitations.invite(ids, by=make.make_user("admin")) == [colleague]


def test_many_letters_go_out_a_few_a_minute_and_that_is_no_fault(staff):
    people = [make_newcomer(f"n{number}@example.org") for number in range(3)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(invitations, "A_MINUTE", 2)
        invitations.invite([user.pk for user in people], by=staff)
    assert letters.post() == 2
    count, since = letters.waiting()
    assert (count, since > timezone.now()) == (1, True)
    Letter.objects.filter(sent_at=None).update(due_at=timezone.now())
    assert letters.post() == 1
    assert sorted(one.to[0] for one in mail.outbox) == sorted(user.email for user in people)
    assert letters.post() == 0


def test_with_a_full_queue_the_letter_follows(staff, newcomer, monkeypatch, django_capture_on_commit_callbacks):
    def away(*args, **kwargs):
        raise OSError("the queue is full")

    monkeypatch.setattr(tasks.post, "apply_async", away)
    monkeypatch.setattr(queue, "_silent_until", 0.0)
    with django_capture_on_commit_callbacks(execute=True):
        assert invitations.invite([newcomer.pk], by=staff) == [newcomer]
    assert not mail.outbox
    assert letters.post() == 1  # as the clock does every minute


def test_a_mail_server_that_is_away_gets_the_same_letter_later(staff, newcomer, monkeypatch):
    invitations.invite([newcomer.pk], by=staff)
    sending = "django.core.mail.backends.locmem.EmailBackend.send_messages"
    seen = []

    def refuse(self, messages):
        seen.extend(messages)
        raise ConnectionRefusedError("away")

    with monkeypatch.context() as patch:
        patch.setattr(sending, refuse)
        assert letters.post() == 0
    assert Invitation.objects.get().state(timezone.now()) == "waiting"
    Letter.objects.update(due_at=timezone.now())
    path = link()
    assert path in seen[0].body  # whichever of the two arrives, its link works
    assert mail.outbox[0].extra_headers["Message-ID"] == seen[0].extra_headers["Message-ID"]
    assert set_password(path).status_code == 302


# On paper


def test_a_code_from_paper_is_typed_in_any_way(staff):
    person = make_newcomer()
    codes = {person.pk: invitations.new_code()}
    assert invitations.keep_codes(codes, by=staff)
    typed = invitations.grouped(codes[person.pk]).lower().replace("-", " ")
    client = visitor()
    assert "Code of your letter" in client.get(PAGE).content.decode()
    assert person.username in client.post(PAGE, {"code": typed}).content.decode()
    assert set_password(f"?code={typed}", client).status_code == 302


def test_printing_ends_the_codes_before_and_keeps_all_or_none(staff):
    one, other = make_newcomer(), make_newcomer()
    first = {user.pk: invitations.new_code() for user in (one, other)}
    assert invitations.keep_codes(first, by=staff)
    other.last_login = timezone.now()
    other.save()
    second = {user.pk: invitations.new_code() for user in (one, other)}
    assert not invitations.keep_codes(second, by=staff)
    assert set_password(f"?code={second[one.pk]}").status_code == 422
    assert invitations.keep_codes({one.pk: second[one.pk]}, by=staff)
    assert set_password(f"?code={first[one.pk]}").status_code == 410
    assert set_password(f"?code={second[one.pk]}").status_code == 302
