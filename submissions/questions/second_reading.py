"""Who reads a second time, and what: passed on by whoever doubts, or drawn by the log itself."""

from django.utils.translation import gettext as _

from submissions.models import Entry, Evidence, SecondReading, User

from . import access
from .committee import name_of
from .panel import judges_of

Reason = str | None


def is_drawn(digest: str, percent: int) -> bool:
    """Whether a decision is read a second time, by the SHA-256 of its event in the log.

    Nobody knows it before the decision is written, and anybody can work it out afterwards.
    """
    return int(digest[:8], 16) % 10_000 < percent * 100


def reader_drawn(evidence: Evidence, digest: str) -> User | None:
    """Who of the committee reads it, by the same digest; None where nobody else judges this entry: whoever runs the
    round."""
    readers = [judge for judge in colleagues(evidence.entry) if judge.pk != evidence.reviewed_by_id]
    return readers[int(digest[8:16], 16) % len(readers)] if readers else None


def colleagues(entry: Entry) -> list[User]:
    """Those of the committee who judge this entry, know whose it is and can log in. A few statements."""
    judges = [judge for judge in judges_of(entry) if judge.is_active]
    if entry.round.is_blind:
        unveiled = set(entry.sheets.final().values_list("judge", flat=True))
        judges = [judge for judge in judges if judge.pk in unveiled]
    return sorted(judges, key=lambda judge: judge.pk)


def why_not_pass_on(user: User, evidence: Evidence) -> Reason:
    """Pass it to another, who decides instead."""
    return access.why_not_review(user, evidence.entry) or why_not_waiting(evidence)


def why_not_waiting(evidence: Evidence) -> Reason:
    if evidence.status != Evidence.Status.SUBMITTED:
        return _("Only what waits for review is passed to a second reader.")
    return None


def why_not_decide(user: User, reading: SecondReading | None) -> Reason:
    """Decide on a piece that waits for a second reader."""
    if reading is None or reading.kind != SecondReading.Kind.DOUBT:
        return None
    if reading.asked_by_id == user.pk:
        return _("You passed it to a second reader, who decides. You can take it back.")
    if reading.reader_id not in (None, user.pk) and not reading.entry.round.is_run_by(user):
        assert reading.reader
        return _("It was passed to %(reader)s, who decides.") % {"reader": name_of(reading.reader)}
    return None


def why_not_read(user: User, reading: SecondReading) -> Reason:
    """Read what was drawn."""
    if reason := access.why_not_review(user, reading.entry):
        return reason
    if reading.state != SecondReading.State.OPEN:
        return _("It was read already, or is not to be read any more.")
    is_theirs = reading.reader_id == user.pk or (reading.entry.round.is_run_by(user) and has_no_reader(reading))
    if not is_theirs or user.pk in (reading.first_by_id, reading.asked_by_id):
        return _("Somebody else reads it a second time.")
    return None


def has_no_reader(reading: SecondReading) -> bool:
    """Nobody was drawn, or somebody who can't read it any more."""
    return SecondReading.objects.without_reader().filter(pk=reading.pk).exists()


def readers_left(reading: SecondReading) -> list[User]:
    """To whom it may be given instead."""
    return [judge for judge in colleagues(reading.entry) if judge.pk != reading.first_by_id]


def why_not_give(user: User, reading: SecondReading) -> Reason:
    """Name who reads what was drawn: once nobody is left who was drawn."""
    if not reading.entry.round.is_run_by(user):
        return _("Only those who run the round may do this.")
    if reading.kind != SecondReading.Kind.SAMPLE or reading.state != SecondReading.State.OPEN:
        return _("It was read already, or is not to be read any more.")
    if not has_no_reader(reading):
        return _("Nobody chooses who reads what was drawn, while who was drawn can.")
    return access.why_not_review(user, reading.entry)


def why_not_settle(user: User, reading: SecondReading) -> Reason:
    """Decide where two readings differ."""
    if not reading.entry.round.is_run_by(user):
        return _("Only those who run the round may do this.")
    if not reading.differs or reading.settled_at:
        return _("There is nothing to decide: the two readings agree, or it was decided already.")
    return access.why_not_review(user, reading.entry)
