"""A publication's documents as files: made and signed once, by a worker, kept, and made anew when the file is gone."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Q

from awards.content import letterhead
from awards.ledger.proofs import head_of
from awards.models import Document, Publication
from submissions.vault import vault

from . import codes, credentials, pdf
from .keys import Signed

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

    The papers of single offices of a long publication are made when somebody asks for one; where nobody has points
    there are no scorecards. Only whoever holds the keys asks: without one there are no credentials.
    """
    kinds = shared(publication)
    wanted = [(kind.value, "") for kind in kinds]
    if not is_long(publication):
        wanted += _of_offices(publication, Document.Kind.CERTIFICATES in kinds)
    kept = set(publication.documents.values_list("kind", "office"))
    return [document for document in wanted if document not in kept]


def late(now: datetime) -> Iterator[Publication]:
    """What was published a while ago, and yet lacks papers. Papers older than a week are asked for by
    whoever opens their page."""
    published = {"published_at__range": (now - timedelta(days=7), now - timedelta(minutes=10))}
    yield from filter(missing, Publication.objects.with_round().filter(**published))


def _of_offices(publication: Publication, is_awarded: bool) -> list[tuple[str, str]]:
    results = list(publication.results.values_list("office_code", "tier"))
    winners = [code for code, tier in results if tier and is_awarded]
    kinds = [Document.Kind.CERTIFICATES, *([Document.Kind.CREDENTIAL] if winners and credentials.key() else [])]
    wanted = [(kind.value, code) for code in winners for kind in kinds]
    if not publication.only_selects:
        wanted += [(Document.Kind.SCORECARD.value, code) for code, _tier in results]
    return wanted


def make(publication: Publication, kind: str, office: str = "") -> Document:
    """Make, sign and keep a document, unless it is kept already. Only a worker does.

    :raises LookupError: there is no such document.
    :raises OSError: the disk is full.
    :raises NotSigned: the key, or the authority for timestamps, can't be used now.
    """
    kept = last(publication, kind, office)
    if kept and vault.exists(str(kept.file.name)):
        return kept
    if kept:
        log.error("document %s of publication %s is gone from the disk: it is made anew", kept, publication.pk)
    is_credential = kind == Document.Kind.CREDENTIAL
    made = _credential(publication, office) if is_credential else _paper(publication, kind, office)
    suffix = ".jwt" if is_credential else ".pdf"
    return _keep(publication, kind, office, made, suffix, copy=kept.copy + 1 if kept else 1)


def _credential(publication: Publication, office: str) -> Signed:
    key = credentials.key()
    if key is None or not office:
        raise LookupError("credential")
    whose = _whose(publication, Document.Kind.CERTIFICATES, office)
    code = codes.give(publication, Document.Kind.CERTIFICATES, whose)[office]
    return Signed(credentials.write(publication, office, code, key))


def _paper(publication: Publication, kind: str, office: str) -> Signed:
    """A PDF that prints its code. The file of all certificates prints each one's own."""
    from . import pades  # it takes its time: see there

    whose = _whose(publication, kind, office)
    hand, given = pades.hand(), codes.give(publication, kind, whose)
    by, is_trial = (hand.name, hand.is_trial) if hand else ("", False)
    head = head_of(publication)
    size, root = (head.size, head.root) if head else (0, "")
    printed = {one: codes.Printed(code, by, is_trial, size, root) for one, code in given.items()}
    paper = publication.paper
    told = {"paper": paper, "pictures": letterhead.pictures_of(paper), "printed": printed}
    made = pdf.render(kind, publication.announced, office or None, **told)
    return hand.sign(made, codes.address(given[office])) if hand else Signed(made)


def _whose(publication: Publication, kind: str, office: str) -> list[str]:
    """Whose codes a paper prints. Raises LookupError where there is no such paper."""
    if kind not in pdf.KINDS or (kind == Document.Kind.SCORECARD) > bool(office):
        raise LookupError(kind)
    results = publication.results.filter(**({"office_code": office} if office else {}))
    if kind == Document.Kind.CERTIFICATES:
        results = results.exclude(tier="")
    offices = list(results.values_list("office_code", flat=True))
    if office and not offices:
        raise LookupError(office)
    return list({office, *offices}) if kind == Document.Kind.CERTIFICATES else [office]


def read(publication: Publication, kind: str, office: str = "") -> bytes | None:
    """A document's bytes; None while no worker has made it, or when its file is gone."""
    kept = last(publication, kind, office)
    if kept is None:
        return None
    try:
        with kept.file.open("rb") as file:
            content: bytes = file.read()
            return content
    except FileNotFoundError:
        return None


def last(publication: Publication, kind: str, office: str = "") -> Document | None:
    return publication.documents.filter(kind=kind, office=office).order_by("copy").last()


def _keep(publication: Publication, kind: str, office: str, made: Signed, suffix: str, copy: int) -> Document:
    file = vault.keep([made.content], suffix, folder="documents")
    details = {"file": file.name, "size": file.size, "sha256": file.sha256}
    details |= {"signed_sha256": made.part, "signature": made.about or {}}
    document, is_new = Document.objects.get_or_create(
        publication=publication, kind=kind, office=office, copy=copy, defaults=details
    )
    if not is_new:
        vault.delete(file.name)
    return document
