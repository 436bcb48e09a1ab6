"""Publications and results for programs: to read only, each as the person behind the token may see it."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import ReadOnlyModelViewSet

from submissions.api.lists import Filter, Questions, refuse_unknown

from .content.proceedings import AMONG_RUNNERS
from .models import Publication, Result, faults

OFFICE = OpenApiParameter("office", str, OpenApiParameter.PATH, description="The office's code, such as TH-81.")


def _without_judges(frame: dict[str, Any]) -> dict[str, Any]:
    """Who stood aside by their numbers alone: an office never learns whose account judges."""
    panel = frame.get("panel", {})
    if "stood_aside" not in panel:
        return frame
    aside = [{key: said for key, said in one.items() if key != "judge"} for one in panel["stood_aside"]]
    return frame | {"panel": panel | {"stood_aside": aside}}


class PublicationSerializer(serializers.ModelSerializer):
    title = serializers.CharField(read_only=True)
    edition = serializers.CharField(source="edition.digest", read_only=True)
    scheme = serializers.CharField(source="edition.scheme_code", read_only=True)
    frame = serializers.JSONField(read_only=True, help_text="The titles, maxima and awards as they were announced.")

    def to_representation(self, publication: Publication) -> dict[str, Any]:
        """Whom the committee put before whom is told where all offices' places are; its resolutions, to those who run
        the round."""
        said = super().to_representation(publication)
        user = self.context["request"].user
        if not publication.round.is_run_by(user):
            frame = {name: part for name, part in said["frame"].items() if name not in AMONG_RUNNERS}
            said["frame"] = _without_judges(frame)
        return said if publication.shows_all_to(user) else said | {"decisions": []}

    class Meta:
        model = Publication
        fields = (
            "id", "round", "number", "title", "scheme", "edition", "as_of", "published_at", "reason", "decisions",
            "appeals_until", "appeals",
            "frame", "facts_digest", "previous", "digest",
        )  # fmt: skip


class ResultSerializer(serializers.ModelSerializer):
    rank = serializers.SerializerMethodField(help_text="Null where nobody is ranked, and without points")
    nominee = serializers.JSONField(
        read_only=True, help_text="Who took part for the office: kind, names, and a subdistrict's code; {} where it did"
    )
    region = serializers.JSONField(read_only=True, help_text="Where ranks are inside regions: code and names")

    def get_rank(self, result: Result) -> int | None:
        return result.shown_rank

    class Meta:
        model = Result
        fields = (
            "rank", "tier", "nominee", "region", "office_code", "office_name_th", "office_name_en", "office_size",
            "total", "claimed", "attainable", "dimensions",
        )  # fmt: skip


class PublishedScorecardSerializer(ResultSerializer):
    """A result with every criterion, and why."""

    class Meta(ResultSerializer.Meta):
        fields: Any = (*ResultSerializer.Meta.fields, "criteria")


class VerificationSerializer(serializers.Serializer):
    digest = serializers.CharField()
    is_unchanged = serializers.BooleanField()
    faults = serializers.ListField(child=serializers.CharField())


@extend_schema_view(
    list=extend_schema(
        operation_id="list_publications", summary=gettext_lazy("Publications, newest first"), tags=["publications"]
    ),
    retrieve=extend_schema(
        operation_id="get_publication", summary=gettext_lazy("One publication"), tags=["publications"]
    ),
)
class PublicationViewSet(ReadOnlyModelViewSet):
    """Numbered, frozen announcements of the rounds you take part in, newest first."""

    queryset = Publication.objects.none()
    serializer_class = PublicationSerializer
    lookup_value_regex = "[0-9]+"
    filter_backends = [Questions]
    filters = {"round": Filter("round_id", "A round's id", is_number=True)}
    orders = {"id": "pk", "published_at": "published_at", "number": "number"}
    changed = "published_at"

    def get_queryset(self):
        return Publication.objects.visible_to(self.request.user).with_round()

    @extend_schema(
        operation_id="list_results",
        summary=gettext_lazy("Every entry's line of a publication"),
        tags=["publications"],
        responses=ResultSerializer(many=True),
    )
    @action(detail=True, pagination_class=None, filter_backends=[])
    def results(self, request, pk=None):
        """Every entry's line, best first."""
        refuse_unknown(request)
        publication = self.get_object()
        results = Result.objects.visible_to(request.user).filter(publication=publication).defer("criteria", "facts")
        rows = ResultSerializer(results, many=True).data
        return Response([row | self._hidden(publication) for row in rows])

    def _hidden(self, publication: Publication) -> dict[str, Any]:
        """What is told instead of rank and award, where the round hides them before the result is final."""
        user: Any = self.request.user
        return {"rank": None, "tier": ""} if publication.hides_ranks_from(user) else {}

    @extend_schema(
        operation_id="get_result",
        summary=gettext_lazy("One office's result, with every criterion"),
        tags=["publications"],
        parameters=[OFFICE],
        responses=PublishedScorecardSerializer,
    )
    @action(detail=True, url_path="results/(?P<office>[A-Za-z0-9-]+)")
    def scorecard(self, request, pk=None, office=None):
        """One office's result with every criterion: your own office's, or any for committee and staff."""
        publication = self.get_object()
        results = publication.results.opened_by(request.user).defer("facts")
        row = PublishedScorecardSerializer(get_object_or_404(results, office_code=office)).data
        return Response(row | self._hidden(publication))

    @extend_schema(
        operation_id="verify_publication",
        summary=gettext_lazy("Is everything still as it was announced?"),
        tags=["publications"],
        responses=VerificationSerializer,
    )
    @action(detail=True)
    def verification(self, request, pk=None):
        """Is everything still as it was announced? The digests are computed anew."""
        publication = self.get_object()
        found = faults(publication)
        return Response({"digest": publication.digest, "is_unchanged": not found, "faults": found})


router = SimpleRouter()
router.register("publications", PublicationViewSet, basename="api-publication")
urls = router.urls
