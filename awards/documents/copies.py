"""A signed copy is put beside a paper of a publication: another version each time, the original stays as it is."""

from collections.abc import Sequence
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from awards.models import CopyScan, Document, Publication, SignedCopy
from awards.signals import signed
from submissions.files import recognise
from submissions.intake.content import Content, let_fall, short_name, take_in_all
from submissions.models import Round, User
from submissions.questions import access
from submissions.questions.proofread import Refused

from . import files

MOST_FILES = 20  # of one version: pages that were photographed one by one
KINDS = (recognise.PDF, recognise.JPEG, recognise.PNG, recognise.WEBP)
FOR_RUNNERS = {Document.Kind.CERTIFICATES}  # the file of all


def kinds_seen(user: User, publication: Publication) -> list[Document.Kind]:
    """The papers for everybody that this person sees, and with them their signed copies."""
    if not publication.shows_all_to(user):
        return []
    is_run = publication.round.is_run_by(user)
    return [kind for kind in files.shared(publication) if is_run or kind not in FOR_RUNNERS]


def put_signed_copy(
    publication: Publication, kind: str, uploads: "Sequence[File[bytes]]", *, by: User
) -> list[SignedCopy]:
    """Keep these files as the next version of the signed paper. The same ones again are the version that there is.

    Refused with every fault at once, and then nothing is kept.
    """
    refused = Refused()
    refused.add("", access.why_not_run(by, publication.round))
    refused.raise_if_any()
    if kind not in files.shared(publication):
        refused.add("", _("This publication has no such paper."))
    if not uploads:
        refused.add("uploads", _("Choose the scanned paper: a PDF, or pictures of its pages."))
    if len(uploads) > MOST_FILES:
        refused.add("uploads", _("A signed paper has %(most)s files at most.") % {"most": MOST_FILES})
    refused.raise_if_any()
    taken = take_in_all(uploads, refused, by, KINDS)
    try:
        with transaction.atomic():
            return _keep(publication, kind, [upload.name or "" for upload in uploads], taken, by)
    except BaseException:
        let_fall(taken)
        raise


def _keep(publication: Publication, kind: str, names: list[str], taken: list[Content], by: User) -> list[SignedCopy]:
    # Whoever puts one beside the same publication meanwhile waits.
    Round.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=publication.round_id)
    last = last_version(publication, kind)
    if last and [one.sha256 for one in last] == [content.kept.sha256 for content in taken if content.kept]:
        let_fall(taken)
        return last
    version = last[0].version + 1 if last else 1
    made = [
        SignedCopy.objects.create(publication=publication, kind=kind, version=version, page=page, put_by=by, **about)
        for page, about in enumerate(map(_about, names, taken), 1)
    ]
    CopyScan.objects.bulk_create([CopyScan(copy=one) for one in made])
    transaction.on_commit(lambda: signed.send(SignedCopy, copies=made), robust=True)
    return made


def _about(name: str, content: Content) -> dict[str, Any]:
    kept, kind = content.kept, content.kind
    assert kept
    assert kind
    told: dict[str, Any] = {"file": kept.name, "size": kept.size, "sha256": kept.sha256}
    return told | {"original_name": short_name(name), "content_type": kind.content_type}


def last_version(publication: Publication, kind: str) -> list[SignedCopy]:
    """The files of the version that holds, in their order."""
    rows = list(publication.signed_copies.filter(kind=kind).order_by("-version", "page"))
    return [one for one in rows if one.version == rows[0].version]
