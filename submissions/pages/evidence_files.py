"""Files of evidence as people open them: the file itself, pictures of its pages, and what an office file holds."""

import logging
from base64 import b64decode
from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from submissions import thai
from submissions.accounts.events import Thing, record_file
from submissions.examination.remarks import tell_office
from submissions.files import confined, recognise
from submissions.files.preview import preview
from submissions.models import Evidence
from submissions.questions import access
from submissions.questions.forbidden import forbid
from submissions.questions.slots import page_of, title_of

from .dear import dear

log = logging.getLogger(__name__)

# Shown inside a page beside a decision; anything else is always downloaded.
PREVIEWED = ("application/pdf", "image/jpeg", "image/png", "image/webp", "video/mp4")
# A file may do nothing. Chromium's PDF viewer starts inside this sandbox all the same.
FILE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; "
    "frame-ancestors 'self'; sandbox"
)
# What is made of a file may do nothing either. The portal's typeface is given to its own pages alone.
PREVIEW_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src 'self'; "
    "frame-ancestors 'self'; sandbox allow-same-origin"
)


Response = TypeVar("Response", bound=HttpResponseBase)


def evidence_or_404(request, pk: int) -> Evidence:
    related = ("entry__round__edition", "entry__office__parent", "examination")
    rows = Evidence.objects.visible_to(request.user).select_related(*related)
    return get_object_or_404(rows.defer("entry__round__edition__text"), pk=pk)


@login_required
@require_GET
def evidence_file(request, pk: int) -> HttpResponseBase:
    """The file itself, for those who may see the entry; `?inline=1` shows it in the page, if its kind is safe there."""
    evidence, inline = _file_or_404(request, pk), request.GET.get("inline") == "1"
    if held := _held(request, evidence, framed=inline):
        return held
    response = file_response(evidence, inline=inline)
    record_file(request, Thing.EVIDENCE, evidence.pk, evidence.original_name, shown=inline)
    return response


def _file_or_404(request, pk: int) -> Evidence:
    files = Evidence.objects.opened_by(request.user).exclude(file="").select_related("examination")
    return get_object_or_404(files, pk=pk)


def _held(request, evidence: Evidence, *, framed: bool = True) -> HttpResponse | None:
    """Why the file can't be opened, as a page of the portal or one that may stand in a frame; None when it can."""
    reason = access.why_not_open(evidence)
    if reason is None:
        return None
    context = {"evidence": evidence, "reason": reason}
    if framed:
        response = in_a_frame(render(request, "submissions/held.html", context, status=423), PREVIEW_POLICY)
    else:
        slot = (evidence.requirement, evidence.period)
        context |= {
            "entry": evidence.entry,
            "slot": title_of(evidence.entry.round.scheme, *slot, thai.language()),
            "back": page_of(evidence.entry, *slot),
        }
        response = render(request, "submissions/shut.html", context, status=423)
    response["Retry-After"] = "30"
    return response


def _come_again(request, status: int, seconds: int) -> HttpResponse:
    """Said in the frame that waits for a page or a preview."""
    context = {"reason": _("Others take long just now. This page asks again by itself in a moment.")}
    return in_a_frame(render(request, "submissions/held.html", context, status=status), PREVIEW_POLICY)


def _unread(request) -> HttpResponse:
    context = {"reason": recognise.why_unread()}
    return in_a_frame(render(request, "submissions/held.html", context, status=503), PREVIEW_POLICY)


def _for_committee(show: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of what is made of a file: for the committee and those who run the round alone.

    Reading a hostile file costs seconds, and officers choose their files.
    """

    @login_required
    @require_GET
    @dear("120/min", patience=5, later=_come_again)
    @wraps(show)
    def view(request, pk: int, **place) -> HttpResponse:
        forbid(access.why_not_enter_admin(request.user))
        evidence = _file_or_404(request, pk)
        if request.user.is_officer and (reason := access.why_not_run(request.user, evidence.entry.round)):
            raise PermissionDenied(reason)
        if held := _held(request, evidence):
            return held
        try:
            return show(request, evidence, **place)
        except FileNotFoundError:
            raise Http404 from None
        except OSError:  # our disk's fault, or the system's: nothing is said of the file
            log.exception("evidence %s can't be read", pk)
            return _unread(request)

    return view


@_for_committee
def evidence_page(request, evidence: Evidence, page: int) -> HttpResponse:
    """A picture of one page of a PDF, beside another."""
    try:
        with evidence.file.open("rb") as file:
            drawn = confined.read("examination.page", file.file, str(page))
    except confined.Unreadable:
        raise Http404 from None
    record_file(request, Thing.EVIDENCE, evidence.pk, evidence.original_name, shown=True, part=True)
    return in_a_frame(HttpResponse(b64decode(drawn), content_type="image/jpeg"), FILE_POLICY)


@_for_committee
def evidence_preview(request, evidence: Evidence) -> HttpResponse:
    """What a Word, Excel or PowerPoint file holds, as a page of its own for a frame."""
    shown = preview(evidence)
    record_file(request, Thing.EVIDENCE, evidence.pk, evidence.original_name, shown=True)
    response = render(request, "submissions/preview.html", {"evidence": evidence, "preview": shown})
    return in_a_frame(response, PREVIEW_POLICY)


@login_required
@require_GET
def evidence_examined(request, pk: int) -> HttpResponse:
    """What the machine remarked on a file, for the page that waits for it."""
    evidence = evidence_or_404(request, pk)
    tell_office([evidence], evidence.entry.round.scheme, Evidence.objects.visible_to(request.user))
    return render(request, "submissions/examined.html", {"evidence": evidence})


def file_response(evidence: Evidence, *, inline: bool) -> HttpResponseBase:
    """The file of evidence that the asker may see and open; `inline` is heard for the kinds that are safe in a page."""
    is_attached = not (inline and evidence.content_type in PREVIEWED)
    return kept_file(evidence.file, evidence.content_type, evidence.original_name, is_attached=is_attached)


def kept_file(file: FieldFile, content_type: str, name: str, *, is_attached: bool = True) -> HttpResponseBase:
    """A file of the vault that the asker may have; the proxy sends it, where there is one. Raises Http404."""
    response: HttpResponse | FileResponse
    if settings.X_ACCEL:
        response = HttpResponse()
        response["X-Accel-Redirect"] = settings.PROTECTED_URL + quote(file.name or "")
    else:
        try:
            response = FileResponse(file.open("rb"))
        except FileNotFoundError:
            raise Http404 from None
    response["Content-Type"] = content_type
    response["Content-Disposition"] = content_disposition_header(is_attached, name) or "inline"
    return in_a_frame(response, FILE_POLICY)


def in_a_frame(response: Response, policy: str) -> Response:
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN"  # beside a judge's decision
    response["Content-Security-Policy"] = policy
    response["Cache-Control"] = "private, no-store"
    return response


urls = [
    path("evidence/<int:pk>/file/", evidence_file, name="evidence-file"),
    path("evidence/<int:pk>/pages/<int:page>/", evidence_page, name="evidence-page"),
    path("evidence/<int:pk>/examined/", evidence_examined, name="evidence-examined"),
    path("evidence/<int:pk>/preview/", evidence_preview, name="evidence-preview"),
]
