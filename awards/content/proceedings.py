"""How a round's committee came to its results, as a publication keeps it: judges by numbers, and nobody by name."""

import secrets
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from operator import itemgetter
from typing import Any

from django.utils.crypto import salted_hmac

from scoring import engine
from submissions.models import ConflictOfInterest, Ending, Proposal, Resolution, Round, SecondReading, Sheet, User
from submissions.questions.committee import name_of

from . import canonical

# What offices, judges and the public don't read of it: the announcement holds commitments, each with a salt.
WITHHELD = ("resolutions", "second_readings", "two_persons")
AMONG_RUNNERS = (*WITHHELD, "salts")


class Proceedings:
    """What is kept of one round. Each part is left out where there was nothing of its kind, as in publications of
    before. All is read at once, as it stands at this moment."""

    def __init__(self, round: Round) -> None:
        self.round = round
        self.content = self._content()

    @cached_property
    def judges(self) -> dict[int, int]:
        """The number of everybody who sits on the committee, stood aside or gave a sheet, by the account's id. Drawn by
        the portal's key, so that no order in which people are listed tells who it is; the same for each publication of
        the round while these people and the key stay."""
        sheets = Sheet.objects.filter(entry__round=self.round).values_list("judge", flat=True)
        aside = {row.judge_id for row in self._aside}
        seated = {*self.round.judges.values_list("pk", flat=True), *sheets, *aside}
        drawn = sorted(seated, key=lambda pk: salted_hmac("judges' numbers", f"{self.round.pk}/{pk}").digest())
        return {pk: number for number, pk in enumerate(drawn, 1)}

    def without_names(self, facts: engine.Facts) -> engine.Facts:
        """These facts with numbers for their judges, and the sheets in the order of these."""
        numbers = {str(pk): number for pk, number in self.judges.items()}
        sheets = sorted(facts.sheets, key=lambda sheet: numbers[sheet.judge])
        return replace(facts, sheets=tuple(replace(sheet, judge=called(numbers[sheet.judge])) for sheet in sheets))

    def _content(self) -> dict[str, Any]:
        parts = {
            "panel": self._panel(),
            "resolutions": self._resolutions(),
            "second_readings": self._second_readings(),
            "two_persons": self._two_persons(),
        }
        said = {name: part for name, part in parts.items() if part}
        salts = {name: secrets.token_hex(16) for name in WITHHELD if name in said}
        return said | ({"salts": salts} if salts else {})

    @cached_property
    def _aside(self) -> list[ConflictOfInterest]:
        rows = ConflictOfInterest.objects.standing().filter(entry__in=self.round.entries.taking_part())
        related = rows.select_related("entry__office", "entry__nominee_office")
        return list(related.order_by("entry__office__sort_key", "pk"))

    def _panel(self) -> dict[str, Any]:
        """Which judge did not take part where, and how entries were shared out; nothing where everybody judged all."""
        round, shared = self.round, {}
        if round.assignment:
            shared = {"way": round.assignment} | ({"seed": round.seed} if round.seed else {})
        aside = sorted(map(self._stood_aside, self._aside), key=itemgetter("number"))
        return ({"stood_aside": aside} if aside else {}) | ({"shared_out": shared} if shared else {})

    def _stood_aside(self, row: ConflictOfInterest) -> dict[str, Any]:
        number, office = self.judges[row.judge_id], row.entry.office
        return {
            "number": number,
            "judge": called(number),
            "office": office.code,
            "kind": office.kind,
            "name_th": office.name_th,
            "name_en": office.name_en,
        }

    def _resolutions(self) -> list[dict[str, Any]]:
        """All that the committee resolved, in the order in which it did: of two on one matter the later holds."""
        rows = Resolution.objects.filter(meeting__round=self.round).select_related("meeting").order_by("pk")
        people = User.objects.filter(pk__in=self.judges).order_by("pk")
        known = {name_of(judge): called(self.judges[judge.pk]) for judge in people}
        return [
            {
                "meeting": one.meeting.number,
                "held_on": one.meeting.held_on.isoformat(),
                "at": canonical.moment(one.resolved_at),
                "kind": one.kind,
                "matter": one.matter,
                "offices": one.offices,
                "text": one.text,
                "reason": one.reason,
                "present": list(_present(one.present, known)),
            }
            for one in rows
        ]

    def _second_readings(self) -> dict[str, int]:
        """How many decisions were read a second time, and how many of these differently; doubts passed on beside."""
        read = SecondReading.objects.filter(entry__round=self.round, state=SecondReading.State.DONE)
        counts = {"doubts": read.filter(kind=SecondReading.Kind.DOUBT).count(), "read": 0, "differed": 0}
        for one in read.filter(kind=SecondReading.Kind.SAMPLE).only("kind", "state", "accepted", "first_accepted"):
            counts["read"] += 1
            counts["differed"] += one.differs
        return counts if counts["read"] or counts["doubts"] else {}

    def _two_persons(self) -> list[dict[str, str]]:
        """What a second person confirmed, this publication among it. By the digest the log finds the reason, which may
        name people."""
        ends = Ending.objects.filter(state=Ending.State.CONFIRMED, proposal__round=self.round)
        rows = Proposal.objects.filter(ending__in=ends).select_related("ending").order_by("ending__at", "pk")
        return [
            {
                "deed": one.kind,
                "proposed_at": canonical.moment(one.proposed_at),
                "confirmed_at": canonical.moment(one.ending.at),
                "sha256": one.sha256,
            }
            for one in rows
        ]


def called(number: int) -> str:
    """What the facts call a judge."""
    return f"J{number}"


def _present(people: Iterable[dict[str, str]], known: dict[str, str]) -> Iterable[dict[str, str]]:
    """Who was present: as what, and of the committee by number. Names stand in the minutes."""
    for person in people:
        judge = known.get(person["name"])
        yield {"role": person["role"]} | ({"judge": judge} if judge else {})
