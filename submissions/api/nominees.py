"""Naming, choosing and withdrawing for programs: the same functions and permissions as the pages."""

from django.urls import path
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from submissions import intake
from submissions.models import Entry, Office, Scope
from submissions.models.editions import MOST_REASON
from submissions.models.places import MOST_NAME, MOST_OFFICE_CODE
from submissions.models.rounds import MOST_CODE
from submissions.questions import naming

from .base import Text
from .facts import EntriesMixin, allow, clean
from .serializers import EntrySerializer


class NamingSerializer(serializers.Serializer):
    name = Text(
        default="", allow_blank=True, max_length=MOST_NAME, help_text="A person's name, where one is to be named"
    )
    office = Text(
        default="", allow_blank=True, max_length=MOST_OFFICE_CODE, help_text="The code of one of its own subdistricts"
    )
    declared = serializers.ListField(
        child=Text(max_length=MOST_CODE), default=list, help_text="The yes/no values that hold of the nominee"
    )


class ChoiceSerializer(serializers.Serializer):
    chosen = serializers.BooleanField(help_text="False takes a choice back")


class WithdrawalSerializer(serializers.Serializer):
    reason = Text(max_length=MOST_REASON)


class EntryDeed(EntriesMixin, APIView):
    """One deed on an entry; answers with the entry as it is then."""

    scopes = {"POST": Scope.HAND_IN}

    def get_queryset(self):
        return super().get_queryset().select_related("office__parent__parent__parent")

    def shown(self, entry: Entry) -> Response:
        fresh = self.get_queryset().get(pk=entry.pk)
        return Response(EntrySerializer(fresh, context={"request": self.request}).data)


class Nominee(EntryDeed):
    @extend_schema(
        operation_id="name_nominee",
        summary=gettext_lazy("Name who takes part"),
        tags=["entries"],
        request=NamingSerializer,
        responses={200: EntrySerializer},
    )
    def post(self, request, pk: int) -> Response:
        """Name who takes part for an office, or put the name right."""
        entry = self.entry()
        allow(naming.why_not_name(request.user, entry))
        named = clean(NamingSerializer, request)
        office = Office.objects.filter(code=named.pop("office")).first()
        return self.shown(intake.name_nominee(entry, by=request.user, office=office, **named))


class Choice(EntryDeed):
    @extend_schema(
        operation_id="choose_entry",
        summary=gettext_lazy("Choose an entry, or take the choice back"),
        tags=["entries"],
        request=ChoiceSerializer,
        responses={200: EntrySerializer},
    )
    def post(self, request, pk: int) -> Response:
        """Choose an entry among those that may be, or take the choice back."""
        entry = self.entry()
        allow(naming.why_not_choose(request.user, entry))
        choose = intake.choose_entry if clean(ChoiceSerializer, request)["chosen"] else intake.release_entry
        return self.shown(choose(entry, by=request.user))


class Withdrawal(EntryDeed):
    @extend_schema(
        operation_id="withdraw_entry",
        summary=gettext_lazy("Take an entry out of its round"),
        tags=["entries"],
        request=WithdrawalSerializer,
        responses={200: EntrySerializer},
    )
    def post(self, request, pk: int) -> Response:
        """Take an entry out of its round, with the reason. Answers with the entry that takes its place, if any."""
        entry = self.entry()
        allow(naming.why_not_withdraw_entry(request.user, entry))
        return self.shown(
            intake.withdraw_entry(entry, by=request.user, **clean(WithdrawalSerializer, request)) or entry
        )


urls = [
    path("entries/<int:pk>/nominee/", Nominee.as_view(), name="api-nominee"),
    path("entries/<int:pk>/choice/", Choice.as_view(), name="api-choice"),
    path("entries/<int:pk>/withdrawal/", Withdrawal.as_view(), name="api-withdrawal"),
]
