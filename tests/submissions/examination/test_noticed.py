"""What the machine noticed, for programs and in the reviewers' list: each as the reader's own page tells it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from cdd4.demo import samples
from submissions.examination import remarks, sieve, work
from submissions.models import Evidence, Examination
from tests import factories as make
from tests.submissions import examined as files

from .test_findings import keep

pytestmark = pytest.mark.django_db


@pytest.fixture
def krabi(round):
    return make.make_entry(round, "TH-81")


def examine(*pieces: Evidence) -> None:
    for one in pieces:
        assert work.examine(one.pk)


def by(person, address: str, **query):
    client = APIClient(headers={"accept-language": "en"})
    client.force_authenticate(person)
    return client.get(address, query).json()


def test_programs_read_what_the_reader_s_own_page_says(krabi, round, judge):
    report = keep(files.text_pdf([files.latin(1)] * 3), entry=krabi)
    own, twin = (keep(samples.png(1), ".png", code, krabi) for code in ("1.1.report", "5.checklist"))
    neighbour = keep(samples.png(1), ".png", "1.1.report", make.make_entry(round, "TH-82"))
    keep(samples.png(1), ".png", "1.1.report", make.make_entry(office="TH-90"))
    link = make.make_evidence(krabi, url="https://example.org/a")
    address = reverse("api-evidence", args=[own.pk])
    assert by(judge, address)["examined"]["state"] == "pending"
    examine(report, own)
    officer, staff = make.make_user("officer"), make.make_user("staff")

    said = by(officer, reverse("api-evidence", args=[report.pk]))["examined"]
    asked = {"pages": 3, "least": 5, "most": 25}
    text = "The file has 3 pages; 5 to 25 are asked for."
    assert said["findings"] == [{"code": "pages", "data": asked, "text": text}]
    assert (said["state"], said["is_held"], said["alike"], said["unseen"]) == ("done", False, [], 0)
    assert by(officer, reverse("api-evidence", args=[link.pk]))["examined"] is None

    said = by(officer, address)["examined"]
    assert [one["evidence"] for one in said["alike"]] == [twin.pk], "of its own files alone"
    assert said["unseen"] == 0
    said = by(judge, address)["examined"]
    assert [one["evidence"] for one in said["alike"]] == [twin.pk, neighbour.pk]
    assert said["alike"][1] | {"evidence": 0} == {
        **{"kind": "same", "percent": 100, "evidence": 0, "entry": neighbour.entry_id},
        **{"requirement": "1.1.report", "period": None, "pages": []},
    }
    assert said["unseen"] == 1
    said = by(staff, address)["examined"]
    assert (len(said["alike"]), said["unseen"]) == (3, 0)


def test_a_list_of_many_asks_no_more_of_the_database(krabi, round, judge):
    def statements() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as captured:
            told = by(judge, reverse("api-evidence-list"), round=round.pk)["results"]
        return len(captured), sum(len(one["examined"]["alike"]) for one in told)

    def hand_in(seed: int) -> None:
        examine(*(keep(samples.png(seed), ".png", code, krabi) for code in ("1.1.report", "5.checklist")))

    hand_in(1)
    few, alike = statements()
    assert alike == 2
    for seed in (2, 3, 4):
        hand_in(seed)
    assert statements() == (few, 8)


# The reviewers' list


def listed(client, user, noticed: str) -> set[int]:
    client.force_login(user)
    page = client.get(reverse("admin:submissions_evidence_changelist"), {"noticed": noticed})
    assert page.status_code == 200
    return set(page.context["cl"].result_list.values_list("pk", flat=True))


def test_the_list_is_narrowed_by_what_each_page_says(client, krabi, round, judge, settings):
    other = make.make_entry(round, "TH-82")
    short = keep(files.text_pdf([files.latin(1)] * 3), entry=other)
    letter = keep(files.text_pdf([files.latin(2)] * 6, (612, 792)), entry=krabi)
    good = keep(files.text_pdf([files.latin(3)] * 6), entry=krabi)
    keep(files.text_pdf([files.latin(5)] * 2), entry=krabi)  # an appendix to it
    sheet = keep(files.text_pdf([files.latin(6)] * 2, (612, 792)), entry=krabi)  # another, on other paper
    elsewhere = keep(files.text_pdf([files.latin(4)] * 3), ".pdf", "3.1.plan", krabi)  # of which no length is asked
    small = keep(files.saved(files.photograph(1, (300, 200))), ".jpg", "1.1.report", krabi)
    blank = keep(samples.pdf(pages=6), ".pdf", "1.1.report", krabi)
    damaged = keep(b"%PDF-1.7 and no more", ".pdf", "1.1.report", krabi)
    one, near = (
        keep(files.saved(files.photograph(2), quality=quality), ".jpg", "1.1.report", entry)
        for quality, entry in ((90, krabi), (40, other))
    )
    same, twin = (keep(samples.docx(["มี"]), ".docx", "3.1.plan", entry) for entry in (krabi, other))
    alone = keep(samples.docx(["อีก"]), ".docx", "3.1.plan", krabi)
    keep(samples.docx(["อีก"]), ".docx", "3.1.plan", other, status="withdrawn")
    keep(samples.docx(["อีก"]), ".docx", "3.1.plan", krabi)  # in the same slot: handed in again
    virus = keep(samples.png(9), ".png", "1.1.report", krabi)
    examine(*Evidence.objects.all())
    Examination.objects.filter(pk=virus.pk).update(scan="infected")
    Examination.objects.filter(pk=good.pk).update(scan="clean")
    fresh = keep(samples.png(8), ".png", "1.1.report", krabi)
    make.make_evidence(krabi, url="https://example.org/a")

    remarked = listed(client, judge, "remarked")
    assert remarked == {short.pk, letter.pk, sheet.pk, small.pk, blank.pk, damaged.pk, virus.pk}
    shown = Evidence.objects.exclude(file="").exclude(status="withdrawn").select_related("examination", "entry__round")
    remarks.tell(shown := list(shown), judge)
    assert {evidence.pk for evidence in shown if evidence.examined.findings} == remarked
    assert listed(client, judge, "alike") == {one.pk, near.pk, same.pk, twin.pk}
    assert alone.pk not in listed(client, judge, "alike")
    assert listed(client, judge, "shut") == {virus.pk}
    assert listed(client, judge, "held") == set(), "nothing is looked through for viruses"
    settings.CLAMD = "/run/clamd/socket"
    held = listed(client, judge, "held")
    assert {fresh.pk, elsewhere.pk} <= held
    assert not {good.pk, virus.pk} & held
    assert listed(client, judge, "nonsense") == set()


@pytest.mark.parametrize("name", ["remarked", "alike", "shut", "held"])
def test_narrowing_is_few_statements_however_many_there_are(krabi, round, settings, name):
    settings.CLAMD = "/run/clamd/socket"

    def statements() -> int:
        more = {"remarked": [[round.edition]], "alike": [Evidence.objects.all()]}.get(name, [])
        with CaptureQueriesContext(connection) as captured:
            list(getattr(sieve, name)(Evidence.objects.all(), *more))
        return len(captured)

    def hand_in() -> None:
        examine(keep(samples.pdf(), entry=krabi))

    hand_in()
    few = statements()
    for _ in range(3):
        hand_in()
    assert statements() == few <= 3
