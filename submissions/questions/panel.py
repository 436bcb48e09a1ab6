"""Who judges which entry of a round, and how far each judge is: as `Entry.objects.judged_by` says, for all at once."""

from functools import cached_property
from typing import NamedTuple

from submissions.models import Assignment, ConflictOfInterest, Entry, Round, Sheet, User

from .committee import judges_with_offices

Place = tuple[int, int]  # (entry, judge), by their ids


class Progress(NamedTuple):
    """How far one judge is with the entries that they judge."""

    judge: User
    entries: int
    final: int
    begun: int
    aside: int

    @property
    def left(self) -> int:
        return self.entries - self.final


class Panel:
    """A round's committee and its entries. Five statements, however many."""

    def __init__(self, round: Round) -> None:
        self.round = round

    @cached_property
    def committee(self) -> list[User]:
        return list(judges_with_offices().filter(judged_rounds=self.round).order_by("full_name", "username", "pk"))

    @cached_property
    def entries(self) -> list[Entry]:
        """Those that take part."""
        rows = self.round.entries.filter(taken_out=False).taking_part().with_round()
        return list(rows.select_related("office__parent__parent__parent").order_by("office__sort_key", "pk"))

    @cached_property
    def said(self) -> dict[Place, ConflictOfInterest]:
        """That a judge stands aside, or that they were asked and need not."""
        rows = ConflictOfInterest.objects.filter(entry__round=self.round).select_related("judge", "said_by")
        return {(row.entry_id, row.judge_id): row for row in rows}

    @cached_property
    def assigned(self) -> set[Place]:
        return set(Assignment.objects.filter(entry__round=self.round).values_list("entry", "judge"))

    @cached_property
    def sheets(self) -> dict[Place, str]:
        """How each sheet stands."""
        rows = Sheet.objects.filter(entry__round=self.round).values_list("entry", "judge", "status")
        return {(entry, judge): status for entry, judge, status in rows}

    @property
    def is_shared_out(self) -> bool:
        return self.round.assignment != Round.Assignment.EVERYBODY

    def stands_aside(self, entry: Entry, judge: User) -> bool:
        said = self.said.get((entry.pk, judge.pk))
        return said is not None and said.state == ConflictOfInterest.State.STANDS

    def may_judge(self, entry: Entry, judge: User) -> bool:
        """Whether it may be assigned to them."""
        return _reaches(judge, entry) and not self.stands_aside(entry, judge)

    def judges(self, entry: Entry) -> list[User]:
        """Those of the committee who judge it."""
        able = [judge for judge in self.committee if self.may_judge(entry, judge)]
        return [one for one in able if (entry.pk, one.pk) in self.assigned] if self.is_shared_out else able

    def knows(self, entry: Entry, judge: User) -> bool:
        """Whether they may know who takes part."""
        return not self.round.is_blind or self.sheets.get((entry.pk, judge.pk)) == Sheet.Status.FINAL

    def has_begun(self, entry: Entry, judge: User) -> bool:
        """Whether they gave a final sheet, or one of theirs was typed from paper: the entry stays theirs."""
        return self.sheets.get((entry.pk, judge.pk), Sheet.Status.DRAFT) != Sheet.Status.DRAFT

    def progress(self) -> list[Progress]:
        found: dict[int, list[int]] = {judge.pk: [0, 0, 0, 0] for judge in self.committee}
        for entry in self.entries:
            for judge in self.judges(entry):
                state = self.sheets.get((entry.pk, judge.pk))
                counts = found[judge.pk]
                counts[0] += 1
                counts[1] += state == Sheet.Status.FINAL
                counts[2] += state is not None and state != Sheet.Status.FINAL
            for judge in self.committee:
                found[judge.pk][3] += self.stands_aside(entry, judge)
        return [Progress(judge, *found[judge.pk]) for judge in self.committee]


def _reaches(judge: User, entry: Entry) -> bool:
    """Those who judge for one office judge what lies in it."""
    return judge.office_id is None or entry.office.lies_in(judge.office_id)


def judges_of(entry: Entry) -> list[User]:
    """Those who judge one entry. Three statements; its office comes with those above it."""
    aside = entry.conflicts.standing().values_list("judge", flat=True)
    judges = entry.round.judges.exclude(pk__in=aside)
    if entry.round.assignment != Round.Assignment.EVERYBODY:
        judges = judges.filter(pk__in=entry.assignments.values("judge"))
    return [judge for judge in judges if _reaches(judge, entry)]
