"""Several at work on one round: two who publish, two who render, and a real worker."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.db import connection

from awards.documents import files, pdf
from awards.models import Document, Publication, faults
from awards.publishing import publish as publish_module
from awards.publishing import spread
from awards.publishing.publish import Overtaken, publish
from scoring import recompute
from submissions import intake
from submissions.models import Entry, Round, User
from tests import factories
from tests.awards.conftest import falling, make_contest
from tests.awards.documents.content import made_up
from tests.servers import wait_until


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_once_make_one_publication():
    staff = factories.make_user("staff")
    contest = make_contest(*falling(3))
    answers = []

    def press() -> None:
        try:
            answers.append(publish(Round.objects.get(pk=contest.pk), by=staff, number=1).number)
        except Overtaken as first:
            answers.append(str(first.publication.published_by))
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(answers, key=str) == [1, str(staff)], "the second is told who was first"
    assert Publication.objects.count() == 1


def beside(do) -> bool:
    """Do it as somebody else, over a connection of its own. Whether it was done within seconds."""

    def work() -> None:
        try:
            do()
        finally:
            connection.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(timeout=5)
    return not thread.is_alive()


def hand_in(entry: Entry, staff: User) -> bool:
    link = {"upload": None, "url": "https://www.example.org/late"}
    return beside(lambda: intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=staff, **link))


@pytest.fixture
def late(transactional_db):
    """A contest of three, somebody who may do all, and who hands in at the last moment."""
    staff, contest = factories.make_user("staff"), make_contest(*falling(3))
    return SimpleNamespace(staff=staff, contest=contest, entry=contest.entries.order_by("pk")[0])


def has_late_piece(publication: Publication, late) -> list[bool]:
    """Whether what is frozen of facts, and of the log, has it."""
    result = publication.results.get(entry=late.entry)
    ends = [head["events"] for head in publication.log if head["entry"] == late.entry.pk]
    return ["1.1.report" in result.facts, ends == [1]]


@pytest.mark.postgresql
def test_nobody_waits_while_results_are_frozen(late, monkeypatch):
    """The rows of the publication are written already, and it is not committed yet."""
    waited = []
    kept = spread.keep
    monkeypatch.setattr(spread, "keep", lambda *rows: (waited.append(not hand_in(late.entry, late.staff)), kept(*rows)))
    publication = publish(late.contest, by=late.staff)
    assert waited == [False]
    assert late.entry.evidence.filter(requirement="1.1.report").exists()
    assert has_late_piece(publication, late) == [False, False], "it came after the moment that is announced"
    assert faults(publication) == []


@pytest.mark.postgresql
@pytest.mark.parametrize("provisional", [False, True])
def test_what_comes_in_while_facts_are_read_is_announced_whole(provisional, late, monkeypatch):
    """It comes between the reading of facts and of the log's ends; in a round whose facts are to stand still also
    after all was drawn up: then nothing may come in that was not announced."""
    module, name = (publish_module, "_drawn_up") if provisional else (recompute, "read_facts")
    kept, done = getattr(module, name), []

    def then_hand_in(*args, **kwargs):
        found = kept(*args, **kwargs)
        if not done:
            done.append(hand_in(late.entry, late.staff))
        return found

    monkeypatch.setattr(module, name, then_hand_in)
    if provisional:
        Round.objects.update(appeal_days=3)
    publication = publish(Round.objects.get(), by=late.staff)
    assert done == [True]
    assert has_late_piece(publication, late) == [True, True]
    assert publication.is_provisional == provisional


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_a_real_worker_makes_them_after_publishing(worker):
    staff = factories.make_user("staff")
    publication = publish(make_contest(*falling(3)), by=staff)
    wait_until(lambda: not files.missing(publication), 60, "all documents are made")
    for document in Document.objects.all():
        with document.file.open("rb") as file:
            assert hashlib.sha256(file.read()).hexdigest() == document.sha256
    assert Document.objects.count() == 3 + 3 * 3, "for everybody, and of each office its three"


def test_documents_made_at_the_same_time_are_the_same():
    content = made_up()
    alone = pdf.render("announcement", content)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: pdf.render("announcement", content), range(8))) == [alone] * 8
