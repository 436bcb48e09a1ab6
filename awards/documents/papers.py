"""What a paper says and whether it still holds: told to whoever has its code."""

from dataclasses import dataclass
from typing import Any

from awards.content.columns import Columns
from awards.ledger import proofs
from awards.models import Document, Head, Paper, Publication, Result, Revocation
from submissions import thai
from submissions.models import Office
from submissions.templatetags.wording import office_name

from . import pdf

VALID, PROVISIONAL, REPLACED, REVOKED = "valid", "provisional", "replaced", "revoked"


@dataclass(frozen=True)
class Told:
    """One paper as its page tells it. `lines`: who is named on it, with rank, award and points as on the paper."""

    paper: Paper
    newest: Publication
    document: Document | None  # None: no worker has made it yet
    lines: list[dict[str, Any]]
    in_points: bool
    head: Head | None  # of the log, the first that covers the publication; None for the moments until it is sealed

    @property
    def publication(self) -> Publication:
        return self.paper.publication

    @property
    def revocation(self) -> Revocation | None:
        return getattr(self.paper, "revocation", None)

    @property
    def state(self) -> str:
        if self.revocation:
            return REVOKED
        if self.newest.pk != self.publication.pk:
            return REPLACED
        return PROVISIONAL if self.publication.is_provisional else VALID

    @property
    def issuer(self) -> str:
        """Who announced it: the department, or the office that ran the round."""
        return pdf.issuer(self.publication.frame)["issuer_th"]


def by_code(code: str) -> Paper | None:
    papers = Paper.objects.select_related("publication__round", "publication__edition", "revocation")
    return papers.filter(code=code).first()


def by_digest(whole: str, signed: str) -> Document | None:
    """The kept file with these bytes, or with this signed part; None where neither is ours. Two statements at most."""
    documents = Document.objects.select_related("publication")
    if whole and (found := documents.filter(sha256=whole).first()):
        return found
    return documents.filter(signed_sha256=signed).first() if signed else None


def revocation_of(publication: Publication, kind: str, office: str) -> Revocation | None:
    """Why this paper holds no more. A credential is its certificate for programs."""
    of_paper = Document.Kind.CERTIFICATES if kind == Document.Kind.CREDENTIAL else kind
    found = Revocation.objects.select_related("paper")
    return found.filter(paper__publication=publication, paper__kind=of_paper, paper__office=office).first()


def tell(paper: Paper) -> Told:
    publication = paper.publication
    newest = publication.round.publications.order_by("-number").only("number", "round").first()
    assert newest  # this one, at least
    shown = Columns(publication.frame, thai.language())
    document = publication.documents.filter(kind=paper.kind, office=paper.office).order_by("copy").last()
    lines = [_line(result, shown) for result in _named(paper)]
    return Told(paper, newest, document, lines, shown.in_points, proofs.head_of(publication))


def _named(paper: Paper) -> list[Result]:
    """Whom a paper names: one office, those with an award, or, where there are no awards, all."""
    results = paper.publication.results.defer("facts", "criteria", "dimensions")
    if paper.office:
        return list(results.filter(office_code=paper.office))
    is_table = paper.kind == Document.Kind.RESULTS
    return list(results.exclude(tier="") if paper.publication.frame["tiers"] and not is_table else results)


def _line(result: Result, shown: Columns) -> dict[str, Any]:
    office = Office(kind=result.office_kind, name_th=result.office_name_th, name_en=result.office_name_en)
    return {**shown.of_whole(result), "name": result.nominee_name or office_name(office)}
