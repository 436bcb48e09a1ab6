"""Each file that somebody opens or takes away is recorded, once; what is asked for in parts as well."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from awards.bundle import keep as bundles
from awards.publishing.publish import publish
from scoring import parcels, tasks
from submissions.models import AccountEvent, Examination, Token
from tests import factories as make
from tests.awards.documents.papers import keep

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    judge, staff = make.make_user("judge"), make.make_user("staff")
    round = make.make_round(judges=[judge])
    entry = make.make_entry(round, "TH-81")
    return SimpleNamespace(
        **{"judge": judge, "staff": staff, "round": round, "entry": entry},
        officer=make.make_user("officer", office=entry.office),
        evidence=make.make_evidence(entry, kind="pdf"),
        publication=publish(round, by=staff),
    )


def as_(person) -> Client:
    client = Client(REMOTE_ADDR="192.0.2.7")
    client.force_login(person)
    return client


def told() -> list[tuple]:
    rows = AccountEvent.objects.filter(kind__startswith="file.").order_by("pk")
    return [(event.user, event.kind, event.thing, event.thing_id) for event in rows]


def test_evidence(world):
    officer, judge, pk = as_(world.officer), as_(world.judge), str(world.evidence.pk)
    officer.get(f"/evidence/{pk}/file/")
    judge.get(f"/evidence/{pk}/file/?inline=1")
    _row, key = Token.objects.create(world.judge)
    APIClient(headers={"authorization": f"Token {key}"}).get(f"/api/v1/evidence/{pk}/file/")
    assert told() == [
        (world.officer, "file.taken", "evidence", pk),
        (world.judge, "file.opened", "evidence", pk),
        (world.judge, "file.taken", "evidence", pk),
    ]
    event = AccountEvent.objects.filter(kind="file.taken").last()
    assert (event.detail, event.address) == (world.evidence.original_name, "192.0.2.7")


def test_whoever_may_not_have_it_has_opened_nothing(world, settings):
    stranger = make.make_user("officer", office=make.make_office("TH-20"))
    assert as_(stranger).get(f"/evidence/{world.evidence.pk}/file/").status_code == 404
    Examination.objects.filter(evidence=world.evidence).update(scan="waiting")
    settings.CLAMD = "/run/clamd/socket"
    assert as_(world.officer).get(f"/evidence/{world.evidence.pk}/file/").status_code == 423
    assert told() == []


def test_a_video_is_asked_for_in_many_parts(world):
    judge, address = as_(world.judge), f"/evidence/{world.evidence.pk}/file/?inline=1"
    for part in ("bytes=0-", "bytes=100-199", "bytes=200-"):
        judge.get(address, headers={"range": part})
    as_(world.staff).get(address, headers={"range": "bytes=100-"})  # not from its beginning either
    assert [who for who, *_about in told()] == [world.judge, world.staff]
    later = timezone.now() + timedelta(minutes=11)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("submissions.accounts.events.timezone.now", lambda: later)
        judge.get(address, headers={"range": "bytes=300-"})
    assert len(told()) == 3


def test_pages_of_one_document_are_one_opening(world):
    judge = as_(world.judge)
    for page in (1, 1):
        assert judge.get(f"/evidence/{world.evidence.pk}/pages/{page}/").status_code == 200
    assert told() == [(world.judge, "file.opened", "evidence", str(world.evidence.pk))]


def test_forms_parcels_publications_and_lists(world):
    make.make_filled_form(world.evidence, "innovation-report")
    parcel = parcels.begin(world.entry, by=world.officer)
    tasks.make_parcel(parcel.pk)
    officer, staff, publication = as_(world.officer), as_(world.staff), world.publication.pk
    keep(world.publication, ("results", ""), ("scorecard", "TH-81"))
    bundles.make(world.publication)
    for client, address in (
        (officer, f"/evidence/{world.evidence.pk}/word/"),
        (officer, f"/parcels/{parcel.pk}/file/"),
        (officer, f"/publications/{publication}/documents/results.pdf"),
        (officer, f"/publications/{publication}/scorecards/TH-81.pdf"),
        (staff, f"/publications/{publication}/results.xlsx"),
        (staff, f"/publications/{publication}/bundle.zip"),
        (staff, f"/rounds/{world.round.pk}/standings.csv"),
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
    answer = staff.post("/admin/submissions/user/export/", {"format": "1", "resource": ""})
    assert answer["Content-Disposition"].startswith("attachment")
    things = [(thing, pk) for _who, kind, thing, pk in told() if kind == "file.taken"]
    assert things == [
        ("evidence", str(world.evidence.pk)),
        ("parcel", str(parcel.pk)),
        *[("publication", str(publication))] * 4,
        ("standings", str(world.round.pk)),
        ("list", "user"),
    ]
