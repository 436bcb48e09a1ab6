"""Documents are made once, by whoever comes first, and are the same whoever makes them."""

import hashlib
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage

from awards import documents, pdf, tasks
from awards.models import Document, Publication
from submissions.vault import Vault

pytestmark = pytest.mark.django_db


def test_every_document_is_still_to_be_made_until_it_is(publication):
    assert documents.missing(publication)[:3] == [("announcement", ""), ("results", ""), ("certificates", "")]
    assert len(documents.missing(publication)) == 3 + 16
    made = documents.make(publication, "scorecard", "TH-A05")
    assert ("scorecard", "TH-A05") not in documents.missing(publication)
    assert made.sha256 == hashlib.sha256(documents.read(publication, "scorecard", "TH-A05")).hexdigest()
    assert made.file.name.startswith("documents/")


def test_a_worker_and_a_reader_make_the_same_bytes(publication):
    tasks.make_document(publication.pk, "announcement", "")
    kept = documents.read(publication, "announcement")
    fresh = Publication.objects.get(pk=publication.pk)
    assert pdf.render("announcement", fresh.content()) == kept


def test_a_task_that_comes_twice_makes_one_document(publication):
    for _ in range(2):
        tasks.make_document(publication.pk, "announcement", "")
    assert Document.objects.count() == 1


def test_two_that_make_the_same_at_once_keep_one_file(publication, monkeypatch):
    """The second finishes while the first still renders."""
    render = pdf.render

    def slow(*args):
        monkeypatch.setattr(pdf, "render", render)
        documents.make(publication, "announcement")
        return render(*args)

    monkeypatch.setattr(pdf, "render", slow)
    made = documents.make(publication, "announcement")
    assert Document.objects.get() == made
    assert [path.name for path in Path(made.file.path).parent.iterdir()] == [Path(made.file.name).name]


def test_a_full_disk_costs_nothing_but_time(publication, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Vault, "keep", full)
    assert documents.read(publication, "announcement").startswith(b"%PDF")
    assert not Document.objects.exists()


def test_an_unknown_document_is_a_lookup_error(publication):
    with pytest.raises(LookupError):
        documents.make(publication, "scorecard", "TH-10")
    with pytest.raises(LookupError):
        documents.read(publication, "diploma")
    assert isinstance(Document._meta.get_field("file").storage, FileSystemStorage)


def test_messages_stop_at_the_first_that_is_not_taken(publication, monkeypatch):
    sent = []

    def send(task, *args):
        sent.append(args)
        return len(sent) < 3

    monkeypatch.setattr(tasks, "send", send)
    tasks.ask_for_documents(publication)
    assert sent == [(publication.pk, kind, "") for kind in ("announcement", "results", "certificates")]
