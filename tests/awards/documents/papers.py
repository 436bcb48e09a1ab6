"""Documents of a publication that a worker made, for tests to which it does not matter what is drawn in them."""

from awards.documents import codes
from awards.models import Bundle, Document, Publication
from submissions.vault import vault


def keep(publication: Publication, *papers: tuple[str, str], content: bytes = b"%PDF") -> None:
    """Keep a file of these bytes as each of the papers, (kind, office), with the code that it would print."""
    for kind, office in papers:
        file = vault.keep([content], ".pdf", folder="documents")
        details = {"file": file.name, "size": file.size, "sha256": file.sha256}
        Document.objects.create(publication=publication, kind=kind, office=office, **details)
        if kind != Document.Kind.CREDENTIAL:
            codes.give(publication, kind, [office])


def keep_all(publication: Publication, office: str) -> None:
    """Those for everybody, and all of one office that won."""
    kinds = ("announcement", "results", "certificates")
    own = [(kind, office) for kind in ("scorecard", "certificates", "credential")]
    keep(publication, *[(kind, "") for kind in kinds], *own)
    keep_bundle(publication)


def keep_bundle(publication: Publication) -> None:
    file = vault.keep([b"PK"], ".zip", folder="bundles")
    about = {"file": file.name, "size": file.size, "sha256": file.sha256}
    Bundle.objects.create(publication=publication, copy=1, **about)
