"""Uploads wait for no head: neither for one that is being signed, nor for the messages that wait for one, nor for
papers."""

import time

import pytest
import requests

from awards import tasks
from awards.documents import files
from awards.ledger import key_files, keys
from awards.ledger.seal import seal
from awards.models import Head, Publication
from awards.publishing.publish import publish
from submissions.api.tokens import make_token
from submissions.models import Event, Evidence
from tests import factories as make
from tests.awards.conftest import falling, make_contest
from tests.servers import Web, Worker, wait_until

MESSAGES = 300  # that wait to be sealed, as after hours without a sealer
PATIENCE = 5  # seconds for one upload, on a machine that makes papers meanwhile
MOST = 40  # uploads


@pytest.fixture
def signers(tmp_path) -> list[keys.Signer]:
    key_files.make(tmp_path / "key")
    return keys.read([tmp_path / "key"])


@pytest.fixture
def published(transactional_db, redis_server, signers) -> Publication:
    """Sealed, without its papers, and with a queue of messages that ask for a head."""
    publication = publish(make_contest(*falling(3)), by=make.make_user("staff"))
    seal(signers)
    for _ in range(MESSAGES):
        tasks.ask_to_seal()
    return publication


def sender(web: Web, publication: Publication):
    """Hands a file in over the network, each time another one."""
    entry = publication.results.order_by("pk")[0].entry
    _, token = make_token(make.make_user("officer", office=entry.office), life=None, scopes=["hand_in"])
    address = f"http://127.0.0.1:{web.port}/api/v1/entries/{entry.pk}/evidence/"
    headers = {"Authorization": f"Token {token}"}

    def send(number: int) -> int:
        upload = ("report.pdf", make.make_upload("pdf").read() + b"\n%% %d" % number, "application/pdf")
        fields = {"data": {"requirement": "1.1.report"}, "files": {"upload": upload}}
        return requests.post(address, headers=headers, timeout=PATIENCE, **fields).status_code

    return send


@pytest.mark.faults
@pytest.mark.postgresql
def test_uploads_go_on_while_a_head_is_signed_and_papers_are_made(
    published, signers, worker_environment, tmp_path, monkeypatch
):
    variables = {**worker_environment, "CDD4_HEAD_KEY": str(tmp_path / "key")}
    answers, register = [], keys.register
    with Web(worker_environment, workers=1) as web, Worker(variables, beat=False, concurrency=1, queues="seal"):
        send = sender(web, published)

        def while_papers_are_made(*args, **kwargs) -> None:
            """The log has grown, nothing of it is committed, and whoever else seals waits for that."""
            with Worker(worker_environment, beat=False, queues="documents"):
                while (files.missing(published) or not answers) and len(answers) < MOST:
                    answers.append(send(len(answers)))
                    time.sleep(0.25)
                wait_until(lambda: not files.missing(published), 60, "the papers")
            register(*args, **kwargs)

        monkeypatch.setattr(keys, "register", while_papers_are_made)
        Event.objects.record_all(published.results.all()[0].entry, "test.done", [{}], by=None)
        assert seal(signers)
        assert len(answers) > 5
        assert set(answers) == {201}
        assert Evidence.objects.filter(requirement="1.1.report").count() == len(answers)
        wait_until(lambda: not Event.objects.filter(leaf=None).exists(), 30, "all deeds are sealed")
    assert Head.objects.count() < 6, "a head for hundreds of messages"
