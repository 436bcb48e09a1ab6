"""A round's results as they would be announced: scored from the facts, ranked, awards filled. Writes nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from awards.content import canonical, letterhead
from awards.content.proceedings import Proceedings
from awards.ledger import heads
from scoring import engine, recompute
from scoring.wording import points_shown
from submissions.models import Entry, Letterhead, Office, Round
from submissions.questions.proofread import Refused

BATCH = 50  # entries scored between two words of how far it is
MOST_LOOKS = 10  # for a moment at which nobody moves


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
    moment = _read(round, at)
    found, total = {}, len(moment.entries)
    for done, entry in enumerate(moment.entries):
        if done % BATCH == 0:
            tell(done, total)
        found[entry.pk] = _score(entry, moment.facts[entry.pk], explain=True)
    tell(total, total)
    return Scores(round.edition.digest, found)


def _score(entry: Entry, facts: engine.Facts, explain: bool) -> Scored:
    return Scored(facts, *engine.score_both(entry.round.scheme, facts, explain, advise=False))


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
    letterhead: Letterhead | None  # what its papers carry; None where nobody set anything
    versions: Mapping[int, int]  # of everybody's facts, by the entry's id
    log: list[dict[str, Any]]  # where each one's chain of deeds ended; read with the reasons
    proceedings: Proceedings | None  # what the committee did; read with the reasons

    @property
    def template(self) -> int:
        """The revision of what its papers carry; 0 where nobody set anything."""
        return letterhead.revision_of(self.letterhead)

    def as_scores(self, edition: str) -> Scores:
        """What was scored by this edition, for whoever draws it up again."""
        return Scores(edition, {line.entry.pk: Scored(line.facts, line.score, line.claimed) for line in self.lines})

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
    :param explain: with the reasons that a result keeps, everybody at one moment.
    :raises Refused: there is no such moment, since facts keep changing.
    """
    moment = _read(round, at, to_freeze=explain)
    lines = []
    for entry in moment.entries:
        facts = moment.facts[entry.pk]
        scored = scores.of(entry, facts) or _score(entry, facts, explain)
        lines.append(Announced(entry, facts, scored.verified, scored.claimed, None, None))
    unnamed, carried = len(moment.versions) - len(lines), letterhead.read(round)
    prepared = Preparation(tuple(lines), (), (), unnamed, carried, moment.versions, moment.log, moment.proceedings)
    return _placed(round, prepared, decisions)


def decided(round: Round, prepared: Preparation, decisions: Iterable[Decision]) -> Preparation:
    """The same with the committee's decisions."""
    return _placed(round, prepared, decisions) if prepared.ties else prepared


def _placed(round: Round, prepared: Preparation, decisions: Iterable[Decision]) -> Preparation:
    """Rank them, and fill the awards."""
    lines = list(prepared.lines)
    tables = _tables_of(round.scheme, lines)
    awards = _award(round.scheme, [] if round.only_selects else tables, decisions)
    ranks = {} if round.ranked == "none" else {standing.code: standing.rank for table in tables for standing in table}
    placed = [replace(line, rank=ranks.get(line.code), tier=awards.tiers.get(line.code)) for line in lines]
    in_order = _in_order(placed, awards.decisions)
    return replace(prepared, lines=in_order, ties=awards.ties, decisions=awards.decisions)


@dataclass
class _Moment:
    """Everybody as they stood at one moment: who is scored, with all that a result keeps of them."""

    read: dict[int, Entry] = field(default_factory=dict)
    facts: dict[int, engine.Facts] = field(default_factory=dict)
    versions: Mapping[int, int] = field(default_factory=dict)  # of those too who have named nobody
    log: list[dict[str, Any]] = field(default_factory=list)
    proceedings: Proceedings | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all that was read stood together at the last look."""
        return self.versions == {pk: entry.facts_version for pk, entry in self.read.items()}

    def catch_up(self, at: datetime) -> None:
        """Read whoever moved since, and forget whoever left."""
        read = recompute.read_entries(_moved(self.versions, self.read))
        self.read = {pk: entry for pk, entry in self.read.items() if pk in self.versions}
        self.read |= {entry.pk: entry for entry in read}
        self.facts |= recompute.read_facts(read, at)

    @cached_property
    def entries(self) -> list[Entry]:
        scored = [self.read[pk] for pk in self.versions if pk in self.read and not self.read[pk].awaits_nominee]
        prefetch_related_objects(scored, "office__parent__parent__parent", "nominee_office")
        return scored


def _read(round: Round, at: datetime, to_freeze: bool = False) -> _Moment:
    """Read everybody while nobody is held. To freeze it whoever moved meanwhile is read again, until nobody has.

    :raises Refused: somebody always has.
    """
    moment = _Moment()
    for _look in range(MOST_LOOKS):
        moment.versions = versions_of(round)
        if moment.is_whole:
            return moment
        moment.catch_up(at)
        if not to_freeze:
            return moment
        moment.proceedings = Proceedings(round)
        moment.log = heads.read(round)
    told = _(
        "Facts kept changing while the portal read them. Nothing was published. Try again when offices hand in less, "
        "or close the round first."
    )
    raise Refused({"": [told]})


def versions_of(round: Round) -> dict[int, int]:
    """How often the facts of everybody who takes part have changed, by the entry's id: one look at all of them."""
    return dict(round.entries.taking_part().order_by("pk").values_list("pk", "facts_version"))


def _moved(versions: Mapping[int, int], read: Mapping[int, Entry]) -> list[int]:
    return [pk for pk, version in versions.items() if pk not in read or read[pk].facts_version != version]


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
