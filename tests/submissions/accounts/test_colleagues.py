"""A head looks after the accounts of the own office, and of no other; two heads at once leave the office a head."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from submissions.accounts import colleagues, invitations
from submissions.models import Invitation, User
from submissions.notices import letters
from submissions.questions.proofread import Refused
from tests import factories as make
from tests.markup import flat
from tests.together import at_once

from .conftest import kinds, log_in
from .test_invitations import PASSWORD, make_newcomer

PAGE = "/office/people/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _there_is_a_mail_server(settings):
    settings.EMAIL_HOST = "mail.example.org"


@pytest.fixture
def head():
    return make.make_user("officer", "head", is_head=True, email="head@example.org", full_name="หัวหน้า กระบี่")


@pytest.fixture
def client(head) -> Client:
    return log_in(head)


@pytest.fixture
def stranger():
    return make.make_user("officer", office=make.make_office("TH-82"), email="far@example.org")


def test_a_head_invites_a_colleague_into_the_own_office(client, head):
    answer = client.post(PAGE, {"full_name": "สมหญิง ดีงาม", "email": "New@Example.org", "office": "99", "role": "staff"})
    assert answer.status_code == 302
    made = User.objects.get(email="new@example.org")
    assert (made.username, made.role, made.office, made.is_head) == ("new@example.org", "officer", head.office, False)
    assert (made.has_usable_password(), made.is_superuser) == (False, False)
    letters.post()
    assert [one.to for one in mail.outbox] == [["new@example.org"]]
    assert "หัวหน้า กระบี่" in mail.outbox[0].body
    assert kinds(made) == ["invitation.made"]
    page = client.get(PAGE).content.decode()
    assert "สมหญิง ดีงาม" in page
    assert "Invited by mail" in page
    again = f"{PAGE}{made.pk}/invite/"
    assert again not in page, "what would be refused is not offered"
    assert "can be invited again from" in page
    Invitation.objects.update(made_at=timezone.now() - timedelta(hours=25))
    assert again in client.get(PAGE).content.decode()


def test_only_a_second_invitation_ends_a_former_one(client):
    fresh = make_newcomer("fresh@example.org")
    told = flat(client.post(f"{PAGE}{fresh.pk}/invite/", follow=True).content.decode())
    assert "The invitation was sent.<" in told
    assert "holds no longer" not in told
    Invitation.objects.update(made_at=timezone.now() - timedelta(days=2))
    again = flat(client.post(f"{PAGE}{fresh.pk}/invite/", follow=True).content.decode())
    assert "The one before holds no longer." in again


def test_without_a_mail_server_nobody_is_called_invited(client, settings):
    settings.EMAIL_HOST = ""
    added = client.post(PAGE, {"full_name": "สมหญิง ดีงาม", "email": "new@example.org"}, follow=True)
    made = User.objects.get(email="new@example.org")
    page = flat(added.content.decode())
    assert "Ask central staff for the letter with the code for it." in page
    assert "central staff print a letter" in page
    assert "Invited by mail" not in page
    asked = client.post(f"{PAGE}{made.pk}/invite/", follow=True)
    assert "this portal sends no mail" in asked.content.decode()
    assert not Invitation.objects.exists()


def test_an_address_that_another_account_has_is_refused_and_what_was_typed_is_kept(client, stranger):
    answer = client.post(PAGE, {"full_name": "สมหญิง", "email": "FAR@example.org"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Another account has this address" in page
    assert "สมหญิง" in page
    assert stranger.username not in page
    assert not Invitation.objects.exists()


def test_nobody_of_another_office_is_there(client, stranger):
    page = client.get(PAGE).content.decode()
    assert stranger.email not in page
    for deed in ("invite", "close", "reopen"):
        assert client.post(f"{PAGE}{stranger.pk}/{deed}/").status_code == 404
    judge = make.make_user("judge", office=make.make_office("TH-81"))  # of the region, say
    assert client.post(f"{PAGE}{judge.pk}/close/").status_code == 404
    assert User.objects.filter(is_active=False).count() == 0


@pytest.mark.parametrize("role", ["officer", "judge", "staff"])
def test_only_a_head_has_this_page(role):
    client = log_in(make.make_user(role))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"full_name": "x", "email": "x@example.org"}).status_code == 403
    assert not User.objects.filter(email="x@example.org").exists()


def test_a_closed_account_is_out_at_once_and_comes_back(client, head):
    colleague = make.make_user("officer", "colleague")
    inside = log_in(colleague)
    assert inside.get("/account/events/").status_code == 200
    client.post(f"{PAGE}{colleague.pk}/close/")
    assert inside.get("/account/events/").status_code == 302
    assert User.history.filter(id=colleague.pk).first().history_user == head
    client.post(f"{PAGE}{colleague.pk}/reopen/")
    assert User.objects.get(pk=colleague.pk).is_active
    assert {"account.closed", "account.reopened", "session.ended"} <= set(kinds(colleague))


def test_nobody_closes_the_own_account_nor_opens_what_staff_closed(client, head):
    closed = make.make_user("officer", "closed")
    closed.is_active, closed._history_user = False, make.make_user("staff")
    closed.save()
    page = client.get(PAGE).content.decode()
    assert "closed by central staff" in page
    client.post(f"{PAGE}{closed.pk}/reopen/")
    client.post(f"{PAGE}{head.pk}/close/")
    assert not User.objects.get(pk=closed.pk).is_active
    assert User.objects.get(pk=head.pk).is_active


def test_a_head_who_is_one_no_longer_does_nothing(head):
    colleague = make.make_user("officer")
    User.objects.filter(pk=head.pk).update(is_head=False)  # after the page had asked
    with pytest.raises(Refused):
        colleagues.close(head, colleague.pk)
    with pytest.raises(Refused):
        colleagues.add(head, "x", "x@example.org")


def test_letters_to_anybody_s_address_are_few_a_day(client, monkeypatch):
    monkeypatch.setattr(colleagues, "A_DAY", 1)
    client.post(PAGE, {"full_name": "ก", "email": "a@example.org"})
    answer = client.post(PAGE, {"full_name": "ข", "email": "b@example.org"})
    assert (answer.status_code, "Go on tomorrow" in answer.content.decode()) == (422, True)


def test_nobody_tries_any_number_of_addresses(client, stranger, monkeypatch):
    monkeypatch.setattr("submissions.pages.colleagues.Asking.rate", "2/hour")
    for is_told in (True, True, False):
        answer = client.post(PAGE, {"full_name": "ก", "email": stranger.email})
        assert answer.status_code == 422
        assert ("Another account has this address" in answer.content.decode()) == is_told
    assert "Go on in an hour" in answer.content.decode()


def test_the_page_asks_the_same_however_many_people_there_are(client, head):
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(PAGE).status_code == 200
        return len(asked)

    make_newcomer("n@example.org")
    make.make_user("officer", is_active=False)
    invitations.invite(list(User.objects.values_list("pk", flat=True)), by=head)
    few = statements()
    for number in range(3):
        make_newcomer(f"n{number}@example.org")
        make.make_user("officer", is_active=False)
    invitations.invite(list(User.objects.values_list("pk", flat=True)), by=head)
    assert statements() == few
    assert few <= 12


def test_who_moves_to_another_office_loses_sight_of_the_former_and_keeps_the_history():
    entry = make.make_entry(make.make_round(), make.make_office("TH-81"))
    there = make.make_entry(entry.round, make.make_office("TH-82"))
    mover = make.make_user("officer", "mover", full_name="สมชาย ใจดี")
    evidence = make.make_evidence(entry, submitted_by=mover)
    inside = log_in(mover)
    assert inside.get(f"/entries/{entry.pk}/").status_code == 200
    person = User.objects.get(pk=mover.pk)
    person.office = there.office
    person.save()
    assert inside.get(f"/entries/{entry.pk}/").status_code == 404
    assert inside.get(f"/evidence/{evidence.pk}/").status_code == 404
    assert inside.get(f"/entries/{there.pk}/").status_code == 200
    evidence.refresh_from_db()
    assert str(evidence.submitted_by) == "สมชาย ใจดี"
    assert "account.moved" in kinds(mover)


# At once


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_heads_who_close_each_other_leave_one():
    one, other = (make.make_user("officer", is_head=True) for _number in range(2))
    given = at_once(lambda: colleagues.close(one, other.pk), lambda: colleagues.close(other, one.pk))
    assert sorted(type(one).__name__ for one in given) == ["Refused", "User"]
    assert User.objects.filter(is_head=True, is_active=True).count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_heads_who_invite_one_person_make_one_account():
    one, other = (make.make_user("officer", is_head=True) for _number in range(2))
    far = make.make_user("officer", is_head=True, office=make.make_office("TH-82"))
    for place, heads in enumerate([(one, other), (one, far), (other, far)]):
        to = f"new{place}@example.org"
        given = at_once(*(lambda head=head, to=to: colleagues.add(head, "ก", to) for head in heads))
        assert sorted(type(one).__name__ for one in given) == ["Refused", "User"]
        assert Invitation.objects.filter(user__email=to).count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_an_invitation_that_two_use_at_once_works_once():
    person = make_newcomer()
    code = invitations.new_code()
    assert invitations.keep_codes({person.pk: code}, by=make.make_user("staff"))
    found = [invitations.find(code) for _number in range(2)]
    given = at_once(*(lambda one=one, n=n: invitations.come(one, f"{PASSWORD}{n}") for n, one in enumerate(found)))
    assert [one is None for one in given].count(True) == 1, given
    winner = next(n for n, one in enumerate(given) if one is not None)
    assert User.objects.get(pk=person.pk).check_password(f"{PASSWORD}{winner}")
    assert Invitation.objects.get().used_at <= timezone.now()
