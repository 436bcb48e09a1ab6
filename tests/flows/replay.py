"""What the demo invented, to be compared; and its stories told again, deed by deed, through the functions that
everybody's deeds go through."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DEFAULT_DB_ALIAS, connections

from cdd4.demo.papers import Sender, papers
from cdd4.management.commands import demo
from submissions import intake
from submissions.models import Entry, Event, Evidence, Extension, Sheet, User, Value

_, LIVE = demo.PLANS
COMPARED = {
    Evidence: [
        *("requirement", "period", "original_name", "content_type", "url", "channels", "note", "submitted_at"),
        *("submitted_by", "status", "reviewed_at", "return_reason", "replaces__submitted_at", "revision"),
    ],
    Value: ["code", "period", "text", "source", "entered_by", "entered_at", "revision"],
    Sheet: ["judge", "points", "remark", "status", "saved_at", "submitted_at", "revision"],
    Extension: ["requirement", "period", "until", "reason", "order_number", "granted_by"],
}
# These differ from row to row.
OWN = (
    *("evidence", "sheet", "extension", "replaces", "submitted_at", "received_at", "granted_at", "file", "sha256"),
    *("size", "entry", "terms"),
)


def facts(database: str = DEFAULT_DB_ALIAS) -> dict:
    """Everything that was invented, without what depends on the moment of the run."""
    entry = ["entry__round__name_th", "entry__office__code"]
    columns = {
        Evidence: [
            *("requirement", "period", "original_name", "content_type", "size", "sha256", "url", "channels", "note"),
            *("submitted_at", "submitted_by__username", "status", "reviewed_by__username", "reviewed_at"),
            *("return_reason", "replaces__sha256", "revision"),
        ],
        Value: [
            *("code", "period", "text", "source", "entered_by__username", "entered_at", "revision"),
            *("status", "reviewed_by__username", "reviewed_at", "return_reason"),
        ],
        Sheet: ["judge__username", "points", "remark", "status", "saved_at", "submitted_at", "revision"],
        Extension: ["requirement", "period", "until", "reason", "order_number", "granted_at"],
    }
    return {
        model.__name__: sorted(map(repr, model.objects.using(database).values_list(*entry, *names)))
        for model, names in columns.items()
    }


def digest(rows: dict) -> str:
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def events_of(entry: Entry) -> list[str]:
    """What was recorded, without the numbers of rows; all keys."""
    return sorted(
        repr((event.verb, event.actor_id, sorted(event.data), {k: v for k, v in event.data.items() if k not in OWN}))
        for event in Event.objects.filter(entry=entry).exclude(verb="remark.written")  # said, by the demo alone
    )


def replay(entry: Entry, story, bulk: Entry) -> None:
    people = {user.username: user for user in User.objects.all()}
    judges = [people["judge"], people["judge2"], people["judge3"]]
    scheme = entry.round.scheme
    officer = User.objects.get(office=entry.office, is_head=False)
    rows_of_bulk = bulk.evidence.all()
    reviewers = {(e.requirement, e.period, e.submitted_at, e.title): e.reviewed_by for e in rows_of_bulk}
    urls = {(e.requirement, e.period, e.submitted_at): e.url for e in rows_of_bulk if e.url}
    files = papers(scheme, [(Sender(entry.office.name_th, 1), piece) for piece in story.pieces])
    rows = []
    for piece, paper in zip(story.pieces, files, strict=True):
        by = people["staff"] if scheme.requirements[piece.requirement].by == "central" else officer
        upload = SimpleUploadedFile(paper.name, paper.content) if paper else None
        evidence = intake.attach_evidence(
            entry,
            intake.HandIn(
                piece.requirement,
                period=piece.period,
                channels=piece.channels,
                note=piece.note,
                replaces=None if piece.instead_of is None else rows[piece.instead_of],
            ),
            by=by,
            upload=upload,
            url="" if paper else urls[piece.requirement, piece.period, piece.submitted_at],
            at=piece.submitted_at,
        )
        if piece.status == "withdrawn":
            evidence = intake.withdraw_evidence(evidence, by=by)
        elif piece.decided_at:
            reviewer = reviewers[piece.requirement, piece.period, piece.submitted_at, evidence.title]
            accept = piece.status == "accepted"
            evidence = intake.review_evidence(
                evidence, by=reviewer, accept=accept, reason=piece.reason, at=piece.decided_at
            )
        rows.append(evidence)
    for amount in story.amounts:
        by = people["staff"] if amount.by_central else officer
        slot = (amount.code, amount.period)
        (value,) = intake.enter_values(entry, {slot: amount.text}, by=by, at=amount.entered_at)
        if amount.decided_at:
            reviewer = bulk.values.get(code=amount.code, period=amount.period).reviewed_by
            told = {"accept": not amount.reason, "reason": amount.reason, "at": amount.decided_at}
            intake.review_values(entry.round, {value.pk: value.revision}, by=reviewer, **told)
    for marks in story.marks:
        judge = judges[marks.judge]
        intake.save_sheet(
            entry, by=judge, points=marks.points, remark=marks.remark, final=marks.is_final, at=marks.saved_at
        )
    for grace in story.graces:
        intake.grant_extension(
            entry,
            by=people["staff"],
            requirement=grace.requirement,
            period=grace.period,
            until=grace.until,
            reason=grace.reason,
            order_number=grace.order_number,
        )
    if entry.office.code == demo.HOME:
        demo.fill_in(entry, by=officer, at=LIVE.now)


@contextmanager
def opened(path: Path) -> Iterator[str]:
    """The name by which Django knows this SQLite database meanwhile."""
    name = "of make run"
    engine = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": {}}
    connections.settings[name] = {**connections.settings[DEFAULT_DB_ALIAS], **engine}
    try:
        yield name
    finally:
        connections[name].close()
        del connections[name], connections.settings[name]
