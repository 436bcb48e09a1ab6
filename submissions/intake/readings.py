"""What every decision on evidence does to its second readings. The caller holds the entry."""

from submissions.log import carried
from submissions.models import Event, Evidence, SecondReading, User
from submissions.questions import second_reading

Kind, State = SecondReading.Kind, SecondReading.State


def held(evidence: Evidence) -> SecondReading | None:
    """The reading for which this piece waits, if there is one."""
    return evidence.readings.filter(state=State.OPEN).select_related("entry__round", "reader").first()


def lapse(evidence: Evidence, *, by: User) -> None:
    """What was taken back nobody reads."""
    if reading := held(evidence):
        reading.state = State.LAPSED
        write(reading, "reading.lapsed", by=by)


def after_decision(evidence: Evidence, reading: SecondReading | None, event: Event, *, by: User) -> None:
    """A doubt is settled by the decision; what was drawn of an earlier one lapses. Then this decision may be drawn."""
    accepted = evidence.status == Evidence.Status.ACCEPTED
    if reading and reading.kind == Kind.DOUBT:
        read(reading, by=by, accepted=accepted, reason=evidence.return_reason)
        write(reading, "reading.done", by=by)
    elif reading:
        lapse(evidence, by=by)
    if evidence.entry.round.is_settled:  # by the answer to an appeal: nobody reads any more
        return
    percent = evidence.entry.round.second_reading_percent
    was_read = evidence.readings.filter(kind=Kind.SAMPLE, state=State.DONE)
    if second_reading.is_drawn(event.digest, percent) and not was_read.exists():
        _draw(evidence, event, accepted, by)


def undecide(evidence: Evidence, decision: Event, *, by: User) -> None:
    """The decision is taken back: what it drew lapses, and what it settled or ended waits again. As the log has it."""
    for reading in touched_since(evidence, decision):
        if reading.drawn_by == decision.digest:
            lapse(evidence, by=by)
            continue
        reading.state, reading.read_by, reading.read_at = State.OPEN, None, None
        reading.accepted, reading.reason = None, ""
        write(reading, "reading.reopened", by=by)


def touched_since(evidence: Evidence, decision: Event) -> list[SecondReading]:
    """Those of this piece that something happened to since a decision, what it drew first."""
    since = evidence.entry.events.filter(sequence__gt=decision.sequence, data__reading__evidence=evidence.pk)
    ids = set(since.values_list("data__reading__id", flat=True))
    return sorted(evidence.readings.filter(pk__in=ids), key=lambda one: one.drawn_by != decision.digest)


def _draw(evidence: Evidence, event: Event, accepted: bool, by: User) -> None:
    drawn = SecondReading(
        entry=evidence.entry,
        evidence=evidence,
        kind=Kind.SAMPLE,
        asked_at=evidence.reviewed_at or evidence.entry.round.now(),
        drawn_by=event.digest,
        first_by=by,
        first_accepted=accepted,
        reader=second_reading.reader_drawn(evidence, event.digest),
    )
    write(drawn, "reading.drawn", by=None)


def read(reading: SecondReading, *, by: User, accepted: bool, reason: str) -> None:
    """Note how it was read."""
    reading.state, reading.read_by, reading.read_at = State.DONE, by, reading.entry.round.now()
    reading.accepted, reading.reason = accepted, reason


def write(reading: SecondReading, verb: str, *, by: User | None) -> SecondReading:
    """Keep it with the deed that made it so."""
    reading.save()
    Event.objects.record(reading.entry, verb, by=by, **carried.of_reading(reading))
    return reading
