"""What it takes to check a publication elsewhere: its bundle, one's own lines of the log, programs that check."""

import json

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from awards import tasks
from awards.bundle import built, files, keep, own_lines
from awards.documents import names
from awards.models import Publication
from awards.verify import page
from submissions.accounts.events import Thing, record_file
from submissions.pages.dear import dear
from submissions.pages.evidence_files import kept_file
from submissions.questions import access

from .documents import TYPES, hand_out, publication_or_404, to_take, wait_for


@login_required
@require_GET
@dear("30/min")
def bundle(request, pk: int) -> HttpResponseBase:
    """The bundle that names nobody, for all who see the whole announcement."""
    publication = publication_or_404(request, pk)
    if not files.may_be_taken_by(request.user, publication):
        raise Http404
    name, kept = names.of(publication, "bundle", "zip"), keep.last(pk)
    if kept is None and files.names_nobody(publication):
        return wait_for(request, publication, name, lambda: tasks.ask_for_bundle(publication))
    if kept is None:  # of before: for those who run the round alone, and few
        return _written(request, publication, name, full=False)
    record_file(request, Thing.PUBLICATION, pk, name)
    return kept_file(kept.file, TYPES["zip"], name)


@login_required
@require_GET
@dear("30/min")
def full_bundle(request, pk: int) -> HttpResponseBase:
    """All that the log says of the round's entries, which names people: for those who run the round."""
    publication = publication_or_404(request, pk)
    if reason := access.why_not_run(request.user, publication.round):
        raise PermissionDenied(reason)
    return _written(request, publication, names.of(publication, "full", "zip"), full=True)


def _written(request, publication: Publication, name: str, *, full: bool) -> HttpResponseBase:
    """One that is written for whoever asks, and kept nowhere."""
    record_file(request, Thing.PUBLICATION, publication.pk, name)
    return to_take(FileResponse(files.write(publication, full=full)), name)


@login_required
@require_GET
@dear("30/min")
def my_lines(request, pk: int) -> HttpResponse:
    """What the reader did in the round, so that the reader can prove it."""
    publication = publication_or_404(request, pk)
    content = json.dumps(own_lines.of(request.user, publication), ensure_ascii=False).encode()
    return hand_out(request, Thing.PUBLICATION, pk, content, names.of(publication, "lines", "json"))


@require_GET
def program(request) -> HttpResponse:
    return _handed_out(files.program(), "text/x-python; charset=utf-8", "verify.py")


@require_GET
def program_for_browsers(request) -> HttpResponse:
    return _handed_out(page.html(), "text/html; charset=utf-8", "verify.html")


@require_GET
def engine(request) -> HttpResponse:
    """What scores a bundle again, as it was built beside this release: pip wants it under its own name."""
    if (wheel := built.engine()) is None:
        raise Http404
    return _handed_out(wheel.read_bytes(), "application/zip", wheel.name)


def _handed_out(content: bytes, kind: str, name: str) -> HttpResponse:
    """To take away: it is not opened here, where it could ask the portal for something."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


urls = [
    path("publications/<int:pk>/bundle.zip", bundle, name="bundle"),
    path("publications/<int:pk>/bundle-full.zip", full_bundle, name="full-bundle"),
    path("publications/<int:pk>/my-lines.json", my_lines, name="my-lines"),
    path("log/verify.py", program, name="verify-program"),
    path("log/verify.html", program_for_browsers, name="verify-page"),
    path("log/cdd4-engine.whl", engine, name="engine-wheel"),
]
