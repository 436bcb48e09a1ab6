"""What it takes to check a publication without an account: its bundle, as a worker wrote it."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from awards.bundle import files
from awards.models import Bundle
from submissions.pages.evidence_files import kept_file

from .doors import Asked, absent
from .shelf import Shelf


def bundle_of(asked: Asked) -> Bundle | None:
    """One statement; none where it is not written yet."""
    pk = asked.shelf.bundle_of(asked.publication.pk)
    return Bundle.objects.get(pk=pk) if pk else None


@require_safe
def bundle(request: HttpRequest, *, language: str, pk: int) -> HttpResponseBase:
    """The file, sent piece by piece: by the proxy, where there is one."""
    kept = Bundle.objects.filter(pk=Shelf().bundle_of(pk) or 0).select_related("publication").first()
    if kept is None or not files.names_nobody(kept.publication):
        return absent()
    try:
        return kept_file(kept.file, "application/zip", f"bundle-{pk}.zip")
    except Http404:
        return absent()
