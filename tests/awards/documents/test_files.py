"""Documents are made once, by whoever comes first, and are the same whoever makes them."""

import hashlib
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.urls import reverse

from awards import tasks
from awards.documents import files, pdf
from awards.models import Document, Publication
from submissions.vault import Vault, vault
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_every_document_is_still_to_be_made_until_it_is(publication):
    assert files.missing(publication)[:3] == [("announcement", ""), ("results", ""), ("certificates", "")]
    assert len(files.missing(publication)) == 3 + 16
    made = files.make(publication, "scorecard", "TH-A05")
    assert ("scorecard", "TH-A05") not in files.missing(publication)
    assert made.sha256 == hashlib.sha256(files.read(publication, "scorecard", "TH-A05")).hexdigest()
    assert made.file.name.startswith("documents/")


def test_a_worker_and_a_reader_make_the_same_bytes(publication):
    tasks.make_documents(publication.pk)
    kept = files.read(publication, "announcement")
    fresh = Publication.objects.get(pk=publication.pk)
    assert pdf.render("announcement", fresh.content(), paper=fresh.paper) == kept


def test_a_task_makes_what_is_missing_and_asks_for_the_rest(publication, monkeypatch):
    sent = []
    monkeypatch.setattr(tasks, "send", lambda task, *args: sent.append((task, args)))
    wanted = files.missing(publication)
    for made in range(1, 4):
        tasks.make_documents(publication.pk)
        assert [(one.kind, one.office) for one in Document.objects.order_by("pk")] == wanted[:made]
    assert sent == [(tasks.make_documents, (publication.pk,))] * 3
    monkeypatch.setattr(files, "missing", lambda publication: [])
    tasks.make_documents(publication.pk)
    assert len(sent) == 3, "when all are made, nothing more is asked"


def kept_files() -> set[str]:
    """The documents on disk, other tests' among them, as names in the vault."""
    return {str(path.relative_to(vault.location)) for path in Path(vault.path("documents")).rglob("*.*")}


def test_two_that_make_the_same_at_once_keep_one_file(publication, monkeypatch):
    """The second finishes while the first still renders."""
    before, render = kept_files(), pdf.render

    def slow(*args, **kwargs):
        monkeypatch.setattr(pdf, "render", render)
        files.make(publication, "announcement")
        return render(*args, **kwargs)

    monkeypatch.setattr(pdf, "render", slow)
    made = files.make(publication, "announcement")
    assert Document.objects.get() == made
    assert kept_files() - before == {made.file.name}


def test_a_full_disk_costs_nothing_but_time(publication, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Vault, "keep", full)
    assert files.read(publication, "announcement").startswith(b"%PDF")
    assert not Document.objects.exists()


def test_an_unknown_document_is_a_lookup_error(publication):
    with pytest.raises(LookupError):
        files.make(publication, "scorecard", "TH-10")
    with pytest.raises(LookupError):
        files.read(publication, "diploma")
    assert isinstance(Document._meta.get_field("file").storage, FileSystemStorage)


def test_a_long_publication_has_no_table_of_results_and_its_scorecards_wait(publication, client, monkeypatch):
    """It has sixteen results."""
    monkeypatch.setattr(files, "LONG", 16)
    assert len(files.missing(publication)) == 3 + 16
    monkeypatch.setattr(files, "LONG", 15)
    assert files.missing(publication) == [("announcement", ""), ("certificates", "")]
    client.force_login(make.make_user("staff"))
    page = client.get(reverse("publication", args=[publication.pk])).content.decode()
    assert reverse("document", args=[publication.pk, "results"]) not in page
    assert reverse("results-sheet", args=[publication.pk, "xlsx"]) in page
    assert client.get(reverse("document", args=[publication.pk, "results"])).status_code == 404
    assert files.read(publication, "scorecard", "TH-A05").startswith(b"%PDF")
