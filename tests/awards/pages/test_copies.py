"""Signed copies: beside the paper and never in its place, newer ones replace older ones, which are kept."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards import tasks
from awards.documents import copies, files
from awards.models import CopyScan, Publication, SignedCopy
from awards.publishing.publish import publish
from submissions import intake
from submissions.examination import attachments
from submissions.files import scanner
from submissions.models import Notice, Round
from tests import factories as make

pytestmark = pytest.mark.django_db


def address(publication, kind="announcement") -> str:
    return reverse("signed-copies", args=[publication.pk, kind])


def put(client, publication, *kinds, kind="announcement"):
    uploads = [make.make_upload(one, f"ลงนาม {number}.{one}") for number, one in enumerate(kinds, 1)]
    return client.post(address(publication, kind), {"uploads": uploads})


def test_a_newer_one_holds_and_the_older_one_and_the_original_stay(as_staff, publication, staff):
    files.make(publication, "announcement")
    original = files.read(publication, "announcement")
    assert put(as_staff, publication, "pdf").status_code == 302
    assert put(as_staff, publication, "png", "jpg").status_code == 302
    assert put(as_staff, publication, "png", "jpg").status_code == 302, "pressed twice, it is one version"
    rows = SignedCopy.objects.order_by("version", "page")
    assert [(one.version, one.page, one.content_type, one.put_by) for one in rows] == [
        (1, 1, "application/pdf", staff),
        (2, 1, "image/png", staff),
        (2, 2, "image/jpeg", staff),
    ]
    assert [one.version for one in copies.last_version(publication, "announcement")] == [2, 2]
    page = as_staff.get(address(publication)).content.decode()
    assert all(one.sha256 in page for one in rows)
    assert files.read(publication, "announcement") == original
    assert publication.documents.get().sha256 not in {one.sha256 for one in rows}
    with pytest.raises(TypeError):
        rows[0].save()


def test_it_is_seen_by_whoever_sees_the_paper_and_put_there_by_whoever_runs_the_round(
    as_staff, client, publication, contest
):
    put(as_staff, publication, "pdf")
    put(as_staff, publication, "pdf", kind="certificates")
    shown, hidden = (SignedCopy.objects.get(kind=kind) for kind in ("announcement", "certificates"))
    officer = make.make_user("officer", office=contest.entries.first().office)
    stranger = make.make_user("officer", office=make.make_office("TH-99"))
    for user, status in ((officer, 200), (stranger, 404)):
        client.force_login(user)
        assert client.get(address(publication)).status_code == status
        assert client.get(reverse("signed-copy", args=[shown.pk])).status_code == status
        assert client.get(address(publication, "certificates")).status_code == 404, "the file of all"
        assert client.get(reverse("signed-copy", args=[hidden.pk])).status_code == 404
    client.force_login(officer)
    page = client.get(reverse("publication", args=[publication.pk])).content.decode()
    assert address(publication) in page
    assert "<form" not in client.get(address(publication)).content.decode().partition("<main")[2].partition("</main")[0]
    assert put(client, publication, "png").status_code == 403
    assert SignedCopy.objects.count() == 2
    Round.objects.filter(pk=contest.pk).update(organiser=make.make_office("R1", kind="region", size=""))
    other = make.make_office("R2", kind="region", size="")
    client.force_login(make.make_user("officer", office=other, is_organiser=True))
    assert put(client, publication, "png").status_code == 404


def test_what_is_no_scan_is_refused_in_words_and_nothing_is_kept(as_staff, publication):
    assert put(as_staff, publication).status_code == 422
    answer = put(as_staff, publication, "png", "docx")
    assert answer.status_code == 422
    [why] = answer.context["form"].errors["uploads"]
    assert why.startswith("ลงนาม 2.docx: ")
    assert why.endswith(": PDF, JPEG, PNG, WebP")
    assert not SignedCopy.objects.exists()


def test_nobody_opens_one_before_the_scanner_passed_it(as_staff, publication, settings, monkeypatch):
    put(as_staff, publication, "pdf", "png")
    first, second = SignedCopy.objects.order_by("page")
    settings.CLAMD = "/nowhere"
    assert as_staff.get(reverse("signed-copy", args=[first.pk])).status_code == 423
    monkeypatch.setattr(scanner, "ask", lambda: None)
    monkeypatch.setattr(scanner, "scan", lambda file: "Eicar" if file.name.endswith(".png") else "")
    monkeypatch.setattr(attachments, "GRACE", -attachments.GRACE)
    assert tasks.scan_copies() == 2
    assert as_staff.get(reverse("signed-copy", args=[first.pk])).status_code == 200
    assert as_staff.get(reverse("signed-copy", args=[second.pk])).status_code == 423
    assert "พบไวรัสในไฟล์นี้" in as_staff.get(address(publication)).content.decode()
    assert list(CopyScan.objects.values_list("due_at", flat=True)) == [None, None]
    (told,) = Notice.objects.filter(code="copy.infected")
    assert (told.user, told.data["text"], told.data["path"]) == (second.put_by, "Eicar", address(publication))
    assert second.original_name in as_staff.get(reverse("notices")).content.decode()


def test_a_provisional_result_has_no_certificates_to_be_signed(staff, contest):
    Round.objects.filter(pk=contest.pk).update(appeal_days=3)
    provisional = publish(Round.objects.get(pk=contest.pk), by=staff)
    with pytest.raises(intake.Refused):
        copies.put_signed_copy(provisional, "certificates", [make.make_upload("pdf")], by=staff)


@pytest.mark.parametrize("name", ["publication", "signed-copies"])
def test_statements_do_not_grow_with_copies(as_staff, publication, name):
    counts = []
    path = address(publication) if name == "signed-copies" else reverse(name, args=[publication.pk])
    for kinds in (["pdf"], ["png", "jpg"], ["pdf", "png"]):
        put(as_staff, publication, *kinds)
        as_staff.get(path)
        with CaptureQueriesContext(connection) as statements:
            assert as_staff.get(path).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[2]
    assert Publication.objects.count() == 1
