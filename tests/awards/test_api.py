"""Publications for programs: the same rules as on the pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.publishing.publish import publish
from submissions.models import Office
from tests import factories

from .conftest import falling, make_contest

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client, publication):
    user = factories.make_user("officer", office=Office.objects.get(code="TH-A02"))
    client.force_login(user)
    return user


def get(client, name: str, *args, **query):
    return client.get(reverse(f"api-publication-{name}", args=args), query)


def test_an_officer_reads_the_publication_and_their_own_scorecard(client, officer, publication, contest):
    [listed] = get(client, "list").json()["results"]
    assert listed == get(client, "detail", publication.pk).json()
    assert (listed["digest"], listed["number"], listed["round"]) == (publication.digest, 1, contest.pk)
    results = get(client, "results", publication.pk).json()
    assert [result["total"] for result in results] == [f"{total:.2f}" for total in falling(16)]
    assert not {"facts", "criteria"} & set(results[0])
    own = get(client, "scorecard", publication.pk, "TH-A02").json()
    assert own["criteria"]["5.1"]["earned"] == "6.00"
    assert get(client, "scorecard", publication.pk, "TH-A01").status_code == 404


@pytest.mark.parametrize(("language", "said"), [("th", "ต้องเป็นจำนวนเต็ม"), ("en", "A whole number is needed.")])
def test_publications_of_a_round_are_asked_for_by_its_number(client, officer, publication, contest, language, said):
    assert len(get(client, "list", round=contest.pk).json()["results"]) == 1
    assert get(client, "list", round=contest.pk + 1).json()["results"] == []
    client.cookies["django_language"] = language
    answer = get(client, "list", round="9" * 19)
    assert (answer.status_code, answer.json()["errors"]) == (400, {"round": [said]})


def test_verification(client, officer, publication):
    answer = get(client, "verification", publication.pk).json()
    assert answer == {"digest": publication.digest, "is_unchanged": True, "faults": []}


def test_others_find_nothing(client, publication):
    client.force_login(factories.make_user("officer", office=factories.make_office("TH-Z9")))
    assert get(client, "list").json()["results"] == []
    for name in ("detail", "results", "verification"):
        assert get(client, name, publication.pk).status_code == 404
    client.logout()
    assert get(client, "list").status_code == 401


def test_by_round(client, officer, publication, contest):
    assert len(get(client, "list", round=contest.pk).json()["results"]) == 1
    assert get(client, "list", round=contest.pk + 1).json()["results"] == []
    for nonsense in ("x", "9" * 40):
        assert get(client, "list", round=nonsense).status_code == 400


def test_nothing_is_written_here(client, publication, staff):
    client.force_login(staff)
    url = reverse("api-publication-detail", args=[publication.pk])
    for method in (client.post, client.put, client.patch, client.delete):
        assert method(url).status_code == 405


def test_no_more_queries_for_more_rows(client, staff):
    client.force_login(staff)
    counts = []
    for size in (1, 3):
        contest = make_contest(*falling(size))
        for number in range(size):
            made = publish(contest, by=staff, reason=f"{number}" if number else "")
        for name, args in (("list", []), ("results", [made.pk])):
            query = {"round": contest.pk} if name == "list" else {}
            with CaptureQueriesContext(connection) as queries:
                assert get(client, name, *args, **query).status_code == 200
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
