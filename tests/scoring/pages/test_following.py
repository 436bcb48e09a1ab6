"""What pages follow: tickets of what their reader may see, in the version that they show; told once it is committed."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from scoring.models import Scorecard
from scoring.recompute import rescore
from submissions.models import Round
from submissions.streams import telling, tickets
from tests import factories as make

pytestmark = pytest.mark.django_db
HANDED_OUT = r'data-version="(\d+)"\s+data-ticket="(.+?)"'


@pytest.fixture
def entry():
    entry = make.make_entry()
    make.make_evidence(entry)
    rescore([entry.pk])
    return entry


@pytest.fixture
def officer(entry):
    return make.make_user(office=entry.office)


@pytest.fixture
def told(monkeypatch):
    told = []
    monkeypatch.setattr(telling, "tell", told.append)
    return told


@pytest.fixture(autouse=True)
def _streams(settings):
    settings.STREAMS = True


def version(entry) -> int:
    return tickets.version_of(Scorecard.objects.get(entry=entry, basis="verified").computed_at)


@pytest.mark.parametrize("address", ["scorecard", "criterion", "followed-entry"])
def test_a_page_of_an_entry_follows_it_from_the_version_that_it_shows(client, entry, officer, address):
    client.force_login(officer)
    answer = client.get(reverse(address, args=[entry.pk, *(["1.1"] if address == "criterion" else [])]))
    pattern = r'"version": (\d+), "ticket": "(.+?)"' if address == "followed-entry" else HANDED_OUT
    [(shown, ticket)] = re.findall(pattern, answer.content.decode())
    given = tickets.read(ticket)
    assert (given.person, given.shown) == (officer.pk, {f"entry-{entry.pk}": version(entry)})
    assert shown == str(version(entry))


@pytest.mark.parametrize("sees_all", [True, False])
def test_a_page_of_places_follows_its_round(client, entry, officer, sees_all):
    client.force_login(make.make_user("staff") if sees_all else officer)
    asked = client.get(reverse("followed-round", args=[entry.round_id])).json()
    answer = client.get(reverse("standings", args=[entry.round_id]))
    assert answer.context["followed"].version == asked["version"] == version(entry)
    assert tickets.read(asked["ticket"]).shown == {f"round-{entry.round_id}": version(entry)}
    page = answer.content.decode()
    assert f'data-follow="{reverse("followed-round", args=[entry.round_id])}"' in page


def test_what_a_criterion_s_page_is_shown_anew_with_follows_on(client, entry, officer):
    client.force_login(officer)
    part = client.get(reverse("progress", args=[entry.pk]), {"criterion": "1.1"}).content.decode()
    assert f'data-version="{version(entry)}"' in part
    assert "data-follow" not in client.get(reverse("progress", args=[entry.pk])).content.decode(), "the page's own does"


def test_where_there_are_no_streams_the_page_has_no_ticket_and_asks(client, entry, officer, settings):
    settings.STREAMS = False
    client.force_login(officer)
    assert 'data-ticket=""' in client.get(reverse("scorecard", args=[entry.pk])).content.decode()
    assert client.get(reverse("followed-entry", args=[entry.pk])).json() == {"version": version(entry), "ticket": ""}


def test_of_a_closed_round_nothing_is_followed(client, entry, officer):
    Round.objects.filter(pk=entry.round_id).update(is_closed=True)
    client.force_login(officer)
    for address, pk in (("scorecard", entry.pk), ("standings", entry.round_id)):
        assert "data-follow" not in client.get(reverse(address, args=[pk])).content.decode()
    for address, pk in (("followed-entry", entry.pk), ("followed-round", entry.round_id)):
        assert client.get(reverse(address, args=[pk])).status_code == 204


def test_to_ask_costs_little(client, entry, officer, django_assert_max_num_queries):
    client.force_login(officer)
    for address, pk in (("followed-entry", entry.pk), ("followed-round", entry.round_id)):
        client.get(reverse(address, args=[pk]))
        with django_assert_max_num_queries(9):
            client.get(reverse(address, args=[pk]))


def test_a_score_is_told_once_it_is_committed(told, entry, django_capture_on_commit_callbacks):
    other = make.make_entry(entry.round, make.make_office("TH-50"))
    with django_capture_on_commit_callbacks() as after:
        rescore([entry.pk, other.pk])
    assert told == []
    for callback in after:
        callback()
    versions = {f"entry-{one.pk}": version(one) for one in (entry, other)}
    assert told == [{**versions, f"round-{entry.round_id}": max(versions.values())}]


def test_a_ticket_is_good_for_minutes(monkeypatch):
    text = tickets.write(1, {"entry-1": 1})
    assert tickets.read(text)
    now = tickets.time.time()
    monkeypatch.setattr(tickets.time, "time", lambda: now + timedelta(minutes=10).total_seconds() + 1)
    assert tickets.read(text) is None
