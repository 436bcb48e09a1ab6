"""Words about the API itself: the page that shows its description, and what each kind of refusal means."""

from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy
from drf_spectacular.plumbing import OpenApiGeneratorExtension
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework import exceptions, serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from .problems import KINDS, address


def load_extensions() -> None:
    """The library looks up what each of its extensions is for at the first description that is asked for, and two at
    once spoil it for each other. Here it is asked once, while the addresses are loaded.
    """
    for kind in OpenApiGeneratorExtension.__subclasses__():
        for extension in kind._registry:
            extension._matches(object)


load_extensions()


class Docs(SpectacularSwaggerSplitView):
    """The page that shows the description. A program that asks what may be done here is told; the page has no data."""

    @extend_schema(exclude=True)
    def options(self, request, *args, **kwargs) -> Any:
        response = HttpResponse(status=204)
        response["Allow"] = "GET, HEAD, OPTIONS"
        return response


class KindSerializer(serializers.Serializer):
    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()


class Public(APIView):
    """For everybody: these are words about the API, nobody's data."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @staticmethod
    def shown(kind: str) -> dict:
        return {"type": address(kind), "title": str(KINDS[kind].title), "status": KINDS[kind].status}


class Problems(Public):
    @extend_schema(
        operation_id="list_problems",
        summary=gettext_lazy("All kinds of refusals"),
        responses=KindSerializer(many=True),
        tags=["about"],
    )
    def get(self, request) -> Response:
        """Each with its `type`, title and status. Needs no token."""
        return Response([self.shown(kind) for kind in KINDS])


class Problem(Public):
    @extend_schema(
        operation_id="get_problem",
        summary=gettext_lazy("One kind of refusal"),
        responses=KindSerializer,
        tags=["about"],
    )
    def get(self, request, kind: str) -> Response:
        """What is found at the address that a refusal names as its `type`. Needs no token."""
        if kind not in KINDS:
            raise exceptions.NotFound
        return Response(self.shown(kind))


urls = [
    path("problems/", Problems.as_view(), name="api-problems"),
    path("problems/<slug:kind>/", Problem.as_view(), name="api-problem"),
]
