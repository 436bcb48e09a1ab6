"""One piece of evidence as whoever reviews it sees it: what is asked, what was noticed, what came before."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from scoring import engine
from submissions.examination.remarks import tell
from submissions.models import Claim, Evidence, User
from submissions.questions import access
from submissions.questions.reasons import filled_in, reasons_for
from submissions.questions.slots import EvidenceSlot, slots_of

from .passing_on import passing_on
from .threads import Thread

BESIDE = """
    entry__round__edition entry__round__organiser entry__office__parent entry__nominee_office replaced_by submitted_by
    reviewed_by examination
""".split()
PICTURES = ("image/jpeg", "image/png", "image/webp")
SERIES = 24  # pictures of one slot, side by side


@dataclass(frozen=True)
class Piece:
    """About a dozen statements, however much was handed in for the slot."""

    evidence: Evidence
    reader: User
    claim: Claim | None = None  # a colleague's

    @cached_property
    def requirement(self) -> engine.Requirement | None:
        return requirement_of(self.evidence)

    @cached_property
    def slot(self) -> EvidenceSlot | None:
        return slot_of_piece(self.evidence)

    @property
    def criteria(self) -> list[engine.Criterion]:
        scheme = self.evidence.entry.round.scheme
        return [scheme.criteria[code] for code in self.evidence.criteria]

    @cached_property
    def told(self) -> Any:
        tell([self.evidence], self.reader)
        return self.evidence.examined

    @property
    def held(self) -> str | None:
        return access.why_not_open(self.evidence) if self.evidence.file else None

    @property
    def why_not(self) -> Any:
        return self.passing["why_not"]

    @cached_property
    def passing(self) -> dict[str, Any]:
        return passing_on(self.reader, self.evidence)

    @property
    def is_late(self) -> bool:
        return self.slot is not None and self.evidence.submitted_at > engine.end_of_day(self.slot.due)

    @property
    def over(self) -> date | None:
        """The last day, once it is over: what is returned then may be lost to the office."""
        is_over = self.slot is not None and self.evidence.entry.round.now() > engine.end_of_day(self.slot.due)
        return self.slot.due if self.slot and is_over else None

    @cached_property
    def others(self) -> list[Evidence]:
        return others_of(self.evidence, self.slot, self.reader)

    @property
    def earlier(self) -> list[Evidence]:
        """What came back before it, newest first."""
        return [other for other in self.others if other.return_reason]

    @property
    def series(self) -> list[Evidence]:
        """The pictures of its slot that stand, itself among them, where there are several."""
        if self.slot is None or self.evidence.content_type not in PICTURES:
            return []
        gone = (Evidence.Status.WITHDRAWN, Evidence.Status.RETURNED)
        found = [e for e in [self.evidence, *self.others] if e.content_type in PICTURES and e.status not in gone]
        return sorted(found, key=lambda e: e.pk)[:SERIES] if len(found) > 1 else []

    @property
    def pages(self) -> int:
        """Of a PDF that was looked at."""
        if self.evidence.content_type != "application/pdf" or not self.told or not self.told.examination:
            return 0
        pages = self.told.examination.facts.get("pages", 0)
        return pages if isinstance(pages, int) else 0

    @property
    def shown_as(self) -> str:
        """How its file is looked at."""
        kind = self.evidence.content_type
        if not self.evidence.file:
            return "link"
        if kind in PICTURES:
            return "picture"
        if kind == "video/mp4":
            return "video"
        return "pages" if self.pages else "frame"

    @cached_property
    def reasons(self) -> list[str]:
        """To choose from: those of the scheme, and what was remarked on this file."""
        due = self.slot.due if self.slot else None
        kept = [filled_in(text, self.evidence, due) for text in reasons_for(self.evidence.entry.round.scheme.code)]
        return [*kept, *(finding.sentence for finding in (self.told.findings if self.told else ()))]

    @cached_property
    def thread(self) -> Thread | None:
        return Thread(self.evidence.entry, self.slot, self.reader) if self.slot else None


def requirement_of(evidence: Evidence) -> engine.Requirement | None:
    """What it was handed in for; None when the edition no longer asks for it."""
    return evidence.entry.round.scheme.requirements.get(evidence.requirement)


def checklist_of(evidence: Evidence) -> tuple[engine.Text, ...]:
    requirement = requirement_of(evidence)
    return requirement.checklist if requirement else ()


def to_tick(evidence: Evidence, ticked: list[str] | None) -> list[tuple[engine.Text, bool]]:
    """Each text of the checklist, and whether it is ticked."""
    if ticked is None:
        ticked = [line["th"] for line in evidence.checklist if line["ticked"]]
    return [(text, text.th in ticked) for text in checklist_of(evidence)]


def others_of(evidence: Evidence, slot: EvidenceSlot | None, reader: User) -> list[Evidence]:
    """What else was handed in for its slot, and is not hidden from this reader; nothing when the edition no longer
    asks for it."""
    others = [other for other in slot.evidence if other.pk != evidence.pk] if slot else []
    seen = Evidence.objects.without_unread_by(reader).filter(pk__in=[other.pk for other in others])
    shown = set(seen.values_list("pk", flat=True)) if others else set()
    return [other for other in others if other.pk in shown]


def slot_of_piece(evidence: Evidence) -> EvidenceSlot | None:
    """The slot with all that was handed in for it; None when the edition no longer asks for it."""
    if evidence.requirement not in evidence.entry.round.scheme.requirements:
        return None
    nobody = {"office": None, "central": None}
    slots = slots_of(evidence.entry, [evidence.requirement], at=evidence.entry.round.now(), why_closed=nobody)
    return next((slot for slot in slots if slot.period_code == evidence.period), None)
