"""The places where evidence is handed in: a requirement and a period each, with what lies there and how it stands."""

from collections import Counter
from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from django.urls import reverse

from scoring import engine
from submissions.models import Answers, Entry, Evidence, Round

from . import more_time as wishes

Slot = tuple[str, str]  # the code of a requirement or a value, and its period or ""
APART = timedelta(minutes=1)  # what came sooner after another came with it
STANDING = (Evidence.Status.ACCEPTED, Evidence.Status.SUBMITTED, Evidence.Status.RETURNED, Evidence.Status.DRAFT)


@dataclass(frozen=True)
class EvidenceSlot:
    """One requirement in one of its periods (None where it has none), for one entry at one moment."""

    requirement: engine.Requirement
    period: engine.Period | None
    due: date  # the last day, an extension counted
    extended: bool
    at: datetime
    evidence: tuple[Evidence, ...]  # newest first
    why_closed: str | None = None  # why this reader hands in nothing here
    form: engine.Form | None = None  # that may be filled in here instead of sending a file
    draft: Answers | None = None  # what is being written into it
    remarks: int = 0  # written in its thread
    order_number: str = ""  # of the extension that holds, "" where none was noted
    request: wishes.Request | None = None  # for more time, the last one

    kind: ClassVar[engine.InputKind] = "requirement"
    amounts: ClassVar[Mapping[str, str]] = {"data__code": ""}  # of events: none is about an amount

    @property
    def period_code(self) -> str:
        return self.period.code if self.period else ""

    @property
    def key(self) -> Slot:
        """The codes of its requirement and its period"""
        return self.requirement.code, self.period_code

    @property
    def anchor(self) -> str:
        """The element of the page; free of dots, so that a selector can name it."""
        return anchor_of(self.requirement.code, self.period_code)

    @property
    def today(self) -> date:
        return engine.day_of(self.at)

    @property
    def is_over(self) -> bool:
        return self.today > self.due

    @property
    def asks(self) -> bool:
        """Something is to be done here, and still in time."""
        return self.state in ("returned", "draft", "missing") and not self.is_over

    @property
    def lacks_time(self) -> bool:
        """Only more time could make anything that is handed in here count as if it came in time."""
        return self.is_over and self.state in ("returned", "draft", "late")

    @property
    def state(self) -> str:
        """accepted, submitted, returned, draft; or with nothing there: missing, and late once its day is over."""
        drafts = {Evidence.Status.DRAFT} if self.draft else set()
        return state_of({evidence.status for evidence in self.evidence} | drafts, self.is_over)

    @property
    def late(self) -> frozenset[int]:
        """The ids of evidence that came after the last day."""
        return frozenset(e.pk for e in self.evidence if engine.day_of(e.submitted_at) > self.due)

    @property
    def papers(self) -> list[tuple[Evidence, Evidence | None]]:
        """Each piece of evidence, with the one that replaced it; what was withdrawn comes last."""
        in_order = sorted(in_reading_order(self.evidence), key=lambda e: e.status == Evidence.Status.WITHDRAWN)
        return [(e, getattr(e, "replaced_by", None)) for e in in_order]

    @property
    def has_returned(self) -> bool:
        """Whether something that came back was not sent again."""
        return bool(self.returned)

    @property
    def returned(self) -> list[Evidence]:
        """What came back and was not sent again, newest first."""
        return [e for e, replacement in self.papers if e.status == Evidence.Status.RETURNED and not replacement]

    @property
    def has_filled_form(self) -> bool:
        """Whether what lies here was made of the form."""
        return any(hasattr(evidence, "filled_form") for evidence in self.evidence)

    @property
    def progress(self) -> tuple[int, int]:
        """How many of the form's required fields have something in them in the draft, and how many there are."""
        assert self.form
        return engine.progress(self.form, self.draft.data if self.draft else {})

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels named by evidence that stands, of those that are counted."""
        standing = (Evidence.Status.ACCEPTED, Evidence.Status.SUBMITTED)
        named = {channel for e in self.evidence if e.status in standing for channel in e.channels}
        return tuple(channel for channel in self.requirement.allowed_channels if channel in named)


def in_reading_order(evidence: Iterable[Evidence]) -> list[Evidence]:
    """What came last first, and with it what came together, by receipts, as it was chosen; what was replaced after."""
    together: list[list[Evidence]] = []
    for piece in sorted(evidence, key=lambda piece: piece.submitted_at):
        if not together or piece.submitted_at - together[-1][-1].submitted_at > APART:
            together.append([])
        together[-1].append(piece)
    in_order = [piece for pieces in reversed(together) for piece in sorted(pieces, key=lambda piece: piece.pk)]
    return sorted(in_order, key=lambda piece: piece.is_replaced)


def next_to_do(slots: Iterable[EvidenceSlot]) -> EvidenceSlot | None:
    """Where something is asked for that still counts, the nearest day first."""
    return min((slot for slot in slots if slot.asks), key=lambda slot: slot.due, default=None)


def anchor_of(requirement: str, period: str) -> str:
    return "-".join(["slot", requirement, period]).rstrip("-").replace(".", "-")


def page_of(entry: Entry, requirement: str, period: str = "") -> str:
    """Where a slot is shown: on the page of a criterion that reads it. "" when the edition asks for it no more."""
    criteria = entry.round.scheme.criteria_of("requirement", requirement)
    if not criteria:
        return ""
    return place_of(entry.round, entry.pk, criteria[0].code) + f"#{anchor_of(requirement, period)}"


def page_of_value(entry: Entry, code: str) -> str:
    """Where a number is entered and read: on the page of a criterion that reads it. "" when none does any more."""
    criteria = entry.round.scheme.criteria_of("value", code)
    return place_of(entry.round, entry.pk, criteria[0].code) + "#values" if criteria else ""


def place_of(round: Round, entry: int, criterion: str) -> str:
    """The page on which a criterion's evidence is handed in, by the entry's id. A stage that only selects has one."""
    if round.only_selects:
        return reverse("scorecard", args=[entry])
    return reverse("criterion", args=[entry, criterion])


def thread_of(entry: Entry, requirement: str, period: str = "") -> str:
    """Where the messages and the history of a slot are read."""
    return reverse("thread", args=[entry.pk, requirement]) + (f"?period={period}" if period else "")


def title_of(scheme: engine.Scheme, requirement: str, period: str, language: str) -> str:
    """What a slot is called: the requirement or the value, and its period where it has one."""
    known = scheme.requirements.get(requirement) or scheme.values.get(requirement)
    if known is None:
        return " ".join(filter(None, (requirement, period)))
    named = next((one.title.to(language) for one in known.periods if one.code == period), "")
    return f"{known.title.to(language)} ({named})" if named else known.title.to(language)


def state_of(present: Container[str], is_over: bool) -> str:
    """How a slot stands, by the statuses of what was handed in there."""
    for status in STANDING:
        if status in present:
            return status.value
    return "late" if is_over else "missing"


def slots_of(
    entry: Entry, requirements: Iterable[str], *, at: datetime, why_closed: Mapping[str, str | None]
) -> list[EvidenceSlot]:
    """The slots of these requirements. `why_closed`: why this reader hands in nothing, by who records it."""
    scheme = entry.round.scheme
    codes = list(requirements)
    evidence: dict[Slot, list[Evidence]] = {}
    beside = ("submitted_by", "reviewed_by", "filled_form", "examination", "replaced_by")
    rows = entry.evidence.filter(requirement__in=codes).select_related(*beside)
    rows = rows.defer("filled_form__data", "filled_form__paper")
    for row in rows.order_by("-submitted_at", "-pk"):
        evidence.setdefault((row.requirement, row.period), []).append(row)
    _note_answered(entry, [piece for pieces in evidence.values() for piece in pieces])
    extensions = list(entry.extensions.filter(requirement__in=codes).order_by("until", "pk"))
    more_time = {(one.requirement, one.period): (one.until, one.order_number) for one in extensions}
    messages = list(entry.remarks.filter(requirement__in=codes).order_by("pk").values_list(*wishes.FIELDS))
    granted = [(one.requirement, one.period, one.granted_at) for one in extensions]
    requests = wishes.requests_among(messages, granted, entry.round.clock_offset)
    remarks = Counter((requirement, period) for requirement, period, *_more in messages)
    forms = {code: form for code in codes if (form := scheme.form_of(code))}
    drafts = _drafts(entry, forms.values())
    return [
        _slot(asked, period, evidence, more_time, at, why_closed, forms.get(asked.code), drafts, remarks, requests)
        for asked in map(scheme.requirements.__getitem__, codes)
        for period in asked.periods or (None,)
    ]


def _note_answered(entry: Entry, evidence: Iterable[Evidence]) -> None:
    """Which pieces came back and were withdrawn since a form stands in for them. One statement where there are any."""
    withdrawn = {e.pk: e for e in evidence if e.status == Evidence.Status.WITHDRAWN and e.return_reason}
    if withdrawn:
        deeds = entry.events.filter(verb="evidence.withdrawn", data__has_key="answered")
        for pk in deeds.filter(data__evidence__in=list(withdrawn)).values_list("data__evidence", flat=True):
            withdrawn[pk].is_answered = True


def _drafts(entry: Entry, forms: Collection[engine.Form]) -> dict[Slot, Answers]:
    """What is being written into these forms, by form and period."""
    if not forms:
        return {}
    rows = entry.answers.filter(form__in=[form.code for form in forms]).exclude(data={})
    return {(draft.form, draft.period): draft for draft in rows}


def _slot(
    requirement: engine.Requirement,
    period: engine.Period | None,
    evidence: Mapping[Slot, list[Evidence]],
    more_time: Mapping[Slot, tuple[date, str]],
    at: datetime,
    why_closed: Mapping[str, str | None],
    form: engine.Form | None,
    drafts: Mapping[Slot, Answers],
    remarks: Mapping[Slot, int],
    requests: Mapping[Slot, wishes.Request],
) -> EvidenceSlot:
    key = (requirement.code, period.code if period else "")
    due = requirement.due_in(period.code if period else None)
    until, order_number = max((due, ""), more_time.get(key, (due, "")))
    return EvidenceSlot(
        requirement=requirement,
        period=period,
        due=until,
        extended=until > due,
        at=at,
        evidence=tuple(evidence.get(key, ())),
        why_closed=why_closed[requirement.by],
        remarks=remarks[key],
        order_number=order_number,
        request=requests.get(key),
        form=form,
        draft=drafts.get((form.code, key[1])) if form else None,
    )
