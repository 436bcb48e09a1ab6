"""Documents are made once, by whoever comes first, and are the same whoever makes them."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.urls import reverse

from awards import tasks
from awards.documents import codes, files, pades, pdf
from awards.documents.keys import NotSigned
from awards.models import Document, Publication
from submissions.vault import Vault, vault
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_every_document_is_still_to_be_made_until_it_is(publication):
    assert files.missing(publication)[:3] == [("announcement", ""), ("results", ""), ("certificates", "")]
    assert len(files.missing(publication)) == 3 + 13 * 2 + 16
    made = files.make(publication, "scorecard", "TH-A05")
    assert ("scorecard", "TH-A05") not in files.missing(publication)
    assert made.sha256 == hashlib.sha256(files.read(publication, "scorecard", "TH-A05")).hexdigest()
    assert made.file.name.startswith("documents/")


def test_what_is_drawn_is_the_same_whoever_draws_it_and_what_is_signed_begins_with_it(publication):
    files.make(publication, "announcement")
    fresh, paper = Publication.objects.get(pk=publication.pk), publication.papers.get()
    printed = {"": codes.Printed(paper.code, pades.hand().name, is_trial=True)}
    drawn = pdf.render("announcement", fresh.content(), paper=fresh.paper, printed=printed)
    assert files.read(publication, "announcement").startswith(drawn)


def test_two_workers_make_what_is_missing_from_both_ends(publication, monkeypatch):
    sent, made, wanted = [], [], files.missing(publication)
    monkeypatch.setattr(tasks, "send", lambda task, *args: sent.append(args))
    monkeypatch.setattr(files, "make", lambda publication, *paper: made.append(paper))
    tasks.ask_for_documents(publication)
    assert sent == [(publication.pk, False), (publication.pk, True)]
    for _pk, is_from_end in list(sent):
        tasks.make_documents(publication.pk, is_from_end)
    assert made == wanted + wanted[::-1]
    assert len(sent) == 2, "when all are made, nothing more is asked"
    monkeypatch.setattr(tasks, "SLICE", 0)
    tasks.make_documents(publication.pk, True)
    assert sent[2:] == [(publication.pk, True)], "what there was no time for is asked for again"


def test_papers_whose_message_was_thrown_away_are_asked_for_again(publication, monkeypatch):
    sent = []
    monkeypatch.setattr(tasks, "send", lambda task, *args: sent.append(args))
    assert tasks.tend_documents() == 0, "the message may still be under way"
    later = publication.published_at + timedelta(minutes=11)
    assert list(files.late(later)) == [publication]
    monkeypatch.setattr(tasks.timezone, "now", lambda: later)
    monkeypatch.setattr(files, "make", lambda *paper: (_ for _ in ()).throw(NotSigned("no key")))
    assert tasks.tend_documents() == 1
    assert sent == [], "what can't be signed now is waited for already"
    monkeypatch.undo()
    monkeypatch.setattr(tasks, "send", lambda task, *args: sent.append(args))
    monkeypatch.setattr(tasks.timezone, "now", lambda: later)
    assert tasks.tend_documents() == 1
    assert sent == [(publication.pk,)], "from one end: its first chains may be under way"
    assert Document.objects.get().kind == "announcement"
    monkeypatch.setattr(files, "missing", lambda publication: [])
    assert tasks.tend_documents() == 0


@pytest.mark.parametrize("fault", [OSError("full"), LookupError("none"), ValueError("layout")])
def test_one_late_publication_that_breaks_holds_up_no_other(publication, monkeypatch, fault):
    sent, other = [], Publication(pk=publication.pk + 1)
    monkeypatch.setattr(tasks, "send", lambda task, *args: sent.append(args))
    monkeypatch.setattr(files, "late", lambda now: [publication, other])
    monkeypatch.setattr(files, "missing", lambda late: [("announcement", "")])

    def make(late, kind, office):
        if late == publication:
            raise fault

    monkeypatch.setattr(files, "make", make)
    assert tasks.tend_documents() == 2
    assert sent == [(other.pk,)]


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
    assert publication.papers.count() == 1
    assert kept_files() - before == {made.file.name}


def test_a_full_disk_is_told_to_the_worker_and_leaves_nothing(publication, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Vault, "keep", full)
    with pytest.raises(OSError, match="No space"):
        files.make(publication, "announcement")
    assert files.read(publication, "announcement") is None
    assert not Document.objects.exists()


def test_a_file_that_is_gone_is_made_and_signed_once_more(publication):
    first = files.make(publication, "announcement")
    assert files.make(publication, "announcement") == first
    first.file.storage.delete(first.file.name)
    assert files.read(publication, "announcement") is None
    second = files.make(publication, "announcement")
    assert (first.copy, second.copy, publication.papers.count()) == (1, 2, 1), "the same paper, signed another time"
    assert hashlib.sha256(files.read(publication, "announcement")).hexdigest() == second.sha256


def test_an_unknown_document_is_a_lookup_error(publication):
    with pytest.raises(LookupError):
        files.make(publication, "scorecard", "TH-10")
    for kind, office in (("diploma", ""), ("scorecard", ""), ("certificates", "TH-A14"), ("credential", "TH-A14")):
        with pytest.raises(LookupError):
            files.make(publication, kind, office)
    assert not publication.papers.exclude(kind="certificates").exists(), "no code is given to what there is not"
    assert isinstance(Document._meta.get_field("file").storage, FileSystemStorage)


def test_a_long_publication_has_no_table_of_results_and_its_scorecards_wait(publication, client, monkeypatch):
    """It has sixteen results."""
    monkeypatch.setattr(files, "LONG", 16)
    assert len(files.missing(publication)) == 3 + 13 * 2 + 16
    monkeypatch.setattr(files, "LONG", 15)
    assert files.missing(publication) == [("announcement", ""), ("certificates", "")]
    client.force_login(make.make_user("staff"))
    page = client.get(reverse("publication", args=[publication.pk])).content.decode()
    assert reverse("document", args=[publication.pk, "results"]) not in page
    assert reverse("results-sheet", args=[publication.pk, "xlsx"]) in page
    assert client.get(reverse("document", args=[publication.pk, "results"])).status_code == 404
    assert files.make(publication, "scorecard", "TH-A05")
