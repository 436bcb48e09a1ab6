"""Which contents are nearly the same, and where they were handed in. Looked up by keys, never by reading them all."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from submissions.files import fingerprints
from submissions.models import Evidence, Fingerprint, Likeness

KEPT = 20  # likenesses of one content: a form that everybody fills in resembles all others
NAMED = 10  # pairs of pages
CANDIDATES = 20_000  # fingerprints with a key in common that are compared
SHOWN = 300  # pieces of evidence that are looked through for one page, and as many as are kept for each file on it
LOOK, TEXT = Fingerprint.Kind.LOOK, Fingerprint.Kind.TEXT


class Match(NamedTuple):
    """Other evidence with the same content (kind "same"), or one that nearly is (`look`, `text`)."""

    evidence: Evidence
    kind: str
    percent: int
    pages: tuple[tuple[int, int], ...]  # this one's and the other's

    @property
    def sentence(self) -> str:
        if self.kind == "same":
            return _("The very same file")
        if self.kind == TEXT:
            return _("Nearly the same text (%(percent)s%%)") % {"percent": self.percent}
        return _("Nearly the same picture (%(percent)s%%)") % {"percent": self.percent}


def remember(sha256: str, looks: Iterable[tuple[int, fingerprints.Mark]], text: fingerprints.Mark | None) -> None:
    """Keep the marks of a content, and what of all that came before or at the same time is like it."""
    rows = [_fingerprint(sha256, LOOK, page, mark) for page, mark in looks]
    rows += [_fingerprint(sha256, TEXT, 0, text)] if text else []
    # First its own, then the search: of two that come at the same time one at least sees the other.
    Fingerprint.objects.bulk_create(rows, ignore_conflicts=True)
    found = _by_look([row for row in rows if row.kind == LOOK]) + _by_text([row for row in rows if row.kind == TEXT])
    Likeness.objects.bulk_create(found, ignore_conflicts=True)


def _fingerprint(sha256: str, kind: str, page: int, mark: fingerprints.Mark) -> Fingerprint:
    keys = {f"key_{place}": key for place, key in enumerate(mark.keys)}
    return Fingerprint(sha256=sha256, kind=kind, page=page, sketch=mark.sketch, **keys)


def _mark(row: Fingerprint) -> fingerprints.Mark:
    return fingerprints.Mark(tuple(getattr(row, f"key_{place}") for place in range(fingerprints.KEYS)), row.sketch)


def _sharing(rows: list[Fingerprint], kind: str, near) -> Iterable[Fingerprint]:
    """The fingerprints of other contents that have a key in common with any of these."""
    if not rows:
        return ()
    shared = Q()
    for place in range(fingerprints.KEYS):
        name = f"key_{place}"
        shared |= Q(**{f"{name}__in": sorted({key for row in rows for key in near(getattr(row, name))})})
    return Fingerprint.objects.filter(shared, kind=kind).exclude(sha256=rows[0].sha256)[:CANDIDATES]


def _by_look(rows: list[Fingerprint]) -> list[Likeness]:
    pairs: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    own = [(row.page, mark, fingerprints.coarse(mark)) for row in rows for mark in [_mark(row)]]
    for other in _sharing(rows, LOOK, fingerprints.near):
        theirs = _mark(other)
        bits = fingerprints.coarse(theirs)
        near = [
            (page, mark) for page, mark, coarse in own if (coarse ^ bits).bit_count() <= fingerprints.MOST_DIFFERENT
        ]
        alike = [
            (percent, page) for page, mark in near if (percent := fingerprints.look_alike(mark, theirs)) is not None
        ]
        if alike:
            percent, page = max(alike)
            pairs[other.sha256].append((percent, page, other.page))
    most = sorted(pairs.items(), key=lambda pair: (-len(pair[1]), -max(pair[1])[0]))[:KEPT]
    return [
        _likeness(rows[0].sha256, sha256, LOOK, max(found)[0], sorted(pair for _, *pair in found)[:NAMED])
        for sha256, found in most
    ]


def _by_text(rows: list[Fingerprint]) -> list[Likeness]:
    own = [_mark(row) for row in rows]
    sharing = _sharing(rows, TEXT, lambda key: [key])
    alike = [(fingerprints.read_alike(own[0], _mark(other)), other.sha256) for other in sharing]
    most = sorted(((percent, sha256) for percent, sha256 in alike if percent is not None), reverse=True)[:KEPT]
    return [_likeness(rows[0].sha256, sha256, TEXT, percent, []) for percent, sha256 in most]


def _likeness(own: str, other: str, kind: str, percent: int, pages: list[list[int]]) -> Likeness:
    if own > other:
        own, other, pages = other, own, [[theirs, ours] for ours, theirs in pages]
    return Likeness(one=own, other=other, kind=kind, percent=percent, pages=pages)


def matches(pieces: Iterable[Evidence], among) -> dict[int, list[Match]]:
    """For each piece of evidence by its id what is the same or nearly so in another slot. Two statements for all.

    `among`: the evidence that the reader may know of. What was withdrawn is of no interest any more.
    """
    files = [evidence for evidence in pieces if evidence.sha256]
    if not files:
        return {}
    contents = {evidence.sha256 for evidence in files}
    alike = _alike(contents)
    wanted = contents | {sha256 for found in alike.values() for sha256, *_ in found}
    standing = among.filter(sha256__in=wanted).exclude(status=Evidence.Status.WITHDRAWN).order_by("pk")
    by_content: dict[str, list[Evidence]] = defaultdict(list)
    related = ("entry__round__edition", "entry__office__parent", "entry__nominee_office", "examination")
    standing = standing.select_related(*related).defer("entry__round__edition__text")
    for evidence in standing[: SHOWN + KEPT * len(files)]:
        by_content[evidence.sha256].append(evidence)
    return {evidence.pk: list(_of(evidence, alike[evidence.sha256], by_content)) for evidence in files}


def _alike(contents: set[str]) -> dict[str, list[tuple]]:
    found: dict[str, list[tuple]] = defaultdict(list)
    for row in Likeness.objects.filter(Q(one__in=contents) | Q(other__in=contents)).order_by("-percent"):
        found[row.one].append((row.other, row.kind, row.percent, tuple(map(tuple, row.pages))))
        found[row.other].append((row.one, row.kind, row.percent, tuple((b, a) for a, b in row.pages)))
    return found


def _of(own: Evidence, alike: list[tuple], by_content: dict[str, list[Evidence]]) -> Iterable[Match]:
    slot = (own.entry_id, own.requirement, own.period)
    for sha256, kind, percent, pages in [(own.sha256, "same", 100, ()), *alike]:
        for other in by_content[sha256]:
            if (other.entry_id, other.requirement, other.period) != slot:
                yield Match(other, kind, percent, pages)
