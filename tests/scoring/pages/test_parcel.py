"""The page on which an office has its parcel made and takes it away: who may, and how far it is."""

import pytest
from django.urls import reverse

from scoring import parcels, tasks
from scoring.models import Parcel
from submissions.vault import vault
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    return make.make_entry(make.make_round())


@pytest.fixture
def officer(entry):
    return make.make_user("officer", office=entry.office)


def test_the_office_and_staff_take_it_away_and_nobody_else(client, entry, officer, settings):
    judge = make.make_user("judge")
    entry.round.judges.add(judge)
    parcel = parcels.begin(entry, by=officer)
    tasks.make_parcel(parcel.pk)
    parcel.refresh_from_db()
    page, file = reverse("parcel", args=[entry.pk]), reverse("parcel-file", args=[parcel.pk])
    for user, status in (
        (officer, 200),
        (make.make_user("staff"), 200),
        (judge, 403),
        (make.make_user("officer", office=make.make_office("TH-82")), 404),
        (make.make_user("judge"), 404),
    ):
        client.force_login(user)
        assert (client.get(page).status_code, client.get(file).status_code) == (status, status)
        assert (client.post(page).status_code == 302) == (status == 200)
        Parcel.objects.exclude(pk=parcel.pk).delete()
    client.force_login(officer)
    assert b"".join(client.get(file).streaming_content) == parcel.file.open("rb").read()
    settings.X_ACCEL = True
    sent = client.get(file)
    assert (sent.content, sent["X-Accel-Redirect"]) == (b"", f"/protected/{parcel.file.name}")
    assert "filename*=utf-8''" in sent["Content-Disposition"]


def test_the_page_shows_how_far_it_is_and_leads_on(client, entry, officer):
    client.force_login(officer)
    address = reverse("parcel", args=[entry.pk])
    parcel = parcels.begin(entry, by=officer)
    parcel.note(stage="files", done=3, total=7)
    page = client.get(address).content.decode()
    assert 'http-equiv="refresh"' in page  # without scripts
    assert "3 จาก 7" in page
    headers = {"HX-Request": "true"}
    assert 'hx-select="#content"' not in client.get(address, headers=headers).content.decode()
    parcel.note(due_at=None, stage="done", file="parcels/00/none.zip", facts_version=0)
    assert 'hx-select="#content"' in client.get(address, headers=headers).content.decode()
    page = client.get(address, headers=headers | {"HX-Target": "content"}).content.decode()
    assert reverse("parcel-file", args=[parcel.pk]) in page
    assert "มีการแก้ไขข้อมูลหลังจากนั้น" in page
    vault.delete("parcels/00/none.zip")
