"""How facts and schemes look in the API. Points and amounts are texts, days ISO, times with their offset."""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from scoring import engine
from submissions.examination.remarks import tell
from submissions.models import Entry, Evidence, Office, Round, Sheet, User, Value
from submissions.models.evidence import MOST_AMOUNT, MOST_NOTE
from submissions.models.judging import MOST_ITEM_NOTE, MOST_REMARK
from submissions.models.rounds import MOST_CODE
from submissions.questions import access

from .base import PeriodField, Text
from .examined import ExaminedSerializer

MAX_ID = 2**63 - 1
CHANNELS = [(code, code) for code in engine.CHANNELS]


# Places, people, rounds


class OfficeSerializer(serializers.ModelSerializer):
    size = serializers.ChoiceField(Office.Size.choices, read_only=True, allow_blank=True)  # provinces alone have one
    parent: Any = serializers.SlugRelatedField("code", read_only=True, allow_null=True)

    class Meta:
        model = Office
        fields = ["code", "kind", "name_th", "name_en", "size", "parent"]
        read_only_fields = fields


class PersonSerializer(serializers.ModelSerializer):
    office = OfficeSerializer(read_only=True, allow_null=True)

    class Meta:
        model = User
        fields = ["id", "username", "full_name", "role", "is_superuser", "office"]
        read_only_fields = fields


class RoundSerializer(serializers.ModelSerializer):
    scheme = serializers.CharField(source="edition.scheme_code", read_only=True)
    edition = serializers.CharField(source="edition.digest", read_only=True, help_text="SHA-256 of the scheme's text")
    close = serializers.DateField(source="scheme.close", read_only=True)
    now = serializers.DateTimeField(read_only=True, help_text="The time in this round; a practice round has its own.")
    places_per = serializers.CharField(read_only=True, help_text="Of which kind of office each has so many places")
    ranked = serializers.CharField(read_only=True, help_text="How entries are ranked: overall, region or none")

    class Meta:
        model = Round
        fields = """
            id name_th name_en scheme edition close rank_visibility is_closed is_practice now stage
            preceding places_per places named_by ranked
        """.split()
        read_only_fields = fields


class NomineeSerializer(serializers.ModelSerializer):
    """Who takes part for an office: a person's name, or a subdistrict; null where the office does itself."""

    name = serializers.CharField(source="nominee_name", read_only=True)
    subdistrict: Any = serializers.SlugRelatedField("code", source="nominee_office", read_only=True, allow_null=True)

    class Meta:
        model = Entry
        fields = ["name", "subdistrict"]
        read_only_fields = fields

    def to_representation(self, instance: Entry) -> dict | None:  # type: ignore[override]  # null where there is none
        if not instance.nominee:
            return None
        return super().to_representation(instance) | {"name": instance.nominee}


class EntrySerializer(serializers.ModelSerializer):
    office = OfficeSerializer(read_only=True)
    nominee = NomineeSerializer(source="*", read_only=True, allow_null=True)
    facts_version = serializers.SerializerMethodField(
        help_text="Moves with each deed on it; null for judges: the scorecard tells it once their sheet is final"
    )

    class Meta:
        model = Entry
        fields = """
            id round office nominee state withdrawn_reason awaits_nominee facts_version
        """.split()
        read_only_fields = fields

    def get_facts_version(self, entry: Entry) -> int | None:
        return None if access.why_not_see_deeds(self.context["request"].user) else entry.facts_version


# Evidence


class TickedSerializer(serializers.Serializer):
    th = serializers.CharField(read_only=True)
    en = serializers.CharField(read_only=True)
    ticked = serializers.BooleanField(read_only=True)


class EvidenceSerializer(serializers.ModelSerializer):
    period = PeriodField(read_only=True)
    criteria = serializers.ListField(child=serializers.CharField(), read_only=True)
    name = serializers.CharField(source="original_name", read_only=True)
    file = serializers.SerializerMethodField(help_text="Where the file is read; null for a link")
    receipt = serializers.CharField(read_only=True, help_text="The number of its receipt: Buddhist year, and its own")
    url = serializers.CharField(read_only=True, help_text="The link; empty for a file")
    channels = serializers.ListField(child=serializers.ChoiceField(CHANNELS), read_only=True)
    checklist = TickedSerializer(many=True, read_only=True, help_text="As it was reviewed; empty: nobody ticked")
    examined = ExaminedSerializer(read_only=True, allow_null=True, help_text="What was noticed; null for a link")

    class Meta:
        model = Evidence
        fields = """
            id entry requirement period criteria status revision file name content_type size sha256
            receipt url channels note submitted_at received_at reviewed_at changed_at return_reason
            checklist replaces examined
        """.split()
        read_only_fields = fields

    def to_representation(self, instance: Evidence) -> dict:
        if not hasattr(instance, "examined"):  # a list was told of all at once
            tell([instance], self.context["request"].user)
        return super().to_representation(instance)

    @extend_schema_field({"type": ["string", "null"], "format": "uri-reference"})
    def get_file(self, evidence: Evidence) -> str | None:
        return reverse("api-evidence-file", args=[evidence.pk]) if evidence.file else None


class RevisionField(serializers.IntegerField):
    """The `revision` of the row as it was read; `If-Match` says the same."""

    def __init__(self, **options) -> None:
        super().__init__(required=False, min_value=0, max_value=MAX_ID, **options)


class RevisionSerializer(serializers.Serializer):
    revision = RevisionField()


class LinkSerializer(serializers.Serializer):
    """One link, with the channels on which it was published."""

    url = Text(required=False, allow_blank=True, default="", max_length=2000)
    channels = serializers.ListField(child=Text(max_length=20), required=False, default=list, max_length=50)
    note = Text(required=False, allow_blank=True, default="", max_length=MOST_NOTE)


class LinkInSerializer(LinkSerializer):
    requirement = Text(max_length=MOST_CODE)
    period = PeriodField()


class FileInSerializer(LinkInSerializer):
    """One file, or one link."""

    upload = serializers.FileField(required=False, allow_empty_file=True, write_only=True)


class OtherLinkSerializer(LinkSerializer):
    revision = RevisionField()


class OtherFileSerializer(OtherLinkSerializer):
    """One file, or one link."""

    upload = serializers.FileField(required=False, allow_empty_file=True, write_only=True)


class DecisionSerializer(serializers.Serializer):
    decision = serializers.ChoiceField(["accept", "return"])
    reason = Text(required=False, allow_blank=True, default="", max_length=MOST_NOTE, help_text="Needed to return it")


class ReviewSerializer(DecisionSerializer):
    ticked = serializers.ListField(
        child=Text(max_length=MOST_NOTE),
        required=False,
        max_length=200,
        help_text="What of the requirement's checklist is there, by its Thai texts; left out: nobody ticked",
    )
    revision = RevisionField()


# Values


class ValueSerializer(serializers.ModelSerializer):
    period = PeriodField(read_only=True)
    amount = serializers.CharField(source="text", read_only=True, help_text="A number, an ISO day, true or false")
    status = serializers.ChoiceField(
        Value.Status.choices,
        source="standing",
        read_only=True,
        help_text="submitted: nobody has looked at it; where its value says review it counts as claimed only",
    )

    class Meta:
        model = Value
        fields = "entry code period amount source entered_at status reviewed_at return_reason revision".split()
        read_only_fields = fields


class AmountSerializer(serializers.Serializer):
    """One amount to enter. An empty amount takes the value back."""

    code = Text(max_length=MOST_CODE)
    period = PeriodField()
    amount = Text(allow_blank=True, max_length=MOST_AMOUNT)
    revision = serializers.IntegerField(min_value=0, max_value=MAX_ID, help_text="As it was read; 0: nothing was there")


class AmountsSerializer(serializers.Serializer):
    values = AmountSerializer(many=True, allow_empty=False)

    def validate_values(self, values: list[dict]) -> list[dict]:
        return each_once(values)


def each_once(values: list[dict]) -> list[dict]:
    places = [(value.get("entry"), value["code"], value.get("period") or "") for value in values]
    if len(places) > 1000 or len(set(places)) < len(places):
        raise serializers.ValidationError(_("Name each value and period once, 1,000 at most."))
    return values


class LookedAtSerializer(serializers.Serializer):
    """One amount to decide on, as it was read."""

    entry = serializers.IntegerField(min_value=1, max_value=MAX_ID)
    code = Text(max_length=MOST_CODE)
    period = PeriodField()
    revision = serializers.IntegerField(min_value=0, max_value=MAX_ID)


class ValuesReviewSerializer(DecisionSerializer):
    """One decision on amounts of one round."""

    values = LookedAtSerializer(many=True, allow_empty=False)

    def validate_values(self, values: list[dict]) -> list[dict]:
        return each_once(values)


class ValuesSerializer(serializers.Serializer):
    values = ValueSerializer(many=True, read_only=True)


# Sheets


class SheetSerializer(serializers.ModelSerializer):
    points = serializers.SerializerMethodField()
    notes = serializers.SerializerMethodField()
    status = serializers.ChoiceField(
        [("", "not begun"), *Sheet.Status.choices], read_only=True, help_text="Empty: you have not begun"
    )
    saved_at = serializers.DateTimeField(read_only=True, allow_null=True, help_text="Null: you have not begun")

    class Meta:
        model = Sheet
        fields = ["entry", "status", "points", "notes", "remark", "saved_at", "submitted_at", "revision"]
        read_only_fields = fields

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
    def get_notes(self, sheet: Sheet) -> dict[str, str]:
        return sheet.notes

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
    def get_points(self, sheet: Sheet) -> dict[str, str]:
        return {item: f"{Decimal(points):.2f}" for item, points in sheet.points.items()}


class SheetInSerializer(serializers.Serializer):
    points = serializers.DictField(child=Text(allow_blank=True, max_length=60), help_text="{item: points as text}")
    notes = serializers.DictField(
        child=Text(allow_blank=True, max_length=MOST_ITEM_NOTE),
        required=False,
        help_text="{item: what is said beside its points}; left out, they stay as they are",
    )
    remark = Text(required=False, allow_blank=True, default="", max_length=MOST_REMARK)
    revision = RevisionField()


# Answers that are no row


def current_row(row, context: dict) -> dict | None:
    known = {Evidence: EvidenceSerializer, Value: ValueSerializer, Sheet: SheetSerializer}
    return known[type(row)](row, context=context).data if row else None
