"""What people are told of files that were examined: what was remarked on each, and what it resembles."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.conf import settings
from django.db.models import QuerySet

from scoring.engine import Extent, Scheme, Span
from submissions.models import Evidence, Examination

from .findings import Finding, findings, seen
from .likeness import Match, matches

SHOWN = 5  # matches of one file
SLOT = ("entry_id", "requirement", "period")  # of a piece of evidence


@dataclass(frozen=True)
class Examined:
    """Of one file. `unseen`: how many more it resembles in entries that the reader does not see."""

    examination: Examination | None
    findings: tuple[Finding, ...]
    matches: tuple[Match, ...]
    unseen: int = 0

    @property
    def state(self) -> str:
        return self.examination.state if self.examination else Examination.State.PENDING

    @property
    def is_pending(self) -> bool:
        return self.state == Examination.State.PENDING or self.is_held

    @property
    def is_held(self) -> bool:
        """Nobody can open it yet: it waits for the virus scanner."""
        scan = self.examination.scan if self.examination else Examination.Scan.WAITING
        return bool(settings.CLAMD) and scan == Examination.Scan.WAITING

    @property
    def is_worth_reading(self) -> bool:
        """Before anything is decided."""
        return bool(self.findings or self.matches or self.unseen)

    @property
    def seen(self) -> str:
        return seen(self.examination.facts) if self.examination else ""

    @property
    def shown(self) -> tuple[Match, ...]:
        return self.matches[:SHOWN]


def tell_office(pieces: Iterable[Evidence], scheme: Scheme, among: QuerySet[Evidence]) -> None:
    """Give each file of one entry its `.examined`: what its office's people are told. Two or three statements for
    all.

    Of what resembles it they are told `among` the evidence that they see, and there of the office's own alone.
    """
    files = [one for one in pieces if one.file]
    if not files:
        return
    found = matches(files, among.filter(entry__office=files[0].entry.office_id))
    for one in files:
        one.examined = _told(one, scheme, tuple(found.get(one.pk, ())))
    _spare_appendices(files, {one.pk: scheme for one in files})


def tell(pieces: Iterable[Evidence], reader) -> None:
    """Give each piece its `.examined`, None to links, as the reader's own pages tell it. Two to four statements.

    Officers are told of what each office handed in itself; the committee and central staff of all offices, as far as
    they see them.
    """
    pieces = list(pieces)
    is_reviewer = reader.is_judge or reader.is_central
    visible = Evidence.objects.visible_to(reader)
    found = matches(pieces, Evidence.objects.all() if is_reviewer else visible)
    others = {match.evidence.pk for theirs in found.values() for match in theirs}
    open_to = set(visible.filter(pk__in=others).values_list("pk", flat=True)) if is_reviewer and others else others
    for one in pieces:
        theirs = found.get(one.pk, [])
        if not is_reviewer:
            theirs = [match for match in theirs if match.evidence.entry.office_id == one.entry.office_id]
        shown = tuple(match for match in theirs if match.evidence.pk in open_to)
        unseen = {match.evidence.pk for match in theirs} - open_to
        one.examined = _told(one, one.entry.round.scheme, shown, len(unseen)) if one.file else None
    files = [one for one in pieces if one.examined]
    _spare_appendices(files, {one.pk: one.entry.round.scheme for one in files})


def _told(evidence: Evidence, scheme: Scheme, found: tuple[Match, ...], unseen: int = 0) -> Examined:
    examination = getattr(evidence, "examination", None)
    requirement = scheme.requirements.get(evidence.requirement)
    remarked = findings(examination, requirement.extent if requirement else Extent())
    return Examined(examination, tuple(remarked), found, unseen)


def _spare_appendices(files: list[Evidence], schemes: Mapping[int, Scheme]) -> None:
    """Of an appendix it is not remarked that it is longer or shorter than the report."""
    odd = {}
    for one in files:
        if any(finding.code == "pages" for finding in one.examined.findings):
            asked = schemes[one.pk].requirements[one.requirement].extent.pages
            odd[one.pk] = tuple(getattr(one, name) for name in SLOT), asked
    spared = appendices(odd)
    for one in files:
        if one.pk in spared:
            others = tuple(finding for finding in one.examined.findings if finding.code != "pages")
            one.examined = replace(one.examined, findings=others)


def appendices(odd: Mapping[int, tuple[tuple, Span]]) -> set[int]:
    """Which of these files, each with its slot and the pages asked for there, stand beside a report that is as long
    as was asked for: a longer or shorter one is what belongs to it. One statement, or none."""
    if not odd:
        return set()
    standing = Examination.objects.exclude(evidence__status__in=[Evidence.Status.WITHDRAWN, Evidence.Status.RETURNED])
    entries = {slot[0] for slot, _asked in odd.values()}
    beside = standing.filter(evidence__entry__in=entries, facts__has_key="pages")
    lengths: dict[tuple, list[int]] = {}
    for *slot, facts in beside.values_list(*(f"evidence__{name}" for name in SLOT), "facts"):
        lengths.setdefault(tuple(slot), []).append(facts["pages"])
    return {
        pk
        for pk, (slot, asked) in odd.items()
        if any(asked.least <= pages <= asked.most for pages in lengths.get(slot, ()))
    }
