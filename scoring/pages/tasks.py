"""What an office has to do in a round, as one list: each thing once, with how it stands, what it brings, by when."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property, reduce

from django.urls import reverse
from django.utils.translation import gettext as _

from scoring import engine
from scoring.scorecard import Advice, NextDeed
from submissions import thai
from submissions.models import Value
from submissions.questions.deadlines import Deadline
from submissions.questions.slots import Slot, anchor_of, page_of, page_of_value, title_of
from submissions.templatetags.wording import recorder, words
from submissions.uploads.incoming import Unfinished

from .calendar import OfficeDue, ShownDeadline
from .over import OverSlots
from .workplace import Returned, Workplace

SHOWN = 5  # the rest is folded; one less where it stands beside what was lost
URGENT = timedelta(days=7)
# Of several things that make one task, the first of these states that one of them is in; else something lies there
# already, and more of it is asked.
STATES = ("draft", "late", "missing")


@dataclass(frozen=True)
class Task:
    """One thing for the office to do, with one place where it is done."""

    state: str  # returned, unfinished, draft, late, missing, or ""
    url: str
    button: str
    title: str
    more: tuple[str, ...] = ()  # what it takes besides
    things: int = 1
    gain: Decimal = Decimal(0)  # points; 0 where it brings none, or that is not known
    is_at_most: bool = False  # others say how many of the points it brings
    until: date | None = None
    criteria: tuple[engine.Criterion, ...] = ()
    slots: frozenset[Slot] = frozenset()
    returned: tuple[Returned, ...] = ()  # what came back there, the newest first
    unfinished: Unfinished | None = None

    @property
    def worth(self) -> Decimal:
        """Points for each thing to be done."""
        return self.gain / self.things


class Tasks:
    """What there is to do, in the order in which it is worth doing.

    What came back is first, then files that did not arrive in full, then what is due within a week; then most points.
    While the score is computed it tells what is due, and of nothing what it earns.
    """

    def __init__(self, workplace: Workplace, unfinished: Sequence[Unfinished]) -> None:
        self._here, self._unfinished = workplace, unfinished
        self.entry, self.today = workplace.entry, workplace.today

    @cached_property
    def _begun(self) -> list[Task]:
        came_back: dict[Slot, list[Returned]] = {}
        for one in self._here.to_send_again:
            came_back.setdefault((one.evidence.requirement, one.evidence.period), []).append(one)
        again = [self._again(slot, pieces) for slot, pieces in came_back.items()]
        return again + self._numbers_again + list(map(self._go_on, self._unfinished))

    @cached_property
    def all(self) -> list[Task]:
        return sorted([*self._with_their_points, *self._to_earn, *self._due], key=self._order)

    @property
    def is_first_day(self) -> bool:
        """Nothing was done yet, and nothing is on its way."""
        return self._here.is_untouched and not self._unfinished

    @property
    def shown(self) -> list[Task]:
        return self.all[: self._most_shown]

    @property
    def rest(self) -> list[Task]:
        return self.all[self._most_shown :]

    @property
    def _most_shown(self) -> int:
        return SHOWN - bool(self._here.lost)

    @property
    def soon_until(self) -> date:
        return self.today + URGENT

    @property
    def most(self) -> Task | None:
        """What brings the most points; None where nothing stands beside it."""
        earning = [task for task in self.all if task.gain]
        return max(earning, key=lambda task: task.gain) if len(earning) > 1 else None

    @property
    def easiest(self) -> Task | None:
        """What brings the most for each thing to be done, where that is another one."""
        found = max((task for task in self.all if task.gain), key=lambda task: task.worth, default=None)
        return None if self.most is None or found == self.most else found

    @cached_property
    def over(self) -> OverSlots:
        return OverSlots(self._here)

    @property
    def first(self) -> Task | None:
        """Where to begin: the evidence that earns most for each thing to be done."""
        requirements = self.entry.round.scheme.requirements
        evidence = [task for task in self.all if any(code in requirements for code, _period in task.slots)]
        return max(evidence, key=lambda task: task.worth, default=None)

    @cached_property
    def also_due(self) -> list[ShownDeadline]:
        """What is asked for in the next 30 days besides: it earns nothing more, or another task earns the same."""
        own = {code for task in self._due for code in task.slots}
        return [item for item in self._soon if item.deadline.asked.slot not in own]

    def _order(self, task: Task) -> tuple:
        rank = next((rank for rank, state in enumerate(("returned", "unfinished")) if task.state == state), 2)
        is_urgent = task.until is not None and task.until <= self.soon_until
        return rank, not is_urgent, -task.gain, task.until or date.max

    def _again(self, slot: Slot, returned: list[Returned]) -> Task:
        """One slot to which something came back; there may lie several pieces. It leads to the slot also where its
        form is being filled in: not every reason is answered by a form."""
        return Task(
            "returned",
            page_of(self.entry, *slot),
            _("Send again"),
            self._title_of(slot),
            until=returned[0].until,
            criteria=self.entry.round.scheme.criteria_of("requirement", slot[0]),
            slots=frozenset([slot]),
            returned=tuple(returned),
        )

    @property
    def _numbers_again(self) -> list[Task]:
        """The numbers that came back, those of one value together."""
        came_back: dict[str, list[Value]] = {}
        for row in self._here.returned_values:
            came_back.setdefault(row.code, []).append(row)
        return [self._number_again(code, rows) for code, rows in came_back.items()]

    def _number_again(self, code: str, rows: list[Value]) -> Task:
        known = self.entry.round.scheme.criteria_of("value", code)
        titles = [self._title_of((code, row.period)) for row in rows]
        reasons = dict.fromkeys(row.return_reason for row in rows)
        return Task(
            "returned",
            page_of_value(self.entry, code),
            _("Correct"),
            ", ".join(titles),
            more=tuple(reasons),
            criteria=known,
            slots=frozenset((code, row.period) for row in rows),
        )

    def _go_on(self, unfinished: Unfinished) -> Task:
        upload = unfinished.upload
        slot = upload.requirement, upload.period
        known = self.entry.round.scheme.criteria_of("requirement", upload.requirement)
        return Task(
            "unfinished",
            page_of(self.entry, *slot),
            _("Go on"),
            self._title_of(slot),
            criteria=known,
            slots=frozenset([slot]),
            unfinished=unfinished,
        )

    def _title_of(self, slot: Slot) -> str:
        return title_of(self.entry.round.scheme, *slot, thai.language())

    @cached_property
    def _with_their_points(self) -> list[Task]:
        """What was begun, with the points of the advice that it is a part of, and with what that asks for besides."""
        tasks, begun = list(self._begun), {slot for task in self._begun for slot in task.slots}
        anchors = {anchor_of(*slot) for slot in begun}
        for advice in self._here.advice:
            if (number := self._begun_by(advice)) is not None:
                task = tasks[number]
                besides = [deed for deed in _own(advice) if not {place.anchor for place in deed.places} <= anchors]
                more = dict.fromkeys([*task.more, *map(_in_words, besides)])  # two criteria may ask for the same
                tasks[number] = replace(
                    task,
                    more=tuple(more),
                    things=1 + len(more),
                    gain=task.gain + advice.gain,
                    is_at_most=task.is_at_most or advice.step.is_judged,
                    slots=task.slots | (set(advice.own) - begun),
                )
        return tasks

    def _begun_by(self, advice: Advice) -> int | None:
        """Which of the things that were begun it asks for, the first of them."""
        asked = set(advice.own)
        return next((number for number, task in enumerate(self._begun) if asked & task.slots), None)

    @cached_property
    def _to_earn(self) -> list[Task]:
        """What earns more. Where one criterion asks for no more than another does, both are one thing."""
        found: list[Task] = []
        for advice in self._here.advice:
            if self._begun_by(advice) is not None:
                continue
            task = self._earning(advice)
            like = [one for one in found if one.slots <= task.slots or task.slots <= one.slots]
            found = [one for one in found if one not in like] + [reduce(_together, like, task)]
        return found

    def _earning(self, advice: Advice) -> Task:
        first, *more = self._asked_in_words(advice)
        states = [self._states.get(slot, "") for slot in advice.own]
        url, button = self._where_to(advice)
        return Task(
            next((state for state in STATES if state in states), ""),
            url,
            button,
            first,
            more=tuple(more),
            things=sum(len(deed.places) for deed in _own(advice)),
            gain=advice.gain,
            is_at_most=advice.step.is_judged,
            until=date.fromisoformat(advice.until) if advice.until else None,
            criteria=(advice.criterion,),
            slots=frozenset(advice.own),
        )

    def _asked_in_words(self, advice: Advice) -> list[str]:
        """What the office does, then what those record who run its round."""
        by_others = recorder(self.entry.round)
        others = [f"{_in_words(deed)} ({by_others})" for deed in advice.step.deeds if deed.is_central]
        return [*map(_in_words, _own(advice)), *others]

    def _where_to(self, advice: Advice) -> tuple[str, str]:
        """The page on which it is done, and what the button that leads there says."""
        if form := next(filter(None, map(self._form_of, advice.own)), ""):
            return form, _("Continue filling in the form")
        page = reverse("criterion", args=[self.entry.pk, advice.criterion.code])
        anchor = next((place.anchor for deed in _own(advice) for place in deed.places if place.anchor), "")
        is_handed_in = any(code in self.entry.round.scheme.requirements for code, _period in advice.own)
        return f"{page}#{anchor}", _("Hand in") if is_handed_in else _("Fill in")

    def _form_of(self, slot: Slot) -> str:
        """Where somebody began to fill in what is asked for here; "" where nobody did."""
        code, period = slot
        form = self.entry.round.scheme.form_of(code) if (self.entry.pk, *slot) in self._here.drafted else None
        page = reverse("form", args=[self.entry.pk, form.code]) if form else ""
        return f"{page}?period={period}" if form and period else page

    @cached_property
    def _states(self) -> dict[Slot, str]:
        return {
            deadline.asked.slot: "draft" if due.is_drafted else due.state
            for deadline in self._here.deadlines
            for due in deadline.dues
        }

    @cached_property
    def _soon(self) -> list[ShownDeadline]:
        """What is due soon and is no part of a task yet. Who takes part is asked for above the list."""
        taken = {slot for task in [*self._with_their_points, *self._to_earn] for slot in task.slots}
        asked = [item for item in self._here.soon if item.deadline.asked.kind not in ("naming", "choice")]
        return [item for item in asked if item.deadline.asked.slot not in taken]

    @cached_property
    def _due(self) -> list[Task]:
        """What is due soon, in criteria of which no other task is; of the rest another task earns as much."""
        told = {criterion.code for task in [*self._begun, *self._to_earn] for criterion in task.criteria}
        owed = [self._owed(item.deadline, line) for item in self._soon for line in item.lines]
        if self._here.card.is_stale:
            return owed
        return [task for task in owed if task.gain and not told & {criterion.code for criterion in task.criteria}]

    def _owed(self, deadline: Deadline, line: OfficeDue) -> Task:
        asked = deadline.asked
        return Task(
            "draft" if line.is_drafted else line.state,
            line.url,
            _("Hand in") if asked.kind == "requirement" else _("Fill in"),
            f"{asked.title} ({words(asked.period.title)})" if asked.period else asked.title,
            gain=line.stake,
            is_at_most=True,
            until=deadline.day,
            criteria=tuple(asked.criteria),
            slots=frozenset([asked.slot]),
        )


def _together(one: Task, other: Task) -> Task:
    """As one thing, which earns what both do; where they ask for other words in the same place, at most."""
    less, more = sorted((one, other), key=lambda task: len(task.slots))
    return replace(
        more,
        gain=one.gain + other.gain,
        is_at_most=one.is_at_most or other.is_at_most or not {less.title, *less.more} <= {more.title, *more.more},
        criteria=tuple(sorted({*one.criteria, *other.criteria}, key=lambda criterion: criterion.code)),
    )


def _own(advice: Advice) -> list[NextDeed]:
    """What of it the office itself does."""
    return [deed for deed in advice.step.deeds if deed.by == "office"]


def _in_words(deed: NextDeed) -> str:
    periods = [place.period for place in deed.places if place.period]
    return f"{deed.text} ({', '.join(periods)})" if periods else deed.text
