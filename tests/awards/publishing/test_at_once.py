"""Several at work on one round: two who publish, two who render, and a real worker."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from awards.documents import files, pdf
from awards.models import Document, Publication
from awards.publishing.publish import Overtaken, publish
from submissions.models import Round
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
