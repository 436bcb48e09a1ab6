"""A publication's documents as files: made once, kept, and found again or made anew when the file is gone."""

import logging

from django.db.models import Count, Q

from awards import letterhead
from awards.models import Document, Publication
from submissions.vault import vault

from . import pdf

log = logging.getLogger(__name__)
SHARED = (Document.Kind.ANNOUNCEMENT, Document.Kind.RESULTS, Document.Kind.CERTIFICATES)
LONG = 500  # results; a table of 2,000 rows takes 16 s and 580 MB to lay out


def is_long(publication: Publication) -> bool:
    """So many results that they are a spreadsheet rather than a document."""
    return publication.results.count() > LONG


def shared(publication: Publication) -> tuple[Document.Kind, ...]:
    """The documents for everybody: certificates only where somebody was awarded, no results where they are too many."""
    counted = publication.results.aggregate(all=Count("pk"), awarded=Count("pk", filter=~Q(tier="")))
    return shared_by(counted["all"], counted["awarded"], publication.is_provisional)


def shared_by(results: int, awarded: int, is_provisional: bool) -> tuple[Document.Kind, ...]:
    """The same of so many results, of which so many have an award."""
    unmade = set() if awarded and not is_provisional else {Document.Kind.CERTIFICATES}
    if results > LONG:
        unmade.add(Document.Kind.RESULTS)
    return tuple(kind for kind in SHARED if kind not in unmade)


def missing(publication: Publication) -> list[tuple[str, str]]:
    """The documents that are still to be made, as (kind, office's code): those for everybody first.

    The scorecards of a long publication are made when somebody asks for one; where nobody has points there are none.
    """
    wanted = [(kind.value, "") for kind in shared(publication)]
    if not is_long(publication) and not publication.only_selects:
        offices = publication.results.values_list("office_code", flat=True)
        wanted += [(Document.Kind.SCORECARD.value, code) for code in offices]
    kept = set(publication.documents.values_list("kind", "office"))
    return [document for document in wanted if document not in kept]


def make(publication: Publication, kind: str, office: str = "") -> Document:
    """Make and keep a document, unless it is kept already. Raises LookupError, OSError (a full disk)."""
    kept = publication.documents.filter(kind=kind, office=office).first()
    return kept or _keep(publication, kind, office, _render(publication, kind, office))


def read(publication: Publication, kind: str, office: str = "") -> bytes:
    """A document's bytes, whether or not a worker has made it yet. Raises LookupError where there is none."""
    kept = publication.documents.filter(kind=kind, office=office).first()
    if kept:
        try:
            with kept.file.open("rb") as file:
                return file.read()
        except FileNotFoundError:
            log.error("document %s of publication %s is gone from the disk", kept, publication.pk)
    made = _render(publication, kind, office)
    if not kept:
        try:
            _keep(publication, kind, office, made)
        except OSError as error:
            log.error("document %s %s could not be kept: %s", kind, office, error)
    return made


def _render(publication: Publication, kind: str, office: str) -> bytes:
    paper = publication.paper
    pictures = letterhead.pictures_of(paper)
    return pdf.render(kind, publication.content(), office or None, paper=paper, pictures=pictures)


def _keep(publication: Publication, kind: str, office: str, made: bytes) -> Document:
    file = vault.keep([made], ".pdf", folder="documents")
    details = {"file": file.name, "size": file.size, "sha256": file.sha256}
    document, is_new = Document.objects.get_or_create(
        publication=publication, kind=kind, office=office, defaults=details
    )
    if not is_new:
        vault.delete(file.name)
    return document
