"""Best practices: the pieces of a publication's entries that both their office and whoever runs the round released."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from awards.models import Publication, Result
from submissions.models import Consent, Evidence, Examination
from submissions.questions import access
from submissions.questions.slots import title_of


@dataclass(frozen=True)
class Practice:
    """One piece as everybody reads it, without the name that its office gave the file."""

    pk: int
    requirement: str
    period: str
    title: str  # what it was handed in for
    kind: str  # of its file: pdf
    size: int
    sha256: str


def of(publication: Publication, results: Collection[Result], language: str) -> dict[int, list[Practice]]:
    """Those of each result's entry, by the entry's id. One statement."""
    found: dict[int, list[Practice]] = defaultdict(list)
    scheme = publication.edition.scheme
    rows = Evidence.objects.best_practices().filter(entry__in=[one.entry_id for one in results])
    for row in rows.select_related("examination").order_by("requirement", "period", "pk"):
        if access.why_not_open(row) is None:
            title = title_of(scheme, row.requirement, row.period, language)
            slot = (row.requirement, row.period, title)
            found[row.entry_id].append(Practice(row.pk, *slot, kind_of(row), row.size, row.sha256))
    return found


def title_in(publication: Publication, piece: Practice, language: str) -> str:
    """What it was handed in for, in another language."""
    return title_of(publication.edition.scheme, piece.requirement, piece.period, language)


def kind_of(evidence: Evidence) -> str:
    return Path(evidence.file.name or "").suffix.removeprefix(".")


def sharing(publications: Collection[int]) -> list[Result]:
    """The results of these publications whose entries share any. One statement."""
    shared = Evidence.objects.best_practices().values("entry")
    rows = Result.objects.filter(publication__in=publications, entry__in=shared)
    return list(rows.defer("facts", "criteria", "claimed"))


def read(publication: int, pk: int) -> Evidence | None:
    """One of them, if it is among those of this publication."""
    rows = Evidence.objects.best_practices().filter(pk=pk, entry__results__publication=publication)
    found = rows.select_related("examination").first()
    return found if found and access.why_not_open(found) is None else None


def version(round: OuterRef) -> Coalesce:
    """A number that grows with whatever may change which of a round's pieces are shown: words, and facts of entries."""
    return Coalesce(_said_of(round).annotate(version=Count("pk") + Sum("entry__facts_version")).values("version"), 0)


def scanned(round: OuterRef) -> Coalesce:
    """A number that changes with which of these pieces were looked through and hold no virus."""
    ones = Q(evidence__examination__scan=Examination.Scan.CLEAN)
    return Coalesce(_said_of(round).annotate(scanned=Sum("evidence", filter=ones)).values("scanned"), 0)


def _said_of(round: OuterRef) -> QuerySet[Consent, Any]:
    return Consent.objects.filter(entry__round=round).order_by().values("entry__round")
