"""Scores for programs: an entry's scorecard in the reader's language, a round's standings as far as they are shown."""

from types import SimpleNamespace
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from submissions import thai
from submissions.api.facts import LANGUAGE, EntriesMixin, RoundsMixin, allow
from submissions.api.lists import OF_PAGES, refuse_unknown
from submissions.api.scheme import Points, TextSerializer
from submissions.api.serializers import NomineeSerializer, OfficeSerializer
from submissions.models import Entry, Round
from submissions.questions import access

from .models import standings, unchecked_of
from .scorecard import ScorecardView
from .wording.points_shown import placed


class PartSerializer(serializers.Serializer):
    """Points held now, at most, and in all, on one basis."""

    earned = Points(read_only=True)
    attainable = Points(read_only=True)
    max = Points(read_only=True)


class VerifiedSerializer(PartSerializer):
    unchecked = Points(
        read_only=True,
        default="0.00",
        help_text="Of what is earned: what rests on amounts that the office entered and nobody has looked at",
    )


class LineSerializer(serializers.Serializer):
    code = serializers.CharField(read_only=True)
    title = TextSerializer(read_only=True)
    verified = VerifiedSerializer(
        read_only=True, help_text="By accepted evidence and by amounts as they stand: the official score"
    )
    claimed = PartSerializer(read_only=True, help_text="With what waits for review")


class CriterionSerializer(LineSerializer):
    mark = serializers.CharField(
        read_only=True,
        help_text="What the scheme's document shows for the verified points: A, level 4, eligible; empty where points",
    )
    dimension = serializers.CharField(read_only=True)
    why = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="What was counted; empty until `fresh`"
    )
    next = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="What would earn more; empty until `fresh`"
    )


class PlaceSerializer(serializers.Serializer):
    rank = serializers.IntegerField(read_only=True)
    among = serializers.IntegerField(read_only=True)


class ScorecardSerializer(serializers.Serializer):
    entry = serializers.IntegerField(read_only=True)
    edition = serializers.CharField(read_only=True, allow_null=True, help_text="SHA-256 of the scheme's text")
    fresh = serializers.BooleanField(read_only=True, help_text="False while it is being recomputed")
    facts_version = serializers.IntegerField(read_only=True, help_text="The version of the facts that was scored")
    as_of = serializers.DateTimeField(read_only=True, allow_null=True)
    verified = VerifiedSerializer(read_only=True)
    claimed = PartSerializer(read_only=True)
    place = PlaceSerializer(
        read_only=True, allow_null=True, help_text="Null where ranks are not shown to you, and until `fresh`"
    )
    dimensions = LineSerializer(many=True, read_only=True)
    criteria = CriterionSerializer(many=True, read_only=True)


class ScorecardDetail(EntriesMixin, APIView):
    @extend_schema(
        operation_id="get_scorecard",
        summary=gettext_lazy("An entry's scorecard"),
        tags=["scores"],
        parameters=[LANGUAGE],
        responses={200: ScorecardSerializer},
    )
    def get(self, request, pk: int) -> Response:
        """The whole scorecard on both bases: each criterion with its points, why, and what would earn more."""
        entry = self.entry()
        allow(access.why_not_see_points(request.user, entry))
        card = ScorecardView(entry, thai.language())
        blocks = list(card.blocks())
        place = card.place(request.user)
        scored = card.verified
        found = {
            "entry": entry.pk,
            "edition": scored and scored.edition_digest,
            "fresh": not card.is_stale,
            "facts_version": scored.facts_version if scored else 0,
            "as_of": scored and scored.as_of,
            "verified": card.whole.verified,
            "claimed": card.whole.claimed,
            "place": place and {"rank": place[0], "among": place[1]},
            "dimensions": [dimension for dimension, _ in blocks],
            "criteria": [self._criterion(card, dimension, line) for dimension, lines in blocks for line in lines],
        }
        return Response(ScorecardSerializer(found).data)

    @staticmethod
    def _criterion(card: ScorecardView, dimension, line) -> SimpleNamespace:
        return SimpleNamespace(
            code=line.code,
            title=line.title,
            mark=line.mark,
            dimension=dimension.code,
            verified=line.verified,
            claimed=line.claimed,
            why=card.why(line.code),
            next=card.next_steps(line.code),
        )


class DimensionPointsSerializer(serializers.Serializer):
    code = serializers.CharField(read_only=True)
    earned = Points(read_only=True)


class StandingSerializer(serializers.Serializer):
    rank = serializers.IntegerField(
        read_only=True,
        allow_null=True,
        help_text="Null where nobody is ranked, without points, until all are scored and `fresh`",
    )
    region = serializers.CharField(
        source="region_code", read_only=True, allow_null=True, help_text="Code of the inspection region"
    )
    nominee = NomineeSerializer(source="*", read_only=True, allow_null=True)
    entry = serializers.IntegerField(source="pk", read_only=True)
    office = OfficeSerializer(read_only=True)
    total = Points(read_only=True, allow_null=True, help_text="Verified; null until it was scored once")
    unchecked = Points(
        read_only=True, allow_null=True, help_text="Of the total: from amounts that nobody has looked at"
    )
    claimed = Points(source="claimed_total", read_only=True, allow_null=True)
    attainable = Points(read_only=True, allow_null=True)
    dimensions = DimensionPointsSerializer(many=True, read_only=True)
    fresh = serializers.BooleanField(read_only=True)

    def to_representation(self, instance: Any) -> dict:  # an entry as `standings` reads it
        points = instance.dimensions or {}
        instance.unchecked = unchecked_of(points) if instance.is_known else None
        instance.dimensions = [{"code": code, "earned": part["earned"]} for code, part in points.items()]
        instance.fresh = not instance.is_stale
        instance.rank = placed(instance.rank, instance.total, instance.unscored) if instance.fresh else None
        if not instance.is_known:
            instance.total = instance.claimed_total = instance.attainable = None
        return super().to_representation(instance)


@extend_schema_view(
    get=extend_schema(
        operation_id="list_standings",
        summary=gettext_lazy("Entries of a round by rank"),
        tags=["scores"],
        responses={200: StandingSerializer(many=True)},
    )
)
class Standings(RoundsMixin, generics.ListAPIView):
    """The round's entries by rank, best first: all of them, or your own line only, as the round shows ranks."""

    serializer_class = StandingSerializer

    def filter_queryset(self, queryset) -> Any:
        refuse_unknown(self.request, OF_PAGES)
        user: Any = self.request.user
        round: Round = get_object_or_404(queryset, pk=self.kwargs["pk"])
        whole = not access.why_not_see_ranks(user, round, whole_table=True)
        if whole:
            return standings(round)
        allow(access.why_not_see_ranks(user, round, whole_table=False))
        # A choice of entries would be ranked among itself.
        ranks = {
            pk: rank_and_unscored for pk, *rank_and_unscored in standings(round).values_list("pk", "rank", "unscored")
        }
        own = list(standings(round).filter(pk__in=Entry.objects.visible_to(user)))
        for entry in own:
            entry.rank, entry.unscored = ranks[entry.pk]
        return own


urls = [
    path("rounds/<int:pk>/standings/", Standings.as_view(), name="api-standings"),
    path("entries/<int:pk>/scorecard/", ScorecardDetail.as_view(), name="api-scorecard"),
]
