"""Naming, choosing and withdrawing by the API: what pages allow and refuse, programs are allowed and refused."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from submissions.models import Entry, RegisterLine
from tests import factories as make
from tests.submissions.conftest import make_tambons, own

pytestmark = pytest.mark.django_db


def post(client, entry, deed: str, **body):
    return client.post(f"/api/v1/entries/{entry.pk}/{deed}/", body, content_type="application/json")


def test_a_subdistrict_is_named_by_its_code(chonburi, client):
    entry, other = make_tambons(chonburi, 2)
    RegisterLine.objects.create(office=own(entry.office, 2), year=2020, register="model-tambon")
    client.force_login(make.make_user(office=entry.office))
    for code in ("", "TH-0", own(other.office).code):
        refused = post(client, entry, "nominee", office=code)
        assert (refused.status_code, list(refused.json()["errors"])) == (400, ["office"])
    assert "2563" in post(client, entry, "nominee", office=own(entry.office, 2).code).json()["errors"]["office"][0]
    named = post(client, entry, "nominee", office=own(entry.office).code).json()
    assert named["nominee"] == {"name": own(entry.office).name, "subdistrict": own(entry.office).code}
    assert (named["awaits_nominee"], named["state"]) == (False, "taking_part")
    assert post(client, other, "nominee", office=own(other.office).code).status_code == 404


def test_a_person_is_named_with_what_is_declared_and_replaced(person, client):
    client.force_login(make.make_user(office=person.office))
    assert client.get(f"/api/v1/entries/{person.pk}/").json()["nominee"] is None
    assert set(post(client, person, "nominee").json()["errors"]) == {"name", "1.civil_servant"}
    named = post(client, person, "nominee", name="นาย ก", declared=["1.civil_servant"]).json()
    assert named["nominee"] == {"name": "นาย ก", "subdistrict": None}
    assert post(client, person, "withdrawal").status_code == 400
    successor = post(client, person, "withdrawal", reason="ย้าย").json()
    assert (successor["id"] != person.pk, successor["awaits_nominee"]) == (True, True)
    gone = client.get(f"/api/v1/entries/{person.pk}/").json()
    assert (gone["state"], gone["withdrawn_reason"]) == ("withdrawn", "ย้าย")


def test_a_province_chooses_and_takes_it_back(chonburi, candidates, client):
    client.force_login(make.make_user(office=chonburi))
    assert post(client, candidates[0], "choice", chosen=True).json()["state"] == "taking_part"
    assert post(client, candidates[0], "choice", chosen=False).json()["state"] == "candidate"
    assert post(client, candidates[0], "choice").status_code == 400
    client.force_login(make.make_user(office=candidates[0].office))
    assert post(client, candidates[0], "choice", chosen=True).status_code == 403


def test_a_list_of_entries_costs_the_same_for_one_and_for_three(candidates, client):
    client.force_login(make.make_user("staff"))
    round = candidates[0].round_id
    client.get(f"/api/v1/entries/?round={round}")
    costs = []
    for entries in (3, 1):
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"/api/v1/entries/?round={round}").json()["count"] == entries
        costs.append(len(caught))
        if entries == 3:
            Entry.objects.filter(pk__in=[entry.pk for entry in candidates[1:]]).update(round=make.make_round())
    assert costs[0] == costs[1]
