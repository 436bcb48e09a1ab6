"""The admin shows publications to central staff, and changes nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.models import Publication
from awards.publishing.publish import publish
from tests import factories

from .conftest import make_contest

pytestmark = pytest.mark.django_db
MODELS = ["publication", "result"]


@pytest.mark.parametrize("model", MODELS)
def test_staff_look(model, client, publication, staff):
    client.force_login(staff)
    row = publication if model == "publication" else publication.results.first()
    assert client.get(reverse(f"admin:awards_{model}_changelist")).status_code == 200
    assert client.get(reverse(f"admin:awards_{model}_change", args=[row.pk])).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_nobody_changes(model, client, publication):
    client.force_login(factories.make_user("admin"))
    row = publication if model == "publication" else publication.results.first()
    assert client.get(reverse(f"admin:awards_{model}_add")).status_code == 403
    assert client.post(reverse(f"admin:awards_{model}_change", args=[row.pk]), {"reason": "x"}).status_code == 403
    assert client.post(reverse(f"admin:awards_{model}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert Publication.objects.get().digest == publication.digest


@pytest.mark.parametrize("model", MODELS)
def test_the_committee_finds_them_on_the_rounds_page_instead(model, client, contest, publication):
    client.force_login(contest.judges.get())
    assert client.get(reverse(f"admin:awards_{model}_changelist")).status_code == 403


def statements(client, address: str, **filters) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address, filters)
        assert answer.status_code == 200
        b"".join(answer)  # a list to take away is read while it is sent
    return [one["sql"] for one in captured]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("page", ["changelist", "list"])
def test_lists_read_no_heads_of_the_log_and_ask_no_more_for_more_publications(model, page, client, staff):
    client.force_login(staff)
    address = reverse(f"admin:awards_{model}_{page}", args=["csv"] if page == "list" else [])
    publish(make_contest(5, 3), by=staff)
    few = statements(client, address)
    for _one in range(2):
        publish(make_contest(5, 3), by=staff)
    many = statements(client, address)
    assert len(many) == len(few)
    assert any('"awards_publication"' in one for one in many)
    assert [one for one in many if '"awards_publication"."log"' in one] == []


def test_results_are_filtered_by_publication_which_is_named_without_being_read(client, staff):
    first, second = (publish(make_contest(5, 3, name_th=name), by=staff) for name in ("รอบแรก", "รอบที่สอง"))
    client.force_login(staff)
    address = reverse("admin:awards_result_changelist")
    answer = client.get(address, {"publication__id__exact": first.pk})
    assert {one.publication for one in answer.context["cl"].result_list} == {first}
    page = answer.content.decode()
    assert f"{first}" in page
    assert f"{second}" in page
    named = [one for one in statements(client, address) if 'FROM "awards_publication"' in one]
    assert len(named) == 1
    assert [one for one in named if '"decisions"' in one or '"awards_publication"."frame",' in one] == []


def test_who_has_no_points_has_no_rank_in_the_heading_of_the_page(client, staff):
    best, last = publish(make_contest(5, 0), by=staff).results.order_by("place")
    assert (last.rank, last.total) == (2, 0)
    client.force_login(staff)
    for result, heading in ((best, f"1. {best.office_name}"), (last, last.office_name)):
        page = client.get(reverse("admin:awards_result_change", args=[result.pk]))
        assert str(page.context["subtitle"]) == heading
        assert heading in page.content.decode()
    assert f"2. {last.office_name}" not in page.content.decode()
