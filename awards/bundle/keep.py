"""The public bundle as a file: a worker writes it once, and anew where it lacks its proof or was lost."""

from django.db.models import Exists, OuterRef, Subquery

from awards.ledger.proofs import head_of, newest_head
from awards.models import Bundle, Leaf, Publication
from submissions.vault import vault

from . import files

FOLDER = "bundles"


def last(publication: int) -> Bundle | None:
    return Bundle.objects.filter(publication=publication).order_by("copy").last()


def make(publication: Publication) -> Bundle:
    """Write and keep it, unless it is there and holds what proves it.

    :raises LookupError: what it holds is not for everybody.
    :raises OSError: the disk is full.
    """
    if not files.names_nobody(publication):
        raise LookupError("bundle")
    kept, head = last(publication.pk), head_of(publication)
    if kept and kept.head == head and vault.exists(str(kept.file.name)):
        return kept
    with files.write(publication) as written:
        file = vault.keep(files.pieces(written), ".zip", folder=FOLDER)
    details = {"head": head, "file": file.name, "size": file.size, "sha256": file.sha256}
    made, is_new = Bundle.objects.get_or_create(
        publication=publication, copy=kept.copy + 1 if kept else 1, defaults=details
    )
    if not is_new:
        vault.delete(file.name)
    return made


def unkept() -> list[int]:
    """The publications that everybody reads, and whose bundle is missing, lost, or without a proof that there is."""
    newest, copies = newest_head(), Bundle.objects.filter(publication=OuterRef("pk")).order_by("-copy")
    leaf = Leaf.objects.filter(publication=OuterRef("pk"), position__lt=newest.size if newest else 0)
    rows = Publication.objects.public().annotate(
        file=Subquery(copies.values("file")[:1]), head=Subquery(copies.values("head")[:1]), is_sealed=Exists(leaf)
    )
    due = [
        pk
        for pk, file, head, is_sealed in rows.values_list("pk", "file", "head", "is_sealed")
        if not file or (is_sealed and head is None) or not vault.exists(file)
    ]
    return [one.pk for one in Publication.objects.filter(pk__in=due).with_round() if files.names_nobody(one)]
