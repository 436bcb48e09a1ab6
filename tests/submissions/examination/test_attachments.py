"""Files of circulars: nobody opens one before a scanner found it clean, and a virus is told to its writer."""

import io

import pytest
from django.urls import reverse
from django.utils import timezone

from submissions import intake, tasks
from submissions.examination import attachments
from submissions.files import scanner
from submissions.models import Attachment, Notice
from tests import factories as make
from tests.submissions.intake.test_circulars import sent, written

pytestmark = pytest.mark.django_db


class Scanner:
    """One that answers as it is told to, or is away."""

    answer: str | None = ""

    def ask(self) -> None:
        if self.answer is None:
            raise scanner.Away("no answer")

    def scan(self, file: io.BufferedReader) -> str:
        assert file.read(4) == b"\x89PNG"
        return self.answer or ""


@pytest.fixture
def clamd(settings, monkeypatch):
    settings.CLAMD = "127.0.0.1:1"
    stand_in = Scanner()
    monkeypatch.setattr(scanner, "ask", stand_in.ask)
    monkeypatch.setattr(scanner, "scan", stand_in.scan)
    return stand_in


@pytest.fixture
def circular(entry, staff):
    return sent(entry.round, staff, uploads=[make.make_upload("png")])


def address(circular) -> str:
    return reverse("attachment", args=[circular.attachments.get().pk])


@pytest.mark.parametrize("threat", ["", "Eicar"])
def test_a_draft_that_is_deleted_while_it_is_scanned_breaks_nothing(entry, staff, clamd, monkeypatch, threat):
    draft = written(entry.round, staff, uploads=[make.make_upload("png")])

    def slow(file) -> str:
        intake.delete_draft(draft, by=staff)
        return threat

    monkeypatch.setattr(scanner, "scan", slow)
    assert attachments.scan(draft.attachments.get().pk)
    assert not Attachment.objects.exists()
    assert not Notice.objects.exists()


def test_it_is_opened_once_it_was_found_clean(client, circular, officer, clamd):
    client.force_login(officer)
    assert client.get(address(circular)).status_code == 423
    attachment = circular.attachments.get()
    assert attachments.scan(attachment.pk)
    assert not attachments.scan(attachment.pk), "twice it is not scanned"
    answer = client.get(address(circular))
    assert (answer.status_code, b"".join(answer)) == (200, make.file_bytes("png"))
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_virus_is_told_to_its_writer_and_nobody_opens_it(client, circular, officer, staff, clamd):
    clamd.answer = "Eicar-Test"
    attachments.scan(circular.attachments.get().pk)
    for person in (officer, staff):
        client.force_login(person)
        assert client.get(address(circular)).status_code == 423
    (notice,) = Notice.objects.filter(code="circular.infected")
    assert (notice.user, notice.data["text"]) == (staff, "Eicar-Test")
    client.force_login(staff)
    assert "ภาพ.png" in client.get(reverse("notices")).content.decode()


def test_a_scanner_that_is_away_is_asked_again_and_a_lost_message_is_made_good(circular, clamd, monkeypatch):
    clamd.answer = None
    attachment = circular.attachments.get()
    assert attachments.scan(attachment.pk)
    attachment.refresh_from_db()
    assert (attachment.scan, attachment.due_at > timezone.now()) == ("waiting", True)
    assert attachments.left() == []
    Attachment.objects.update(due_at=make.at("2026-01-01"))
    asked = []
    monkeypatch.setattr(tasks.scan_attachment, "apply_async", lambda args, **kwargs: asked.append(args))
    tasks.examine_rest()
    assert asked == [(attachment.pk,)]


def test_without_a_scanner_it_is_opened_at_once(client, circular, officer):
    client.force_login(officer)
    assert client.get(address(circular)).status_code == 200


def test_strangers_do_not_find_it_and_of_a_draft_nobody_but_staff(client, circular, entry, staff):
    for person in (make.make_user("officer", office=make.make_office("TH-90")), make.make_user("judge")):
        client.force_login(person)
        assert client.get(address(circular)).status_code == 404
    draft = written(entry.round, staff, uploads=[make.make_upload("png")])
    client.force_login(make.make_user("officer", office=entry.office))
    assert client.get(address(draft)).status_code == 404
    client.force_login(staff)
    assert client.get(address(draft)).status_code == 200
