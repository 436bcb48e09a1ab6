"""Announces a round's results: scored anew from the facts, ranked, awarded, and frozen, in one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from scoring import engine, recompute
from scoring.models import Scorecard
from scoring.wording import findings_in_words, points_shown, rules_in_words
from submissions import thai
from submissions.models import Entry, Office, Round
from submissions.questions import access
from submissions.questions.proofread import Refused, check_sizes

from . import canonical, tasks
from .ledger import heads
from .models import Publication, Result, content_of, facts_of

BATCH = 200  # results read or written by one statement


@dataclass(frozen=True)
class Decision:
    """The committee's order of entrants who share a rank, best first, and why."""

    offices: tuple[str, ...]
    reason: str


class TieUndecided(Exception):
    """A tie straddles an award's boundary, and the scheme doesn't say who goes above it."""

    def __init__(self, ties: Sequence[engine.Tie]) -> None:
        self.ties = tuple(ties)
        super().__init__(_("A tie straddles an award: the committee has to decide the order."))


class Moved(Exception):
    """The results are no longer those that were looked at."""

    def __init__(self) -> None:
        super().__init__(_("Scores moved while you were looking. Nothing was published; look at the results again."))


class Overtaken(Exception):
    """Somebody else published this round meanwhile: `publication`."""

    def __init__(self, publication: Publication) -> None:
        self.publication = publication
        said = {"number": publication.number, "who": publication.published_by}
        said["when"] = thai.format_time(publication.published_at, thai.language())
        super().__init__(
            _(
                "Publication %(number)s was made by %(who)s at %(when)s. Yours was not published. "
                "If something in that one is wrong, say what yours corrects."
            )
            % said
        )


@dataclass(frozen=True)
class Line:
    """One entry as it would be announced."""

    entry: Entry
    facts: engine.Facts
    score: engine.Score
    claimed: engine.Score
    rank: int | None
    tier: engine.Tier | None

    @property
    def code(self) -> str:
        return self.entry.office.code


@dataclass(frozen=True)
class Preparation:
    """A round's results as they would be announced now. While there are `ties`, awards stop short of them."""

    lines: tuple[Line, ...]
    ties: tuple[engine.Tie, ...]
    decisions: tuple[Decision, ...]

    @property
    def fingerprint(self) -> str:
        """Tells whether results are those that somebody looked at; decisions on ties are not part of it."""
        seen = [
            [one.code, one.entry.nominee, one.entry.round.edition.digest, one.rank, one.score.total]
            for one in _by_code(self.lines)
        ]
        return canonical.digest_of(canonical.write(seen))

    def tied(self, tie: engine.Tie) -> list[Line]:
        return [line for line in self.lines if line.code in tie.codes]


def preparation_of(round: Round, *, at: datetime, decisions: Iterable[Decision] = ()) -> Preparation:
    """Score every entry from its facts, rank, and fill the awards. Writes nothing."""
    scheme = round.scheme
    entries = _entries_of(round)
    facts = recompute.read_facts(entries, at)
    scores = {entry.office.code: engine.score(scheme, facts[entry.pk], explain=False) for entry in entries}
    regions = {entry.office.code: _region_code(entry) if round.ranked == "region" else "" for entry in entries}
    tables = _tables_of(scheme, scores, regions)
    rewarded = [] if round.only_selects else tables
    straddling = {frozenset(tie.codes) for table in rewarded for tie in engine.award(scheme, table).ties}
    decided = [one for one in decisions if frozenset(one.offices) in straddling]
    orders = {frozenset(one.offices): one.offices for one in decided}
    awarded = [engine.award(scheme, table, orders) for table in rewarded]
    tiers = {code: tier for one in awarded for tier, codes in one.tiers for code in codes}
    ranks = {} if round.ranked == "none" else {standing.code: standing.rank for table in tables for standing in table}
    place = {code: number for one in decided for number, code in enumerate(one.offices)}
    lines = [
        Line(
            entry=entry,
            facts=facts[entry.pk],
            score=scores[entry.office.code],
            claimed=engine.score(scheme, replace(facts[entry.pk], basis="claimed"), explain=False),
            rank=ranks.get(entry.office.code),
            tier=tiers.get(entry.office.code),
        )
        for entry in entries
    ]
    lines.sort(
        key=lambda one: (regions[one.code], one.rank or 0, place.get(one.code, 0), one.entry.office.sort_key, one.code)
    )
    return Preparation(tuple(lines), _once(tie for one in awarded for tie in one.ties), tuple(decided))


def _entries_of(round: Round) -> list[Entry]:
    """Those that are scored, with all that is frozen of them."""
    ids = list(round.entries.taking_part().order_by("pk").values_list("pk", flat=True))
    entries = [entry for entry in recompute.read_entries(ids) if not entry.awaits_nominee]
    prefetch_related_objects(entries, "office__parent__parent__parent", "nominee_office")
    return entries


def _tables_of(
    scheme: engine.Scheme, scores: dict[str, engine.Score], regions: dict[str, str]
) -> list[list[engine.Standing]]:
    """The standings of each region among itself, by the region's code; without regions one of all."""
    return [
        engine.rank(scheme, {code: score for code, score in scores.items() if regions[code] == region})
        for region in sorted(set(regions.values()))
    ]


def _region_code(entry: Entry) -> str:
    region = entry.office.region
    return region.code if region else ""


def _by_code(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda one: one.code)


def _once(ties: Iterable[engine.Tie]) -> tuple[engine.Tie, ...]:
    """A tie across several boundaries is one tie to decide."""
    return tuple({tie.codes: tie for tie in ties}.values())


def why_not_publish(user, round: Round) -> str | None:
    if reason := access.why_not_announce(user, round):
        return reason
    refused = Refused()
    check_sizes(round.scheme, Office.objects.filter(entries__in=round.entries.taking_part()), refused)
    return str(refused) or None


def publish(
    round: Round,
    *,
    by,
    at: datetime | None = None,
    reason: str = "",
    decisions: Iterable[Decision] = (),
    seen: str | None = None,
    number: int | None = None,
) -> Publication:
    """Freeze the round's results as its next publication.

    :param at: the round's time at which the facts are read (None: now).
    :param reason: why a publication is made after another; asked for from the second on.
    :param decisions: the committee's, on ties that straddle an award.
    :param seen: the fingerprint of the preparation that was looked at (None: nobody looked).
    :param number: the number that it was to have (None: whichever comes next).
    :raises Refused: with every reason at once.
    :raises TieUndecided: a tie straddles an award and no decision settles it.
    :raises Moved: the results are not those that were looked at.
    :raises Overtaken: somebody else made the publication of this number.
    """
    decisions = list(decisions)
    with transaction.atomic():
        round.entries.hold()
        round = Round.objects.select_for_update(of=("self",)).select_related("edition").get(pk=round.pk)
        before = Publication.objects.filter(round=round).order_by("-number").first()
        if before and number is not None and number <= before.number:
            raise Overtaken(before)
        _check(by, round, reason, decisions, before)
        at = at or round.now()
        recompute.rescore(round.entries.taking_part().values_list("pk", flat=True), at=at)
        prepared = preparation_of(round, at=at, decisions=decisions)
        if seen is not None and seen != prepared.fingerprint:
            raise Moved
        if not prepared.lines:
            raise Refused({"": [_("Nobody can be announced yet: no office has named who takes part.")]})
        if prepared.ties:
            raise TieUndecided(prepared.ties)
        publication = _freeze(round, prepared, before, by=by, at=at, reason=reason.strip())
        transaction.on_commit(lambda: tasks.ask_to_tell(publication), robust=True)
        transaction.on_commit(lambda: tasks.ask_for_documents(publication), robust=True)
    return publication


def _check(by, round: Round, reason: str, decisions: list[Decision], before: Publication | None) -> None:
    refused = Refused()
    refused.add("", why_not_publish(by, round))
    if before and not reason.strip():
        refused.add("reason", _("Say what this publication corrects."))
    if len(reason) > 500:
        refused.add("reason", _("The reason is longer than 500 characters."))
    if any(not decision.reason.strip() for decision in decisions):
        refused.add("decisions", _("Say why the committee decided on this order."))
    refused.raise_if_any()


def _freeze(
    round: Round, prepared: Preparation, before: Publication | None, *, by, at: datetime, reason: str
) -> Publication:
    publication = Publication(
        round=round,
        number=before.number + 1 if before else 1,
        edition=round.edition,
        as_of=at,
        published_by=by,
        reason=reason,
        frame=frame_of(round),
        log=heads.read(round),
        decisions=[{"offices": list(one.offices), "reason": one.reason.strip()} for one in prepared.decisions],
        previous=before.digest if before else "",
    )
    results = [_result(publication, place, line, said) for place, (line, said) in enumerate(_explained(prepared), 1)]
    publication.facts_digest = canonical.digest_of(facts_of(results))
    publication.digest = canonical.digest_of(canonical.write(content_of(publication, results)))
    publication.save()
    Result.objects.bulk_create(results, batch_size=BATCH)
    return publication


def _explained(prepared: Preparation) -> Iterator[tuple[Line, dict[str, Any]]]:
    """Each line with its criteria as its scorecard, which was just written, says them: those of a country are large."""
    for start in range(0, len(prepared.lines), BATCH):
        lines = prepared.lines[start : start + BATCH]
        cards = Scorecard.objects.filter(entry__in=[line.entry for line in lines], basis=Scorecard.Basis.VERIFIED)
        said = dict(cards.values_list("entry", "criteria"))
        yield from ((line, said[line.entry.pk]) for line in lines)


def _result(publication: Publication, place: int, line: Line, said: dict[str, Any]) -> Result:
    office, scheme = line.entry.office, line.entry.round.scheme
    return Result(
        publication=publication,
        entry=line.entry,
        place=place,
        rank=line.rank,
        tier=line.tier.code if line.tier else "",
        office_code=office.code,
        office_kind=office.kind,
        office_name_th=office.name_th,
        office_name_en=office.name_en,
        office_size=office.size,
        nominee=_nominee(line.entry),
        region=_named(office.region) if line.entry.round.ranked == "region" and office.region else {},
        total=line.score.total,
        claimed=line.claimed.total,
        attainable=line.score.attainable,
        dimensions={code: _points(one) for code, one in line.score.dimensions.items()},
        criteria={
            code: _points(one) | _total(scheme, said[code]) | _why(scheme, code, said[code])
            for code, one in line.score.criteria.items()
        },
        facts=canonical.facts_line(line.facts),
    )


def _nominee(entry: Entry) -> dict[str, Any]:
    """Who took part for the office, if the office itself did not; and the province in which that office lies."""
    if not entry.nominee:
        return {}
    if entry.nominee_office:
        named = {"kind": entry.nominee_office.kind} | _named(entry.nominee_office)
    else:
        named = {"kind": "person", "name_th": entry.nominee_name}
    province = entry.office.at(Office.Kind.PROVINCE)
    return named | ({"province": _named(province)} if province and province != entry.office else {})


def _named(office: Office) -> dict[str, str]:
    return {"code": office.code, "name_th": office.name_th, "name_en": office.name_en}


def _points(part: engine.CriterionScore | engine.DimensionScore) -> dict[str, str]:
    return {"earned": f"{part.earned:.2f}", "attainable": f"{part.attainable:.2f}", "max": f"{part.max:.2f}"}


def _total(scheme: engine.Scheme, said: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The sum behind what is shown as a level; nothing where points are shown as something else."""
    total = points_shown.total_behind(said) if scheme.shown_as == "level" else {}
    return {"total": total} if total else {}


def _why(scheme: engine.Scheme, code: str, said: dict[str, Any]) -> dict[str, list[str]]:
    """What was counted, in words that later changes of wording don't touch."""
    return {f"why_{language}": findings_in_words.why(scheme, code, said, language) for language in ("th", "en")}


def frame_of(round: Round) -> dict[str, Any]:
    """What the numbers are about: the titles, maxima and awards of the round and its scheme, as they stand."""
    scheme = round.scheme
    return {
        **({"only_selects": True} if round.only_selects else {}),
        "ranking": round.ranked,
        "round": {"name_th": round.name_th, "name_en": round.name_en, "is_practice": round.is_practice},
        "edition": {"scheme": scheme.code, "digest": round.edition.digest} | _titles(scheme.title),
        "max": f"{scheme.max:.2f}",
        "dimensions": [{"code": d.code, "max": f"{d.max:.2f}"} | _titles(d.title) for d in scheme.dimensions],
        "criteria": [
            {"code": c.code, "dimension": c.dimension, "max": f"{c.max:.2f}"}
            | _titles(c.title)
            | rules_in_words.how(scheme, round.settings, c)
            for c in scheme.criteria.values()
        ],
        "sizes": {size.code: {"th": size.title.th, "en": size.title.en} for size in scheme.sizes},
        "tiers": [] if round.only_selects else [_tier(tier) for tier in scheme.awards],
        **_issuer(scheme),
        **_display(scheme),
    }


def _issuer(scheme: engine.Scheme) -> dict[str, Any]:
    """Who announces; nothing where it is the Department, as in publications of before."""
    issuer = scheme.issuer
    return {"issuer": _titles(issuer.title) | _titles(issuer.signed_by, "signed_by")} if issuer else {}


def _display(scheme: engine.Scheme) -> dict[str, Any]:
    """What points were shown as; nothing where they were shown as points, as in publications of before."""
    if scheme.shown_as == "points":
        return {}
    letters = {letter: f"{points:.2f}" for letter, points in scheme.letters.items()}
    return {"shown_as": scheme.shown_as} | ({"letters": letters} if letters else {})


def _titles(text: engine.Text | None, name: str = "title") -> dict[str, str]:
    return {f"{name}_th": text.th if text else "", f"{name}_en": text.en if text else ""}


def _tier(tier: engine.Tier) -> dict[str, Any]:
    return (
        {"code": tier.code, "count": tier.count, "prize": tier.prize}
        | _titles(tier.title)
        | _titles(tier.level, "level")
        | _titles(tier.prize_in_kind, "prize_in_kind")
    )
