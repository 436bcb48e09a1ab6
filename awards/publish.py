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
from scoring.wording import findings_in_words, points_shown
from submissions import thai
from submissions.models import Entry, Office, Proposal, Round, User
from submissions.questions import access
from submissions.questions.appeals import why_not_final
from submissions.questions.proofread import Refused, check_sizes
from submissions.questions.proposals import seconded_by, why_not_alone

from . import canonical, frame, hearing, letterhead, tasks
from .ledger import heads
from .models import MOST_REASON, Publication, Result, content_of, facts_of
from .proceedings import Proceedings

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
        text = _(
            "Publication %(number)s was made by %(who)s at %(when)s. Yours was not published. "
            "If something in that one is wrong, say what yours corrects."
        )
        when = thai.format_time(publication.published_at, thai.language())
        super().__init__(text % {"number": publication.number, "who": publication.published_by, "when": when})


@dataclass(frozen=True)
class Announced:
    """One entry as it would be announced: a line of the announcement."""

    entry: Entry
    facts: engine.Facts
    score: engine.Score
    claimed: engine.Score
    rank: int | None
    tier: engine.Tier | None

    @property
    def code(self) -> str:
        return self.entry.office.code

    @property
    def region(self) -> Office | None:
        return _region_of(self.entry)

    @property
    def shown_rank(self) -> int | None:
        return points_shown.placed(self.rank, self.score.total)


@dataclass(frozen=True)
class Preparation:
    """A round's results as they would be announced now. While there are `ties`, nobody in them has an award."""

    lines: tuple[Announced, ...]
    ties: tuple[engine.Tie, ...]
    decisions: tuple[Decision, ...]
    unnamed: int  # how many take part and have named nobody: they are not announced

    @property
    def fingerprint(self) -> str:
        """Tells whether results are those that somebody looked at; decisions on ties are not part of it."""
        seen = [
            [line.code, line.entry.nominee, line.entry.round.edition.digest, line.rank, line.score.total]
            + (["provisional"] if line.entry.round.announces_provisionally else [])
            for line in sorted(self.lines, key=lambda line: line.code)
        ]
        return canonical.digest_of(canonical.write(seen))

    def tied(self, tie: engine.Tie) -> list[Announced]:
        return [line for line in self.lines if line.code in tie.codes]


def preparation_of(round: Round, *, at: datetime, decisions: Iterable[Decision] = ()) -> Preparation:
    """Score every entry from its facts, rank, and fill the awards. Writes nothing."""
    scheme = round.scheme
    entries, unnamed = _entries_of(round)
    facts = recompute.read_facts(entries, at)
    scores = {entry.pk: engine.score(scheme, facts[entry.pk], explain=False) for entry in entries}
    tables = _tables_of(scheme, entries, scores)
    awards = _award(scheme, [] if round.only_selects else tables, decisions)
    ranks = {} if round.ranked == "none" else {standing.code: standing.rank for table in tables for standing in table}
    lines = [
        Announced(
            entry=entry,
            facts=facts[entry.pk],
            score=scores[entry.pk],
            claimed=engine.score(scheme, replace(facts[entry.pk], basis="claimed"), explain=False),
            rank=ranks.get(entry.office.code),
            tier=awards.tiers.get(entry.office.code),
        )
        for entry in entries
    ]
    return Preparation(_in_order(lines, awards.decisions), awards.ties, awards.decisions, unnamed)


def _entries_of(round: Round) -> tuple[list[Entry], int]:
    """Those that are scored, with everything that a result keeps of them; and how many have named nobody."""
    ids = list(round.entries.taking_part().order_by("pk").values_list("pk", flat=True))
    entries = [entry for entry in recompute.read_entries(ids) if not entry.awaits_nominee]
    prefetch_related_objects(entries, "office__parent__parent__parent", "nominee_office")
    return entries, len(ids) - len(entries)


def _tables_of(
    scheme: engine.Scheme, entries: list[Entry], scores: dict[int, engine.Score]
) -> list[list[engine.Standing]]:
    """The standings of each region among itself, by the region's code; without regions one of all."""
    regions: dict[str, dict[str, engine.Score]] = {}
    for entry in entries:
        regions.setdefault(_region_code(entry), {})[entry.office.code] = scores[entry.pk]
    return [engine.rank(scheme, regions[code]) for code in sorted(regions)]


def _region_of(entry: Entry) -> Office | None:
    """The inspection region inside which it is ranked; None where ranks are of the whole round."""
    return entry.office.region if entry.round.ranked == "region" else None


def _region_code(entry: Entry) -> str:
    region = _region_of(entry)
    return region.code if region else ""


@dataclass(frozen=True)
class _Awards:
    """Who has which award, by the offices' codes; the ties that are still to be decided, and the decisions used."""

    tiers: dict[str, engine.Tier]
    ties: tuple[engine.Tie, ...]
    decisions: tuple[Decision, ...]


def _award(scheme: engine.Scheme, tables: list[list[engine.Standing]], decisions: Iterable[Decision]) -> _Awards:
    """Fill the awards of each table. A decision counts only if without it these offices' tie straddles an award."""
    straddling = {frozenset(tie.codes) for table in tables for tie in engine.award(scheme, table).ties}
    used = tuple(decision for decision in decisions if frozenset(decision.offices) in straddling)
    orders = {frozenset(decision.offices): decision.offices for decision in used}
    awards = [engine.award(scheme, table, orders) for table in tables]
    tiers = {code: tier for award in awards for tier, codes in award.tiers for code in codes}
    # A tie across several boundaries is one tie to decide.
    ties = {tie.codes: tie for award in awards for tie in award.ties}
    return _Awards(tiers, tuple(ties.values()), used)


def _in_order(lines: Iterable[Announced], decisions: Iterable[Decision]) -> tuple[Announced, ...]:
    """Best first in each region; a decided tie in the committee's order, others in that of their offices."""
    decided = {code: place for decision in decisions for place, code in enumerate(decision.offices)}

    def position(line: Announced) -> tuple[Any, ...]:
        office = line.entry.office
        return _region_code(line.entry), line.rank or 0, decided.get(line.code, 0), office.sort_key, line.code

    return tuple(sorted(lines, key=position))


def why_not_publish(user: User, round: Round, at: datetime | None = None) -> str | None:
    if reason := access.why_not_announce(user, round):
        return reason
    refused = Refused()
    check_sizes(round.scheme, Office.objects.filter(entries__in=round.entries.taking_part()), refused)
    for reason in why_not_final(round, at or round.now()):
        refused.add("", reason)
    return str(refused) or None


def publish(
    round: Round,
    *,
    by: User,
    at: datetime | None = None,
    reason: str = "",
    decisions: Iterable[Decision] = (),
    seen: str | None = None,
    number: int | None = None,
    proposal: Proposal | None = None,
) -> Publication:
    """Freeze the round's results as its next publication: provisional, if the round hears appeals and has not yet.

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
        at = at or round.now()
        _check(by, round, at, reason, decisions, before, proposal)
        scored_at = hearing.scored_as_of(round, at)
        prepared = preparation_of(round, at=scored_at, decisions=decisions)
        if seen is not None and seen != prepared.fingerprint:
            raise Moved
        if not prepared.lines:
            raise Refused({"": [_("Nobody can be announced yet: no office has named who takes part.")]})
        if prepared.ties:
            raise TieUndecided(prepared.ties)
        settles, provisional = round.announces_provisionally, hearing.provisional_of(round)
        if provisional:
            hearing.check_unmoved(provisional, prepared.lines)
            hearing.conclude(round, by=by, at=at)
        if settles:
            round = hearing.begin(round, before.number + 1 if before else 1, by=by, at=at)
        recompute.rescore(round.entries.taking_part().values_list("pk", flat=True), at=scored_at)
        publication = _freeze(
            round,
            prepared,
            before,
            published_by=by,
            as_of=at,
            reason=reason.strip(),
            confirmed_by=seconded_by(proposal),
            appeals_until=round.appeals_until if settles else None,
            appeals=hearing.outcome(provisional, prepared.lines) if provisional else {},
        )
        transaction.on_commit(tasks.ask_to_seal, robust=True)
        transaction.on_commit(lambda: tasks.ask_to_tell(publication), robust=True)
        transaction.on_commit(lambda: tasks.ask_for_documents(publication), robust=True)
    return publication


def _check(
    by: User,
    round: Round,
    at: datetime,
    reason: str,
    decisions: list[Decision],
    before: Publication | None,
    proposal: Proposal | None,
) -> None:
    """Refuse with every reason at once. `before`: the publication that this one would replace."""
    refused = Refused()
    refused.add("", why_not_publish(by, round, at))
    refused.add("", why_not_alone(round, proposal))
    if corrects(round, before) and not reason.strip():
        refused.add("reason", _("Say what this publication corrects."))
    if len(reason) > MOST_REASON:
        refused.add("reason", _("The reason is longer than 500 characters."))
    if any(not decision.reason.strip() for decision in decisions):
        refused.add("decisions", _("Say why the committee decided on this order."))
    refused.raise_if_any()


def corrects(round: Round, before: Publication | None) -> bool:
    """Whether what is published after this one says what it corrects: what makes a provisional one final does not."""
    return before is not None and not (before.is_provisional and before.number == round.provisional)


def _freeze(round: Round, prepared: Preparation, before: Publication | None, **fields: Any) -> Publication:
    """Write the publication with its results, each digest taken of all that was written before it."""
    proceedings = Proceedings(round)
    publication = Publication(
        round=round,
        number=before.number + 1 if before else 1,
        edition=round.edition,
        **fields,
        frame=frame.of_round(round) | proceedings.content(),
        paper=letterhead.of_round(round),
        log=heads.read(round),
        decisions=[
            {"offices": list(decision.offices), "reason": decision.reason.strip()} for decision in prepared.decisions
        ],
        previous=before.digest if before else "",
    )
    results = [
        _result(publication, place, line, criteria, proceedings.without_names(line.facts))
        for place, (line, criteria) in enumerate(_with_criteria(prepared.lines), 1)
    ]
    publication.facts_digest = canonical.digest_of(facts_of(results))
    publication.digest = canonical.digest_of(canonical.write(content_of(publication, results)))
    publication.save()
    Result.objects.bulk_create(results, batch_size=BATCH)
    return publication


def _with_criteria(lines: Sequence[Announced]) -> Iterator[tuple[Announced, dict[str, Any]]]:
    """Each line with its criteria as its scorecard, which was just written, says them: those of a country are large."""
    for start in range(0, len(lines), BATCH):
        batch = lines[start : start + BATCH]
        cards = Scorecard.objects.filter(entry__in=[line.entry for line in batch], basis=Scorecard.Basis.VERIFIED)
        criteria = dict(cards.values_list("entry", "criteria"))
        yield from ((line, criteria[line.entry.pk]) for line in batch)


def _result(
    publication: Publication, place: int, line: Announced, criteria: dict[str, Any], facts: engine.Facts
) -> Result:
    """`criteria`: the scorecard's, by code, each with the findings that say why it earned what it did; `facts`: as they
    are kept."""
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
        region=_named(line.region) if line.region else {},
        total=line.score.total,
        claimed=line.claimed.total,
        attainable=line.score.attainable,
        dimensions={code: _points(dimension) for code, dimension in line.score.dimensions.items()},
        criteria={
            code: _points(criterion) | _total(scheme, criteria[code]) | _why(scheme, code, criteria[code])
            for code, criterion in line.score.criteria.items()
        },
        facts=canonical.facts_line(facts),
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


def _total(scheme: engine.Scheme, criterion: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The sum behind what is shown as a level; nothing where points are shown as something else."""
    total = points_shown.total_behind(criterion) if scheme.shown_as == "level" else {}
    return {"total": total} if total else {}


def _why(scheme: engine.Scheme, code: str, criterion: dict[str, Any]) -> dict[str, list[str]]:
    """What was counted, in words that later changes of wording don't touch."""
    return {f"why_{language}": findings_in_words.why(scheme, code, criterion, language) for language in ("th", "en")}
