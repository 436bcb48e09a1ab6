"""A publication's documents on its pages: waited for, named for people, and handed to whom they belong."""

from urllib.parse import unquote

import pytest
from django.urls import reverse

from awards import tasks
from awards.documents.revoke import revoke
from awards.models import Document, Paper
from tests.awards.documents.papers import keep, keep_all
from tests.extraction import by_poppler

from .test_publications import address, officer_of

pytestmark = pytest.mark.django_db


def test_a_page_waits_for_a_document_that_a_worker_makes(as_staff, publication, monkeypatch):
    """No page makes one: the web has no key to sign it with."""
    sent, url = [], address("document", publication, "announcement")
    monkeypatch.setattr(tasks, "send", lambda task, *args: sent.append((task, args)))
    first = as_staff.get(url)
    assert (first.status_code, first["Refresh"]) == (202, "3; url=?asked=0")
    assert [as_staff.get(url, {"asked": asked}).status_code for asked in ("0", "8")] == [202, 202]
    assert sent == [(tasks.make_document, (publication.pk, "announcement", ""))], "once is enough"
    as_staff.get(url, {"asked": "9"})
    assert len(sent) == 2, "unless the message was lost"
    assert "Refresh" not in as_staff.get(url, {"asked": "60"})
    for task, args in sent:
        task(*args)
    kept = Document.objects.get()
    answer = as_staff.get(url)
    assert (kept.kind, kept.size) == ("announcement", len(answer.content))
    assert as_staff.get(url).content == answer.content
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "filename*=utf-8''" in answer["Content-Disposition"]


def test_a_winner_fetches_its_certificate(client, contest, publication):
    client.force_login(officer_of("TH-A03"))
    own = address("certificate", publication, "TH-A03")
    assert own in client.get(address("publication", publication)).content.decode()
    entry = contest.entries.get(office__code="TH-A03")
    assert own in client.get(reverse("scorecard", args=[entry.pk])).content.decode()
    assert (
        address("credential", publication, "TH-A03")
        not in client.get(address("publication", publication)).content.decode()
    )
    tasks.make_document(publication.pk, "certificates", "TH-A03")
    assert (
        address("credential", publication, "TH-A03") in client.get(address("publication", publication)).content.decode()
    )
    answer = client.get(own)
    (page,) = by_poppler(answer.content)
    assert "จังหวัด TH-A03" in page
    assert "ใบที่ ๓ จาก ๑๓" in page, "the page that it has in the file of all"
    assert set(Document.objects.values_list("office", flat=True)) == {"TH-A03"}
    client.force_login(officer_of("TH-A14"))
    assert "/certificates/" not in client.get(address("publication", publication)).content.decode()
    assert client.get(address("certificate", publication, "TH-A14")).status_code == 404, "it won nothing"


@pytest.mark.parametrize(
    ("page", "name"),
    [
        (("certificate", "TH-A01"), "เกียรติบัตร จังหวัดจังหวัด TH-A01 – รอบทดสอบ – ประกาศครั้งที่ 1.pdf"),
        (("published-scorecard", "TH-A01"), "ใบคะแนน จังหวัดจังหวัด TH-A01 – รอบทดสอบ – ประกาศครั้งที่ 1.pdf"),
        (("document", "announcement"), "ประกาศผล – รอบทดสอบ – ประกาศครั้งที่ 1.pdf"),
        (("results-sheet", "xlsx"), "ตารางผล – รอบทดสอบ – ประกาศครั้งที่ 1.xlsx"),
        (("bundle",), "ชุดข้อมูล – รอบทดสอบ – ประกาศครั้งที่ 1.zip"),
    ],
)
def test_a_file_s_name_says_what_it_is_whose_and_of_which_year(page, name, as_staff, publication):
    keep_all(publication, "TH-A01")
    as_staff.cookies["django_language"] = "en"
    answer = as_staff.get(address(page[0], publication, *page[1:]))
    assert unquote(answer["Content-Disposition"]) == f"attachment; filename*=utf-8''{name}"


def test_the_page_waits_for_the_documents_and_then_no_more(as_staff, publication, monkeypatch):
    url = address("publication-documents", publication)
    assert "hx-trigger" in as_staff.get(url).content.decode()
    assert "hx-trigger" not in as_staff.get(url, {"asked": "60"}).content.decode()
    assert as_staff.get(url, {"asked": "x" * 50}).status_code == 200
    asked = []
    monkeypatch.setattr("awards.tasks.send", lambda task, *args: asked.append(args))
    for number in range(20):
        as_staff.get(url, {"asked": str(number)})
    assert asked == [(publication.pk, False), (publication.pk, True)], "messages that were lost are sent again, once"
    keep(publication, *[(kind, "") for kind in ("announcement", "results", "certificates")])
    assert "hx-trigger" not in as_staff.get(url).content.decode()


@pytest.mark.parametrize("who", ["winner", "staff"])
def test_a_revoked_certificate_is_handed_to_nobody_who_kept_its_address(who, client, staff, contest, publication):
    keep_all(publication, "TH-A03")
    client.force_login(officer_of("TH-A03") if who == "winner" else staff)
    own = [address(name, publication, "TH-A03") for name in ("certificate", "credential")]
    assert [client.get(url).status_code for url in own] == [200, 200]
    paper = Paper.objects.get(publication=publication, kind="certificates", office="TH-A03")
    revoke(paper, by=staff, reason="พิมพ์ชื่อผิด")
    for url in own:
        answer = client.get(url)
        assert answer.status_code == 410
        assert "Content-Disposition" not in answer
        assert "พิมพ์ชื่อผิด" in answer.content.decode()
        assert reverse("verify-paper", args=[paper.code]) in answer.content.decode()
    assert client.get(address("published-scorecard", publication, "TH-A03")).status_code == 200, "another paper"
