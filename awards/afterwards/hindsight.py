"""Tries a scheme on what was announced: a publication's facts, run by another text. Writes the trial's own row alone.

The facts stay as they were sealed. It is the scheme whose days are moved, to the year of the facts: so every piece came
in on its own day of the week, beside the public holidays of its year.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from awards.models import Publication, Result, facts_of
from scoring import engine
from scoring.authoring.changes import Kind, apply, propose
from scoring.comparison import Side
from scoring.hindsight import Hindsight, Overlap, are_alike, overlap, years_between
from scoring.models import PastTrial
from submissions.models import Edition, SchemeDraft, User
from submissions.questions.proofread import Refused

BATCH = 100  # results in memory at once
MOST_YEARS = 50  # by which days are moved
WORDS = (Kind.TEXT, Kind.COMMENT)  # which score nothing: titles stay those of the scheme that is tried


class Unread(Exception):
    """A text that does not load, or does not once its days are moved."""


def moved_back(text: str, years: int) -> engine.Scheme:
    """The scheme as it would have been so many years before: its days, its months, and codes that carry a year."""
    try:
        scheme = engine.load(text)
        changes = [one for one in propose(text, -years, frozenset()) if one.is_proposed and one.kind not in WORDS]
        return engine.load(apply(text, changes)) if changes else scheme
    except (ValueError, engine.SchemeError) as error:
        raise Unread from error


@dataclass(frozen=True)
class Offered:
    """A publication on which a scheme may be tried, and how much of what both ask for is the same."""

    publication: Publication
    years: int
    overlap: Overlap
    is_like: bool


def offered(text: str, user: User) -> list[Offered]:
    """The publications that hold, those most like the scheme first. One statement, and one for each text not yet read.

    :raises Unread: the scheme itself does not load.
    """
    scheme, moved = moved_back(text, 0), dict[int, engine.Scheme | None]()
    newer = Publication.objects.final().filter(round=OuterRef("round"), number__gt=OuterRef("number"))
    found = []
    for publication in Publication.objects.visible_to(user).final().filter(~Exists(newer)).with_round():
        if publication.only_selects:
            continue
        old = publication.edition.scheme
        years = years_between(scheme, old)
        if years not in moved:
            moved[years] = _moved_or_none(text, years)
        shared = overlap(moved[years] or scheme, old)
        found.append(Offered(publication, years, shared, are_alike(scheme, old)))
    return sorted(found, key=lambda one: (-one.overlap.shared, abs(one.years), -one.publication.pk))


def _moved_or_none(text: str, years: int) -> engine.Scheme | None:
    try:
        return moved_back(text, years)
    except Unread:
        return None


def begin(
    text: str, publication: Publication, years: int, *, by: User, edition: Edition | None, draft: SchemeDraft | None
) -> PastTrial:
    """Keep what is to be tried. Refused, with every reason at once."""
    refused = Refused()
    if abs(years) > MOST_YEARS:
        refused.add("years", _("Days are moved by 50 years at most."))
    refused.raise_if_any()
    try:
        scheme = moved_back(text, years)
    except Unread:
        refused.add("years", _("The scheme does not load once its days are moved by so many years."))
        raise refused from None
    if not overlap(scheme, publication.edition.scheme).shared:
        refused.add("publication", _("The two schemes ask for nothing in common: there is nothing to try."))
    refused.raise_if_any()
    return PastTrial.objects.create(
        publication=publication.digest, years=years, text=text, edition=edition, draft=draft, made_by=by
    )


def run(tried: PastTrial) -> None:
    """Score everybody who was announced by the trial's text, and keep what comes of it. Run again, it does the same."""
    publication = Publication.objects.with_round().filter(digest=tried.publication).first()
    if publication is None:
        return tried.note(fault=PastTrial.Fault.MISSING)
    try:
        scheme = moved_back(tried.text, tried.years)
    except Unread:
        return tried.note(fault=PastTrial.Fault.UNREAD)
    tried.note(done=0, total=publication.results.count(), fault="")
    found, facts = _hindsight(publication, scheme), hashlib.sha256()
    results = publication.results.defer("criteria").select_related("entry__office__parent__parent__parent")
    for number, result in enumerate(results.iterator(chunk_size=BATCH), 1):
        facts.update(facts_of([result]).encode())
        region = _region(result)
        found.add(result.office_code, _announced(result, region), engine.parse_json(result.facts), region["code"])
        if number % BATCH == 0:
            tried.note(done=number)
    if facts.hexdigest() != publication.facts_digest:
        return tried.note(fault=PastTrial.Fault.ALTERED)
    return tried.note(done=tried.total, report=found.report())


def _hindsight(publication: Publication, scheme: engine.Scheme) -> Hindsight:
    """Ranked as the scheme says, unless that round was ranked in another way than its own scheme says."""
    old = publication.edition.scheme
    ranked = scheme.ranking if publication.ranking == old.ranking else publication.ranking
    decisions = {frozenset(one["offices"]): one["offices"] for one in publication.decisions}
    return Hindsight(old, Side(scheme, ranked, decisions))


def _announced(result: Result, region: dict[str, str]) -> dict[str, Any]:
    return {
        "name_th": result.office_name_th,
        "name_en": result.office_name_en,
        "kind": result.office_kind,
        "nominee": result.nominee,
        "size": result.office_size,
        "region": region,
        "total": f"{result.total:.2f}",
        "rank": result.shown_rank,
        "tier": result.tier,
        "dimensions": {code: one["earned"] for code, one in result.dimensions.items()},
    }


def _region(result: Result) -> dict[str, str]:
    """The one that was announced; where ranks were of the whole round, the one in which the office lies now."""
    if result.region:
        return dict(result.region)
    region = result.entry.office.region
    return {name: getattr(region, name) if region else "" for name in ("code", "name_th", "name_en")}


def tried_from(trials: Iterable[PastTrial]) -> dict[str, Publication]:
    """The publications of these trials by their digests: one statement."""
    digests = {trial.publication for trial in trials}
    return {one.digest: one for one in Publication.objects.with_round().filter(digest__in=digests)}
