"""What an event carries of the row that it is about: all that `replay` needs to know what the row must say."""

from datetime import datetime
from typing import Any

from submissions.models import (
    Appeal,
    Assignment,
    Confirmation,
    ConflictOfInterest,
    Consent,
    Entry,
    Event,
    Evidence,
    Extension,
    PracticeSheet,
    Proposal,
    Remark,
    Resolution,
    SecondReading,
    Sheet,
    Value,
)


def of_evidence(row: Evidence) -> dict[str, Any]:
    """What was handed in."""
    return {
        "evidence": row.pk,
        "requirement": row.requirement,
        "period": row.period,
        "title": row.title,
        "file": row.file.name or "",
        "content_type": row.content_type,
        "sha256": row.sha256,
        "size": row.size,
        "channels": row.channels,
        "note": row.note,
        "submitted_at": row.submitted_at.isoformat(),
        "received_at": row.received_at.isoformat(),
        "replaces": row.replaces_id,
        "revision": 1,
    }


def of_decision(row: Evidence, before: str, because: str = "", undo_until: datetime | None = None) -> dict[str, Any]:
    """What was decided of evidence that stood at `before`, why a decision was changed, and how long it may be taken
    back."""
    assert row.reviewed_at
    beside = {"because": because} if because else {}
    if undo_until:
        beside["undo_until"] = undo_until.isoformat()
    return beside | {
        "evidence": row.pk,
        "before": before,
        "reason": row.return_reason,
        "checklist": row.checklist,
        "reviewed_at": row.reviewed_at.isoformat(),
        "revision": row.revision,
    }


def of_undoing(row: Evidence, undone: Event) -> dict[str, Any]:
    """How evidence stands again once a decision was taken back: all that a former decision said, or nothing."""
    return {
        "evidence": row.pk,
        "undoes": undone.sequence,
        "status": row.status,
        "reason": row.return_reason,
        "checklist": row.checklist,
        "reviewed_by": row.reviewed_by_id,
        "reviewed_at": row.reviewed_at.isoformat() if row.reviewed_at else None,
        "revision": row.revision,
    }


def of_withdrawal(row: Evidence, before: str, answered: Evidence | None = None) -> dict[str, Any]:
    """`answered`: what stands in for it, where one piece stands in for several."""
    beside = {"answered": answered.pk} if answered else {}
    return beside | {"evidence": row.pk, "before": before, "revision": row.revision}


def of_value(row: Value, before: str, after: str) -> dict[str, Any]:
    """An amount; `after` is empty where it was taken back."""
    return {
        "code": row.code,
        "period": row.period,
        "before": before,
        "after": after,
        "source": row.source,
        "status": row.status,
        "entered_at": row.entered_at.isoformat(),
        "revision": row.revision,
    }


def of_hand(row: Value) -> dict[str, Any]:
    """Whose an amount is, since when, and what was decided of it: what whoever puts it back needs beside its text."""
    whose = {"source": row.source, "entered_by": row.entered_by_id, "entered_at": row.entered_at.isoformat()}
    return whose | {"decided": of_standing(row)}


def of_standing(row: Value) -> dict[str, Any]:
    """How an amount stands with its reviewers."""
    return {
        "status": row.status,
        "reviewed_by": row.reviewed_by_id,
        "reviewed_at": row.reviewed_at.isoformat() if row.reviewed_at else None,
        "reason": row.return_reason,
    }


def of_review(row: Value, before: str) -> dict[str, Any]:
    """What was decided of an amount that stood at `before`."""
    return {
        "code": row.code,
        "period": row.period,
        "amount": row.text,
        "before": before,
        "reason": row.return_reason,
        "reviewed_at": row.reviewed_at.isoformat() if row.reviewed_at else "",
        "revision": row.revision,
    }


def of_sheet(row: Sheet, before: dict[str, str]) -> dict[str, Any]:
    return {
        "sheet": row.pk,
        "before": before,
        "after": row.points,
        "remark": row.remark,
        "notes": row.notes,
        "judge": row.judge_id,
        "typed_by": row.typed_by_id,
        "saved_at": row.saved_at.isoformat(),
        "revision": row.revision,
    }


def of_conflict(row: ConflictOfInterest) -> dict[str, Any]:
    return {
        "conflict": row.pk,
        "judge": row.judge_id,
        "reason": row.reason,
        "said_at": row.said_at.isoformat(),
    }


def of_assignment(row: Assignment) -> dict[str, Any]:
    return {"judge": row.judge_id, "assigned_at": row.assigned_at.isoformat()}


def of_extension(row: Extension) -> dict[str, Any]:
    return {
        "extension": row.pk,
        "requirement": row.requirement,
        "period": row.period,
        "until": row.until.isoformat(),
        "reason": row.reason,
        "order_number": row.order_number,
        "granted_at": row.granted_at.isoformat(),
    }


def of_entry(row: Entry) -> dict[str, Any]:
    """Who takes part, as it was entered."""
    return {
        "round": row.round_id,
        "office": row.office_id,
        "state": row.state,
        "nominee_name": row.nominee_name,
        "nominee_office": row.nominee_office_id,
        "preceding": row.preceding_id,
    }


def of_old_entry(row: Entry) -> dict[str, Any]:
    """Who takes part, as it stood when a log of before began to tell it."""
    return of_entry(row) | {"withdrawn_reason": row.withdrawn_reason, "taken_out": row.taken_out}


def of_remark(row: Remark, sha256: str) -> dict[str, Any]:
    return {
        "wished": row.wished.isoformat() if row.wished else None,
        "refuses": row.refuses_id,
        "remark": row.pk,
        "requirement": row.requirement,
        "period": row.period,
        "sha256": sha256,
        "from_office": row.from_office,
        "written_at": row.written_at.isoformat(),
    }


def of_confirmation(row: Confirmation) -> dict[str, Any]:
    return {
        "confirmation": row.pk,
        "facts_version": row.facts_version,
        "sha256": row.sha256,
        "confirmed_at": row.confirmed_at.isoformat(),
    }


def of_consent(row: Consent) -> dict[str, Any]:
    return {"evidence": row.evidence_id, "consent": _whole(row)}


def of_reading(row: SecondReading) -> dict[str, Any]:
    """A second reading as it stands after a deed, whole."""
    return {"reading": _whole(row)}


def of_practice(row: PracticeSheet) -> dict[str, Any]:
    return {"practice": _whole(row)}


def of_resolution(row: Resolution) -> dict[str, Any]:
    return {"resolution": _whole(row)}


def _whole(row: Any) -> dict[str, Any]:
    """All columns by the names of their fields, times as ISO 8601."""
    values = {field.name: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return {name: value.isoformat() if name.endswith("_at") and value else value for name, value in values.items()}


def of_appeal(row: Appeal, deciders: list[int]) -> dict[str, Any]:
    return {
        "appeal": row.pk,
        "publication": row.publication,
        "criterion": row.criterion,
        "text": row.text,
        "pieces": row.evidence,
        "values": row.values,
        "deciders": deciders,
        "made_at": row.made_at.isoformat(),
    }


def of_answer(row: Appeal) -> dict[str, Any]:
    assert row.answered_at
    about = {"appeal": row.pk, "criterion": row.criterion, "verdict": row.verdict, "answer": row.answer}
    return about | {"answered_at": row.answered_at.isoformat()}


def by_appeal(appeal: Appeal | None) -> dict[str, Any]:
    """What the event of a deed carries beside: the appeal by whose answer settled facts were changed."""
    return {"appeal": appeal.pk} if appeal else {}


def of_proposal(row: Proposal) -> dict[str, Any]:
    """What was confirmed: the actor of the event is the second person."""
    return {
        "proposal": row.pk,
        "deed": row.kind,
        "sha256": row.sha256,
        "reason": row.reason,
        "proposed_by": row.proposed_by_id,
        "proposed_at": row.proposed_at.isoformat(),
    }
