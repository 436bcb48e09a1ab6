"""What the workers do for publications. A lost message costs nothing: whoever waits for a document asks again."""

import logging
import time
from functools import partial
from typing import Any

from celery import Task, shared_task
from django.utils import timezone

from scoring.models import PastTrial
from submissions.away import is_away
from submissions.examination.attachments import left, look_through
from submissions.examination.work import LIMIT
from submissions.lease import held
from submissions.queue import send

from .afterwards import announce, hindsight
from .bundle import keep
from .documents import credentials, files
from .documents.keys import NotSigned
from .ledger.proofs import is_about_to_be_sealed, newest_head
from .ledger.seal import seal
from .models import CopyScan, Document, Publication, Publishing
from .publishing import press

log = logging.getLogger(__name__)
SLICE = 5  # seconds for documents before another message has its turn
SOON = 1  # seconds
AGAIN = 30  # seconds after which signing is tried again


@shared_task(name="awards.tasks.make_documents", bind=True, max_retries=None)
def make_documents(self: Task[Any, Any], publication_id: int, is_from_end: bool = False) -> None:
    """Make what is missing for some seconds, and ask for the others: other messages wait no longer than that."""
    publication = _sealed(self, publication_id)
    end = time.monotonic() + SLICE
    wanted = files.missing(publication)
    while wanted and time.monotonic() < end:
        _make(self, publication, *wanted.pop(-1 if is_from_end else 0))
    if wanted:
        send(make_documents, publication_id, is_from_end)


@shared_task(name="awards.tasks.make_document", bind=True, max_retries=None)
def make_document(self: Task[Any, Any], publication_id: int, kind: str, office: str) -> None:
    """One that somebody waits for; with a certificate comes its credential, where a key signs those."""
    publication = _sealed(self, publication_id)
    if kind == Document.Kind.CERTIFICATES and office and credentials.key():
        _make(self, publication, Document.Kind.CREDENTIAL, office)
    _make(self, publication, kind, office)


def _sealed(task: Task[Any, Any], publication_id: int) -> Publication:
    """Papers print the head of the log that covers their publication: who is about to seal it is waited for."""
    publication = Publication.objects.with_round().get(pk=publication_id)
    if is_about_to_be_sealed(publication):
        raise task.retry(countdown=SOON)
    return publication


def _make(task: Task[Any, Any], publication: Publication, kind: str, office: str) -> None:
    """Signed once and kept: what can't be signed as it was set is not made in another way, but tried again."""
    try:
        files.make(publication, kind, office)
    except NotSigned as error:
        log.error("document %s %s of publication %s waits: %s", kind, office, publication.pk, error)
        raise task.retry(countdown=AGAIN, exc=error) from error


def ask_for_documents(publication: Publication) -> None:
    """Quickly or not at all. Two workers begin at both ends, and meet."""
    for is_from_end in (False, True):
        send(make_documents, publication.pk, is_from_end)


def ask_for_document(publication: Publication, kind: str, office: str) -> None:
    """One message, quickly or not at all."""
    send(make_document, publication.pk, kind, office)


@shared_task(name="awards.tasks.make_bundle", bind=True, max_retries=None)
def make_bundle(self: Task[Any, Any], publication_id: int) -> None:
    """The bundle that strangers take away."""
    keep.make(_sealed(self, publication_id))


def ask_for_bundle(publication: Publication) -> None:
    """One message, quickly or not at all."""
    send(make_bundle, publication.pk)


@shared_task(name="awards.tasks.tend_bundles")
def tend_bundles() -> int:
    """Ask for the bundles of what everybody reads: of a round that was made public, or whose message was lost."""
    unkept = keep.unkept()
    for pk in unkept:
        send(make_bundle, pk)
    return len(unkept)


@shared_task(name="awards.tasks.tend_documents")
def tend_documents() -> int:
    """Ask again for the papers whose message was lost, or whose worker died. One is made first: while papers can't be
    signed there are messages enough that wait for that. From one end: two chains would meet those under way twice."""
    late = list(files.late(timezone.now()))
    for publication in late:
        try:
            files.make(publication, *files.missing(publication)[0])
        except NotSigned as error:
            log.error("the papers of publication %s wait: %s", publication.pk, error)
        except Exception as error:
            if is_away(error):
                raise
            log.exception("the papers of publication %s can't be made", publication.pk)
        else:
            send(make_documents, publication.pk)
    return len(late)


@shared_task(name="awards.tasks.tell_published")
def tell_published(publication_id: int | None = None) -> int:
    return announce.tell_published(publication_id)


def ask_to_tell(publication: Publication) -> None:
    """One message, quickly or not at all; the sweep finds publications that nobody was told of."""
    send(tell_published, publication.pk)


@shared_task(name="awards.tasks.seal_log")
def seal_log(asked: float | None = None) -> None:
    """Whoever may not read the key has no such queue. `asked`: when, in seconds; a head that was signed after that
    covers what it was asked for: of thousands of messages that wait the first one seals, and the others are none."""
    newest = newest_head()
    if asked and newest and newest.at.timestamp() > asked:
        return
    from .ledger.timestamps import stamp_daily  # pyHanko takes its time: only who seals imports it

    seal()
    stamp_daily()


def ask_to_seal() -> None:
    """One message, quickly or not at all: the next minute's does the same."""
    send(seal_log, time.time())


@shared_task(name="awards.tasks.scan_copies", soft_time_limit=LIMIT - 10, time_limit=LIMIT)
def scan_copies(ids: list[int] | None = None) -> int:
    """Look through these signed copies for viruses; without any, through what no message asked for."""
    related = ("copy__publication__round", "copy__put_by")
    rows = CopyScan.objects.filter(pk__in=left(CopyScan) if ids is None else ids).select_related(*related)
    return sum(look_through(row, row.copy.file, partial(announce.raise_alarm, row)) for row in rows)


def ask_to_scan(ids: list[int]) -> None:
    """One message, quickly or not at all."""
    send(scan_copies, ids)


@shared_task(name="awards.tasks.try_on_past")
def try_on_past(trial_id: int) -> None:
    tried = PastTrial.objects.filter(pk=trial_id, report__isnull=True).first()
    if tried is None:
        return
    try:
        hindsight.run(tried)
    except Exception as error:
        if is_away(error):
            raise  # the database is away: the task waits for it, and begins again
        log.exception("trial on the past %s can't be made", trial_id)
        tried.note(fault=PastTrial.Fault.BROKE)


@shared_task(name="awards.tasks.make_publication")
def make_publication(publishing_id: int) -> None:
    related = ("round__edition", "made_by", "proposal")
    publishing = Publishing.objects.select_related(*related).filter(pk=publishing_id).first()
    if publishing is None or not publishing.take():
        return
    try:
        with held(publishing, Publishing.LEASE):
            press.run(publishing)
    except Exception as error:
        if is_away(error):
            raise  # whoever holds it is heard of no more: it is asked for again
        log.exception("publishing %s broke off", publishing_id)
        press.fail(publishing)


@shared_task(name="awards.tasks.tend_publishings")
def tend_publishings() -> int:
    """Ask for those whose message was lost or whose worker died."""
    Publishing.objects.expired().delete()
    late = list(Publishing.objects.under_way().filter(due_at__lte=timezone.now()))
    for publishing in late:
        if publishing.attempts < Publishing.MOST_ATTEMPTS:
            send(make_publication, publishing.pk)
        else:
            press.fail(publishing)
    return len(late)
