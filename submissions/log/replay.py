"""What the rows of one entry must say, as its events tell it: events in their order, nothing else.

Old events do not carry every fact. What they do not carry is left out here, and so it is never compared.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from submissions.models import ConflictOfInterest, Entry, Event, Evidence, Sheet, Value

from . import terms

# Kinds of rows. The key of a row is its id, of a value its (code, period), of an assignment its judge, of an entry
# nothing.
ENTRY, EVIDENCE, VALUE, SHEET, EXTENSION = "entry", "evidence", "value", "sheet", "extension"
REMARK, CONFIRMATION, CONFLICT, ASSIGNMENT = "remark", "confirmation", "conflict", "assignment"
READING, PRACTICE, RESOLUTION, APPEAL, CONSENT = "reading", "practice", "resolution", "appeal", "consent"
Place = tuple[str, Any]
Fields = dict[str, Any]


class Replay:
    """`rows` is {(kind, key): {field: what it must say}}; `terms` what the log tells of the terms."""

    def __init__(self) -> None:
        self.rows: dict[Place, Fields] = {}
        self.terms: terms.Terms = {}

    def take(self, event: Event) -> None:
        """Do again what an event tells. KeyError, TypeError or ValueError: it tells of something that can't be."""
        if event.verb in terms.TELLING:
            terms.take(self.terms, event.verb, event.data)
        if deed := _DEEDS.get(event.verb):
            deed(self, event, event.data)

    # Evidence

    def _attached(self, event: Event, data: Mapping[str, Any]) -> None:
        is_file = bool(data["sha256"])
        fields: Fields = {"status": Evidence.Status.SUBMITTED.value, "submitted_by": event.actor_id}
        fields |= {"original_name": data["title"] if is_file else "", "url": "" if is_file else data["title"]}
        fields |= {"reviewed_by": None, "reviewed_at": None, "return_reason": "", "checklist": []}
        fields |= _as_recorded(data, "requirement", "period", "sha256", "size", "channels", "replaces")
        fields |= _as_recorded(data, "file", "content_type", "note", "revision")
        fields |= _moments(data, "submitted_at", "received_at")
        self.rows[EVIDENCE, data["evidence"]] = fields
        if data.get("replaces"):
            self._set_aside(self.rows[EVIDENCE, data["replaces"]])

    def _set_aside(self, fields: Fields) -> None:
        """Evidence that is replaced while it waits is withdrawn by the same deed."""
        if fields["status"] == Evidence.Status.SUBMITTED:
            fields["status"] = Evidence.Status.WITHDRAWN.value
            if "revision" in fields:
                fields["revision"] += 1

    def _withdrawn(self, event: Event, data: Mapping[str, Any]) -> None:
        self._change(EVIDENCE, data["evidence"], data, status=Evidence.Status.WITHDRAWN.value)

    def _reviewed(self, event: Event, data: Mapping[str, Any]) -> None:
        fields = self._change(
            EVIDENCE,
            data["evidence"],
            data,
            status=event.verb.removeprefix("evidence."),
            reviewed_by=event.actor_id,
            return_reason=data["reason"],
        )
        for name in ("reviewed_at", "checklist"):
            fields.pop(name, None)
        fields |= _as_recorded(data, "checklist") | _moments(data, "reviewed_at")

    def _taken_back(self, event: Event, data: Mapping[str, Any]) -> None:
        restored = {"status": data["status"], "return_reason": data["reason"], "checklist": data["checklist"]}
        at = data["reviewed_at"]
        restored |= {"reviewed_by": data["reviewed_by"], "reviewed_at": datetime.fromisoformat(at) if at else None}
        self._change(EVIDENCE, data["evidence"], data, **restored)

    # Values and sheets

    def _entered(self, event: Event, data: Mapping[str, Any]) -> None:
        place = (VALUE, (data["code"], data["period"]))
        if not data["after"]:
            del self.rows[place]
            return
        # Whoever undoes an import puts somebody else's amount back, as theirs.
        by = data.get("entered_by", event.actor_id)
        fields = {"text": data["after"], "source": data["source"], "entered_by": by} | _standing(data)
        self.rows[place] = fields | _as_recorded(data, "revision") | _moments(data, "entered_at")

    def _decided(self, event: Event, data: Mapping[str, Any]) -> None:
        self._change(
            VALUE,
            (data["code"], data["period"]),
            data,
            status=event.verb.removeprefix("value."),
            reviewed_by=event.actor_id,
            reviewed_at=datetime.fromisoformat(data["reviewed_at"]),
            return_reason=data["reason"],
        )

    def _saved(self, event: Event, data: Mapping[str, Any]) -> None:
        is_final = event.verb in ("sheet.submitted", "sheet.confirmed")
        # Of what was typed from paper the event says whose it is.
        fields = {"points": data["after"], "remark": data["remark"], "judge": data.get("judge", event.actor_id)}
        fields["status"] = _SHEETS[event.verb].value
        fields |= _as_recorded(data, "revision", "notes", "typed_by") | _moments(data, "saved_at")
        if not is_final:
            fields["submitted_at"] = None
        elif "saved_at" in fields:
            fields["submitted_at"] = fields["saved_at"]
        self.rows[SHEET, data["sheet"]] = fields

    def _reopened(self, event: Event, data: Mapping[str, Any]) -> None:
        self._change(SHEET, data["sheet"], data, status=Sheet.Status.DRAFT.value, submitted_at=None)

    # The panel

    def _said(self, event: Event, data: Mapping[str, Any]) -> None:
        state = ConflictOfInterest.State
        stands = event.verb == "conflict.declared"
        fields = {"state": (state.STANDS if stands else state.NONE).value, "said_by": event.actor_id}
        self.rows[CONFLICT, data["conflict"]] = (
            fields | _as_recorded(data, "judge", "reason") | _moments(data, "said_at")
        )

    def _assigned(self, event: Event, data: Mapping[str, Any]) -> None:
        for judge in data["released"]:
            del self.rows[ASSIGNMENT, judge]
        for one in data["assigned"]:
            self.rows[ASSIGNMENT, one["judge"]] = {"assigned_by": event.actor_id} | _moments(one, "assigned_at")

    # Entries, and what belongs to them

    def _made(self, event: Event, data: Mapping[str, Any]) -> None:
        if "entry" in data:
            self.rows[ENTRY, ""] = {**data["entry"], "withdrawn_reason": "", "taken_out": False}
        elif "round" in data:  # an old event of a later stage: it did not record as what
            self.rows[ENTRY, ""] = {"withdrawn_reason": "", "taken_out": False}
        else:
            fresh = {"nominee_name": "", "nominee_office": None, "state": Entry.State.TAKING_PART.value}
            self.rows[ENTRY, ""] = fresh | {"withdrawn_reason": "", "taken_out": False}

    def _begun(self, event: Event, data: Mapping[str, Any]) -> None:
        """An old log begins to tell the rest of the row, as it stands; what it told earlier counts more."""
        self.rows[ENTRY, ""] = data["entry"] | self.rows.get((ENTRY, ""), {})

    def _named(self, event: Event, data: Mapping[str, Any]) -> None:
        fields = self._change(ENTRY, "", {}, nominee_name="" if data["code"] else data["after"])
        fields.pop("nominee_office", None)
        if "office" in data:
            fields["nominee_office"] = data["office"]
        elif not data["code"]:
            fields["nominee_office"] = None

    def _moved(self, event: Event, data: Mapping[str, Any]) -> None:
        fields = self._change(ENTRY, "", {}, state=_STATES[event.verb])
        if event.verb == "entry.withdrawn":
            fields["withdrawn_reason"] = data["reason"]
        if event.verb == "entry.taken_out":
            fields["taken_out"] = True

    def _granted(self, event: Event, data: Mapping[str, Any]) -> None:
        fields = {name: data[name] for name in ("requirement", "period", "reason", "order_number")}
        fields |= {"until": date.fromisoformat(data["until"]), "granted_by": event.actor_id}
        # Old events don't say which row they made: `check` finds it by what they say.
        self.rows[EXTENSION, data.get("extension", -event.sequence)] = fields | _moments(data, "granted_at")

    def _written(self, event: Event, data: Mapping[str, Any]) -> None:
        fields = {name: data[name] for name in ("requirement", "period", "sha256")} | {"written_by": event.actor_id}
        fields |= _as_recorded(data, "from_office") | _moments(data, "written_at")
        # Messages of before asked for nothing: a wish in their rows was written there since.
        wished = data.get("wished")
        fields |= {"refuses": data.get("refuses"), "wished": date.fromisoformat(wished) if wished else None}
        self.rows[REMARK, data["remark"]] = fields

    def _confirmed(self, event: Event, data: Mapping[str, Any]) -> None:
        fields = {name: data[name] for name in ("facts_version", "sha256")} | {"confirmed_by": event.actor_id}
        self.rows[CONFIRMATION, data["confirmation"]] = fields | _moments(data, "confirmed_at")

    def _stands(self, event: Event, data: Mapping[str, Any]) -> None:
        """A row whose event carries it whole. What several entries are about stands in the log of one."""
        kind = event.verb.partition(".")[0]
        if data[kind]["entry"] != event.entry_id:
            return
        fields = {name: value for name, value in data[kind].items() if name != "id"}
        moments = {name: value for name, value in fields.items() if name.endswith("_at") and value}
        self.rows[kind, data[kind]["id"]] = fields | _moments(moments, *moments)

    def _disputed(self, event: Event, data: Mapping[str, Any]) -> None:
        fields = {name: data[name] for name in ("publication", "criterion", "text", "values")}
        fields |= {"evidence": data["pieces"], "made_by": event.actor_id, "verdict": "", "answer": ""}
        self.rows[APPEAL, data["appeal"]] = fields | _moments(data, "made_at")

    def _answered(self, event: Event, data: Mapping[str, Any]) -> None:
        said = {"verdict": data["verdict"], "answer": data["answer"], "answered_by": event.actor_id}
        self.rows[APPEAL, data["appeal"]] |= said | _moments(data, "answered_at")

    def _change(self, kind: str, key: Any, data: Mapping[str, Any], **changes: Any) -> Fields:
        """Set what a further deed changed of a row. An old event has no revision: then none is compared."""
        fields = self.rows.setdefault((kind, key), {}) if kind == ENTRY else self.rows[kind, key]
        fields |= changes
        if kind != ENTRY:
            fields.pop("revision", None)
            fields |= _as_recorded(data, "revision")
        return fields


def _standing(data: Mapping[str, Any]) -> Fields:
    """How an amount stands with its reviewers once it is entered, or put back to what was decided of it."""
    if decided := data.get("decided"):
        at = decided["reviewed_at"]
        return {
            "status": decided["status"],
            "reviewed_by": decided["reviewed_by"],
            "reviewed_at": datetime.fromisoformat(at) if at else None,
            "return_reason": decided["reason"],
        }
    fresh: Fields = {"reviewed_by": None, "reviewed_at": None, "return_reason": ""}
    if data["source"] == Value.Source.OFFICE:
        fresh["status"] = Value.Status.SUBMITTED.value
    return fresh | _as_recorded(data, "status")


def _moments(data: Mapping[str, Any], *names: str) -> Fields:
    return {name: datetime.fromisoformat(data[name]) for name in names if name in data}


def _as_recorded(data: Mapping[str, Any], *names: str) -> Fields:
    return {name: data[name] for name in names if name in data}


_STATES = {
    "entry.chosen": Entry.State.TAKING_PART.value,
    "entry.released": Entry.State.CANDIDATE.value,
    "entry.withdrawn": Entry.State.WITHDRAWN.value,
    "entry.taken_out": Entry.State.WITHDRAWN.value,
}
_SHEETS = {
    "sheet.saved": Sheet.Status.DRAFT,
    "sheet.submitted": Sheet.Status.FINAL,
    "sheet.typed": Sheet.Status.TYPED,
    "sheet.confirmed": Sheet.Status.FINAL,
    "sheet.refused": Sheet.Status.DRAFT,
}
_DEEDS = {  # the later of two holds
    "evidence.attached": Replay._attached,
    "evidence.withdrawn": Replay._withdrawn,
    "evidence.accepted": Replay._reviewed,
    "evidence.returned": Replay._reviewed,
    "evidence.taken_back": Replay._taken_back,
    "value.entered": Replay._entered,
    "value.accepted": Replay._decided,
    "value.returned": Replay._decided,
    **dict.fromkeys(_SHEETS, Replay._saved),
    "sheet.reopened": Replay._reopened,
    **dict.fromkeys(Event.AMONG_REVIEWERS, Replay._stands),
    "conflict.declared": Replay._said,
    "conflict.cleared": Replay._said,
    "judges.assigned": Replay._assigned,
    "entry.made": Replay._made,
    terms.BEGUN: Replay._begun,
    "nominee.named": Replay._named,
    **dict.fromkeys(_STATES, Replay._moved),
    "extension.granted": Replay._granted,
    "remark.written": Replay._written,
    "entry.confirmed": Replay._confirmed,
    **dict.fromkeys(("consent.given", "consent.withdrawn"), Replay._stands),
    "appeal.made": Replay._disputed,
    "appeal.answered": Replay._answered,
}
