"""A publication's documents, handed out: made and signed by a worker, for which a page waits where it must."""

from collections.abc import Callable
from typing import TypeVar

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from awards import tasks
from awards.documents import files, names, papers
from awards.models import Document, Publication, Result, Revocation
from submissions.accounts.events import Thing, record_file
from submissions.pages.dear import dear
from submissions.questions import access

PATIENCE = 60  # how often a page asks whether the documents are made
IMPATIENCE = 10  # after so often the workers are asked again
PAUSE = 3  # seconds after which a reader's browser asks for one document again
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "jwt": "application/vc+jwt",
    "json": "application/json",
}
Answer = TypeVar("Answer", bound=HttpResponseBase)
STAFF_ONLY = {Document.Kind.CERTIFICATES}


@login_required
@require_GET
@dear("30/min")
def document(request, pk: int, kind: str) -> HttpResponse:
    publication = publication_or_404(request, pk)
    if kind not in files.shared(publication) or not publication.shows_all_to(request.user):
        raise Http404
    if kind in STAFF_ONLY and (reason := access.why_not_run(request.user, publication.round)):
        raise PermissionDenied(reason)
    return _paper(request, publication, kind, names.of(publication, kind))


@login_required
@require_GET
@dear("30/min")
def scorecard(request, pk: int, office: str) -> HttpResponse:
    """One office's scorecard as it was announced: for the office itself, the committee and central staff."""
    publication = publication_or_404(request, pk)
    if publication.only_selects or publication.hides_ranks_from(request.user):
        raise Http404
    result = get_object_or_404(_own_results(request), publication=publication, office_code=office)
    return _own_file(request, publication, Document.Kind.SCORECARD, result)


@login_required
@require_GET
@dear("30/min")
def certificate(request, pk: int, office: str) -> HttpResponse:
    """The certificate that one office won, as it lies in the file of all: for that office and central staff."""
    result = _won_or_error(request, pk, office)
    return _own_file(request, result.publication, Document.Kind.CERTIFICATES, result)


def _won_or_error(request, pk: int, office: str) -> Result:
    """The line of an office that won something."""
    publication = publication_or_404(request, pk)
    if publication.is_provisional:
        raise Http404
    won = _own_results(request).exclude(tier="")
    result = get_object_or_404(won, publication=publication, office_code=office)
    if not request.user.is_officer and (reason := access.why_not_run(request.user, publication.round)):
        raise PermissionDenied(reason)
    result.publication = publication
    return result


def _own_results(request):
    return Result.objects.opened_by(request.user).defer("criteria", "facts")


def _own_file(request, publication: Publication, kind: Document.Kind, result: Result) -> HttpResponse:
    return _paper(request, publication, kind, names.of(publication, kind, of=result), result.office_code)


def _paper(request, publication: Publication, kind: str, name: str, office: str = "") -> HttpResponse:
    """Its file; while a worker makes and signs it a page that asks again by itself."""
    if revocation := papers.revocation_of(publication, kind, office):
        return _gone(request, publication, revocation, name)
    content = files.read(publication, kind, office)
    if content is not None:
        return hand_out(request, Thing.PUBLICATION, publication.pk, content, name)
    return wait_for(request, publication, name, lambda: tasks.ask_for_document(publication, kind, office))


def _gone(request, publication: Publication, revocation: Revocation, name: str) -> HttpResponse:
    """A revoked paper is handed to nobody any more, whoever kept its address: a page says so, and why."""
    context = {"publication": publication, "revocation": revocation, "name": name}
    response = render(request, "awards/papers/revoked.html", context, status=410)
    response["Cache-Control"] = "private, no-store"
    return response


def wait_for(request, publication: Publication, name: str, ask: Callable[[], None]) -> HttpResponse:
    """The page that waits for a file which a worker makes, and asks for it now and then: messages may be lost."""
    asked = times_asked(request)
    if asked % IMPATIENCE == 0:
        ask()
    context = {"publication": publication, "name": name, "waits": asked < PATIENCE}
    response = render(request, "awards/waiting.html", context, status=202)
    if asked < PATIENCE:
        response["Refresh"] = f"{PAUSE}; url=?asked={asked}"
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_GET
@dear("30/min")
def credential(request, pk: int, office: str) -> HttpResponse:
    """The certificate that one office won, for digital wallets: for that office and central staff."""
    result = _won_or_error(request, pk, office)
    name = names.of(result.publication, Document.Kind.CERTIFICATES, "jwt", of=result)
    if revocation := papers.revocation_of(result.publication, Document.Kind.CREDENTIAL, office):
        return _gone(request, result.publication, revocation, name)
    content = files.read(result.publication, Document.Kind.CREDENTIAL, office)
    if content is None:
        raise Http404
    return hand_out(request, Thing.PUBLICATION, pk, content, name)


def times_asked(request) -> int:
    """How often a page that waits has asked before."""
    asked = request.GET.get("asked", "")
    return int(asked) + 1 if asked.isascii() and asked.isdecimal() and len(asked) < 4 else 0


def publication_or_404(request, pk: int) -> Publication:
    return get_object_or_404(Publication.objects.visible_to(request.user).with_round(), pk=pk)


def hand_out(request, thing: Thing, pk: int, content: bytes, name: str) -> HttpResponse:
    record_file(request, thing, pk, name)
    return to_take(HttpResponse(content), name)


def to_take(response: Answer, name: str) -> Answer:
    """A file to keep, under a name that says what it is."""
    response["Content-Type"] = TYPES[name.rpartition(".")[2]]
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
