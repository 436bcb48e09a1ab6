"""What the workers do for publications. A lost message costs nothing: a document is also made when it is asked for."""

from celery import shared_task

from scoring.receivers import send

from . import documents
from .models import Publication


@shared_task(name="awards.tasks.make_document")
def make_document(publication_id: int, kind: str, office: str) -> None:
    documents.make(Publication.objects.with_round().get(pk=publication_id), kind, office)


def ask_for_documents(publication: Publication) -> None:
    """One message for each document that is still to be made; the first that can't be sent ends it."""
    for kind, office in documents.missing(publication):
        if not send(make_document, publication.pk, kind, office):
            return
