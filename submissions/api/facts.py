"""Facts for programs: the same functions and permissions as the pages. What a person does not see answers 404."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import exceptions, generics, serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from submissions import intake
from submissions.fields import whole
from submissions.models import Entry, Event, Round, Scope, Sheet, Value
from submissions.questions import access

from .lists import Filter, Questions, moment_in, refuse_unknown
from .scheme import SchemeSerializer
from .serializers import (
    AmountsSerializer,
    EntrySerializer,
    RoundSerializer,
    SheetInSerializer,
    SheetSerializer,
    ValuesReviewSerializer,
    ValuesSerializer,
)

LANGUAGE = OpenApiParameter("Accept-Language", str, OpenApiParameter.HEADER, description="`th` or `en`, for sentences")
IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description='The revision read, as "3".')


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


# Rounds and entries


Part: Any = object  # of a view: which one differs


class RoundsMixin(Part):
    serializer_class: Any = RoundSerializer

    def get_queryset(self):
        return Round.objects.visible_to(self.request.user).select_related("edition").defer("edition__text")


@extend_schema_view(
    get=extend_schema(operation_id="list_rounds", summary=gettext_lazy("Rounds you take part in"), tags=["rounds"])
)
class Rounds(RoundsMixin, generics.ListAPIView):
    """The rounds you take part in, newest first."""

    filter_backends = [Questions]
    filters = {
        "scheme": Filter("edition__scheme_code", "The code of its scheme"),
        "stage": Filter("stage", "The code of its stage"),
    }
    orders = {"id": "pk"}


@extend_schema_view(
    get=extend_schema(
        operation_id="get_round", summary=gettext_lazy("One round"), tags=["rounds"], responses={200: RoundSerializer}
    )
)
class RoundDetail(RoundsMixin, generics.RetrieveAPIView):
    """One round."""


@extend_schema_view(
    get=extend_schema(
        operation_id="get_scheme",
        summary=gettext_lazy("What a round asks for and rewards"),
        tags=["rounds"],
        responses={200: SchemeSerializer},
    )
)
class SchemeDetail(RoundsMixin, generics.RetrieveAPIView):
    """What the round asks for: requirements, values, items, periods and deadlines, and what they earn."""

    serializer_class = SchemeSerializer


class EntriesMixin(Part):
    serializer_class: Any = EntrySerializer

    def get_queryset(self):
        return Entry.objects.visible_to(self.request.user).with_round()

    def entry(self) -> Entry:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])


@extend_schema_view(
    get=extend_schema(operation_id="list_entries", summary=gettext_lazy("Entries you may see"), tags=["entries"])
)
class Entries(EntriesMixin, generics.ListAPIView):
    """The entries you may see: an officer's own and those below, a judge's rounds', all for central staff."""

    filter_backends = [Questions]
    filters = {
        "round": Filter("round_id", "A round's id", is_number=True),
        "office": Filter("office__code", "An office's code"),
        "state": Filter("state", "Whether it takes part", choices=tuple(Entry.State.values)),
    }
    orders = {"id": "pk", "round": "round_id", "office": "office__sort_key"}

    def get_queryset(self):
        return super().get_queryset().order_by("-round_id", "office__sort_key", "office__code", "pk")

    def changed(self, entries, moment):
        """Those on whose facts something was done. Who is shown no deeds isn't told by this when colleagues judged."""
        done = Event.objects.filter(entry=OuterRef("pk"), at__gte=moment)
        user: Any = self.request.user
        if access.why_not_see_deeds(user):
            done = done.exclude(verb__startswith="sheet.")
        return entries.filter(Exists(done))


@extend_schema_view(
    get=extend_schema(
        operation_id="get_entry", summary=gettext_lazy("One entry"), tags=["entries"], responses={200: EntrySerializer}
    )
)
class EntryDetail(EntriesMixin, generics.RetrieveAPIView):
    """One entry."""


# Values


class Values(EntriesMixin, APIView):
    scopes = {"PUT": Scope.HAND_IN}
    refusals = {"GET": {400}, "PUT": {409}}

    @extend_schema(
        operation_id="list_values",
        summary=gettext_lazy("Values of an entry"),
        tags=["values"],
        responses={200: ValuesSerializer},
    )
    def get(self, request, pk: int) -> Response:
        """All values of an entry, each with its revision."""
        refuse_unknown(request, ["updated_since"])
        entry, moment = self.entry(), moment_in(request)
        values: Iterable[Value] = entry.values.all()
        if moment:  # by the log, whose clock is the world's in practice rounds too
            deeds = entry.events.filter(verb__startswith="value.", at__gte=moment).values_list("data", flat=True)
            changed = {(deed.get("code"), deed.get("period", "")) for deed in deeds}
            values = [value for value in values if (value.code, value.period) in changed]
        return self._shown(values)

    @extend_schema(
        operation_id="enter_values",
        summary=gettext_lazy("Enter values"),
        tags=["values"],
        request=AmountsSerializer,
        responses={200: ValuesSerializer},
    )
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
        return self._shown(entry.values.all())

    def _shown(self, values) -> Response:
        return Response(ValuesSerializer({"values": values}).data)


class ValuesReview(RoundsMixin, APIView):
    scopes = {"POST": Scope.REVIEW}
    refusals = {"POST": {409}}

    @extend_schema(
        operation_id="review_values",
        summary=gettext_lazy("Accept values, or return them"),
        tags=["values"],
        request=ValuesReviewSerializer,
        responses={200: ValuesSerializer},
    )
    def post(self, request, pk: int) -> Response:
        """Accept values of one round, or return them with the reason: all of them, or none (committee and those who run
        the round)."""
        round = get_object_or_404(self.get_queryset(), pk=pk)
        allow(access.why_not_review_values(request.user, round))
        body = clean(ValuesReviewSerializer, request)
        found = intake.review_values(
            round,
            _looked_at(request.user, round, body["values"]),
            by=request.user,
            accept=body["decision"] == "accept",
            reason=body["reason"],
            all_or_none=True,
        )
        decided = sorted(found.done + found.same, key=lambda value: (value.entry_id, value.code, value.period))
        return Response(ValuesSerializer({"values": decided}).data)


def _looked_at(user, round: Round, named: list[dict]) -> dict[int, int]:
    """The revision that was read, by the value's id. What this person does not see, or nobody reviews, is not there."""
    rows = Value.objects.visible_to(user).filter(entry__round=round, code__in=round.reviewed_values)
    rows = rows.filter(entry__state=Entry.State.TAKING_PART, source=Value.Source.OFFICE)
    rows = rows.filter(entry__in={value["entry"] for value in named})
    places = {
        (entry, code, period): pk for pk, entry, code, period in rows.values_list("pk", "entry", "code", "period")
    }
    asked = [places.get((value["entry"], value["code"], value.get("period") or "")) for value in named]
    missing: Any = {
        number: [_("There is no such value to be reviewed.")] for number, pk in enumerate(asked) if pk is None
    }
    if missing:
        raise exceptions.ValidationError({"values": missing})
    return {pk: value["revision"] for pk, value in zip(asked, named, strict=True) if pk is not None}


# Sheets


class OwnSheet(EntriesMixin, APIView):
    scopes = {"GET": Scope.REVIEW, "PUT": Scope.REVIEW, "POST": Scope.REVIEW}

    @extend_schema(
        operation_id="get_sheet",
        summary=gettext_lazy("Your own scoring sheet"),
        tags=["sheets"],
        responses={200: SheetSerializer},
    )
    def get(self, request, pk: int) -> Response:
        """Your own sheet for this entry; with revision 0 and no points when you have not begun."""
        entry = self.entry()
        allow(access.why_not_judge(request.user, entry))
        sheet = Sheet.objects.filter(entry=entry, judge=request.user).first()
        return self._shown(sheet or Sheet(entry=entry, judge=request.user, status="", revision=0))

    @extend_schema(
        operation_id="save_sheet",
        summary=gettext_lazy("Save a draft of your scoring sheet"),
        tags=["sheets"],
        parameters=[IF_MATCH],
        request=SheetInSerializer,
        responses={200: SheetSerializer},
    )
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

    @extend_schema(
        operation_id="submit_sheet",
        summary=gettext_lazy("Submit your scoring sheet"),
        tags=["sheets"],
        parameters=[IF_MATCH],
        request=SheetInSerializer,
        responses={200: SheetSerializer},
    )
    def post(self, request, pk: int) -> Response:
        """Submit the sheet: points for every item, and final."""
        return self._save(request, final=True)


urls = [
    path("rounds/", Rounds.as_view(), name="api-rounds"),
    path("rounds/<int:pk>/", RoundDetail.as_view(), name="api-round"),
    path("rounds/<int:pk>/scheme/", SchemeDetail.as_view(), name="api-scheme"),
    path("rounds/<int:pk>/values/review/", ValuesReview.as_view(), name="api-values-review"),
    path("entries/", Entries.as_view(), name="api-entries"),
    path("entries/<int:pk>/", EntryDetail.as_view(), name="api-entry"),
    path("entries/<int:pk>/values/", Values.as_view(), name="api-values"),
    path("entries/<int:pk>/sheet/", OwnSheet.as_view(), name="api-sheet"),
    path("entries/<int:pk>/sheet/submit/", SheetSubmit.as_view(), name="api-sheet-submit"),
]
