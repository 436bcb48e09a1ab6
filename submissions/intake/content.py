"""What a piece of evidence consists of, a file or a link: checked as it arrives, kept, let go when no row wants it."""

import logging
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.core.files import File
from django.utils.translation import gettext as _

from submissions.files import recognise, room
from submissions.files.partial import Whole
from submissions.models import Evidence, User
from submissions.models.evidence import MOST_FILE_NAME
from submissions.questions.proofread import Refused
from submissions.vault import Kept, vault

log = logging.getLogger(__name__)


class Content(NamedTuple):
    """One file, with its kind, or one address."""

    kind: recognise.Kind | None
    kept: Kept | None
    url: str


def take_in(upload: "File[bytes] | None", url: str, refused: Refused, by: User) -> Content:
    """Check the file or link and keep the file; raises `refused` when anything at all was wrong.

    Raises OSError when the disk is full.
    """
    if upload and url.strip():
        refused.add("url", _("Both a file and a link were given. Leave one of them."))
    elif not upload and not url.strip():
        refused.add("upload", _("Choose a file or give a link: one of the two."))
    if upload and not isinstance(upload, Whole):  # which is on the disk already
        room.check_disk(upload.size)
    with _disk_told(refused):
        kind, address = _inspect(upload, url, refused, by)
        refused.raise_if_any()
        kept = _keep(upload, kind) if upload and kind else None
    return Content(kind, kept, address)


def _inspect(upload: "File[bytes] | None", url: str, refused: Refused, by: User) -> tuple[recognise.Kind | None, str]:
    """The kind of the file, or the address as it is kept."""
    try:
        if upload:
            return recognise.inspect(upload, by.pk), ""
        if url.strip():
            return None, recognise.inspect_link(url)
    except recognise.Unfit as unfit:
        refused.add("upload" if upload else "url", str(unfit))
    return None, ""


def take_in_all(
    uploads: "Iterable[File[bytes]]",
    refused: Refused,
    by: User,
    kinds: Collection[recognise.Kind] = recognise.KINDS,
) -> list[Content]:
    """Keep these files, all or none; raises `refused`, with each file's name, when anything at all was wrong."""
    taken: list[Content] = []
    try:
        for upload in uploads:
            of_file = Refused()
            try:
                content = take_in(upload, "", of_file, by)
                taken.append(content)
                if content.kind not in kinds:
                    known = ", ".join(kind.label for kind in kinds)
                    of_file.add("upload", _("This type of file is not taken. Allowed: %(kinds)s.") % {"kinds": known})
            except Refused:
                pass
            for why in of_file.reasons.get("upload", []):
                refused.add("uploads", f"{upload.name}: {why}")
        refused.raise_if_any()
    except BaseException:
        let_fall(taken)
        raise
    return taken


def let_fall(taken: Iterable[Content]) -> None:
    """Files that were kept, and that no row wants."""
    for content in taken:
        if content.kept:
            vault.delete(content.kept.name)


@contextmanager
def _disk_told(refused: Refused) -> Iterator[None]:
    """Refuse the file if the disk fails, so that it can be sent again. That the disk is full is told elsewhere."""
    try:
        yield
    except OSError as error:
        log.error("evidence could not be stored: %s", error)
        if room.is_full(error):
            raise
        what = _("The file could not be stored; nothing was saved. Try again; if it happens again, tell central staff.")
        refused.add("upload", what)
        raise refused from error


def _keep(upload: "File[bytes]", kind: recognise.Kind) -> Kept:
    if isinstance(upload, Whole):
        return vault.adopt(upload.path, kind.suffix)
    return vault.keep(upload.chunks(), kind.suffix)


def settle(evidence: Evidence, kept: Kept | None) -> None:
    """Keep one of two files with the same content: the row's own, unless it is gone or was altered."""
    if not kept or kept.name == evidence.file.name:
        return
    assert evidence.file.name
    if vault.holds(evidence.file.name, kept):
        vault.delete(kept.name)
    else:
        log.error("the file of evidence %s was gone or altered; it was handed in again", evidence.pk)
        vault.mend(evidence.file.name, kept)


def discard(kept: Kept | None) -> None:
    if kept and not Evidence.objects.filter(file=kept.name).exists():
        vault.delete(kept.name)


def short_name(name: str) -> str:
    """The name people gave the file, without folders and control characters; its end, with the suffix, is kept."""
    printable = "".join(c for c in name.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable())
    return printable[-MOST_FILE_NAME:] or "file"
