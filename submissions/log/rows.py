"""What the rows of entries say, in the shape in which `replay` says what they must."""

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

from submissions.models import (
    Appeal,
    Assignment,
    Confirmation,
    ConflictOfInterest,
    Consent,
    Entry,
    Evidence,
    Extension,
    PracticeSheet,
    Remark,
    Resolution,
    SecondReading,
    Sheet,
    Value,
)

from .replay import (
    APPEAL,
    ASSIGNMENT,
    CONFIRMATION,
    CONFLICT,
    CONSENT,
    ENTRY,
    EVIDENCE,
    EXTENSION,
    PRACTICE,
    READING,
    REMARK,
    RESOLUTION,
    SHEET,
    VALUE,
    Place,
)

MODELS: dict[str, Any] = {
    ENTRY: Entry,
    EVIDENCE: Evidence,
    VALUE: Value,
    SHEET: Sheet,
    EXTENSION: Extension,
    REMARK: Remark,
    CONFIRMATION: Confirmation,
    READING: SecondReading,
    PRACTICE: PracticeSheet,
    RESOLUTION: Resolution,
    CONFLICT: ConflictOfInterest,
    ASSIGNMENT: Assignment,
    APPEAL: Appeal,
    CONSENT: Consent,
}


def read(entry_ids: Collection[int]) -> dict[int, dict[Place, dict[str, Any]]]:
    """The rows of these entries by kind and key. A statement for each kind, however many."""
    found: dict[int, dict[Place, dict[str, Any]]] = {pk: {} for pk in entry_ids}
    for row in Entry.objects.filter(pk__in=entry_ids).order_by().values():
        found[row["id"]][ENTRY, ""] = _named(row)
    for kind in MODELS.keys() - {ENTRY}:
        for row in MODELS[kind].objects.filter(entry__in=entry_ids).order_by("pk").values():
            key = _key(kind, row)
            if kind == REMARK:
                row["sha256"] = hashlib.sha256(row["text"].encode()).hexdigest()
            found[row["entry_id"]][kind, key] = _named(row)
    return found


def _key(kind: str, row: Mapping[str, Any]) -> Any:
    if kind == VALUE:
        return row["code"], row["period"]
    return row["judge_id"] if kind == ASSIGNMENT else row["id"]


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    """By the names of fields: `replaces` rather than `replaces_id`."""
    return {name.removesuffix("_id"): value for name, value in row.items()}
