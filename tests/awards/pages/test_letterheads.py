"""The template of a round's papers: edited by whoever runs it, drawn from real results, frozen with a publication."""

import json

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.bundle import files as bundle
from awards.content import letterhead
from awards.documents import files, pdf
from awards.models import Publication, faults
from awards.publishing.publish import publish
from submissions.models import Letterhead, Round
from submissions.vault import vault
from tests import factories as make
from tests.awards.conftest import falling, make_contest
from tests.extraction import by_poppler
from tests.submissions.intake.test_letterheads import picture

pytestmark = pytest.mark.django_db
TYPED = {
    "project_th": "โครงการสมมุติ",
    "number_th": "มท 0406/ว 7",
    "dated": "9/8/2566",
    "name_1": "นางสาวสมหญิง ใจงาม",
    "post_1": "รองอธิบดี ปฏิบัติราชการแทน\nอธิบดีกรมการพัฒนาชุมชน",
    "name_2": "นายสมมุติ ตัวอย่างดี",
    "post_2": "ประธานคณะกรรมการ",
    "revision": "0",
}


@pytest.fixture(autouse=True)
def _drawn_anew():
    caches["process"].clear()


def send(client, round, **changes):
    return client.post(reverse("letterhead", args=[round.pk]), TYPED | changes)


def text_of(content: bytes) -> str:
    return " ".join(" ".join(by_poppler(content)).split())


def said(publication: Publication, kind: str = "announcement") -> str:
    files.make(publication, kind)
    return text_of(files.read(publication, kind))


def pictures(publication: Publication) -> dict[str, bytes]:
    return letterhead.pictures_of(Publication.objects.get(pk=publication.pk).paper)


def test_papers_say_what_was_set_when_they_were_published(as_staff, contest, staff):
    assert send(as_staff, contest, emblem=picture(), background=picture(1600, 1300, "JPEG", "RGB")).status_code == 302
    publication = publish(contest, by=staff)
    announced = said(publication)
    for words in (
        "ที่ มท ๐๔๐๖/ว ๗",
        "โครงการสมมุติ",
        "ประกาศ ณ วันที่ ๙ สิงหาคม พ.ศ. ๒๕๖๖",
        "(นางสาวสมหญิง ใจงาม)",
        "รองอธิบดี ปฏิบัติราชการแทน",
        "(นายสมมุติ ตัวอย่างดี)",
        "ประธานคณะกรรมการ",
    ):
        assert words in announced
    assert "ให้ไว้ ณ วันที่ ๙ สิงหาคม พ.ศ. ๒๕๖๖" in said(publication, "certificates")
    assert "ฉบับร่าง" not in announced


def test_a_paper_that_was_announced_never_changes(as_staff, contest, staff):
    """Neither while its file is kept, nor made anew from what is frozen."""
    send(as_staff, contest, emblem=picture())
    publication = publish(contest, by=staff)
    kept = files.make(publication, "announcement")
    before = said(publication)
    assert send(as_staff, contest, revision="1", name_1="อีกคน", number_th="2", without_emblem="on").status_code == 302
    vault.delete(kept.file.name)
    again = Publication.objects.get(pk=publication.pk)
    assert said(again) == before
    assert faults(again) == []
    corrected = publish(contest, by=staff, reason="แก้")
    assert "อีกคน" in said(corrected)


def test_a_picture_that_is_gone_makes_no_other_paper(as_staff, contest, staff):
    send(as_staff, contest, emblem=picture())
    publication = publish(contest, by=staff)
    vault.delete(contest.letterhead.emblem.file.name)
    with pytest.raises(OSError, match="No such file"):
        files.make(publication, "announcement")


def test_names_of_signers_are_on_the_paper_and_in_no_bundle(as_staff, contest, staff):
    send(as_staff, contest)
    publication = publish(contest, by=staff)
    content = json.dumps(publication.content(), ensure_ascii=False)
    assert "สมหญิง" not in content
    assert "สมหญิง".encode() not in bundle.write(publication).read()
    assert len(publication.content()["paper"]) == 64
    publication.paper["signers"][0]["name"] = "คนอื่น"
    assert faults(publication), "what its papers carry can't be changed unseen"


def test_a_publication_of_before_there_were_templates_prints_as_it_did(contest, staff):
    publication = publish(contest, by=staff)
    assert set(publication.paper) == {"salt"}
    publication.paper = {}
    assert "paper" not in publication.content()
    assert pdf.context("announcement", publication.content(), None, {})["is_headed"] is False


def test_the_portal_s_emblem_stands_where_a_round_has_none(contest, staff, settings, tmp_path):
    settings.EMBLEM = tmp_path / "emblem.svg"
    settings.EMBLEM.write_text('<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>')
    publication = publish(contest, by=staff)
    files.make(publication, "announcement")
    before = pictures(publication)
    assert before
    settings.EMBLEM.write_text("<svg/>")
    vault.delete(publication.documents.get().file.name)
    files.make(publication, "announcement")
    assert pictures(publication) == before


def test_drafts_are_drawn_from_real_results_and_announce_nothing(as_staff, contest):
    send(as_staff, contest)
    for kind, words in (("announcement", "สมหญิง"), ("results", "TH-A01"), ("certificates", "TH-A01")):
        answer = as_staff.get(reverse("draft-paper", args=[contest.pk, kind]))
        text = text_of(answer.content)
        assert "ฉบับร่าง" in text
        assert words in text
        fragment = as_staff.get(reverse("draft-page", args=[contest.pk, kind])).content.decode()
        assert "data:image/jpeg;base64," in fragment
    assert as_staff.get(reverse("draft-paper", args=[contest.pk, "scorecard"])).status_code == 404
    assert not Publication.objects.exists()


def test_a_certificate_can_be_looked_at_before_anybody_has_points(as_staff):
    round = make_contest(None, None)
    answer = as_staff.get(reverse("draft-paper", args=[round.pk, "certificates"]))
    assert "ฉบับร่าง" in text_of(answer.content)


def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(as_staff, contest, english):
    answer = send(as_staff, contest, dated="9/8/2023", post_2="", emblem=picture(50, 50))
    assert answer.status_code == 422
    form = answer.context["form"]
    assert set(form.errors) == {"dated", "post_2", "emblem"}
    assert form["name_1"].value() == TYPED["name_1"]
    assert not Letterhead.objects.exists()


def test_two_who_edit_at_once_lose_nothing(as_staff, contest):
    send(as_staff, contest)
    answer = send(as_staff, contest, name_1="ผู้มาทีหลัง")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "นางสาวสมหญิง ใจงาม" in page, "what is kept is shown"
    assert "ผู้มาทีหลัง" in page, "what was typed is still there"
    assert Letterhead.objects.get().signers[0]["name"] == "นางสาวสมหญิง ใจงาม"
    assert send(as_staff, contest, name_1="ผู้มาทีหลัง", revision="1").status_code == 302


def test_it_is_edited_by_whoever_runs_the_round_and_by_nobody_else(contest):
    region, other = make.make_office("R1", kind="region", size=""), make.make_office("R2", kind="region", size="")
    Round.objects.filter(pk=contest.pk).update(organiser=region)
    for office, status in ((region, 200), (other, 404)):
        client = Client()
        client.force_login(make.make_user("officer", office=office, is_organiser=True))
        for path in ("letterhead", "draft-paper", "draft-page"):
            kind = [] if path == "letterhead" else ["announcement"]
            assert client.get(reverse(path, args=[contest.pk, *kind])).status_code == status


@pytest.mark.parametrize("path", ["letterhead", "draft-page"])
def test_statements_do_not_grow_with_entries(as_staff, staff, path):
    counts = []
    for many in (1, 3):
        round = make_contest(*falling(many))
        send(as_staff, round)
        address = reverse(path, args=[round.pk, *([] if path == "letterhead" else ["announcement"])])
        with CaptureQueriesContext(connection) as statements:
            assert as_staff.get(address).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_number_that_was_printed_is_not_printed_again_unseen(as_staff, contest, staff, english):
    send(as_staff, contest)
    address = reverse("letterhead", args=[contest.pk])
    assert as_staff.get(address).context["used"] is None
    publication = publish(contest, by=staff)
    assert as_staff.get(address).context["used"] == publication
