"""Facts for programs: the same functions and permissions as the pages. What a person does not see answers 404."""

from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions, generics, serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from submissions import access, intake
from submissions.examination.told import tell
from submissions.forms import whole
from submissions.models import Entry, Evidence, Round, Scope, Sheet
from submissions.rest import Held, JSONParser, number_in
from submissions.serializers import (
    AmountsSerializer,
    ConflictSerializer,
    DetailSerializer,
    EntrySerializer,
    EvidenceInSerializer,
    EvidenceSerializer,
    ReasonsSerializer,
    ReplacementSerializer,
    ReviewSerializer,
    RevisionSerializer,
    RoundSerializer,
    SchemeSerializer,
    SheetInSerializer,
    SheetSerializer,
    ValuesSerializer,
)
from submissions.views import file_response

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description='The revision read, as "3".')
# What may be answered besides success; every address needs a token or a session.
REFUSALS = {400: ReasonsSerializer, 401: DetailSerializer, 403: DetailSerializer, 404: DetailSerializer}
READING = {401: DetailSerializer, 404: DetailSerializer}
LOCKED = {**REFUSALS, 409: ConflictSerializer}


def allow(reason: str | None) -> None:
    """Go on, or answer 403 with the reason."""
    if reason:
        raise exceptions.PermissionDenied(reason)


def clean(serializer: type[serializers.Serializer], request) -> dict:
    form = serializer(data=request.data, context={"request": request})
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


def revision_of(request, body: dict) -> int:
    """The revision that the sender has read, from the body or from If-Match. Without one nothing is changed."""
    revision = body.pop("revision", None)
    marked = request.headers.get("If-Match", "").removeprefix("W/").strip('"')
    if revision is None and (revision := whole(marked)) is None:
        raise exceptions.ValidationError({"revision": [_("Say which revision you have read, here or in If-Match.")]})
    return revision


def marked(response: Response) -> Response:
    """With the row's revision as its ETag, ready for If-Match."""
    response["ETag"] = f'"{response.data["revision"]}"'
    return response


def filters(request, **paths: str) -> dict:
    """Query parameters as lookups: {name: path}; those that end in `_id` are numbers."""
    found = {}
    for name, where in paths.items():
        text = request.query_params.get(name, "")
        if "\0" in text:
            raise exceptions.ValidationError({name: [_("Null characters are not allowed.")]})
        if value := number_in(request, name) if where.endswith("_id") else text:
            found[where] = value
    return found


def parameter(name: str, kind: type, about: str = "") -> OpenApiParameter:
    return OpenApiParameter(name, kind, description=about)


# Rounds and entries


class RoundsMixin:
    serializer_class = RoundSerializer

    def get_queryset(self):
        return Round.objects.visible_to(self.request.user).select_related("edition").defer("edition__text")


@extend_schema(responses={200: RoundSerializer(many=True), 401: DetailSerializer})
class Rounds(RoundsMixin, generics.ListAPIView):
    """The rounds you take part in, newest first."""


@extend_schema(responses={200: RoundSerializer, **READING})
class RoundDetail(RoundsMixin, generics.RetrieveAPIView):
    """One round."""


@extend_schema(responses={200: SchemeSerializer, **READING})
class SchemeDetail(RoundsMixin, generics.RetrieveAPIView):
    """What the round asks for: requirements, values, items, periods and deadlines, and what they earn."""

    serializer_class = SchemeSerializer


class EntriesMixin:
    serializer_class = EntrySerializer

    def get_queryset(self):
        return Entry.objects.visible_to(self.request.user).with_round()

    def entry(self) -> Entry:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])


@extend_schema(
    parameters=[parameter("round", int), parameter("office", str, "An office's code")],
    responses={200: EntrySerializer(many=True), 400: ReasonsSerializer, 401: DetailSerializer},
)
class Entries(EntriesMixin, generics.ListAPIView):
    """The entries you may see: an officer's own and those below, a judge's rounds', all for central staff."""

    def filter_queryset(self, queryset):
        found = filters(self.request, round="round_id", office="office__code")
        return queryset.filter(**found).order_by("-round_id", "office__sort_key", "office__code")


@extend_schema(responses={200: EntrySerializer, **READING})
class EntryDetail(EntriesMixin, generics.RetrieveAPIView):
    """One entry."""


# Evidence


class EvidenceMixin:
    serializer_class = EvidenceSerializer

    def get_queryset(self):
        rows = Evidence.objects.visible_to(self.request.user).select_related("entry__round__edition", "examination")
        return rows.defer("entry__round__edition__text").order_by("submitted_at", "pk")

    def evidence(self) -> Evidence:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def shown(self, evidence: Evidence, status: int = 200) -> Response:
        return marked(Response(EvidenceSerializer(evidence, context={"request": self.request}).data, status=status))


@extend_schema(
    parameters=[
        parameter("round", int),
        parameter("entry", int),
        parameter("requirement", str),
        parameter("period", str),
        OpenApiParameter("status", str, enum=Evidence.Status.values, description="`submitted`: waits for review"),
    ],
    responses={200: EvidenceSerializer(many=True), 400: ReasonsSerializer, 401: DetailSerializer},
)
class EvidenceList(EvidenceMixin, generics.ListAPIView):
    """Evidence you may see, the oldest first."""

    def filter_queryset(self, queryset):
        paths = {"round": "entry__round_id", "entry": "entry_id"}
        return queryset.filter(
            **filters(self.request, **paths, requirement="requirement", period="period", status="status")
        )

    def paginate_queryset(self, queryset):
        page = super().paginate_queryset(queryset)
        tell(page, self.request.user)
        return page


class EvidenceDetail(EvidenceMixin, APIView):
    @extend_schema(responses={200: EvidenceSerializer, **READING})
    def get(self, request, pk: int) -> Response:
        """One piece of evidence."""
        return self.shown(self.evidence())


class EvidenceAttach(EntriesMixin, EvidenceMixin, APIView):
    scopes = {"POST": Scope.HAND_IN}
    parser_classes = [MultiPartParser, JSONParser]
    get_queryset = EntriesMixin.get_queryset

    @extend_schema(
        request={"multipart/form-data": EvidenceInSerializer, "application/json": EvidenceInSerializer},
        responses={201: EvidenceSerializer, **REFUSALS, 413: DetailSerializer, 507: DetailSerializer},
    )
    def post(self, request, pk: int) -> Response:
        """Hand in a file (multipart) or a link. The same content again, while the first stands, is the first."""
        entry = self.entry()
        allow(access.why_not_change(request.user, entry))
        body = clean(EvidenceInSerializer, request)
        body["period"] = body.get("period") or ""
        return self.shown(intake.attach_evidence(entry, by=request.user, **body), status=201)


class EvidenceReplace(EvidenceMixin, APIView):
    scopes = {"POST": Scope.HAND_IN}
    parser_classes = [MultiPartParser, JSONParser]

    @extend_schema(
        parameters=[IF_MATCH],
        request={"multipart/form-data": ReplacementSerializer, "application/json": ReplacementSerializer},
        responses={201: EvidenceSerializer, **LOCKED, 413: DetailSerializer, 507: DetailSerializer},
    )
    def post(self, request, pk: int) -> Response:
        """Hand in other content in place of what was returned, or still waits."""
        old = self.evidence()
        allow(access.why_not_replace(request.user, old))
        body = clean(ReplacementSerializer, request)
        revision = revision_of(request, body)
        slot = {"requirement": old.requirement, "period": old.period}
        new = intake.attach_evidence(old.entry, by=request.user, replaces=old, revision=revision, **slot, **body)
        return self.shown(new, status=201)


class EvidenceWithdraw(EvidenceMixin, APIView):
    scopes = {"POST": Scope.HAND_IN}

    @extend_schema(parameters=[IF_MATCH], request=RevisionSerializer, responses={200: EvidenceSerializer, **LOCKED})
    def post(self, request, pk: int) -> Response:
        """Take it back. The row and the file stay."""
        evidence = self.evidence()
        allow(access.why_not_withdraw(request.user, evidence))
        revision = revision_of(request, clean(RevisionSerializer, request))
        return self.shown(intake.withdraw_evidence(evidence, by=request.user, revision=revision))


class EvidenceReview(EvidenceMixin, APIView):
    scopes = {"POST": Scope.REVIEW}

    @extend_schema(parameters=[IF_MATCH], request=ReviewSerializer, responses={200: EvidenceSerializer, **LOCKED})
    def post(self, request, pk: int) -> Response:
        """Accept it, or return it with the reason (committee and central staff)."""
        evidence = self.evidence()
        allow(access.why_not_review(request.user, evidence.entry))
        body = clean(ReviewSerializer, request)
        revision = revision_of(request, body)
        accept = body["decision"] == "accept"
        decided = intake.review_evidence(
            evidence, by=request.user, accept=accept, reason=body["reason"], revision=revision
        )
        return self.shown(decided)


class EvidenceFile(EvidenceMixin, APIView):
    scopes = {"GET": Scope.EXPORT}

    def perform_content_negotiation(self, request, force=False):
        return super().perform_content_negotiation(request, force=True)  # the file is of its own kind, asked for or not

    @extend_schema(
        responses={
            (200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY),
            **READING,
            423: DetailSerializer,
        }
    )
    def get(self, request, pk: int):
        """The file itself, to be saved."""
        evidence = get_object_or_404(self.get_queryset().exclude(file=""), pk=pk)
        if reason := access.why_not_open(evidence):
            raise Held(reason)
        return file_response(evidence, inline=False)


# Values


class Values(EntriesMixin, APIView):
    scopes = {"PUT": Scope.HAND_IN}

    @extend_schema(responses={200: ValuesSerializer, **READING})
    def get(self, request, pk: int) -> Response:
        """All values of an entry, each with its revision."""
        return self._shown(self.entry())

    @extend_schema(request=AmountsSerializer, responses={200: ValuesSerializer, **LOCKED})
    def put(self, request, pk: int) -> Response:
        """Enter several at once: all of them, or none. Values that are not named stay as they are."""
        entry = self.entry()
        allow(access.why_not_change(request.user, entry))
        values = clean(AmountsSerializer, request)["values"]
        slots = {(value["code"], value.get("period") or ""): value for value in values}
        intake.enter_values(
            entry,
            {slot: value["amount"] for slot, value in slots.items()},
            by=request.user,
            revisions={slot: value["revision"] for slot, value in slots.items()},
        )
        return self._shown(entry)

    def _shown(self, entry: Entry) -> Response:
        return Response(ValuesSerializer({"values": entry.values.all()}).data)


# Sheets


class OwnSheet(EntriesMixin, APIView):
    scopes = {"GET": Scope.REVIEW, "PUT": Scope.REVIEW, "POST": Scope.REVIEW}

    @extend_schema(
        responses={200: SheetSerializer, 401: DetailSerializer, 403: DetailSerializer, 404: DetailSerializer}
    )
    def get(self, request, pk: int) -> Response:
        """Your own sheet for this entry; with revision 0 and no points when you have not begun."""
        entry = self.entry()
        allow(access.why_not_judge(request.user, entry))
        sheet = Sheet.objects.filter(entry=entry, judge=request.user).first()
        return self._shown(sheet or Sheet(entry=entry, judge=request.user, status="", revision=0))

    @extend_schema(parameters=[IF_MATCH], request=SheetInSerializer, responses={200: SheetSerializer, **LOCKED})
    def put(self, request, pk: int) -> Response:
        """Save a draft, as far as it goes."""
        return self._save(request, final=False)

    def _save(self, request, *, final: bool) -> Response:
        entry = self.entry()
        allow(access.why_not_judge(request.user, entry))
        body = clean(SheetInSerializer, request)
        revision = revision_of(request, body)
        return self._shown(intake.save_sheet(entry, by=request.user, final=final, revision=revision, **body))

    def _shown(self, sheet: Sheet) -> Response:
        return marked(Response(SheetSerializer(sheet).data))


class SheetSubmit(OwnSheet):
    http_method_names = ["post", "options"]

    @extend_schema(parameters=[IF_MATCH], request=SheetInSerializer, responses={200: SheetSerializer, **LOCKED})
    def post(self, request, pk: int) -> Response:
        """Submit the sheet: points for every item, and final."""
        return self._save(request, final=True)


urls = [
    path("rounds/", Rounds.as_view(), name="api-rounds"),
    path("rounds/<int:pk>/", RoundDetail.as_view(), name="api-round"),
    path("rounds/<int:pk>/scheme/", SchemeDetail.as_view(), name="api-scheme"),
    path("entries/", Entries.as_view(), name="api-entries"),
    path("entries/<int:pk>/", EntryDetail.as_view(), name="api-entry"),
    path("entries/<int:pk>/evidence/", EvidenceAttach.as_view(), name="api-evidence-attach"),
    path("entries/<int:pk>/values/", Values.as_view(), name="api-values"),
    path("entries/<int:pk>/sheet/", OwnSheet.as_view(), name="api-sheet"),
    path("entries/<int:pk>/sheet/submit/", SheetSubmit.as_view(), name="api-sheet-submit"),
    path("evidence/", EvidenceList.as_view(), name="api-evidence-list"),
    path("evidence/<int:pk>/", EvidenceDetail.as_view(), name="api-evidence"),
    path("evidence/<int:pk>/file/", EvidenceFile.as_view(), name="api-evidence-file"),
    path("evidence/<int:pk>/replace/", EvidenceReplace.as_view(), name="api-evidence-replace"),
    path("evidence/<int:pk>/review/", EvidenceReview.as_view(), name="api-evidence-review"),
    path("evidence/<int:pk>/withdraw/", EvidenceWithdraw.as_view(), name="api-evidence-withdraw"),
]
