"""The scheme of a round, as programs read it: what is asked for, by when, and what it earns."""

from typing import Any

from rest_framework import serializers

from scoring import engine
from submissions.models import Round


class Points(serializers.DecimalField):
    """Points as a text with two decimals."""

    def __init__(self, **options) -> None:
        super().__init__(max_digits=9, decimal_places=2, **options)


class TextSerializer(serializers.Serializer):
    th = serializers.CharField(read_only=True)
    en = serializers.CharField(read_only=True)


class PeriodSerializer(serializers.Serializer):
    code = serializers.CharField(read_only=True)
    title = TextSerializer(read_only=True)
    due = serializers.DateField(read_only=True, help_text="The last day, until its end in Asia/Bangkok")


class RequirementSerializer(serializers.Serializer):
    code = serializers.CharField(read_only=True)
    title = TextSerializer(read_only=True)
    help = TextSerializer(read_only=True, allow_null=True)
    due = serializers.DateField(read_only=True)
    periods = PeriodSerializer(many=True, read_only=True, help_text="Empty: evidence for it has no period.")
    channels = serializers.IntegerField(read_only=True, help_text="How many distinct channels are asked for; 0: none")
    allowed_channels = serializers.ListField(child=serializers.CharField(), read_only=True)
    by = serializers.ChoiceField(["office", "central"], read_only=True, help_text="Who hands it in")
    checklist = TextSerializer(many=True, read_only=True, help_text="What whoever reviews it ticks as there")


class ValueDefinitionSerializer(serializers.Serializer):
    code = serializers.CharField(read_only=True)
    title = TextSerializer(read_only=True)
    help = TextSerializer(read_only=True, allow_null=True)
    kind = serializers.ChoiceField(["number", "percent", "date", "boolean", "map"], read_only=True)
    unit = TextSerializer(read_only=True, allow_null=True)
    periods = PeriodSerializer(many=True, read_only=True, help_text="Empty: one amount, without a period.")
    until = serializers.DateField(read_only=True, help_text="The last day on which an office may give it")
    by = serializers.ChoiceField(["office", "central"], read_only=True, help_text="Who enters it")
    review = serializers.BooleanField(read_only=True, help_text="What an office enters counts once it is accepted")
    proof = serializers.CharField(read_only=True, help_text="The requirement whose evidence goes with it; empty: none")


class LevelSerializer(serializers.Serializer):
    points = Points(read_only=True)
    text = TextSerializer(read_only=True)


class ItemSerializer(serializers.Serializer):
    code = serializers.CharField(read_only=True)
    title = TextSerializer(read_only=True)
    max = Points(read_only=True)
    look_for = TextSerializer(many=True, read_only=True, help_text="What judges look for in it")
    levels = LevelSerializer(many=True, read_only=True, help_text="What some points stand for; others may be given")


class SettingSerializer(serializers.Serializer):
    code = serializers.CharField(read_only=True)
    title = TextSerializer(read_only=True)
    day = serializers.DateField(read_only=True, allow_null=True, help_text="As set for this round; null: not yet")


class OptionSerializer(serializers.Serializer):
    code = serializers.CharField(read_only=True)
    title = TextSerializer(read_only=True)
    words = serializers.BooleanField(read_only=True, help_text="Whoever chooses it says more in words.")


class FieldSerializer(serializers.Serializer):
    code = serializers.CharField(read_only=True)
    title = TextSerializer(read_only=True)
    help = TextSerializer(read_only=True, allow_null=True)
    kind = serializers.ChoiceField(engine.FIELD_KINDS, read_only=True)
    required: Any = serializers.BooleanField(read_only=True)
    most = serializers.IntegerField(read_only=True, help_text="Characters at most; 0: the kind has bounds of its own")
    options = OptionSerializer(many=True, read_only=True)


class SectionSerializer(serializers.Serializer):
    title = TextSerializer(read_only=True)
    help = TextSerializer(read_only=True, allow_null=True)
    fields: Any = FieldSerializer(many=True, read_only=True)


class FormSerializer(serializers.Serializer):
    """What may be filled in on the screen instead of sending a file for a requirement."""

    code = serializers.CharField(read_only=True)
    title = TextSerializer(read_only=True)
    requirement = serializers.CharField(read_only=True)
    preamble = TextSerializer(read_only=True, allow_null=True)
    sections = SectionSerializer(many=True, read_only=True)


class InputSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(["requirement", "value", "item", "setting"], read_only=True)
    code = serializers.CharField(read_only=True)


class CriterionDefinitionSerializer(serializers.Serializer):
    code = serializers.CharField(read_only=True)
    title = TextSerializer(read_only=True)
    dimension = serializers.CharField(read_only=True)
    max = Points(read_only=True)
    inputs = InputSerializer(many=True, read_only=True)
    levels = LevelSerializer(many=True, read_only=True)


class DimensionDefinitionSerializer(serializers.Serializer):
    code = serializers.CharField(read_only=True)
    title = TextSerializer(read_only=True)
    max = Points(read_only=True)
    criteria = serializers.ListField(child=serializers.CharField(), read_only=True)


class SchemeSerializer(serializers.Serializer):
    """All that a round asks for and rewards. Codes are those used everywhere else in this API."""

    LISTS = ("criteria", "requirements", "values", "items", "forms")
    code = serializers.CharField(read_only=True)
    edition = serializers.CharField(read_only=True)
    title = TextSerializer(read_only=True)
    close = serializers.DateField(read_only=True)
    max = Points(read_only=True)
    dimensions = DimensionDefinitionSerializer(many=True, read_only=True)
    criteria = CriterionDefinitionSerializer(many=True, read_only=True)
    requirements = RequirementSerializer(many=True, read_only=True)
    values = ValueDefinitionSerializer(many=True, read_only=True)
    items = ItemSerializer(many=True, read_only=True, help_text="The lines of a judge's sheet")
    settings = SettingSerializer(many=True, read_only=True)
    forms = FormSerializer(many=True, read_only=True)

    def to_representation(self, instance: Round) -> dict:
        scheme = instance.scheme
        return super().to_representation(
            {
                **{name: getattr(scheme, name) for name in ("code", "title", "close", "max", "dimensions")},
                "edition": instance.edition.digest,
                **{name: list(getattr(scheme, name).values()) for name in self.LISTS},
                "settings": [
                    {"code": setting.code, "title": setting.title, "day": instance.settings.get(setting.code)}
                    for setting in scheme.settings.values()
                ],
            }
        )
