"""What was noticed about a file, in the API: as the reader's own pages tell it."""

from typing import Any

from rest_framework import serializers

from submissions.models import Examination

from .base import PeriodField


class FindingSerializer(serializers.Serializer):
    code = serializers.CharField(read_only=True, help_text="Such as `pages`, `paper`, `minutes`, `scan`, `infected`")
    data: Any = serializers.JSONField(read_only=True, help_text="What belongs to it: numbers found, and asked for")
    text = serializers.CharField(source="sentence", read_only=True)


class MatchSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(["same", "look", "text"], read_only=True)
    percent = serializers.IntegerField(read_only=True)
    evidence = serializers.IntegerField(source="evidence.pk", read_only=True)
    entry = serializers.IntegerField(source="evidence.entry_id", read_only=True)
    requirement = serializers.CharField(source="evidence.requirement", read_only=True)
    period = PeriodField(source="evidence.period", read_only=True)
    pages = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()),
        read_only=True,
        help_text="Of looks: this one's page and the other's; 0 for a picture",
    )


class ExaminedSerializer(serializers.Serializer):
    """None of it takes away points; people judge it."""

    state = serializers.ChoiceField(Examination.State.choices, read_only=True)
    is_held = serializers.BooleanField(read_only=True, help_text="Nobody opens it yet: it waits for the virus scanner")
    findings = FindingSerializer(many=True, read_only=True)
    alike = MatchSerializer(source="matches", many=True, read_only=True)
    unseen = serializers.IntegerField(read_only=True, help_text="How many more it is like, in entries you don't see")
