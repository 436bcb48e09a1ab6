"""The public bundle as a file: a worker writes it once, and anew where it lacks its proof or was lost."""

from awards.ledger.proofs import head_of
from awards.models import Bundle, Publication
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
    file = vault.keep([files.write(publication)], ".zip", folder=FOLDER)
    details = {"head": head, "file": file.name, "size": file.size, "sha256": file.sha256}
    made, is_new = Bundle.objects.get_or_create(
        publication=publication, copy=kept.copy + 1 if kept else 1, defaults=details
    )
    if not is_new:
        vault.delete(file.name)
    return made


def unkept() -> list[int]:
    """The publications that everybody reads, and whose bundle is not there yet, or without its proof."""
    rows = Publication.objects.public().exclude(bundles__head__isnull=False).with_round()
    return [one.pk for one in rows if files.names_nobody(one) and _is_due(one)]


def _is_due(publication: Publication) -> bool:
    return last(publication.pk) is None or head_of(publication) is not None
