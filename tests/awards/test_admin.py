"""The admin shows publications to central staff, and changes nothing."""

import pytest
from django.urls import reverse

from awards.models import Publication
from tests import factories

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
