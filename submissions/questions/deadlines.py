"""What is owed by when: the days of a round and its scheme, an extension counted, and how each entry stands."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple

from django.db import models
from django.db.models import functions
from django.urls import reverse
from django.utils.translation import gettext as _

from scoring import engine
from submissions import thai
from submissions.models import Answers, Entry, Evidence, Extension, Round, User, Value

from . import naming
from .handed_in import evidence_of
from .slots import Slot, anchor_of, place_of, state_of

OPEN = ("missing", "returned", "draft", "late")  # states that still ask something of the office
# How a value stands, told apart from evidence. What others than the office entered is done.
_VALUE = "value."
_OF_VALUE = functions.Concat(
    models.Value(_VALUE),
    models.Case(models.When(source=Value.Source.OFFICE, then="status"), default=models.Value(Value.Status.ACCEPTED)),
)


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that a round asks for by the end of a day. `setting`: a day that staff set, which asks for nothing."""

    kind: Literal["naming", "choice", "requirement", "value", "setting"]
    code: str
    period: engine.Period | None
    title: str
    day: date
    by: Literal["office", "central"]
    criteria: tuple[engine.Criterion, ...] = ()

    @property
    def slot(self) -> Slot:
        return self.code, self.period.code if self.period else ""

    @property
    def key(self) -> str:
        """What names it within its round, in addresses too."""
        return "|".join((self.kind, *self.slot))

    def page(self, round: Round, entry: int | None = None) -> str:
        """Where it is done for an entry of a round, by its id; "" where there is nothing to do."""
        if self.kind in ("naming", "choice"):
            return reverse("nominees", args=[round.pk])
        if entry is None:
            return ""
        anchor = anchor_of(*self.slot) if self.kind == "requirement" else "values"
        return place_of(round, entry, self.criteria[0].code) + f"#{anchor}"


@dataclass(frozen=True, slots=True)
class Due:
    """How one entry stands with what is asked."""

    entry: Entry
    state: str
    is_extended: bool
    is_drafted: bool  # somebody writes into its form, whatever lies there


@dataclass(frozen=True, slots=True)
class Deadline:
    """What is asked by the end of one day, and how entries stand with it: none where the reader is no officer."""

    round: Round
    asked: Demand
    day: date
    is_over: bool
    dues: tuple[Due, ...] = ()

    def page(self, entry: Entry | None = None) -> str:
        """Where it is done for an entry; "" where there is nothing to do."""
        return self.asked.page(self.round, entry.pk if entry else None)


def asked_in(round: Round) -> Iterator[Demand]:
    """All that a round asks for, in the order of its scheme."""
    yield from _who_takes_part(round)
    yield from _evidence_asked_in(round)
    if not round.only_selects:
        yield from _values_asked_in(round.scheme)
        yield from _days_set_in(round)


def _who_takes_part(round: Round) -> Iterator[Demand]:
    if round.named_by is None:
        return
    stage = round.current_stage
    if naming.names_its_own(round):
        yield Demand("naming", "", None, _("Name who takes part"), round.named_by, "office")
    elif stage and stage.entrants == "chosen":
        yield Demand("choice", "", None, _("Choose who takes part"), round.named_by, "office")


def _evidence_asked_in(round: Round) -> Iterator[Demand]:
    scheme = round.scheme
    for code in round.collected:
        requirement = scheme.requirements[code]
        title = requirement.title.to(thai.language())
        criteria = scheme.criteria_of("requirement", code)
        for period in requirement.periods or (None,):
            day = period.due if period else requirement.due
            yield Demand("requirement", code, period, title, day, requirement.by, criteria)


def _values_asked_in(scheme: engine.Scheme) -> Iterator[Demand]:
    declared = scheme.nominees.declare if scheme.nominees else ()  # answered by naming
    for code, value in scheme.values.items():
        if code in declared:
            continue
        title = value.title.to(thai.language())
        criteria = scheme.criteria_of("value", code)
        for period in value.periods or (None,):
            day = period.due if period else value.until
            yield Demand("value", code, period, title, day, value.by, criteria)


def _days_set_in(round: Round) -> Iterator[Demand]:
    scheme = round.scheme
    for code, day in round.settings.items():
        if code in scheme.settings:
            title = scheme.settings[code].title.to(thai.language())
            criteria = scheme.criteria_of("setting", code)
            yield Demand("setting", code, None, title, date.fromisoformat(day), "central", criteria)


class Calendar:
    """The deadlines of a reader's open rounds: an officer's with how each entry stands, others' with their days alone.

    One statement; `deadlines` are four more for an officer, however many entries there are.
    """

    def __init__(self, user: User, entry: Entry | None = None) -> None:
        """`entry`: this one alone, as its officers see it."""
        self.is_officer = user.is_officer or entry is not None
        self.entries: list[Entry] = []
        if entry is not None:
            self.entries, self.rounds, self.chooses = [entry], [entry.round], set()
        elif self.is_officer:
            seen = Entry.objects.visible_to(user).opened().exclude(state=Entry.State.WITHDRAWN)
            seen = seen.filter(round__is_closed=False, round__appeals_until=None).with_round()
            seen = seen.select_related("office__parent__parent__parent")
            entries = list(seen.order_by("-round_id", "office__sort_key", "pk"))
            self.entries = [entry for entry in entries if entry.state == Entry.State.TAKING_PART]
            self.rounds = list({entry.round_id: entry.round for entry in entries}.values())
            self.chooses = {entry.round_id for entry in entries if naming.chooses(user, entry)}
        else:
            rounds = (
                Round.objects.visible_to(user).filter(is_closed=False, appeals_until=None).select_related("edition")
            )
            self.rounds = list(rounds.defer("edition__text").order_by("-pk"))

    @cached_property
    def drafted(self) -> set[tuple[int, str, str]]:
        return drafted(self.entries)

    @property
    def version(self) -> str:
        """Changes when anything here does: with the facts and what is being written, with the rounds, with each day."""
        rounds = [
            (
                round.pk,
                round.name_th,
                round.name_en,
                round.edition.digest,
                round.settings,
                str(round.named_by),
                str(_today(round)),
            )
            for round in self.rounds
        ]
        entries = [(entry.pk, entry.facts_version, str(entry)) for entry in self.entries]
        seen = [rounds, entries, sorted(self.drafted)]
        return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()

    def deadlines(self) -> list[Deadline]:
        """By day; those of one day in the order of their rounds and schemes."""
        demands = [(round, demand) for round in self.rounds for demand in asked_in(round)]
        if self.is_officer:
            found = list(self._standing(demands))
        else:
            found = [Deadline(round, demand, demand.day, demand.day < _today(round)) for round, demand in demands]
        return sorted(found, key=lambda deadline: deadline.day)

    def _standing(self, demands: list[tuple[Round, Demand]]) -> Iterator[Deadline]:
        """The deadlines of an officer's entries. What central staff record is left out."""
        facts = _Facts(self.entries, self.drafted)
        entries: dict[int, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            entries[entry.round_id].append(entry)
        for round, demand in demands:
            today, dues = _today(round), defaultdict(list)
            if demand.kind == "setting" or (demand.kind == "choice" and round.pk in self.chooses):
                yield Deadline(round, demand, demand.day, demand.day < today)
            elif demand.kind != "choice" and demand.by == "office":
                for entry in entries[round.pk]:
                    day = facts.deadline(entry, demand)
                    is_drafted = demand.kind == "requirement" and (entry.pk, *demand.slot) in self.drafted
                    dues[day].append(Due(entry, facts.state(entry, demand, day < today), day > demand.day, is_drafted))
            for day, owed in dues.items():
                yield Deadline(round, demand, day, day < today, tuple(owed))


class _Facts:
    """What tells how entries stand: two statements, however many entries."""

    def __init__(self, entries: list[Entry], drafted: Iterable[tuple[int, str, str]]) -> None:
        ids = [entry.pk for entry in entries]
        self.more_time = more_time(entries)
        self.statuses: dict[tuple[int, str, str], set[str]] = defaultdict(set)
        self.values: dict[tuple[int, str, str | None], set[str]] = defaultdict(set)
        evidence = Evidence.objects.filter(entry__in=ids).values_list("entry", "requirement", "period", "status")
        values = Value.objects.filter(entry__in=ids).values_list("entry", "code", "period", _OF_VALUE)
        for entry, code, period, status in evidence.order_by().union(values.order_by()):
            if status.startswith(_VALUE):
                for key in ((entry, code, period), (entry, code, None)):
                    self.values[key].add(status.removeprefix(_VALUE))
            else:
                self.statuses[entry, code, period].add(status)
        for slot in drafted:
            self.statuses[slot].add(Evidence.Status.DRAFT)

    def deadline(self, entry: Entry, demand: Demand) -> date:
        if demand.kind != "requirement":
            return demand.day
        return max(demand.day, self.more_time.get((entry.pk, *demand.slot), demand.day))

    def state(self, entry: Entry, demand: Demand, is_over: bool) -> str:
        if demand.kind == "requirement":
            return state_of(self.statuses.get((entry.pk, *demand.slot), ()), is_over)
        if demand.kind == "naming":
            is_done = not entry.awaits_nominee
            return "done" if is_done else "late" if is_over else "missing"
        return self._of_value(entry, demand) or ("late" if is_over else "missing")

    def _of_value(self, entry: Entry, demand: Demand) -> str:
        """How what was entered stands; "" where nothing was. Of a map, whose periods are free texts, any will do."""
        period = demand.period.code if demand.period else None
        standing = self.values.get((entry.pk, demand.code, period), set())
        if standing == {Value.Status.RETURNED}:  # it is entered again, its day over or not
            return "returned"
        is_reviewed = entry.round.reviews(entry.round.scheme.values[demand.code])
        if is_reviewed and Value.Status.SUBMITTED in standing:
            return "submitted"
        return "done" if standing else ""


def owed(round: Round, entries: Iterable[Entry]) -> Iterator[tuple[Entry, Demand, date]]:
    """What these entries' offices still have to do, late or not, and until when. Three statements."""
    entries = list(entries)
    facts = _Facts(entries, drafted(entries))
    for demand in asked_in(round):
        if demand.kind in ("naming", "requirement", "value") and demand.by == "office":
            for entry in entries:
                if facts.state(entry, demand, False) in OPEN:
                    yield entry, demand, facts.deadline(entry, demand)


class Progress(NamedTuple):
    """How many entries of a round have handed in what offices owe by a day."""

    demand: Demand
    is_over: bool
    done: int


def progress(rounds: Iterable[Round], *, before: int, after: int) -> dict[int, list[Progress]]:
    """What offices are asked for nearest to today: so many that are over, so many that are to come. One statement."""
    rounds = list(rounds)
    entries = Entry.objects.filter(round__in=rounds, taken_out=False).taking_part().values("pk")
    rows = evidence_of(entries).exclude(status=Evidence.Status.RETURNED).order_by()
    slots = rows.values_list("entry__round", "requirement", "period").annotate(models.Count("entry", distinct=True))
    done = {(round, requirement, period): count for round, requirement, period, count in slots}
    return {round.pk: _nearest(round, done, before, after) for round in rounds}


def _nearest(round: Round, done: dict[tuple[int, str, str], int], before: int, after: int) -> list[Progress]:
    asked = [demand for demand in asked_in(round) if (demand.kind, demand.by) == ("requirement", "office")]
    asked.sort(key=lambda demand: demand.day)
    today = _today(round)
    begun = sum(demand.day < today for demand in asked)
    shown = asked[max(0, begun - before) : begun + after]
    return [Progress(demand, demand.day < today, done.get((round.pk, *demand.slot), 0)) for demand in shown]


def drafted(entries: Iterable[Entry]) -> set[tuple[int, str, str]]:
    """The slots (entry, requirement, period) whose form is being written and was not handed in. One statement."""
    forms = {entry.pk: entry.round.scheme.forms for entry in entries}
    if not any(forms.values()):
        return set()
    rows = Answers.objects.filter(entry__in=forms).exclude(data={}).order_by().values_list("entry", "form", "period")
    return {(pk, forms[pk][code].requirement, period) for pk, code, period in rows if code in forms[pk]}


def _today(round: Round) -> date:
    return engine.day_of(round.now())


def more_time(entries: Iterable[Entry]) -> dict[tuple[int, str, str], date]:
    """The latest extension of every slot that has one: {(entry, requirement, period): day}. One statement."""
    rows = Extension.objects.filter(entry__in=[entry.pk for entry in entries]).order_by()
    latest = rows.values_list("entry", "requirement", "period").annotate(models.Max("until"))
    return {(entry, requirement, period): until for entry, requirement, period, until in latest}


def who_gains(entries: Iterable[Entry], slots: Iterable[Slot], until: date) -> dict[Slot, list[Entry]]:
    """Those who would gain time if each slot were open until the end of that day. One statement."""
    entries = list(entries)
    latest = more_time(entries)
    gaining: dict[Slot, list[Entry]] = {}
    for requirement, period in slots:
        gaining[requirement, period] = [
            entry
            for entry in entries
            if max(
                entry.round.scheme.requirements[requirement].due_in(period or None),
                latest.get((entry.pk, requirement, period), date.min),
            )
            < until
        ]
    return gaining
