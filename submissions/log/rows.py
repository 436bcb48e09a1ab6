"""What the rows of entries say, in the shape in which `replay` says what they must."""

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

from submissions.models import Appeal, Confirmation, Entry, Evidence, Extension, Remark, Sheet, Value

from .replay import APPEAL, CONFIRMATION, ENTRY, EVIDENCE, EXTENSION, REMARK, SHEET, VALUE, Place

MODELS: dict[str, Any] = {
    ENTRY: Entry,
    EVIDENCE: Evidence,
    VALUE: Value,
    SHEET: Sheet,
    EXTENSION: Extension,
    REMARK: Remark,
    CONFIRMATION: Confirmation,
    APPEAL: Appeal,
}


def read(entry_ids: Collection[int]) -> dict[int, dict[Place, dict[str, Any]]]:
    """The rows of these entries by kind and key. A statement for each kind, however many."""
    found: dict[int, dict[Place, dict[str, Any]]] = {pk: {} for pk in entry_ids}
    for row in Entry.objects.filter(pk__in=entry_ids).order_by().values():
        found[row["id"]][ENTRY, ""] = _named(row)
    for kind in (EVIDENCE, VALUE, SHEET, EXTENSION, REMARK, CONFIRMATION, APPEAL):
        for row in MODELS[kind].objects.filter(entry__in=entry_ids).order_by("pk").values():
            key = (row["code"], row["period"]) if kind == VALUE else row["id"]
            if kind == REMARK:
                row["sha256"] = hashlib.sha256(row["text"].encode()).hexdigest()
            found[row["entry_id"]][kind, key] = _named(row)
    return found


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    """By the names of fields: `replaces` rather than `replaces_id`."""
    return {name.removesuffix("_id"): value for name, value in row.items()}
