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
        """Whether a reviewer should read it before anything is decided."""
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
    files = [evidence for evidence in pieces if evidence.file]
    if not files:
        return
    found = matches(files, among.filter(entry__office=files[0].entry.office_id))
    for evidence in files:
        evidence.examined = _examined(evidence, scheme, tuple(found.get(evidence.pk, ())))
    _spare_appendices(files, {evidence.pk: scheme for evidence in files})


def tell(pieces: Iterable[Evidence], reader) -> None:
    """Give each piece its `.examined`, None to links, as the reader's own pages tell it. Two to four statements.

    Officers are told of what each office handed in itself; the committee and central staff of all offices, as far as
    they see them; an organiser, of the own rounds, of the offices below.
    """
    pieces = list(pieces)
    found = _alike(pieces, reader)
    open_to = _open_to(reader, found)
    for evidence in pieces:
        alike = found.get(evidence.pk, [])
        shown = tuple(match for match in alike if match.evidence.pk in open_to)
        unseen = len({match.evidence.pk for match in alike} - open_to)
        scheme = evidence.entry.round.scheme
        evidence.examined = _examined(evidence, scheme, shown, unseen) if evidence.file else None
    files = [evidence for evidence in pieces if evidence.examined]
    _spare_appendices(files, {evidence.pk: evidence.entry.round.scheme for evidence in files})


def _alike(pieces: list[Evidence], reader) -> Mapping[int, list[Match]]:
    if reader.is_judge or reader.is_central:
        return matches(pieces, Evidence.objects.all())
    found = matches(pieces, Evidence.objects.visible_to(reader))
    runs_all = all(evidence.entry.round.is_run_by(reader) for evidence in pieces)
    return found if runs_all else _of_one_office(pieces, found)


def _of_one_office(pieces: Iterable[Evidence], found: Mapping[int, list[Match]]) -> dict[int, list[Match]]:
    """Of what was found alike, what the same office handed in."""
    return {
        evidence.pk: [
            match for match in found.get(evidence.pk, ()) if match.evidence.entry.office_id == evidence.entry.office_id
        ]
        for evidence in pieces
    }


def _open_to(reader, found: Mapping[int, list[Match]]) -> set[int]:
    """The ids of those among the evidence found alike that the reader sees. One statement, or none."""
    others = {match.evidence.pk for alike in found.values() for match in alike}
    if not others or not (reader.is_judge or reader.is_central):  # officers' matches are looked for among what they see
        return others
    return set(Evidence.objects.visible_to(reader).filter(pk__in=others).values_list("pk", flat=True))


def _examined(evidence: Evidence, scheme: Scheme, shown: tuple[Match, ...], unseen: int = 0) -> Examined:
    examination = getattr(evidence, "examination", None)
    requirement = scheme.requirements.get(evidence.requirement)
    remarked = findings(examination, requirement.extent if requirement else Extent())
    return Examined(examination, tuple(remarked), shown, unseen)


def _spare_appendices(files: list[Evidence], schemes: Mapping[int, Scheme]) -> None:
    """Take back the remark on the number of pages where the file is an appendix: the report beside it is as asked."""
    odd = {}
    for evidence in files:
        if any(finding.code == "pages" for finding in evidence.examined.findings):
            span = schemes[evidence.pk].requirements[evidence.requirement].extent.pages
            assert span
            odd[evidence.pk] = tuple(getattr(evidence, name) for name in SLOT), span
    spared = appendices(odd)
    for evidence in files:
        if evidence.pk in spared:
            others = tuple(finding for finding in evidence.examined.findings if finding.code != "pages")
            evidence.examined = replace(evidence.examined, findings=others)


def appendices(odd: Mapping[int, tuple[tuple, Span]]) -> set[int]:
    """Which of these files, each with its slot and the pages asked for there, stand beside a report that is as long
    as was asked for: a longer or shorter one is what belongs to it. One statement, or none."""
    if not odd:
        return set()
    standing = Examination.objects.exclude(evidence__status__in=[Evidence.Status.WITHDRAWN, Evidence.Status.RETURNED])
    entries = {slot[0] for slot, _span in odd.values()}
    beside = standing.filter(evidence__entry__in=entries, facts__has_key="pages")
    lengths: dict[tuple, list[int]] = {}
    for *slot, facts in beside.values_list(*(f"evidence__{name}" for name in SLOT), "facts"):
        lengths.setdefault(tuple(slot), []).append(facts["pages"])
    return {
        pk
        for pk, (slot, span) in odd.items()
        if any(span.least <= pages <= span.most for pages in lengths.get(slot, ()))
    }
