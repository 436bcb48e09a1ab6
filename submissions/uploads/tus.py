"""Uploads that survive a bad line: the tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload).

Creation, termination and expiration. Whoever is not the sender is told that there is no such upload. GET, which the
protocol leaves free, tells what became of an upload.
"""

from base64 import b64decode
from binascii import Error as NotBase64

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import APIException

from submissions.api.senders import identify
from submissions.fields import whole
from submissions.files import recognise, room
from submissions.files.gate import VERSION, Counted, refusal
from submissions.files.partial import Busy, Partial
from submissions.files.reception import Reception, TooMany
from submissions.models import Entry, Evidence, Scope, Upload, User
from submissions.pages.receipts import elsewhere
from submissions.questions.hand_in import HandIn
from submissions.questions.proofread import Refused

from . import incoming

EXTENSIONS = "creation,expiration,termination"


class Wrong(Exception):
    """An answer that ends the request: its status, and what to say."""

    def __init__(self, status: int, text: str, **headers: str) -> None:
        super().__init__(text)
        self.response = refusal(status, text, **headers)


class FromUser(Counted):
    """A request whose sender was made out."""

    user: User


@method_decorator(csrf_exempt, name="dispatch")  # a program has a token instead; `identify` asks browsers for theirs
class Tus(View):
    """What every request of the protocol shares; `files.gate` has seen its headers."""

    request: FromUser

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        try:
            identify(request, Scope.HAND_IN)
            response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        except Wrong as wrong:
            response = wrong.response
        except APIException as error:  # of whoever sends
            response = Wrong(error.status_code, str(error.detail)).response
        except TooMany:
            response = Wrong(429, _("You are sending many files at once. Let some of them arrive first.")).response
        except (Http404, FileNotFoundError, Upload.DoesNotExist):  # not theirs, or given up meanwhile
            response = Wrong(404, _("Not there, or not yours to see")).response
        except Busy:
            response = Wrong(423, _("This file is being written just now. Try again in a moment.")).response
        except (OSError, DatabaseError) as error:
            if not room.is_full(error):
                raise
            full = _("The portal's disk is full. What has arrived is kept: go on later, and tell central staff.")
            response = Wrong(507, full).response
        return response

    def options(self, request, *args, **kwargs) -> HttpResponse:
        headers = {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(most_bytes())}
        return HttpResponse(status=204, headers=headers)

    def number(self, header: str) -> int:
        number = whole(self.request.headers.get(header, ""))
        if number is None:
            raise Wrong(400, _("The header %(header)s must be a whole number.") % {"header": header})
        return number


def most_bytes() -> int:
    return max(settings.VIDEO_MAX_BYTES, settings.EVIDENCE_MAX_BYTES)


class Uploads(Tus):
    """Where an upload begins."""

    def post(self, request: FromUser) -> HttpResponse:
        size = self.number("Upload-Length")
        if size > most_bytes():
            shown = {"most": recognise.size_shown(most_bytes())}
            text = _(
                "The file is larger than the portal takes: %(most)s at most. Make it smaller, or hand in a link to it."
            )
            raise Wrong(413, text % shown)
        metadata = _metadata(request.headers.get("Upload-Metadata", ""))
        entries = Entry.objects.visible_to(request.user).with_round()
        entry = get_object_or_404(entries, pk=whole(metadata.get("entry", "")))
        try:
            upload = incoming.begin(
                entry,
                self.hand_in(metadata),
                by=request.user,
                name=metadata.get("filename", ""),
                size=size,
                modified=whole(metadata.get("modified", "")),
            )
        except Refused as refused:
            return JsonResponse({"reasons": _all(refused.reasons)}, status=_status(refused))
        response = HttpResponse(status=201, headers={"Location": reverse("upload", args=[upload.key])})
        return _marked(response, upload, 0)

    def hand_in(self, metadata: dict[str, str]) -> HandIn:
        replaces, revision = self.replaced(metadata)
        return HandIn(
            metadata.get("requirement", ""),
            metadata.get("period", ""),
            channels=metadata.get("channels", "").split(),
            note=metadata.get("note", ""),
            replaces=replaces,
            revision=revision,
        )

    def replaced(self, metadata: dict[str, str]) -> tuple[Evidence | None, int | None]:
        """The evidence that it stands in for, if any, and the revision of it that the sender has seen."""
        if not metadata.get("replaces"):
            return None, None
        revision = whole(metadata.get("revision", ""))
        if revision is None:
            raise Wrong(400, _("Say which revision you have read, of what is replaced."))
        rows = Evidence.objects.visible_to(self.request.user).select_related("entry__round")
        return get_object_or_404(rows, pk=whole(metadata["replaces"])), revision


def _status(refused: Refused) -> int:
    return 429 if isinstance(refused, incoming.TooMuch) else 422


class OneUpload(Tus):
    """One upload, for the person who began it."""

    http_method_names = ["options", "get", "head", "patch", "delete"]

    def upload(self) -> Upload:
        rows = self.request.user.uploads.select_related("user", "entry__round__edition", "entry__office", "replaces")
        return get_object_or_404(rows.defer("entry__round__edition__text"), key=self.kwargs["key"])

    def head(self, request: HttpRequest, key: str) -> HttpResponse:
        """How much has arrived. What a lost answer or a crash left unfinished is finished first."""
        upload = self.upload()
        offset = incoming.arrived(upload)
        if offset == upload.size and not upload.ended_at:
            incoming.finish(upload)
        return _marked(HttpResponse(), upload, offset)

    def patch(self, request: FromUser, key: str) -> HttpResponse:
        offset, upload = self.number("Upload-Offset"), self.upload()
        arrived = incoming.arrived(upload)
        if offset != arrived:
            raise Wrong(409, _("This is not where the file goes on."), **{"Upload-Offset": str(arrived)})
        if offset + (whole(request.META.get("CONTENT_LENGTH") or "0") or 0) > upload.size:
            raise Wrong(413, _("This is more than was announced."))
        if not upload.ended_at:
            offset = _receive(request, upload, offset)
        if offset == upload.size and not upload.ended_at:
            incoming.finish(upload)
        if upload.refusal:
            return JsonResponse(_state(upload), status=422)
        return _marked(HttpResponse(status=204), upload, offset)

    def delete(self, request: HttpRequest, key: str) -> HttpResponse:
        incoming.give_up(self.upload())
        return HttpResponse(status=204)

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        return JsonResponse(_state(self.upload()))


def _receive(request: Counted, upload: Upload, offset: int) -> int:
    """Write what comes, as it comes: whatever arrives before the line breaks counts. Returns the new offset.

    Raises TooMany.
    """
    room.check_disk(0)
    incoming.touch(upload)
    if not connection.in_atomic_block:
        connection.close()  # a slow line would keep it for hours
    try:
        with (
            Reception(request, upload.user_id, upload.key) as reception,
            Partial(upload.key).writer() as writer,
        ):
            for piece in reception.pieces():
                writer.append(piece, offset)
                before, offset = offset, offset + len(piece)
                if before < recognise.HEAD <= offset:
                    recognise.glance(writer.first(recognise.HEAD), upload.size)
    except recognise.Unfit as unfit:
        incoming.refuse(upload, str(unfit))
    incoming.touch(upload)
    return offset


def _marked(response: HttpResponse, upload: Upload, offset: int) -> HttpResponse:
    response["Upload-Offset"], response["Upload-Length"] = str(offset), str(upload.size)
    response["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return response


def _state(upload: Upload) -> dict:
    """What became of it, for the page that sent it."""
    evidence = upload.evidence
    if evidence is None:
        state = "refused" if upload.is_refused else "waiting" if upload.refusal else "unfinished"
        return {"state": state, "reasons": _all(upload.refusal)}
    return {
        "state": "done",
        "evidence": evidence.pk,
        "is_repeated": upload.is_repeated,
        "receipt": {"number": evidence.receipt, "url": reverse("receipt", args=[evidence.pk])},
        "sha256": evidence.sha256,
        "elsewhere": elsewhere(evidence),
    }


def _all(reasons: dict[str, list[str]]) -> list[str]:
    return [str(text) for texts in reasons.values() for text in texts]


def _metadata(header: str) -> dict[str, str]:
    """Upload-Metadata: `name base64, name base64`."""
    try:
        pairs = [pair.split() for pair in header.split(",") if pair.strip()]
        metadata = {name: b64decode("".join(rest), validate=True).decode() for name, *rest in pairs}
    except (ValueError, NotBase64):
        metadata = None
    if metadata is None or any("\0" in text for text in metadata.values()):  # no database keeps a null
        raise Wrong(400, _("The header Upload-Metadata can't be read."))
    return metadata


urls = [
    path("uploads/", Uploads.as_view(), name="uploads"),
    path("uploads/<str:key>/", OneUpload.as_view(), name="upload"),
]
