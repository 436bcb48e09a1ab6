"""A round's results as they would be announced: scored from the facts, ranked, awards filled. Writes nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects

from awards.content import canonical
from scoring import engine, recompute
from scoring.wording import points_shown
from submissions.models import Entry, Letterhead, Office, Round

BATCH = 50  # entries scored between two words of how far it is


@dataclass(frozen=True)
class Decision:
    """The committee's order of entrants who share a rank, best first, and why."""

    offices: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Scored:
    """What one entry's facts score, on both bases."""

    facts: engine.Facts
    verified: engine.Score
    claimed: engine.Score


@dataclass(frozen=True)
class Scores:
    """What was scored beforehand, with its reasons. It counts as far as edition and facts are still exactly these."""

    edition: str
    entries: Mapping[int, Scored]

    def of(self, entry: Entry, facts: engine.Facts) -> Scored | None:
        kept = self.entries.get(entry.pk) if entry.round.edition.digest == self.edition else None
        return kept if kept and kept.facts == facts else None


Told = Callable[[int, int], None]  # how many of how many are scored


def _nobody_asks(done: int, total: int) -> None:
    pass


def scores_of(round: Round, *, at: datetime, tell: Told = _nobody_asks) -> Scores:
    """Score everybody with reasons, before anything is held: nobody waits for it."""
    entries, _unnamed = _entries_of(round)
    facts = recompute.read_facts(entries, at)
    found = {}
    for done, entry in enumerate(entries):
        if done % BATCH == 0:
            tell(done, len(entries))
        found[entry.pk] = _score(entry, facts[entry.pk], explain=True)
    tell(len(entries), len(entries))
    return Scores(round.edition.digest, found)


def _score(entry: Entry, facts: engine.Facts, explain: bool) -> Scored:
    return Scored(facts, *engine.score_both(entry.round.scheme, facts, explain))


NOTHING_YET = Scores("", {})


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

    @property
    def differs_live(self) -> bool:
        """Whether the live scorecards say something else."""
        live = [getattr(self.entry, f"had_{name}") for name in recompute.TOTALS]
        both = (self.score, self.claimed)
        return live != [points for score in both for points in (score.total, score.attainable)]


@dataclass(frozen=True)
class Preparation:
    """A round's results as they would be announced now. While there are `ties`, nobody in them has an award."""

    lines: tuple[Announced, ...]
    ties: tuple[engine.Tie, ...]
    decisions: tuple[Decision, ...]
    unnamed: int  # how many take part and have named nobody: they are not announced
    template: int  # the revision of what its papers carry; 0 where nobody set anything

    @property
    def fingerprint(self) -> str:
        """Tells whether results and papers are those that somebody looked at; decisions on ties are no part of it."""
        seen = [
            [line.code, line.entry.nominee, line.entry.round.edition.digest, line.rank, line.score.total]
            + (["provisional"] if line.entry.round.announces_provisionally else [])
            for line in sorted(self.lines, key=lambda line: line.code)
        ]
        seen += [["papers", self.template]] if self.template else []
        return canonical.digest_of(canonical.write(seen))

    def tied(self, tie: engine.Tie) -> list[Announced]:
        return [line for line in self.lines if line.code in tie.codes]


def preparation_of(
    round: Round,
    *,
    at: datetime,
    decisions: Iterable[Decision] = (),
    scores: Scores = NOTHING_YET,
    explain: bool = False,
) -> Preparation:
    """Score every entry from its facts, rank, and fill the awards. Writes nothing.

    :param scores: what was scored beforehand; whoever's facts are no longer those is scored anew.
    :param explain: with the reasons that a result keeps.
    """
    entries, unnamed = _entries_of(round)
    facts = recompute.read_facts(entries, at)
    scored = {
        entry.pk: scores.of(entry, facts[entry.pk]) or _score(entry, facts[entry.pk], explain) for entry in entries
    }
    lines = [
        Announced(entry, facts[entry.pk], scored[entry.pk].verified, scored[entry.pk].claimed, None, None)
        for entry in entries
    ]
    return _placed(round, lines, decisions, unnamed)


def decided(round: Round, prepared: Preparation, decisions: Iterable[Decision]) -> Preparation:
    """The same with the committee's decisions."""
    return _placed(round, prepared.lines, decisions, prepared.unnamed) if prepared.ties else prepared


def _placed(round: Round, lines: Iterable[Announced], decisions: Iterable[Decision], unnamed: int) -> Preparation:
    """Rank them, and fill the awards."""
    lines = list(lines)
    tables = _tables_of(round.scheme, lines)
    awards = _award(round.scheme, [] if round.only_selects else tables, decisions)
    ranks = {} if round.ranked == "none" else {standing.code: standing.rank for table in tables for standing in table}
    placed = [replace(line, rank=ranks.get(line.code), tier=awards.tiers.get(line.code)) for line in lines]
    template = Letterhead.objects.filter(pk=round.pk).values_list("revision", flat=True).first() or 0
    return Preparation(_in_order(placed, awards.decisions), awards.ties, awards.decisions, unnamed, template)


def _entries_of(round: Round) -> tuple[list[Entry], int]:
    """Those that are scored, with everything that a result keeps of them; and how many have named nobody."""
    ids = list(round.entries.taking_part().order_by("pk").values_list("pk", flat=True))
    entries = [entry for entry in recompute.read_entries(ids) if not entry.awaits_nominee]
    prefetch_related_objects(entries, "office__parent__parent__parent", "nominee_office")
    return entries, len(ids) - len(entries)


def _tables_of(scheme: engine.Scheme, lines: Iterable[Announced]) -> list[list[engine.Standing]]:
    """The standings of each region among itself, by the region's code; without regions one of all."""
    regions: dict[str, dict[str, engine.Score]] = {}
    for line in lines:
        regions.setdefault(_region_code(line.entry), {})[line.code] = line.score
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
