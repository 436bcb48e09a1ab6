"""What pages show of an entry's scorecards: its lines by dimension, its place, and what to do next."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import prefetch_related_objects

from submissions.models import Entry, User
from submissions.questions import access
from submissions.questions.proofread import slot_field
from submissions.questions.slots import Slot, anchor_of

from . import engine
from .models import Scorecard, rank_of
from .wording import findings_in_words, offers_in_words
from .wording.points_shown import NOTHING, PointsShown, state, unchecked
from .wording.rules_in_words import Prose


@dataclass(frozen=True)
class ScorecardLine:
    """A criterion or a dimension: its points on both bases."""

    title: engine.Text
    code: str
    max: Decimal
    marks: PointsShown
    verified: dict[str, Any]
    claimed: dict[str, Any]
    doubts: tuple[engine.Doubt, ...]
    is_known: bool = True  # it was computed at least once

    @property
    def mark(self) -> str:
        """What the scheme's document shows for the verified points; "" where it is the points."""
        return self.marks.mark(self.verified)

    @property
    def shown(self) -> dict[str, str]:
        """The cells of this line as the scheme's document shows points, and what stands beside the verified ones."""
        if not self.is_known:
            nothing = dict.fromkeys(("earned", "attainable", "claimed"), NOTHING)
            return nothing | {"max": self.marks.show(self.verified, "max"), "beside": "", "behind": ""}
        cells = {key: self.marks.show(self.verified, key) for key in ("earned", "attainable", "max")}
        aside = {"beside": self.marks.beside(self.verified), "behind": self.marks.behind(self.verified)}
        return cells | aside | {"claimed": self.marks.show(self.claimed)}

    @property
    def is_full(self) -> bool:
        return bool(self.verified["earned"] == self.verified["max"])

    @property
    def lost(self) -> Decimal:
        """Points that can't be earned any more; 0 where what is shown is no points."""
        gone = Decimal(self.verified["max"]) - Decimal(self.verified["attainable"])
        return Decimal(0) if self.marks.shown_as == "eligibility" else gone

    @property
    def waiting(self) -> Decimal:
        """Points that wait for review."""
        return Decimal(self.claimed["earned"]) - Decimal(self.verified["earned"])

    @property
    def checked(self) -> Decimal:
        """Points that were looked at: accepted evidence, and figures of central staff."""
        return Decimal(self.verified["earned"]) - unchecked(self.verified)

    @property
    def rests(self) -> str:
        """What of the verified points rests on figures that nobody has looked at, as a sentence; "" where none does."""
        return self.marks.rests(self.verified)

    @property
    def rests_shortly(self) -> str:
        return self.marks.rests_shortly(self.verified)

    @property
    def hangs_on_review(self) -> bool:
        """What would earn more is told as if what waits for review were accepted."""
        return self.claimed.get("offers") != self.verified.get("offers")

    @property
    def waits(self) -> bool:
        """More is claimed than is verified."""
        return self.waiting > 0

    @property
    def left(self) -> Decimal:
        """Points that may still be earned beyond what is claimed."""
        return Decimal(self.claimed["attainable"]) - Decimal(self.claimed["earned"])


@dataclass(frozen=True)
class DeedPlace:
    """Where something is done: the element of the criterion's page, "" where nobody hands it in."""

    period: str
    anchor: str
    until: str  # ISO, or ""


@dataclass(frozen=True)
class NextDeed:
    """One thing to be done, in words; in several periods in several places."""

    text: str
    places: list[DeedPlace]
    by: str  # office, central; "" where judges give points for it

    @property
    def is_central(self) -> bool:
        """Central staff record it."""
        return self.by == "central"


@dataclass(frozen=True)
class NextStep:
    """What earns so many points more."""

    gain: Decimal
    until: str  # ISO: the first of its days, or ""
    deeds: list[NextDeed]
    is_judged: bool  # the gain is the most that judges may give

    @property
    def done_by_people(self) -> list[NextDeed]:
        """What is handed in, entered or recorded for it."""
        return [deed for deed in self.deeds if deed.by]

    @property
    def judged(self) -> int:
        """For how many things judges give their points."""
        return len(self.deeds) - len(self.done_by_people)

    @property
    def days_differ(self) -> bool:
        return len({place.until for deed in self.deeds for place in deed.places if place.until}) > 1


@dataclass(frozen=True)
class Advice:
    """One thing that would earn more."""

    criterion: engine.Criterion
    step: NextStep
    text: str  # all of it as one sentence
    needs: int  # how many things it takes
    own: tuple[Slot, ...]  # what of it is the office's to do; the rest is for judges, or central staff

    @property
    def gain(self) -> Decimal:
        return self.step.gain

    @property
    def until(self) -> str:
        """ISO, or "" when nothing says by when"""
        return self.step.until

    @property
    def worth(self) -> Decimal:
        """Points for each thing to be done."""
        return self.gain / self.needs


def reached(criterion: engine.Criterion, verified: dict[str, Any]) -> engine.Level | None:
    """The highest line that holds; None where none does, or where there are only parts."""
    lines = criterion.levels[criterion.rule.first_row :]
    return next((level for level in reversed(lines) if state(criterion.rule, level.points, verified) == "met"), None)


def barrier(criterion: engine.Criterion, verified: dict[str, Any]) -> engine.Level | None:
    """The step that can't be reached any more, for which none above it earns; None where there is none."""
    missed = [found["row"] for found in verified["trace"] if found["about"] == "step" and found["outcome"] == "missed"]
    return criterion.rule.levels()[min(missed)] if missed and criterion.rule.is_staircase else None


class ScorecardView:
    """An entry's two scorecards, as one reader may see them. One query; its place costs one more.

    While they are behind the facts they tell points, as of then, and nothing that hangs on points: no place, no offers.
    """

    def __init__(self, entry: Entry, language: str) -> None:
        self.entry, self.language, self.scheme = entry, language, entry.round.scheme
        prefetch_related_objects([entry], "scorecards")  # its place is told from the same ones
        found = {card.basis: card for card in entry.scorecards.all()}
        self.verified: Scorecard | None = found.get(Scorecard.Basis.VERIFIED)
        self.claimed: Scorecard | None = found.get(Scorecard.Basis.CLAIMED)
        self.marks = PointsShown.of_scheme(self.scheme, language)

    @cached_property
    def is_stale(self) -> bool:
        """The facts have moved on since it was computed. Whoever does not take part is not scored any more."""
        if self.entry.state != Entry.State.TAKING_PART:
            return False
        round = self.entry.round
        at = round.now()
        return any(card is None or card.is_stale(round, at) for card in (self.verified, self.claimed))

    @property
    def whole(self) -> ScorecardLine:
        verified, claimed = self._total(self.verified), self._total(self.claimed)
        return ScorecardLine(
            self.scheme.title,
            self.scheme.code,
            self.scheme.max,
            self.marks.of_totals,
            verified,
            claimed,
            self.scheme.doubts,
            self._is_known,
        )

    @property
    def _is_known(self) -> bool:
        return self.verified is not None and self.claimed is not None

    def _total(self, card: Scorecard | None) -> dict[str, Any]:
        if card is None:
            return self._unknown(self.scheme.max)
        points = {"earned": card.total, "attainable": card.attainable, "max": card.max, "unchecked": card.unchecked}
        return {name: f"{number:.2f}" for name, number in points.items()}

    @staticmethod
    def _unknown(most: Decimal) -> dict[str, Any]:
        return {"earned": "0.00", "attainable": f"{most:.2f}", "max": f"{most:.2f}", "trace": [], "offers": []}

    def _line(self, part: engine.Criterion | engine.Dimension, kind: str) -> ScorecardLine:
        bases = [getattr(card, kind).get(part.code) if card else None for card in (self.verified, self.claimed)]
        marks = self.marks if kind == "criteria" else self.marks.of_totals
        verified, claimed = (basis or self._unknown(part.max) for basis in bases)
        return ScorecardLine(part.title, part.code, part.max, marks, verified, claimed, part.doubts, self._is_known)

    def criterion(self, code: str) -> ScorecardLine:
        return self._line(self.scheme.criteria[code], "criteria")

    def blocks(self) -> Iterator[tuple[ScorecardLine, list[ScorecardLine]]]:
        """Each dimension with its criteria."""
        for dimension in self.scheme.dimensions:
            yield self._line(dimension, "dimensions"), [self.criterion(code) for code in dimension.criteria]

    def barrier(self, code: str) -> engine.Level | None:
        return None if self.is_stale else barrier(self.scheme.criteria[code], self.criterion(code).verified)

    def how(self, code: str) -> str:
        """The rule's sentence."""
        return Prose(self.scheme, self.language, self.entry.round.settings).rule(self.scheme.criteria[code].rule).how

    def why(self, code: str) -> list[str]:
        """What was counted, and what may still be."""
        if self.is_stale:
            return []
        return findings_in_words.why(self.scheme, code, self.criterion(code).verified, self.language)

    def next_steps(self, code: str) -> list[str]:
        """What would earn more, on what the office claims: what waits for review is not the office's to do."""
        if self.is_stale:
            return []
        organised = {"is_organised": self.entry.round.organiser_id is not None}
        return offers_in_words.next_steps(self.scheme, code, self.criterion(code).claimed, self.language, **organised)

    def steps(self, code: str) -> list[NextStep]:
        """The same as data, with where each thing is done."""
        return [self._step(offer) for offer in self.offers(code)]

    def offers(self, code: str) -> list[dict[str, Any]]:
        """What the engine offers for more in a criterion; nothing while it is being computed."""
        return [] if self.is_stale else self.criterion(code).claimed["offers"]

    def _step(self, offer: dict[str, Any]) -> NextStep:
        deeds = [self._deed(text, needs) for text, needs in offers_in_words.deeds(self.scheme, offer, self.language)]
        is_judged = any(need["kind"] == "item" for need in offer["needs"])
        return NextStep(Decimal(offer["gain"]), offer["until"] or "", deeds, is_judged)

    def _deed(self, text: str, needs: list[tuple[str, dict[str, Any]]]) -> NextDeed:
        places = [DeedPlace(period, self._anchor(need), need["until"] or "") for period, need in needs]
        return NextDeed(text, places, offers_in_words.done_by(self.scheme, needs[0][1]))

    def _anchor(self, need: dict[str, Any]) -> str:
        code, period = need["code"], need["period"] or ""
        if need["kind"] == "item":
            return ""
        if need["kind"] != "value":
            return anchor_of(code, period)
        value = self.scheme.values[code]
        return "values" if value.by == "central" or value.kind == "map" else f"value-{slot_field((code, period))}"

    def advice(self) -> list[Advice]:
        """What would earn more in each criterion, most points for each thing to be done first, then the nearest day.

        What the office can do alone comes before what takes others as well, and that before what others must.
        """
        found = [
            Advice(criterion, self._step(offer), text, len(offer["needs"]), self._own(offer))
            for criterion in self.scheme.criteria.values()
            for offer, text in self._offers(criterion.code)
        ]
        found.sort(key=lambda advice: (not advice.own, -advice.worth, advice.until or "9999", advice.criterion.code))
        first: dict[str, Advice] = {}
        for advice in sorted(found, key=lambda advice: len(advice.own) < advice.needs):
            first.setdefault(advice.criterion.code, advice)
        return [advice for advice in found if first[advice.criterion.code] is advice]

    @cached_property
    def left_to_others(self) -> frozenset[str]:
        """The criteria that may earn more by what judges or central staff do, and by nothing of the office."""
        offers = {code: self.offers(code) for code in self.scheme.criteria}
        return frozenset(code for code, found in offers.items() if found and not any(map(self._own, found)))

    def _own(self, offer: dict[str, Any]) -> tuple[Slot, ...]:
        """What of an offer the office itself does."""
        return tuple(
            (need["code"], need["period"] or "")
            for need in offer["needs"]
            if offers_in_words.done_by(self.scheme, need) == "office"
        )

    def _offers(self, code: str) -> Iterator[tuple[dict[str, Any], str]]:
        return zip(self.offers(code), self.next_steps(code), strict=True)

    def levels(self, code: str) -> list[tuple[engine.Level, str, str]]:
        """Each line of how points are earned here: met, done, open, missed, passed by, or ""; and what it shows.

        It is "" for a part, and while the score is being computed. What a line shows is "" where it is its points, as
        those of parts always are.
        """
        criterion, verified = self.scheme.criteria[code], self.criterion(code).verified
        parts = criterion.rule.first_row
        outcomes = {finding["row"]: finding["outcome"] for finding in verified["trace"] if finding["about"] == "step"}

        def stands(n: int, points: Decimal) -> str:
            return "" if self.is_stale else state(criterion.rule, points, verified, outcomes.get(n, ""))

        return [
            (level, "", "") if n < parts else (level, stands(n, level.points), self.marks.row(level.points))
            for n, level in enumerate(criterion.levels)
        ]

    def place(self, user: User) -> tuple[int, int] | None:
        """The rank and among how many; None when this reader is not shown it, or a score is missing or behind."""
        if self.is_stale or access.why_not_see_ranks(user, self.entry.round, whole_table=False):
            return None
        return rank_of(self.entry)
