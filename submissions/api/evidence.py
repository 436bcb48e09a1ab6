"""Evidence for programs: listed, handed in, replaced, taken back, reviewed, and its files taken away."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from submissions import intake
from submissions.accounts.events import Thing, record_file
from submissions.examination.remarks import tell
from submissions.files import recognise
from submissions.models import Evidence, Scope
from submissions.pages.evidence_files import file_response
from submissions.questions import access
from submissions.questions.hand_in import HandIn

from .base import Held, JSONParser
from .facts import IF_MATCH, LANGUAGE, EntriesMixin, Part, allow, clean, marked, revision_of
from .lists import Filter, Questions
from .serializers import (
    EvidenceSerializer,
    FileInSerializer,
    LinkInSerializer,
    OtherFileSerializer,
    OtherLinkSerializer,
    ReviewSerializer,
    RevisionSerializer,
)

KINDS = tuple(kind.content_type for kind in recognise.KINDS)


class EvidenceMixin(Part):
    serializer_class: Any = EvidenceSerializer

    def get_queryset(self):
        rows = Evidence.objects.visible_to(self.request.user).select_related("entry__round__edition", "examination")
        return rows.defer("entry__round__edition__text").order_by("submitted_at", "pk")

    def evidence(self) -> Evidence:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def shown(self, evidence: Evidence, status: int = 200) -> Response:
        return marked(Response(EvidenceSerializer(evidence, context={"request": self.request}).data, status=status))


@extend_schema_view(
    get=extend_schema(operation_id="list_evidence", summary=gettext_lazy("Evidence you may see"), tags=["evidence"])
)
class EvidenceList(EvidenceMixin, generics.ListAPIView):
    """Evidence you may see, the oldest first."""

    filter_backends = [Questions]
    filters = {
        "round": Filter("entry__round_id", "A round's id", is_number=True),
        "entry": Filter("entry_id", "An entry's id", is_number=True),
        "requirement": Filter("requirement", "A requirement's code"),
        "period": Filter("period", "A period's code"),
        "status": Filter("status", "`submitted` waits for review", choices=tuple(Evidence.Status.values)),
    }
    orders = {"id": "pk", "submitted_at": "submitted_at"}
    changed = "changed_at"

    def paginate_queryset(self, queryset):
        page = super().paginate_queryset(queryset)
        tell(page or (), self.request.user)
        return page


class EvidenceDetail(EvidenceMixin, APIView):
    @extend_schema(
        operation_id="get_evidence",
        summary=gettext_lazy("One piece of evidence"),
        tags=["evidence"],
        responses={200: EvidenceSerializer},
    )
    def get(self, request, pk: int) -> Response:
        """One piece of evidence."""
        return self.shown(self.evidence())


class EvidenceAttach(EntriesMixin, EvidenceMixin, APIView):
    scopes = {"POST": Scope.HAND_IN}
    parser_classes = [MultiPartParser, JSONParser]
    get_queryset = EntriesMixin.get_queryset

    @extend_schema(
        operation_id="attach_evidence",
        summary=gettext_lazy("Hand in a file or a link"),
        tags=["evidence"],
        parameters=[LANGUAGE],
        request={"multipart/form-data": FileInSerializer, "application/json": LinkInSerializer},
        responses={201: EvidenceSerializer},
    )
    def post(self, request, pk: int) -> Response:
        """Hand in a file (multipart) or a link. The same content again, while the first stands, is the first."""
        entry = self.entry()
        allow(access.why_not_change(request.user, entry))
        body = clean(FileInSerializer, request)
        content = {name: body.pop(name) for name in ("upload", "url") if name in body}
        hand_in = HandIn(**body | {"period": body.get("period") or ""})
        return self.shown(intake.attach_evidence(entry, hand_in, by=request.user, **content), status=201)


class EvidenceReplace(EvidenceMixin, APIView):
    scopes = {"POST": Scope.HAND_IN}
    parser_classes = [MultiPartParser, JSONParser]

    @extend_schema(
        operation_id="replace_evidence",
        summary=gettext_lazy("Hand in other content in its place"),
        tags=["evidence"],
        parameters=[IF_MATCH],
        request={"multipart/form-data": OtherFileSerializer, "application/json": OtherLinkSerializer},
        responses={201: EvidenceSerializer},
    )
    def post(self, request, pk: int) -> Response:
        """Hand in other content in place of what was returned, or still waits."""
        old = self.evidence()
        allow(access.why_not_replace(request.user, old))
        body = clean(OtherFileSerializer, request)
        revision = revision_of(request, body)
        content = {name: body.pop(name) for name in ("upload", "url") if name in body}
        hand_in = HandIn(old.requirement, old.period, replaces=old, revision=revision, **body)
        new = intake.attach_evidence(old.entry, hand_in, by=request.user, **content)
        return self.shown(new, status=201)


class EvidenceWithdraw(EvidenceMixin, APIView):
    scopes = {"POST": Scope.HAND_IN}

    @extend_schema(
        operation_id="withdraw_evidence",
        summary=gettext_lazy("Take evidence back"),
        tags=["evidence"],
        parameters=[IF_MATCH],
        request=RevisionSerializer,
        responses={200: EvidenceSerializer},
    )
    def post(self, request, pk: int) -> Response:
        """Take it back. The row and the file stay."""
        evidence = self.evidence()
        allow(access.why_not_withdraw(request.user, evidence))
        revision = revision_of(request, clean(RevisionSerializer, request))
        return self.shown(intake.withdraw_evidence(evidence, by=request.user, revision=revision))


class EvidenceReview(EvidenceMixin, APIView):
    scopes = {"POST": Scope.REVIEW}

    @extend_schema(
        operation_id="review_evidence",
        summary=gettext_lazy("Accept evidence, or return it"),
        tags=["evidence"],
        parameters=[IF_MATCH],
        request=ReviewSerializer,
        responses={200: EvidenceSerializer},
    )
    def post(self, request, pk: int) -> Response:
        """Accept it, or return it with the reason (committee and central staff)."""
        evidence = self.evidence()
        allow(access.why_not_review(request.user, evidence.entry))
        body = clean(ReviewSerializer, request)
        revision = revision_of(request, body)
        accept = body["decision"] == "accept"
        decided = intake.review_evidence(
            evidence,
            by=request.user,
            accept=accept,
            reason=body["reason"],
            ticked=body.get("ticked"),
            revision=revision,
        )
        return self.shown(decided)


class EvidenceFile(EvidenceMixin, APIView):
    scopes = {"GET": Scope.EXPORT}
    refusals = {"GET": {423}}

    def perform_content_negotiation(self, request, force=False):
        return super().perform_content_negotiation(request, force=True)  # the file is of its own kind, asked for or not

    @extend_schema(
        operation_id="get_evidence_file",
        summary=gettext_lazy("The file of a piece of evidence"),
        tags=["evidence"],
        responses={
            (200, "application/octet-stream", *KINDS): OpenApiResponse(OpenApiTypes.BINARY),
        },
    )
    def get(self, request, pk: int):
        """The file itself, to be saved."""
        evidence = get_object_or_404(self.get_queryset().exclude(file=""), pk=pk)
        if reason := access.why_not_open(evidence):
            raise Held(reason)
        response = file_response(evidence, inline=False)
        record_file(request, Thing.EVIDENCE, evidence.pk, evidence.original_name)
        return response


urls = [
    path("entries/<int:pk>/evidence/", EvidenceAttach.as_view(), name="api-evidence-attach"),
    path("evidence/", EvidenceList.as_view(), name="api-evidence-list"),
    path("evidence/<int:pk>/", EvidenceDetail.as_view(), name="api-evidence"),
    path("evidence/<int:pk>/file/", EvidenceFile.as_view(), name="api-evidence-file"),
    path("evidence/<int:pk>/replace/", EvidenceReplace.as_view(), name="api-evidence-replace"),
    path("evidence/<int:pk>/review/", EvidenceReview.as_view(), name="api-evidence-review"),
    path("evidence/<int:pk>/withdraw/", EvidenceWithdraw.as_view(), name="api-evidence-withdraw"),
]
