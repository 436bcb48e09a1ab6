"""Writes many invented stories at once, with the same rows and events as `intake` would have written one by one.

`tests/flows/test_demo.py` holds the two side by side.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from scoring import engine
from submissions.intake.made import beginnings
from submissions.log import carried
from submissions.models import Entry, Event, Evidence, Extension, Round, Sheet, User, Value
from submissions.vault import vault

from .examiner import Examiner
from .papers import Paper
from .story import Amount, Grace, InventedEvidence, InventedSheet, Story

BATCH = 500
DECISION = ["status", "reviewed_by", "reviewed_at", "return_reason", "revision"]


class Ledger:
    """The rows of one round, gathered and then written. `officers`: {office id: who hands in for it}."""

    def __init__(self, round: Round, *, officers: dict[int, User], judges: Sequence[User], staff: User) -> None:
        self.round, self.officers, self.judges, self.staff = round, officers, judges, staff
        self.entries: list[Entry] = []
        self.evidence: list[tuple[Evidence, InventedEvidence]] = []
        self.values: list[tuple[Value, Amount]] = []
        self.sheets: list[tuple[Sheet, InventedSheet]] = []
        self.extensions: list[tuple[Extension, Grace]] = []

    def add(self, entry: Entry, story: Story, papers: Sequence[Paper | None]) -> None:
        """Take in one entry's story; `papers` are the files of its pieces, in order."""
        self.entries.append(entry)
        rows: list[Evidence] = []
        for number, (piece, paper) in enumerate(zip(story.pieces, papers, strict=True)):
            rows.append(self._evidence(entry, piece, paper, number))
            if piece.instead_of is not None:
                rows[-1].replaces = rows[piece.instead_of]
        self.evidence += zip(rows, story.pieces, strict=True)
        self.values += [(self._value(entry, amount), amount) for amount in story.amounts]
        self.sheets += [(self._sheet(entry, marks), marks) for marks in story.marks]
        self.extensions += [(self._extension(entry, grace), grace) for grace in story.graces]

    def write(self) -> None:
        """Keep the files, write the rows with their events, and say that the facts changed."""
        with Examiner(self._keep_files()) as examiner:
            originals = [row for row, _ in self.evidence if row.replaces is None]
            Evidence.objects.bulk_create(originals, batch_size=BATCH)
            replacements = [row for row, _ in self.evidence if row.replaces is not None]
            for row in replacements:
                assert row.replaces
                row.replaces_id = row.replaces.pk
            Evidence.objects.bulk_create(replacements, batch_size=BATCH)
            for model, pairs in ((Value, self.values), (Sheet, self.sheets), (Extension, self.extensions)):
                bulk_create_with_history([row for row, _ in pairs], model, batch_size=BATCH)
            decided = [self._decided(row, amount) for row, amount in self.values if amount.decided_at]
            bulk_update_with_history(decided, Value, DECISION, batch_size=BATCH)
            Event.objects.bulk_create(self._events(), batch_size=BATCH)
            Entry.objects.filter(round=self.round).touch()
            examiner.write()

    # Rows

    def _evidence(self, entry: Entry, piece: InventedEvidence, paper: Paper | None, number: int) -> Evidence:
        row: Any = Evidence(  # with its `paper`, until that is kept
            entry=entry,
            requirement=piece.requirement,
            period=piece.period,
            channels=piece.channels,
            note=piece.note,
            submitted_at=piece.submitted_at,
            received_at=self._world(piece.submitted_at),
            submitted_by=self._who_hands_in(entry, self.round.scheme.requirements[piece.requirement].by),
            status=piece.status,
            return_reason=piece.reason,
            revision=1 if piece.decided_at is None else 2,
        )
        if piece.status in ("accepted", "returned"):
            row.reviewed_by, row.reviewed_at = self._reviewer(entry, number), piece.decided_at
        if paper:
            row.original_name, row.size = paper.name, len(paper.content)
            row.content_type = mimetypes.guess_type(paper.name)[0] or ""
            row.paper = paper
        else:
            row.url = f"https://{entry.office.code.lower()}.cdd.example/{piece.requirement}/{piece.period or number}"
        return row

    def _value(self, entry: Entry, amount: Amount) -> Value:
        amount_given = engine.check_value(self.round.scheme, amount.code, amount.period or None, amount.text)
        source = Value.Source.CENTRAL if amount.by_central else Value.Source.OFFICE
        row = Value(entry=entry, code=amount.code, period=amount.period)
        by = self._who_hands_in(entry, "central" if amount.by_central else "office")
        row.enter(engine.canonical(amount_given), source=source, by=by.pk, at=amount.entered_at)
        return row

    def _decided(self, row: Value, amount: Amount) -> Value:
        row.status = Value.Status.RETURNED if amount.reason else Value.Status.ACCEPTED
        row.reviewed_by, row.reviewed_at = self._reviewer(row.entry, 0), amount.decided_at
        row.return_reason, row.revision = amount.reason, 2
        return row

    def _sheet(self, entry: Entry, marks: InventedSheet) -> Sheet:
        return Sheet(
            entry=entry,
            judge=self.judges[marks.judge],
            points=marks.points,
            remark=marks.remark,
            status=Sheet.Status.FINAL if marks.is_final else Sheet.Status.DRAFT,
            saved_at=marks.saved_at,
            submitted_at=marks.saved_at if marks.is_final else None,
        )

    def _extension(self, entry: Entry, grace: Grace) -> Extension:
        return Extension(
            entry=entry,
            requirement=grace.requirement,
            period=grace.period,
            until=grace.until,
            reason=grace.reason,
            order_number=grace.order_number,
            granted_by=self.staff,
            granted_at=grace.granted_at,
        )

    def _keep_files(self) -> list[Evidence]:
        """Each to disk and safe there, as ever; several at a time, for most of it is waiting for the disk."""
        rows: list[Any] = [row for row, piece in self.evidence if piece.kind != "link"]
        with ThreadPoolExecutor(4) as threads:
            suffixes = ["." + row.original_name.rpartition(".")[2] for row in rows]
            for row, kept in zip(
                rows, threads.map(vault.keep, [[r.paper.content] for r in rows], suffixes), strict=True
            ):
                row.file.name, row.sha256 = kept.name, kept.sha256
        return rows

    def _who_hands_in(self, entry: Entry, by: str) -> User:
        return self.staff if by == "central" else self.officers[entry.office_id]

    def _reviewer(self, entry: Entry, number: int) -> User:
        return self.judges[(entry.pk + number) % len(self.judges)]

    def _world(self, moment: datetime) -> datetime:
        """The world's time at a moment of this practice round."""
        return moment - self.round.clock_offset

    # Events

    def _events(self) -> list[Event]:
        """What each deed left behind, chained within its entry in the order of time."""
        deeds = [deed for row, piece in self.evidence for deed in self._evidence_deeds(row, piece)]
        deeds += [deed for row, _ in self.values for deed in self._value_deeds(row)]
        deeds += [self._sheet_deed(row) for row, _ in self.sheets]
        deeds += [self._extension_deed(row) for row, _ in self.extensions]
        deeds = self._made_deeds(min((event.at for event, _ in deeds), default=timezone.now())) + deeds
        deeds.sort(key=lambda deed: (deed[0].entry_id, deed[0].at))
        events: list[Event] = []
        for event, data in deeds:
            last = events[-1] if events and events[-1].entry_id == event.entry_id else None
            event.sequence, event.previous = (last.sequence + 1, last.digest) if last else (1, "")
            event.data = data
            event.digest = event.compute_digest()
            events.append(event)
        return events

    def _deed(self, row, moment: datetime | None, by: User | None, verb: str, **data) -> tuple[Event, dict]:
        assert moment
        return Event(entry=row.entry, at=self._world(moment), actor=by, verb=verb), data

    def _made_deeds(self, at: datetime) -> list[tuple[Event, dict]]:
        """Who takes part was entered before anything was handed in."""
        return [
            (Event(entry=row, at=at, actor=self.staff, verb="entry.made"), data)
            for row, data in beginnings(self.entries)
        ]

    def _evidence_deeds(self, row: Evidence, piece: InventedEvidence):
        yield self._deed(
            row,
            row.submitted_at,
            row.submitted_by,
            "evidence.attached",
            **carried.of_evidence(row),
        )
        if piece.status == "withdrawn":
            data = carried.of_withdrawal(row, "submitted")
            yield self._deed(row, piece.decided_at, row.submitted_by, "evidence.withdrawn", **data)
        elif piece.decided_at:
            data = carried.of_decision(row, "submitted")
            yield self._deed(row, piece.decided_at, row.reviewed_by, f"evidence.{piece.status}", **data)

    def _value_deeds(self, row: Value):
        fresh = {"revision": 1, "status": row.status if row.reviewed_at is None else Value.Status.SUBMITTED}
        entered = carried.of_value(row, "", row.text) | fresh
        yield self._deed(row, row.entered_at, row.entered_by, "value.entered", **entered)
        if row.reviewed_at:
            data = carried.of_review(row, Value.Status.SUBMITTED)
            yield self._deed(row, row.reviewed_at, row.reviewed_by, f"value.{row.status}", **data)

    def _sheet_deed(self, row: Sheet):
        verb = "sheet.submitted" if row.status == Sheet.Status.FINAL else "sheet.saved"
        return self._deed(row, row.saved_at, row.judge, verb, **carried.of_sheet(row, {}))

    def _extension_deed(self, row: Extension):
        return self._deed(row, row.granted_at, row.granted_by, "extension.granted", **carried.of_extension(row))
