"""The pages of webhooks: made, seen, changed, tried and removed by those who run rounds, each their own."""

import re

import pytest
from django.test import Client

from submissions.models import Delivery, Webhook
from tests import factories as make

from .conftest import make_webhook

ALL = "/accounts/webhooks/"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_requests_yet")]


@pytest.fixture
def staff():
    return make.make_user("staff", "central", email="central@example.go.th")


@pytest.fixture
def page(staff):
    """Their browser, in English, with the password just given."""
    client = Client()
    client.post("/accounts/login/", {"login": "central", "password": make.PASSWORD})
    client.cookies["django_language"] = "en"
    client.post("/accounts/reauthenticate/", {"password": make.PASSWORD})
    return client


def save(page, path: str = f"{ALL}new/", **said):
    about = {"name": "Statistics", "address": "https://program.example/portal", "happenings": ["score.moved"]}
    return page.post(path, about | said)


def test_one_is_made_and_its_secret_is_shown_once(page, staff):
    answer = save(page)
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (201, True)
    webhook = Webhook.objects.get()
    assert (webhook.owner, webhook.told_of) == (staff, ["A score moved"])
    assert webhook.secret_text in answer.content.decode()
    assert webhook.secret_text not in page.get(f"{ALL}{webhook.pk}/").content.decode()
    assert "Statistics" in page.get(ALL).content.decode()


def test_all_faults_are_told_at_once_and_nothing_typed_is_lost(page):
    make_webhook(Webhook.owner.field.related_model.objects.get(), "https://program.example/", "Statistics")
    answer = save(page, address="ftp://name:word@program", happenings=[])
    text = answer.content.decode()
    assert (answer.status_code, Webhook.objects.count()) == (422, 1)
    for fault in ("of this name already", "beginning with https://", "This field is required"):
        assert fault in text, fault
    assert "ftp://name:word@program" in text


@pytest.mark.parametrize(
    "address",
    [
        *(
            "",
            "program",
            "http://program.example/",
            "https://",
            "https://10.0.0.1/",
            "https://[::1]/",
            "https://127.1/x",
        ),
        *(
            "https://name:word@program.example/",
            "https://program.example:99999/",
            "javascript:alert(1)",
            "https://ก\0ข/",
        ),
    ],
)
def test_an_address_that_can_t_be_called_is_refused(page, address):
    assert save(page, address=address).status_code == 422
    assert not Webhook.objects.exists()


def test_ten_are_the_most(page, staff):
    for number in range(10):
        make_webhook(staff, "https://program.example/", str(number))
    assert save(page).status_code == 422
    assert "Add a webhook" not in page.get(ALL).content.decode()


def test_it_is_changed_switched_tried_sent_again_and_removed(page, staff):
    webhook = make_webhook(staff, "https://program.example/")
    own = f"{ALL}{webhook.pk}/"
    save(page, f"{own}change/", name="Renamed", address="https://other.example/")
    page.post(f"{own}switch/")
    webhook.refresh_from_db()
    assert (webhook.name, webhook.address, webhook.is_on) == ("Renamed", "https://other.example/", False)
    page.post(f"{own}switch/", {"on": "1"})
    page.post(f"{own}try/")
    delivery = Delivery.objects.get()
    Delivery.objects.update(due_at=None, tries=8, answer="500")
    text = page.get(own).content.decode()
    assert re.search(r"not taken", text)
    page.post(f"{own}again/")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries, delivery.answer) == ("waiting", 0, "")
    Delivery.objects.update(due_at=None, sent_at=delivery.made_at)
    page.post(f"{own}again/", {"delivery": str(delivery.pk)})
    delivery.refresh_from_db()
    assert delivery.state == "waiting"
    assert page.post(f"{own}again/", {"delivery": "nonsense"}).status_code == 404
    before = webhook.secret_text
    answer = page.post(f"{own}secret/")
    webhook.refresh_from_db()
    assert (before != webhook.secret_text, webhook.secret_text in answer.content.decode()) == (True, True)
    page.post(f"{own}remove/")
    assert not Webhook.objects.exists()


def test_another_s_delivery_is_not_sent_again(page, staff):
    webhook, foreign = (make_webhook(user, "https://program.example/") for user in (staff, make.make_user("staff")))
    theirs = Delivery.objects.create_trial(foreign)
    assert page.post(f"{ALL}{webhook.pk}/again/", {"delivery": str(theirs.pk)}).status_code == 404


def test_statements_do_not_grow_with_webhooks_and_deliveries(page, staff, django_assert_max_num_queries):
    webhook = make_webhook(staff, "https://program.example/", "0", round=make.make_round())
    Delivery.objects.create_trial(webhook)
    page.get(ALL)
    counted = []
    for names in ("12", ""):
        for path in (ALL, f"{ALL}{webhook.pk}/"):
            with django_assert_max_num_queries(14) as statements:
                assert page.get(path).status_code == 200
            counted.append(len(statements))
        for name in names:
            make_webhook(staff, "https://program.example/", name, round=make.make_round())
            Delivery.objects.create_trial(webhook)
    assert counted[:2] == counted[2:]
